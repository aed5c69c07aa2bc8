//! Matroska and WebM: RFC 9559, lazily.
//!
//! [`read`] makes an index without samples: tracks, key pictures and clusters, from a few reads if
//! the file has cues. [`samples`] finds the samples of a stretch when they are wanted, from block
//! headers alone.
//!
//! ```text
//! reader ── ebml ─┬─ head: entry, codec, cues, chapters, tags …     what stands around clusters
//!                 └─ blocks, lacing                                what stands in them
//! index ── opening, rhythm, clock, keys, scan                      from these to an index
//! samples                                                          from index and file to samples
//! ```
//!
//! What a sample holds is left to `bitstream`; how it is sent, to the packager.

mod blocks;
mod chapters;
mod clock;
mod codec;
mod cues;
mod ebml;
mod entry;
mod first;
mod head;
mod ids;
mod index;
mod inflate;
mod key_picture;
mod keys;
mod lacing;
mod opening;
mod picture;
mod reader;
mod rhythm;
mod samples;
mod scan;
mod spaces;
mod tags;

use media::{Budget, Index, KeyPoint, Sample, Source, Track, Unreadable};

pub use samples::Want;

/// Whether a file that begins with these bytes (64 are enough for all known writers) is Matroska
/// or WebM.
pub fn sniff(start: &[u8]) -> bool {
    head::doc_type(start).is_some()
}

/// Reads the index of a file. A file without cues, or with wrong ones, is gone over once, block
/// header by block header.
pub fn read(source: &dyn Source, budget: &Budget<'_>) -> Result<Index, Unreadable> {
    index::read(source, budget)
}

/// What a sample of a track with `Framing::Zlib` is compressed from; `None` if it is damaged or
/// would become more than `most` bytes.
pub fn inflate(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    inflate::inflate(bytes, most)
}

/// The samples of each want, in decode order, from one pass over the clusters that hold them.
///
/// - Pictures: `range` goes from the time of one key point to that of another, or to the end of the
///   track. The samples are those from the key picture that begins the range up to the one that
///   begins the next, in the order of the file; decode times are their presentation times in
///   ascending order, and the last one lasts until `range.end`.
/// - Sound and text: exactly the samples whose time lies in the range. Each belongs to one of two
///   ranges that adjoin, whatever is asked first. The duration of text is what its block states, or
///   0.
///
/// `i64::MIN..i64::MAX` is everything.
pub fn samples(
    source: &dyn Source,
    index: &Index,
    wants: &[Want],
    budget: &Budget<'_>,
) -> Result<Vec<Vec<Sample>>, Unreadable> {
    samples::find(source, index, wants, budget)
}

/// The key picture at a key point of a track whose samples are searched, and no other sample:
/// reads only the headers of the blocks before it in its cluster. Shown at the time of its block.
pub fn key_picture(
    source: &dyn Source,
    index: &Index,
    track: &Track,
    key: &KeyPoint,
    budget: &Budget<'_>,
) -> Result<Option<Sample>, Unreadable> {
    key_picture::find(source, index, track, key, budget)
}
