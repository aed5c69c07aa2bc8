#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(clippy::trivially_copy_pass_by_ref)] // `b"moov"` is a reference

mod build;
mod damage;
mod files;
