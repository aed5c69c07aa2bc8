//! Counts the connections that are open, in total and by address, and says when it is enough.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use crate::Refusal;

/// The counters behind [`Limits::connections`](crate::Limits::connections) and
/// [`Limits::connections_per_address`](crate::Limits::connections_per_address).
#[derive(Clone)]
pub(crate) struct Gate {
    total: usize,
    per_address: usize,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Leave to be open; given back when dropped.
pub(crate) struct Permit {
    gate: Gate,
    address: IpAddr,
}

impl Gate {
    pub(crate) fn new(total: usize, per_address: usize) -> Self {
        Self { total, per_address, open: Arc::default() }
    }

    pub(crate) fn enter(&self, address: IpAddr) -> Result<Permit, Refusal> {
        let address = network(address);
        let mut open = self.lock();
        if open.total >= self.total {
            return Err(Refusal::Connections);
        }
        let here = open.by_address.entry(address).or_default();
        if *here >= self.per_address {
            return Err(Refusal::ConnectionsPerAddress);
        }
        *here += 1;
        open.total += 1;
        Ok(Permit { gate: self.clone(), address })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.gate.lock();
        open.total -= 1;
        if let Some(here) = open.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: a host has a whole /64 of IPv6 to itself, and an IPv4 client of a
/// dual-stack listener is the same client as on an IPv4 one.
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

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let gate = Gate::new(3, 2);
        let held = [gate.enter(address("10.0.0.1")), gate.enter(address("10.0.0.1"))];
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(gate.enter(address("10.0.0.1")).err(), Some(Refusal::ConnectionsPerAddress));
        let other = gate.enter(address("10.0.0.2"));
        assert!(other.is_ok());
        assert_eq!(gate.enter(address("10.0.0.3")).err(), Some(Refusal::Connections));
    }

    #[test]
    fn a_closed_connection_gives_its_place_back() {
        let gate = Gate::new(1, 1);
        drop(gate.enter(address("::1")).unwrap());
        assert!(gate.enter(address("::1")).is_ok());
        assert!(gate.lock().by_address.is_empty());
    }

    #[test]
    fn a_slash_64_and_a_mapped_address_count_as_one() {
        let gate = Gate::new(9, 1);
        let _first = gate.enter(address("2001:db8::1")).unwrap();
        assert!(gate.enter(address("2001:db8::2")).is_err());
        let _second = gate.enter(address("::ffff:10.0.0.1")).unwrap();
        assert!(gate.enter(address("10.0.0.1")).is_err());
    }
}
