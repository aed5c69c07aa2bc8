//! The limit on open files: each stream takes a socket and a file, and systems begin with as few as 1024.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The limit as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles {
    /// What holds now; nothing means no limit.
    pub soft: Option<u64>,
    /// How far the process may raise it by itself; nothing means no limit.
    pub hard: Option<u64>,
}

impl OpenFiles {
    /// The limit of this process.
    pub fn now() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        Self { soft: current, hard: maximum }
    }

    /// What a process may have open once it has raised its limit; nothing means no limit.
    pub fn reachable(self) -> Option<u64> {
        // macOS reports no hard limit but refuses more than OPEN_MAX.
        if cfg!(target_os = "macos") {
            Some(self.hard.map_or(10_240, |hard| hard.min(10_240)))
        } else {
            self.hard
        }
    }
}

/// Raises the limit as far as this process may, and gives what holds then. A system that refuses keeps
/// what it had; the doctor tells what that costs.
pub fn raise() -> OpenFiles {
    let before = OpenFiles::now();
    let wanted = Rlimit { current: before.reachable(), maximum: before.hard };
    if before.soft != before.reachable() {
        match setrlimit(Resource::Nofile, wanted) {
            Ok(()) => {
                tracing::debug!(from = ?before.soft, to = ?before.reachable(), "open files: limit raised");
            }
            Err(error) => {
                tracing::debug!(limit = ?before.soft, %error, "open files: limit not raised");
            }
        }
    }
    OpenFiles::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raising_reaches_what_the_system_allows() {
        let after = raise();
        assert_eq!(after.soft, after.reachable());
    }
}
