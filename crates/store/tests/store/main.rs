//! The store on both databases: every statement about it is checked on each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod kit;
mod scanning;
