//! From the index of a file to what players fetch: where segments begin, what is in them, and the
//! playlists that name them.
//!
//! ```text
//! Index + Policy ─► Presentation ─┬─ renditions ─ spans      (no byte of media)
//!                                 ├─ playlists, MPD          (no byte of media)
//!                                 └─ span + its samples ─► pieces: bytes, ranges of the file,
//!                                                          bytes that are gathered
//! ```
//!
//! Pure: the same index, policy and number give the same bytes. Who asks, where the file is and
//! how pieces are sent is left to others.

pub mod census;
pub mod clip;
mod fetch;
mod grid;
mod layout;
pub mod manifest;
pub mod names;
pub mod playback;
pub mod playlists;
mod policy;
pub mod presentation;
mod rates;
pub mod report;
mod segment;
pub mod text;
pub mod tree;
pub mod ts;

pub use {
    fetch::{Gather, fetch},
    policy::Policy,
    presentation::{LeftOut, Origin, Presentation, Rendition, Side, Span, Words},
    rates::Rates,
    segment::{Piece, init, media_of, media_segment},
};

#[cfg(test)]
mod testing;
