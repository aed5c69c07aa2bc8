//! Vidicon.

use std::process::ExitCode;

/// A request makes about thirty small allocations; see docs/performance.md for what this saves.
#[global_allocator]
static ALLOCATOR: allocator::MiMalloc = allocator::MiMalloc;

fn main() -> ExitCode {
    allocator::give_back_soon();
    vidicon::commands::main()
}
