pub(super) fn run(_: &std::path::Path, _: bool, _: bool) -> Result<(), crate::failure::Failure> { Err(crate::failure::Failure::No) }
