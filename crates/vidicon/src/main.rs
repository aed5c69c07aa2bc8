//! Vidicon.

use std::process::ExitCode;

fn main() -> ExitCode {
    vidicon::commands::main()
}
