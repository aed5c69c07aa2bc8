//! Free disk: how much there is, and how little is worth telling.

use std::{io, path::Path};

use crate::settings::values::ByteSize;

/// Less than this where data is kept is worth telling.
pub const LITTLE: ByteSize = ByteSize::gib(1);

/// What a user other than root may still write on the file system of this path, which must exist.
pub fn at(path: &Path) -> io::Result<ByteSize> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(ByteSize::new(disk.f_bavail.saturating_mul(disk.f_frsize)))
}
