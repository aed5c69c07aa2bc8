#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod build;
mod damage;
mod files;
