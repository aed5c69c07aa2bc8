//! The `moov` box: what holds for the whole file, and its tracks.

use media::{Attachment, Timescale};
use mp4_atom::{Atom, Mvhd};

use super::{
    boxes::{child, children},
    chapters::{self, Mark},
    fragments::{self, Defaults},
    metadata,
    trak::{self, Trak},
};

/// A `moov` box, taken apart.
#[derive(Clone, Debug)]
pub(super) struct Movie<'a> {
    /// `None` if it is not stated.
    pub timescale: Option<Timescale>,
    /// Seconds since 1970.
    pub created: Option<i64>,
    pub title: Option<String>,
    /// Nero's chapters.
    pub marks: Vec<Mark>,
    pub covers: Vec<Attachment>,
    pub tracks: Vec<Trak<'a>>,
    /// Whether fragments may follow.
    pub fragmented: bool,
    /// What samples in fragments have that say nothing of themselves, by track.
    pub defaults: Vec<(u32, Defaults)>,
}

/// Takes the box apart.
pub(super) fn parse(moov: &[u8]) -> Movie<'_> {
    let header = child(moov, b"mvhd").unwrap_or_default();
    let mvhd = Mvhd::decode_body(&mut &*header).ok();
    let udta = child(moov, b"udta").unwrap_or_default();
    let mvex = child(moov, b"mvex");
    let title =
        metadata::title(udta).or_else(|| child(moov, b"meta").and_then(metadata::keyed_title));
    // The whole picture may be turned, too.
    let turned = header.get(header.len().saturating_sub(64)..).map_or(0, trak::rotation);
    let boxes = children(moov).filter(|inner| inner.kind == *b"trak");
    let mut tracks: Vec<Trak<'_>> = boxes.filter_map(|inner| trak::parse(inner.body)).collect();
    for track in &mut tracks {
        track.rotation = (track.rotation + turned) % 360;
    }
    Movie {
        timescale: mvhd.as_ref().and_then(|mvhd| Timescale::new(mvhd.timescale)),
        created: mvhd.and_then(|mvhd| metadata::since_1970(mvhd.creation_time)),
        title,
        marks: child(udta, b"chpl").map(chapters::nero).unwrap_or_default(),
        covers: metadata::covers(udta),
        tracks,
        fragmented: mvex.is_some(),
        defaults: mvex.map(fragments::defaults).unwrap_or_default(),
    }
}
