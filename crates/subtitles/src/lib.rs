//! Text subtitles of every kind become cues, and cues become `WebVTT`.
//!
//! ```text
//! side file ── decode_text ── parse ──────┐
//!   (.srt .ass .ssa .vtt)                 ├─ Document ── webvtt (any window of it)
//! blocks of a video file ── Blocks::cues ─┘   header, Cue*
//!   (Matroska text, tx3g, wvtt)
//! ```
//!
//! What carries meaning is kept: italics, bold, underlines, the plain colours that tell speakers
//! apart, and where on the picture the text stands. Fonts, drawings and animations are left out.
//! Readers take whatever they are given: damaged files yield the cues that can be had.
//!
//! This room opens no files and knows nothing of segments; it is given bytes and windows of time.

mod ass;
mod blocks;
mod chapters;
mod cue;
mod decode;
mod side_files;
mod srt;
mod styled;
mod time;
mod webvtt;

#[cfg(test)]
mod tests;

pub use {
    blocks::Blocks,
    chapters::{chapters, chapters_document},
    cue::{Cue, coalesce},
    decode::decode_text,
    side_files::{SideFile, side_files},
    time::MAX_TIME,
    webvtt::webvtt,
};

/// The most bytes of a side file that are read: a hundred times those of a talkative film.
pub const MAX_BYTES: usize = 10 << 20;
/// The most cues that a file may have; what follows is left out.
pub const MAX_CUES: usize = 200_000;

/// What a text is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Kind {
    /// `SubRip`: `.srt`.
    Srt,
    /// Advanced `SubStation` Alpha and its predecessor: `.ass`, `.ssa`.
    Ass,
    /// `WebVTT`: `.vtt`.
    WebVtt,
}

/// All cues of one file, in order of their beginning.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Document {
    /// The STYLE and REGION blocks of `WebVTT`, each ended by an empty line. Mostly empty.
    pub header: String,
    /// The cues.
    pub cues: Vec<Cue>,
}

/// The cues in a text of this kind. Only the first [`MAX_BYTES`] and [`MAX_CUES`] count.
pub fn parse(kind: Kind, text: &str) -> Document {
    let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut document = match kind {
        Kind::Srt => Document { header: String::new(), cues: srt::parse(text) },
        Kind::Ass => Document { header: String::new(), cues: ass::parse(text) },
        Kind::WebVtt => webvtt::parse(text),
    };
    // Players ask for cues in this order; files, especially of the second kind, are not.
    document.cues.sort_by_key(|cue| cue.start);
    document
}

/// Lines that end in any of the three ways.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .flat_map(|line| line.split('\r'))
}
