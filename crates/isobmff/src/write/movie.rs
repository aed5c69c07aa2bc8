//! The header of an ordinary MP4 of several tracks: all sample tables first, then the media.

mod layout;
mod tables;

use std::ops::Range;

use media::{Codec, Kind, Sample, Track};

use super::{
    NotWritable,
    bytes::{Out, mdat, mdat_len},
    entry::sample_entry,
    moov::{Trak, mvhd, trak},
};
use layout::{chunks, edits, movie_timescale};
use tables::{Offsets, sample_tables};

/// What a movie consists of.
#[derive(Clone, Debug, Default)]
pub struct Movie<'a> {
    /// The tracks, in their order.
    pub tracks: Vec<MovieTrack<'a>>,
    /// Its title, if it has one.
    pub title: Option<&'a str>,
}

/// A track of a movie.
#[derive(Clone, Copy, Debug)]
pub struct MovieTrack<'a> {
    /// The track.
    pub track: &'a Track,
    /// Its samples in decode order; more than what is presented where decoding needs them.
    pub samples: &'a [Sample],
    /// Presentation time at which the stretch begins that is presented, in ticks of the track. It
    /// is the same moment for every track.
    pub begin: i64,
    /// Presentation time at which it ends.
    pub end: i64,
}

/// A movie without its media.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MovieLayout {
    /// `ftyp`, `moov` and the header of `mdat`.
    pub header: Vec<u8>,
    /// What follows, in order.
    pub chunks: Vec<Chunk>,
    /// The bytes of all chunks together.
    pub media: u64,
}

impl MovieLayout {
    /// The length of the whole file in bytes.
    pub fn len(&self) -> u64 {
        self.media.saturating_add(self.header.len() as u64)
    }

    /// Never: it has a header.
    pub fn is_empty(&self) -> bool {
        self.header.is_empty()
    }
}

/// Samples of one track that lie one behind the other: about a second of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chunk {
    /// Which of [`Movie::tracks`].
    pub track: usize,
    /// Which of [`MovieTrack::samples`].
    pub samples: Range<usize>,
    /// Their bytes together.
    pub bytes: u64,
}

/// The header of the movie, and the order in which the samples follow it.
///
/// Exactly `begin..end` of each track is presented; an edit list takes away what else there is of
/// it, and lets a track that begins late begin late.
pub fn movie(movie: &Movie<'_>) -> Result<MovieLayout, NotWritable> {
    let tracks = &movie.tracks;
    let entries: Vec<_> =
        tracks.iter().map(|track| sample_entry(track.track)).collect::<Result<_, _>>()?;
    let chunks = chunks(tracks);
    let media: u64 = chunks.iter().map(|chunk| chunk.bytes).sum();
    let (mut out, mut offsets) = header(movie, &entries, &chunks, media, false);
    if (out.len() as u64).saturating_add(media) > u64::from(u32::MAX) {
        (out, offsets) = header(movie, &entries, &chunks, media, true);
    }
    let begin = out.len() as u64;
    for Offsets { at, count, wide } in offsets {
        out.add_to_all(at, count, wide, begin);
    }
    Ok(MovieLayout { header: out.into_bytes(), chunks, media })
}

/// The header with chunk offsets from the beginning of the media, and where they are in it.
fn header(
    movie: &Movie<'_>,
    entries: &[Vec<u8>],
    chunks: &[Chunk],
    media: u64,
    wide: bool,
) -> (Out, Vec<Offsets>) {
    let tracks = &movie.tracks;
    let scale = movie_timescale(tracks);
    let edits: Vec<_> = tracks.iter().map(|track| edits(track, scale)).collect();
    let longest = edits.iter().map(|edits| edits.duration).max().unwrap_or(0);
    let samples: usize = tracks.iter().map(|track| track.samples.len()).sum();
    let mut out = Out::with_capacity(4096 + samples * 10 + chunks.len() * 8);
    out.boxed(*b"ftyp", |out| {
        out.put(b"isom");
        out.u32(0x200);
        out.put(b"isomiso6mp41");
    });
    let mut offsets = Vec::new();
    out.boxed(*b"moov", |out| {
        let next = u32::try_from(tracks.len()).unwrap_or(u32::MAX).saturating_add(1);
        mvhd(out, scale, longest, next);
        for (number, (one, entry)) in tracks.iter().zip(entries).enumerate() {
            let edits = edits.get(number).cloned().unwrap_or_default();
            let header = Trak {
                track: one.track,
                entry,
                id: u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1),
                enabled: is_enabled(tracks, number),
                group: group(one.track),
                duration: edits.duration,
                media_duration: tables::duration(one.samples),
                edits: &edits.list,
            };
            trak(out, &header, |out| {
                let chunks = chunks.iter().scan(0, |at, chunk| {
                    let offset = *at;
                    *at += chunk.bytes;
                    Some((offset, chunk))
                });
                let chunks = chunks.filter(|(_, chunk)| chunk.track == number);
                offsets.push(sample_tables(out, one, chunks, wide));
            });
        }
        if let Some(title) = movie.title {
            user_data(out, title);
        }
    });
    mdat(&mut out, media);
    debug_assert!(out.len() > mdat_len(media));
    (out, offsets)
}

/// Whether it plays when nobody chose: pictures, one track of sound, text that is to be seen.
fn is_enabled(tracks: &[MovieTrack<'_>], number: usize) -> bool {
    let same = |kind| tracks.iter().enumerate().filter(move |(_, one)| one.track.kind() == kind);
    let Some(one) = tracks.get(number) else { return false };
    let roles = one.track.roles;
    match one.track.kind() {
        Kind::Video | Kind::Other => true,
        Kind::Text => roles.default || roles.forced,
        Kind::Audio => {
            let chosen = same(Kind::Audio)
                .find(|(_, one)| one.track.roles.default)
                .or_else(|| same(Kind::Audio).next());
            chosen.is_some_and(|(chosen, _)| chosen == number)
        }
    }
}

/// Of sound and of text only one track plays at a time.
fn group(track: &Track) -> u16 {
    match track.kind() {
        Kind::Audio => 1,
        Kind::Text => 2,
        Kind::Video | Kind::Other => 0,
    }
}

/// How many samples before a point are to be decoded for it to sound right there, if any; for
/// Opus it is a time [Opus in ISOBMFF, 4.3.6.2].
fn pre_roll(track: &Track, samples: &[Sample]) -> Option<i16> {
    match track.codec {
        Codec::Aac => Some(1),
        Codec::Opus => {
            let each = samples.first().map_or(0, |first| u64::from(first.duration));
            let needed = (u64::from(track.timescale.get()) * 80).div_ceil(1000);
            i16::try_from(needed.checked_div(each)?.max(1)).ok()
        }
        _ => None,
    }
}

/// The title as Apple's players and ffmpeg know it.
fn user_data(out: &mut Out, title: &str) {
    out.boxed(*b"udta", |out| {
        out.full_box(*b"meta", 0, 0, |out| {
            out.full_box(*b"hdlr", 0, 0, |out| {
                out.u32(0);
                out.put(b"mdirappl");
                out.zeros(9);
            });
            out.boxed(*b"ilst", |out| {
                out.boxed(*b"\xA9nam", |out| {
                    out.boxed(*b"data", |out| {
                        out.u32(1); // UTF-8
                        out.u32(0);
                        out.put(title.as_bytes());
                    });
                });
            });
        });
    });
}
