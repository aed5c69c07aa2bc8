//! MPEG transport streams [ISO/IEC 13818-1]: read into an index, samples gathered out of them, and
//! segments of them written for older HLS clients.
//!
//! ```text
//! packets ─► PES packets ─► NAL units ─► pictures ─┐
//!                       └─► frames of sound ───────┴─► times ─► tracks
//! ```
//!
//! A file is read once, from begin to end: a transport stream has no index. Everything is pure;
//! bytes come by [`media::Source`].

mod audio;
mod clock;
mod frame;
mod gather;
mod lane;
pub mod mux;
mod nal;
mod packet;
mod pes;
mod psi;
mod read;
mod sets;
mod slice;
mod tracks;
mod units;
mod video;

pub use {gather::gather, read::read};

/// Whether a file that begins with these bytes is a transport stream: packets of 188 bytes, alone,
/// behind an arrival time of 4 bytes (M2TS) or before 16 bytes of parity; also behind garbage.
/// A few KiB tell.
pub fn sniff(start: &[u8]) -> bool {
    packet::layout(start).is_some()
}
