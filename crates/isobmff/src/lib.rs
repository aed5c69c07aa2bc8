//! ISO base media: MP4, `QuickTime`, fragmented and not.

pub mod read;
pub mod write;
