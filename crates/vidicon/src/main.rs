//! Vidicon.

use std::process::ExitCode;

/// A request makes about thirty small allocations; see docs/performance.md for what this saves.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    vidicon::commands::main()
}
