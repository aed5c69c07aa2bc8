//! `vidicon completions`: a script that teaches a shell our commands.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::print;
use crate::{cli::Cli, failure::Failure};

pub(super) fn run(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "vidicon", &mut script);
    print(&String::from_utf8_lossy(&script))
}
