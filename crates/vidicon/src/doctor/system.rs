//! Limits of the system: inotify, open files, free disk.

use std::{fs, path::Path};

use super::report::Check;
use crate::{free_disk, open_files::OpenFiles, settings::values::ByteSize};

/// Below this many watches a large library is not watched as a whole: one is taken per folder.
const WATCHES: u64 = 65_536;

/// Below this many instances other programs of the same user may have taken them all.
const INSTANCES: u64 = 128;

/// Open files that Vidicon takes besides two for each connection: listeners, log, certificates, database.
const SPARE_FILES: u64 = 256;

/// The inotify limits, where there are any (Linux).
pub(super) fn inotify() -> Vec<Check> {
    let limit = |name: &str| {
        fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).ok()?.trim().parse::<u64>().ok()
    };
    [("max_user_watches", WATCHES), ("max_user_instances", INSTANCES)]
        .into_iter()
        .filter_map(|(name, wanted)| Some(judge_inotify(name, limit(name)?, wanted)))
        .collect()
}

fn judge_inotify(name: &str, limit: u64, wanted: u64) -> Check {
    let title = format!("inotify {name}");
    if limit >= wanted {
        return Check::ok(title, limit.to_string());
    }
    Check::warning(title, format!("{limit}, fewer than {wanted}"))
        .costs("new and changed files in large media folders are noticed late")
        .mend(format!("echo fs.inotify.{name}={wanted} | sudo tee /etc/sysctl.d/60-vidicon.conf && sudo sysctl --system"))
}

/// The limit on open files, against the connections that are allowed.
pub(super) fn open_files(connections: u32) -> Check {
    judge_open_files(OpenFiles::now().reachable(), connections)
}

fn judge_open_files(reachable: Option<u64>, connections: u32) -> Check {
    let name = "open files";
    let wanted = u64::from(connections) * 2 + SPARE_FILES;
    match reachable {
        None => Check::ok(name, "no limit"),
        Some(limit) if limit >= wanted => Check::ok(name, format!("{limit} allowed")),
        Some(limit) => {
            let streams = limit.saturating_sub(SPARE_FILES) / 2;
            Check::warning(name, format!("{limit} allowed, {wanted} wanted for {connections} connections"))
                .costs(format!("from about {streams} streams on, more are refused"))
                .mend(format!(
                    "LimitNOFILE={wanted} in the systemd unit, or `ulimit -Hn {wanted}` as root, or a lower limits.connections"
                ))
        }
    }
}

/// Free disk where data is kept; the folder need not exist yet.
pub(super) fn disk(data: &Path) -> Check {
    let name = "free disk";
    let existing = data.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(data);
    match free_disk::at(existing) {
        Ok(free) => judge_disk(free),
        Err(error) => {
            Check::warning(name, format!("cannot be told for {}: {error}", existing.display()))
        }
    }
}

fn judge_disk(free: ByteSize) -> Check {
    let found = format!("{} MiB on the disk of the data folder", free.bytes() >> 20);
    if free >= free_disk::LITTLE {
        return Check::ok("free disk", found);
    }
    Check::warning("free disk", found)
        .costs("caches stay small, and recordings stop when it is full")
        .mend("make room, or name a data folder on another disk by --data")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn few_watches_are_a_warning_with_the_line_that_mends_it() {
        assert_eq!(judge_inotify("max_user_watches", 65_536, WATCHES).state, State::Ok);
        let check = judge_inotify("max_user_watches", 8192, WATCHES);
        assert_eq!((check.state, check.found.as_str()), (State::Warning, "8192, fewer than 65536"));
        assert!(check.mend.unwrap().contains("fs.inotify.max_user_watches=65536"));
    }

    #[test]
    fn the_connections_allowed_need_two_files_each() {
        assert_eq!(judge_open_files(None, 10_000).state, State::Ok);
        assert_eq!(judge_open_files(Some(20_256), 10_000).state, State::Ok);
        let check = judge_open_files(Some(1024), 10_000);
        assert_eq!(check.found, "1024 allowed, 20256 wanted for 10000 connections");
        assert_eq!(check.cost.unwrap(), "from about 384 streams on, more are refused");
    }

    #[test]
    fn less_than_a_gib_of_free_disk_is_a_warning() {
        assert_eq!(judge_disk(ByteSize::gib(1)).state, State::Ok);
        let check = judge_disk(ByteSize::mib(12));
        assert_eq!(
            (check.state, check.found.as_str()),
            (State::Warning, "12 MiB on the disk of the data folder")
        );
    }
}
