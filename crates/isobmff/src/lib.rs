//! ISO base media.

pub mod write;
