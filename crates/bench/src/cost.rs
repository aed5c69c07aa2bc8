//! What a stretch of load cost: the server's processor time, and who else was running meanwhile.

use anyhow::Result;

use crate::numbers::real;
use crate::procfs;

/// The clocks at one moment, in ticks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    server: u64,
    load: u64,
    machine: procfs::Busy,
}

impl Clocks {
    /// Reads the clocks of the server with this process id, of ourselves, and of the machine.
    pub(crate) fn read(server: u32) -> Result<Self> {
        Ok(Self {
            server: procfs::tree(server)?.iter().map(|one| one.ticks).sum(),
            load: procfs::stat(std::process::id())?.ticks,
            machine: procfs::busy()?,
        })
    }

    /// What passed from here to `later`.
    pub(crate) fn until(self, later: Self) -> Cost {
        let per_second = real(rustix::param::clock_ticks_per_second());
        let passed = |from: u64, to: u64| real(to.saturating_sub(from)) / per_second;
        let server = passed(self.server, later.server);
        let load = passed(self.load, later.load);
        let running = passed(self.machine.running, later.machine.running);
        let stolen = passed(self.machine.stolen, later.machine.stolen);
        Cost { server, load, others: (running - server - load).max(0.0) + stolen }
    }
}

/// Processor time of a stretch of load, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// User and system time of the server and its children.
    pub(crate) server: f64,
    /// The same of the load generator.
    pub(crate) load: f64,
    /// Time taken by programs that are no part of the measurement, and by the host of a virtual machine.
    pub(crate) others: f64,
}

/// A core that is busy for this share of the time has no more to give.
const FULL: f64 = 0.9;

impl Cost {
    /// Whether the load generator had its core full while the server did not, over so many seconds.
    pub(crate) fn generator_limited(self, seconds: f64) -> bool {
        self.load >= FULL * seconds && self.server < FULL * seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_turned_into_seconds() {
        let machine = |running, stolen| procfs::Busy { running, stolen };
        let from = Clocks { server: 100, load: 10, machine: machine(1000, 5) };
        let to = Clocks { server: 300, load: 110, machine: machine(1400, 15) };
        let second = real(rustix::param::clock_ticks_per_second());
        let cost = from.until(to);
        assert!((cost.server - 200.0 / second).abs() < 1e-9);
        assert!((cost.load - 100.0 / second).abs() < 1e-9);
        // 400 ticks ran, 300 of them ours, and the host took 10.
        assert!((cost.others - 110.0 / second).abs() < 1e-9);
    }

    #[test]
    fn the_generator_is_the_limit_only_when_it_alone_is_busy() {
        let cost = |server, load| Cost { server, load, others: 0.0 };
        assert!(cost(1.0, 1.95).generator_limited(2.0));
        assert!(!cost(1.95, 1.95).generator_limited(2.0));
        assert!(!cost(1.0, 1.0).generator_limited(2.0));
    }
}
