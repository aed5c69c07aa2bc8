//! What the process and the machine are doing: time on processors, memory, disks.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use rustix::time::{ClockId, clock_gettime};

use super::status::{Cpu, Disk, Memory};

/// Looks from time to time, and tells what happened in between.
#[derive(Debug)]
pub(super) struct Sampler {
    at: Instant,
    process: Duration,
    machine: Option<Busy>,
    cores: u32,
}

/// Ticks of all processors since the machine was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Busy {
    busy: u64,
    all: u64,
}

impl Sampler {
    pub(super) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            at: Instant::now(),
            process: process_time(),
            machine: machine_time(),
            cores: u32::try_from(cores).unwrap_or(u32::MAX),
        }
    }

    /// What was used since this was last asked.
    pub(super) fn cpu(&mut self) -> Cpu {
        let (now, process, machine) = (Instant::now(), process_time(), machine_time());
        let passed = now.saturating_duration_since(self.at).as_micros().max(1);
        let used = process.saturating_sub(self.process).as_micros();
        let cpu = Cpu {
            cores: self.cores,
            process_permille: u32::try_from(used * 1000 / passed).unwrap_or(u32::MAX),
            machine_permille: self
                .machine
                .zip(machine)
                .and_then(|(before, now)| share(before, now)),
        };
        (self.at, self.process, self.machine) = (now, process, machine);
        cpu
    }
}

fn share(before: Busy, now: Busy) -> Option<u32> {
    let (busy, all) = (now.busy.checked_sub(before.busy)?, now.all.checked_sub(before.all)?);
    u32::try_from((busy * 1000).checked_div(all)?).ok()
}

/// Time that all threads of this process had on processors.
fn process_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// From `/proc/stat` (proc(5)); none where there is no such file.
fn machine_time() -> Option<Busy> {
    parse_stat(&std::fs::read_to_string("/proc/stat").ok()?)
}

fn parse_stat(text: &str) -> Option<Busy> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    // user nice system idle iowait irq softirq steal; guests are in user already.
    let fields: Vec<u64> =
        line.split_ascii_whitespace().take(8).map(str::parse).collect::<Result<_, _>>().ok()?;
    let idle: u64 = fields.iter().skip(3).take(2).sum();
    let all: u64 = fields.iter().sum();
    (fields.len() >= 4).then_some(Busy { busy: all - idle, all })
}

/// Memory of the process and of the machine; unknown where there is no `/proc`.
pub(super) fn memory() -> Memory {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let machine = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    Memory {
        resident: kibibytes(&status, "VmRSS"),
        machine_total: kibibytes(&machine, "MemTotal"),
        machine_available: kibibytes(&machine, "MemAvailable"),
    }
}

/// A line `Name:  value kB`, in bytes.
fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// A folder whose disk is watched.
#[derive(Clone, Debug)]
pub struct DiskSpec {
    /// What it is for: `media` or `data`.
    pub purpose: &'static str,
    /// Where it is.
    pub path: PathBuf,
}

/// How much room there is. May wait for a disk.
pub(super) fn disk(spec: &DiskSpec) -> Disk {
    let asked = rustix::fs::statvfs(&spec.path);
    let (room, problem) = match asked {
        Ok(room) => (Some(room), None),
        Err(error) => (None, Some(error.to_string())),
    };
    let bytes = |blocks: fn(&rustix::fs::StatVfs) -> u64| {
        room.as_ref().map(|room| blocks(room).saturating_mul(room.f_frsize))
    };
    Disk {
        purpose: spec.purpose.to_owned(),
        path: spec.path.display().to_string(),
        total: bytes(|room| room.f_blocks),
        available: bytes(|room| room.f_bavail),
        problem,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn waiting_for_disks_is_idleness() {
        let text = "cpu  100 20 30 5000 70 8 9 11 40 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        let before = parse_stat(text).unwrap();
        assert_eq!(before, Busy { busy: 178, all: 5248 });
        let now = Busy { busy: 278, all: 5648 };
        assert_eq!(share(before, now), Some(250));
        assert_eq!(share(before, before), None);
        assert_eq!(parse_stat("intr 1"), None);
        assert_eq!(parse_stat("cpu 1 x 3 4"), None);
    }

    #[test]
    fn values_are_found_by_their_whole_name() {
        let text = "VmRSSx:\t 1 kB\nVmRSS:\t   22528 kB\nMemTotal: nonsense\n";
        assert_eq!(kibibytes(text, "VmRSS"), Some(22528 * 1024));
        assert_eq!(kibibytes(text, "MemTotal"), None);
        assert_eq!(kibibytes(text, "VmHWM"), None);
    }

    #[test]
    fn work_of_this_process_is_seen() {
        let mut sampler = Sampler::new();
        let until = process_time() + Duration::from_millis(20);
        while process_time() < until {
            std::hint::black_box(parse_stat("cpu 1 2 3 4"));
        }
        assert!(sampler.cpu().process_permille > 0);
    }

    #[test]
    fn a_folder_that_is_away_is_told_with_its_reason() {
        let here = disk(&DiskSpec { purpose: "data", path: std::env::temp_dir() });
        assert!(here.total > Some(0) && here.problem.is_none());
        let away = disk(&DiskSpec { purpose: "media", path: "/no/such/folder".into() });
        assert!(away.total.is_none() && away.problem.is_some());
    }
}
