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
        Cost {
            server,
            others: (running - server - load).max(0.0) + stolen,
        }
    }
}

/// Processor time of a stretch of load, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// User and system time of the server and its children.
    pub(crate) server: f64,
    /// Time taken by programs that are no part of the measurement, and by the host of a virtual machine.
    pub(crate) others: f64,
}
