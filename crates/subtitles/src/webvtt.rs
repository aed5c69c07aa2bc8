//! `WebVTT` [W3C, WebVTT: The Web Video Text Tracks Format], read and written.

mod read;
mod write;

pub(crate) use read::{header, parse};
pub use write::webvtt;
