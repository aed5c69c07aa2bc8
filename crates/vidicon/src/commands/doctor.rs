//! `vidicon doctor`: the checks, gathered and shown.

use std::io::{self, IsTerminal as _};

use super::print;
use crate::{doctor, failure::Failure, logging, platform::Surroundings, settings::Flags};

pub(super) fn run(flags: &Flags, around: &Surroundings, json: bool) -> Result<(), Failure> {
    let report = doctor::examine(flags, around);
    if json {
        print(&format!("{:#}\n", report.json()))?;
    } else {
        print(&report.text(logging::colour(io::stdout().is_terminal())))?;
    }
    if report.failed() { Err(Failure::No) } else { Ok(()) }
}
