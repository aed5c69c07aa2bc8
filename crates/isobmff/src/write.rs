//! ISO base media files and CMAF tracks from tracks and samples [ISO/IEC 14496-12, 23000-19].
//!
//! ```text
//! init      ftyp moov ─┬─ mvhd                        one track, no samples
//!                      ├─ trak ── mdia … stsd ── the sample entry: `entry`
//!                      └─ mvex
//! fragment  styp moof mdat-header                     the samples' bytes follow in order
//! movie     ftyp moov mdat-header                     several tracks, all sample tables
//! ```
//!
//! Pure: values in, bytes out, and the same bytes for the same values. Nothing here reads or holds
//! media: what is made are the headers, and the caller sends the samples' bytes behind them. Which
//! samples make a segment, what it is called and whether a player can decode it is for others.

mod bytes;
mod entry;
mod fragment;
mod init;
mod moov;
mod movie;
mod shift;
mod wvtt;

pub use {
    fragment::{Fragment, Skip, fragment, fragment_len},
    init::init,
    movie::{Chunk, Movie, MovieLayout, MovieTrack, movie},
    shift::Shift,
    wvtt::wvtt_sample,
};

use media::Track;

/// Why a track cannot be written to MP4.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{codec} cannot be written to MP4: {why}")]
pub struct NotWritable {
    /// The coding, as [`media::Codec::name`] names it.
    pub codec: String,
    /// Why, as the end of a sentence.
    pub why: &'static str,
}

/// Whether the track can be written to MP4: what [`init`] and [`movie`] would say.
pub fn is_writable(track: &Track) -> Result<(), NotWritable> {
    entry::sample_entry(track).map(drop)
}

#[cfg(test)]
mod tests;
