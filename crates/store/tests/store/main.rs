//! The store on both databases: every statement about it is checked on each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod backups;
mod household;
mod keeping;
mod kit;
mod moving;
mod opening;
mod playlists;
mod scanning;
