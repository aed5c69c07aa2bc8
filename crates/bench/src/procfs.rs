//! What `/proc` says about a process and those it started: processor time, memory, bytes fetched from disk.

use std::fs;

use anyhow::{Context as _, Result, bail};

/// The part of `/proc/PID/stat` that is used here (proc(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) pid: u32,
    pub(crate) parent: u32,
    /// `utime + stime + cutime + cstime`, in clock ticks: its own time and that of children it has waited for,
    /// so the sum over a tree does not drop when a child ends.
    pub(crate) ticks: u64,
    /// Ticks since boot when it started. With `pid`, names a process for good.
    pub(crate) started: u64,
}

/// Reads one line of `/proc/PID/stat`. The name is in brackets and may itself hold brackets and blanks.
pub(crate) fn parse_stat(line: &str) -> Option<Stat> {
    let (pid, rest) = line.split_once(" (")?;
    let (_, fields) = rest.rsplit_once(") ")?;
    // Field 3 (the state) comes first here; proc(5) counts from 1.
    let field = |number: usize| fields.split_ascii_whitespace().nth(number - 3);
    let count = |number: usize| field(number)?.parse::<u64>().ok();
    Some(Stat {
        pid: pid.trim().parse().ok()?,
        parent: field(4)?.parse().ok()?,
        ticks: count(14)? + count(15)? + count(16)? + count(17)?,
        started: count(22)?,
    })
}

/// A number from a file of `Name:  value` lines, as in `/proc/PID/status` (kB) and `/proc/PID/io` (bytes).
pub(crate) fn parse_named(text: &str, name: &str) -> Option<u64> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| value.split_ascii_whitespace().next()?.parse().ok())
}

/// Ticks in which all cores together ran programs and the kernel on their behalf: the first line of `/proc/stat`.
pub(crate) fn parse_busy(stat: &str) -> Option<Busy> {
    let mut fields =
        stat.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace().map(str::parse::<u64>);
    let mut next = || fields.next()?.ok();
    let (user, nice, system) = (next()?, next()?, next()?);
    let (_idle, _iowait, _irq, _softirq) = (next()?, next()?, next()?, next()?);
    Some(Busy { running: user + nice + system, stolen: next()? })
}

/// What the whole machine did since boot, in clock ticks summed over its cores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Busy {
    pub(crate) running: u64,
    /// Time a virtual machine wanted to run and its host did not let it.
    pub(crate) stolen: u64,
}

/// The machine's clock so far.
pub(crate) fn busy() -> Result<Busy> {
    let text = fs::read_to_string("/proc/stat").context("could not read /proc/stat")?;
    parse_busy(&text).context("/proc/stat has no line of processor times")
}

/// One process.
pub(crate) fn stat(pid: u32) -> Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))
        .with_context(|| format!("process {pid} is gone"))?;
    parse_stat(&text).with_context(|| format!("/proc/{pid}/stat could not be read"))
}

/// A process and all that descend from it, the process itself first.
pub(crate) fn tree(root: u32) -> Result<Vec<Stat>> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc").context("could not list /proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process that ended since the listing is no longer anybody's child.
        if let Ok(one) = stat(pid) {
            all.push(one);
        }
    }
    let family = family(root, &all);
    if family.is_empty() {
        bail!("process {root} is gone");
    }
    Ok(family)
}

fn family(root: u32, all: &[Stat]) -> Vec<Stat> {
    let mut found: Vec<Stat> = all.iter().copied().filter(|one| one.pid == root).collect();
    let mut seen = 0;
    while let Some(parent) = found.get(seen).map(|one| one.pid) {
        seen += 1;
        let children = all.iter().copied().filter(|one| one.parent == parent && one.pid != parent);
        found.extend(children);
    }
    found
}

/// Resident memory of a process and its descendants, in bytes (`VmRSS`, shared pages counted in each).
pub(crate) fn resident(root: u32) -> Result<u64> {
    sum(root, "status", "VmRSS").map(|kib| kib * 1024)
}

/// The most that `resident` was since the start, in bytes (`VmHWM`, that of each process at its own time).
pub(crate) fn most_resident(root: u32) -> Result<u64> {
    sum(root, "status", "VmHWM").map(|kib| kib * 1024)
}

/// Processor time of a process and its descendants since their start, in seconds.
pub(crate) fn cpu(root: u32) -> Result<f64> {
    let ticks = tree(root)?.iter().map(|one| one.ticks).sum();
    Ok(crate::numbers::real(ticks) / crate::numbers::real(rustix::param::clock_ticks_per_second()))
}

/// Bytes that a process and its descendants caused to be fetched from storage.
pub(crate) fn fetched(root: u32) -> Result<u64> {
    sum(root, "io", "read_bytes")
}

/// Bytes that a process and its descendants read, from the page cache too. What is mapped does not count.
pub(crate) fn was_read(root: u32) -> Result<u64> {
    sum(root, "io", "rchar")
}

fn sum(root: u32, file: &str, name: &str) -> Result<u64> {
    let mut total = 0;
    for one in tree(root)? {
        let path = format!("/proc/{}/{file}", one.pid);
        match fs::read_to_string(&path) {
            Ok(text) => total += parse_named(&text, name).unwrap_or(0),
            Err(error) if one.pid == root => {
                return Err(error).with_context(|| format!("could not read {path}"));
            }
            Err(_) => {}
        }
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LINE: &str = "4242 (tmux: server (1)) S 17 4242 4242 0 -1 4194560 1520 310 0 2 250 125 30 5 20 0 4 0 \
        987654 23683072 2711 18446744073709551615 1 1 0 0 0 0 0 4096 1024 0 0 0 17 0 0 0 0 0 0";

    #[test]
    fn a_name_with_brackets_and_blanks_does_not_shift_the_fields() {
        let expected = Stat { pid: 4242, parent: 17, ticks: 410, started: 987_654 };
        assert_eq!(parse_stat(LINE), Some(expected));
    }

    #[test]
    fn a_cut_or_foreign_line_is_no_process() {
        assert_eq!(parse_stat("4242 (x) S 17 1"), None);
        assert_eq!(parse_stat(""), None);
        assert_eq!(parse_stat("cpu 1 2 3"), None);
    }

    #[test]
    fn named_values_are_found_by_their_whole_name() {
        let status = "Name:\tnginx\nVmHWM:\t   99 kB\nVmRSS:\t   22528 kB\nThreads:\t1\n";
        assert_eq!(parse_named(status, "VmRSS"), Some(22528));
        assert_eq!(parse_named(status, "RSS"), None);
        assert_eq!(parse_named("rchar: 1\nread_bytes: 4096\n", "read_bytes"), Some(4096));
    }

    #[test]
    fn idle_and_interrupts_are_not_counted_as_running() {
        let stat = "cpu  100 20 3 5000 70 8 9 11 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(parse_busy(stat), Some(Busy { running: 123, stolen: 11 }));
        assert_eq!(parse_busy("intr 1"), None);
    }

    #[test]
    fn a_family_holds_grandchildren_and_nobody_else() {
        let one = |pid, parent| Stat { pid, parent, ticks: 0, started: 0 };
        let all = [one(1, 0), one(9, 8), one(8, 7), one(7, 1), one(5, 1)];
        let pids: Vec<u32> = family(7, &all).iter().map(|one| one.pid).collect();
        assert_eq!(pids, [7, 8, 9]);
        assert!(family(99, &all).is_empty());
    }

    #[test]
    fn this_process_has_a_clock_and_memory() {
        let own = std::process::id();
        assert_eq!(stat(own).unwrap().pid, own);
        assert!(resident(own).unwrap() > 4096);
        assert!(busy().unwrap().running > 0);
    }
}
