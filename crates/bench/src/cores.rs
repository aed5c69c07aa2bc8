//! Which core serves and which one asks.

use std::fs;

use anyhow::{Context as _, Result};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The two cores of a run, by the kernel's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cores {
    /// Every server runs here, one at a time under load.
    pub(crate) server: usize,
    /// The load generator runs here. The same as `server` on a machine with one core.
    pub(crate) load: usize,
}

impl Cores {
    /// Takes the first core this process may use, and the next one that does not share its execution units.
    pub(crate) fn choose() -> Result<Self> {
        let set =
            sched_getaffinity(None).context("could not read which cores this process may use")?;
        let allowed: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect();
        let first = *allowed.first().context("this process may use no core")?;
        let path = format!("/sys/devices/system/cpu/cpu{first}/topology/thread_siblings_list");
        let siblings = parse_list(&fs::read_to_string(path).unwrap_or_default());
        Ok(pick(&allowed, &siblings).unwrap_or(Self { server: first, load: first }))
    }

    /// Keeps the calling thread on the asking core.
    pub(crate) fn pin_load(self) -> Result<()> {
        let mut set = CpuSet::new();
        set.set(self.load);
        sched_setaffinity(None, &set)
            .with_context(|| format!("could not keep the load generator on core {}", self.load))
    }
}

/// The first core serves; a core that is no sibling of it asks, or failing that any other core.
fn pick(allowed: &[usize], siblings: &[usize]) -> Option<Cores> {
    let server = *allowed.first()?;
    let others = || allowed.iter().copied().filter(|&core| core != server);
    let load = others().find(|core| !siblings.contains(core)).or_else(|| others().next())?;
    Some(Cores { server, load })
}

/// The kernel's list format: `0,4` or `0-3`.
fn parse_list(text: &str) -> Vec<usize> {
    text.trim()
        .split(',')
        .filter_map(|part| match part.split_once('-') {
            Some((first, last)) => Some(first.parse().ok()?..=last.parse().ok()?),
            None => part.parse().ok().map(|one| one..=one),
        })
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_plain_cores_are_both_used() {
        assert_eq!(pick(&[0, 1], &[0]), Some(Cores { server: 0, load: 1 }));
    }

    #[test]
    fn a_hyperthread_of_the_serving_core_is_passed_over() {
        assert_eq!(pick(&[0, 1, 2, 3], &[0, 1]), Some(Cores { server: 0, load: 2 }));
        assert_eq!(pick(&[0, 1], &[0, 1]), Some(Cores { server: 0, load: 1 }));
    }

    #[test]
    fn one_core_is_not_two() {
        assert_eq!(pick(&[3], &[3]), None);
    }

    #[test]
    fn the_kernels_lists_are_read() {
        assert_eq!(parse_list("0-2,8\n"), vec![0, 1, 2, 8]);
        assert_eq!(parse_list(""), Vec::<usize>::new());
    }
}
