pub(super) fn run(_: &crate::cli::Package) -> Result<(), crate::failure::Failure> { Err(crate::failure::Failure::No) }
