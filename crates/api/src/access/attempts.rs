//! How often a password may be tried: a few times at once, then now and then, by each address and by all together.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    time::{Duration, Instant},
};

/// Tries that an address has at once, and how long it takes to get one back.
const BY_ADDRESS: Bucket = Bucket { most: 5, refill: Duration::from_secs(15) };
/// The same for all addresses together: a password of the shortest kind outlasts this by far.
const BY_ALL: Bucket = Bucket { most: 30, refill: Duration::from_secs(2) };
/// How many addresses are remembered. With more, those are forgotten that have waited longest.
const REMEMBERED: usize = 4096;

#[derive(Clone, Copy, Debug)]
struct Bucket {
    most: u32,
    refill: Duration,
}

/// When all tries will be there again: every try moves it by one refill. This one number is the whole state.
#[derive(Clone, Copy, Debug)]
struct Spent(Instant);

impl Bucket {
    /// How long to wait until there is a try.
    fn wait(self, spent: Option<Spent>, now: Instant) -> Option<Duration> {
        let full_in = spent?.0.saturating_duration_since(now);
        let wait = (full_in + self.refill).checked_sub(self.refill * self.most)?;
        (!wait.is_zero()).then_some(wait)
    }

    fn spend(self, spent: Option<Spent>, now: Instant) -> Spent {
        Spent(spent.map_or(now, |Spent(full)| full.max(now)) + self.refill)
    }
}

/// The tries of late.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// By address, and whether it is this machine's own people: those who come by a proxy on it are others.
    by_address: HashMap<(IpAddr, bool), Spent>,
    by_all: Option<Spent>,
}

impl Attempts {
    /// Takes a try, or says how long to wait for one. Nobody far away can lock out who is `near`, at the machine
    /// itself: tries of all others together do not count there.
    pub(crate) fn take(
        &mut self,
        address: IpAddr,
        near: bool,
        now: Instant,
    ) -> Result<(), Duration> {
        let address = (network(address), near);
        let own = self.by_address.get(&address).copied();
        if let Some(wait) = BY_ADDRESS.wait(own, now) {
            return Err(wait);
        }
        if !near {
            if let Some(wait) = BY_ALL.wait(self.by_all, now) {
                return Err(wait);
            }
            self.by_all = Some(BY_ALL.spend(self.by_all, now));
        }
        self.make_room(now);
        self.by_address.insert(address, BY_ADDRESS.spend(own, now));
        Ok(())
    }

    /// The password was right: whoever knows it need not wait.
    pub(crate) fn forgive(&mut self, address: IpAddr, near: bool) {
        self.by_address.remove(&(network(address), near));
    }

    fn make_room(&mut self, now: Instant) {
        if self.by_address.len() < REMEMBERED {
            return;
        }
        self.by_address.retain(|_, spent| spent.0 > now);
        if self.by_address.len() >= REMEMBERED
            && let Some(oldest) =
                self.by_address.iter().min_by_key(|(_, spent)| spent.0).map(|(address, _)| *address)
        {
            self.by_address.remove(&oldest);
        }
    }
}

/// What counts as one address: a host has a whole /64 of IPv6 to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(0x0a00_0000 + number).into()
    }

    #[test]
    fn an_address_has_five_tries_and_then_one_every_quarter_of_a_minute() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        let mut at = |seconds| attempts.take(address(1), false, now + Duration::from_secs(seconds));
        for _ in 0..5 {
            assert_eq!(at(0), Ok(()));
        }
        assert_eq!(at(0), Err(Duration::from_secs(15)));
        assert_eq!(at(10), Err(Duration::from_secs(5)));
        assert_eq!(at(15), Ok(()));
        assert_eq!(at(15), Err(Duration::from_secs(15)));
        // After a rest all of them are there again.
        for _ in 0..5 {
            assert_eq!(at(1000), Ok(()));
        }
        assert!(at(1000).is_err());
    }

    #[test]
    fn many_addresses_together_do_not_get_more() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for number in 0..30 {
            assert_eq!(attempts.take(address(number), false, now), Ok(()));
        }
        assert_eq!(attempts.take(address(99), false, now), Err(Duration::from_secs(2)));
        let near = "127.0.0.1".parse().unwrap();
        assert_eq!(
            attempts.take(near, true, now),
            Ok(()),
            "who sits at the machine is not locked out"
        );
    }

    #[test]
    fn who_comes_by_a_proxy_on_the_machine_locks_nobody_out_who_sits_there() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        let here = "127.0.0.1".parse().unwrap();
        while attempts.take(here, false, now).is_ok() {}
        assert_eq!(attempts.take(here, true, now), Ok(()));
    }

    #[test]
    fn neighbours_in_a_network_of_ipv6_share_their_tries() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for number in 0..5 {
            let address = format!("2001:db8::{number}").parse().unwrap();
            assert_eq!(attempts.take(address, false, now), Ok(()));
        }
        assert!(attempts.take("2001:db8::ff".parse().unwrap(), false, now).is_err());
    }

    #[test]
    fn a_right_password_ends_the_waiting() {
        let (mut attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..5 {
            attempts.take(address(1), false, now).unwrap();
        }
        attempts.forgive(address(1), false);
        assert_eq!(attempts.take(address(1), false, now), Ok(()));
    }

    #[test]
    fn no_number_of_addresses_takes_more_memory() {
        let (mut attempts, start) = (Attempts::default(), Instant::now());
        for number in 0..20_000 {
            // Slowly enough to be let in at all.
            let now = start + Duration::from_secs(2) * number;
            let _ = attempts.take(address(number), false, now);
            let _ = attempts.take(address(number), true, now);
        }
        assert!(attempts.by_address.len() <= REMEMBERED);
    }
}
