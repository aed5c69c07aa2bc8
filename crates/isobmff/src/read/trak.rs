//! One `trak` box, taken apart: facts as values, tables as they lie there.

use media::{Language, Roles};
use mp4_atom::{Atom, Kind as KindBox, Tkhd};

use super::{
    boxes::{Cursor, FourCc, child, children, descend, full},
    edits::{self, Edit},
    entry::{self, Entry, Handler},
    metadata,
};

/// A track as the `moov` box describes it.
#[derive(Clone, Debug)]
pub(super) struct Trak<'a> {
    pub id: u32,
    pub handler: Handler,
    /// Ticks a second; 0 if it is not stated.
    pub timescale: u32,
    pub enabled: bool,
    /// Clockwise.
    pub rotation: u16,
    /// The size at which it is shown, before it is turned, in 65536ths of a pixel.
    pub shown: (u32, u32),
    pub language: Option<Language>,
    pub title: Option<String>,
    pub roles: Roles,
    /// The tracks that hold its chapters.
    pub chapters: Vec<u32>,
    pub edits: Vec<Edit>,
    pub entries: Vec<Entry>,
    pub tables: Tables<'a>,
}

/// The sample tables [ISO/IEC 14496-12, 8.6 and 8.7]: the entries of each, after their count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tables<'a> {
    /// `stts`: count, delta.
    pub deltas: &'a [u8],
    /// `ctts`: count, offset.
    pub offsets: &'a [u8],
    /// `stsc`: first chunk, samples in a chunk, entry.
    pub chunks: &'a [u8],
    /// `stsz` or `stz2`.
    pub sizes: Sizes<'a>,
    /// `stco`.
    pub places: &'a [u8],
    /// `co64`.
    pub wide_places: &'a [u8],
    /// `stss`; `None` if every sample is a sync sample.
    pub sync: Option<&'a [u8]>,
    /// `stps`: partial sync samples of `QuickTime`, which begin an open group of pictures.
    pub partial: &'a [u8],
    /// `sbgp` of the kind `rap `: count, group or 0.
    pub random_access: &'a [u8],
}

/// The sizes of samples.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sizes<'a> {
    /// So many of one size.
    Same(u32, u32),
    /// Each with its own, of so many bits: 4, 8, 16 or 32.
    Each(u8, &'a [u8]),
}

impl Default for Sizes<'_> {
    fn default() -> Self {
        Self::Same(0, 0)
    }
}

impl Sizes<'_> {
    /// How many there are, or are said to be.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Same(count, _) => u64::from(*count),
            Self::Each(bits, bytes) => bytes.len() as u64 * 8 / u64::from(*bits).max(1),
        }
    }
}

/// Takes the box apart; `None` if it has no `mdia` box, or no number.
pub(super) fn parse(body: &[u8]) -> Option<Trak<'_>> {
    let mdia = child(body, b"mdia")?;
    let header = child(body, b"tkhd")?;
    let tkhd = Tkhd::decode_body(&mut &*header).ok();
    let id = tkhd.as_ref().map(|tkhd| tkhd.track_id).or_else(|| track_id(header))?;
    let (handler_kind, handler_name) =
        child(mdia, b"hdlr").and_then(hdlr).unwrap_or((*b"\0\0\0\0", None));
    let handler = Handler::of(handler_kind);
    let (timescale, packed) = child(mdia, b"mdhd").and_then(mdhd).unwrap_or((0, None));
    let language = child(mdia, b"elng").and_then(elng).or(packed);
    let stbl = descend(mdia, &[b"minf", b"stbl"]).unwrap_or_default();
    let udta = child(body, b"udta").unwrap_or_default();
    let title = metadata::track_title(udta)
        .or_else(|| handler_name.filter(|name| !metadata::is_generic(name)));
    Some(Trak {
        id,
        handler,
        timescale,
        enabled: tkhd.as_ref().is_none_or(|tkhd| tkhd.enabled),
        rotation: header.get(header.len().saturating_sub(44)..).map_or(0, rotation),
        shown: shown(header).unwrap_or_default(),
        language,
        title,
        roles: roles(udta),
        chapters: descend(body, &[b"tref", b"chap"]).map(numbers).unwrap_or_default(),
        edits: descend(body, &[b"edts", b"elst"]).map(edits::parse).unwrap_or_default(),
        entries: child(stbl, b"stsd").map(|stsd| entry::entries(stsd, handler)).unwrap_or_default(),
        tables: tables(stbl),
    })
}

fn track_id(tkhd: &[u8]) -> Option<u32> {
    let (version, _, mut cursor) = full(tkhd)?;
    cursor.skip(if version == 1 { 16 } else { 8 })?;
    cursor.u32()
}

/// By how much a matrix turns clockwise, from the bytes that begin with it: 0, 90, 180 or 270.
/// Mirrored pictures are not told from others.
pub(super) fn rotation(matrix: &[u8]) -> u16 {
    let mut cursor = Cursor::new(matrix);
    let across = cursor.i32().zip(cursor.i32());
    let Some((along, down)) = across else { return 0 };
    // Where the direction to the right is turned to.
    match (along.unsigned_abs() >= down.unsigned_abs(), along, down) {
        (true, 0.., _) => 0,
        (true, ..) => 180,
        (false, _, 0..) => 90,
        (false, ..) => 270,
    }
}

/// Width and height at the end of `tkhd`.
fn shown(tkhd: &[u8]) -> Option<(u32, u32)> {
    let mut cursor = Cursor::new(tkhd.get(tkhd.len().checked_sub(8)?..)?);
    Some((cursor.u32()?, cursor.u32()?))
}

/// The kind of media and the name.
fn hdlr(body: &[u8]) -> Option<(FourCc, Option<String>)> {
    let (_, _, mut cursor) = full(body)?;
    let family = cursor.four()?;
    let kind = cursor.four()?;
    cursor.skip(12)?;
    let name = cursor.rest();
    // QuickTime has the length first, the standard a zero last.
    let counted = name.split_first().filter(|(length, rest)| {
        usize::from(**length) <= rest.len() && (family == *b"mhlr" || **length < 32)
    });
    let name = match counted {
        Some((length, rest)) => rest.get(..usize::from(*length)).unwrap_or_default(),
        None => name,
    };
    Some((kind, metadata::text(name)))
}

/// Timescale and language.
fn mdhd(body: &[u8]) -> Option<(u32, Option<Language>)> {
    let (version, _, mut cursor) = full(body)?;
    let wide = version == 1;
    cursor.skip(if wide { 16 } else { 8 })?;
    let timescale = cursor.u32()?;
    cursor.either(wide)?;
    Some((timescale, cursor.u16().and_then(metadata::language)))
}

/// The extended language tag [ISO/IEC 14496-12, 8.4.6].
fn elng(body: &[u8]) -> Option<Language> {
    let (_, _, cursor) = full(body)?;
    Language::parse(&metadata::text(cursor.rest())?)
}

/// Numbers of 32 bits.
fn numbers(body: &[u8]) -> Vec<u32> {
    let mut cursor = Cursor::new(body);
    std::iter::from_fn(|| cursor.u32()).take(64).collect()
}

/// What the boxes in `udta` say that a track is for.
fn roles(udta: &[u8]) -> Roles {
    let mut roles = Roles::default();
    for inner in children(udta) {
        match &inner.kind {
            b"kind" => {
                if let Ok(kind) = KindBox::decode_body(&mut &*inner.body) {
                    metadata::role(&kind.value, &mut roles);
                }
            }
            b"tagc" => {
                if let Some(tag) = metadata::text(inner.body) {
                    metadata::role(&tag, &mut roles);
                }
            }
            _ => {}
        }
    }
    roles
}

/// The sample tables in `stbl`.
fn tables(stbl: &[u8]) -> Tables<'_> {
    let mut tables = Tables::default();
    for inner in children(stbl) {
        let Some((_, _, mut cursor)) = full(inner.body) else { continue };
        match &inner.kind {
            b"stts" => tables.deltas = counted(cursor, 8),
            b"ctts" => tables.offsets = counted(cursor, 8),
            b"stsc" => tables.chunks = counted(cursor, 12),
            b"stco" => tables.places = counted(cursor, 4),
            b"co64" => tables.wide_places = counted(cursor, 8),
            b"stss" => tables.sync = Some(counted(cursor, 4)),
            b"stps" => tables.partial = counted(cursor, 4),
            b"stsz" => {
                let (size, count) = (cursor.u32().unwrap_or(0), cursor);
                tables.sizes = if size == 0 {
                    Sizes::Each(32, counted(count, 4))
                } else {
                    Sizes::Same(cursor.u32().unwrap_or(0), size)
                };
            }
            b"stz2" => {
                let bits = cursor.u32().unwrap_or(0).to_be_bytes()[3];
                let count = cursor.u32().unwrap_or(0) as usize;
                if matches!(bits, 4 | 8 | 16) {
                    let bytes = count.saturating_mul(bits.into()).div_ceil(8);
                    let there = cursor.rest();
                    let bytes = there.get(..bytes.min(there.len())).unwrap_or_default();
                    tables.sizes = Sizes::Each(bits, bytes);
                }
            }
            b"sbgp" if cursor.four() == Some(*b"rap ") => {
                tables.random_access = counted(cursor, 8);
            }
            _ => {}
        }
    }
    tables
}

/// The entries of a table behind their count: as many whole ones as are there.
fn counted(mut cursor: Cursor<'_>, each: usize) -> &[u8] {
    let count = cursor.u32().unwrap_or(0) as usize;
    let there = cursor.rest();
    let bytes = count.saturating_mul(each).min(there.len() / each * each);
    there.get(..bytes).unwrap_or_default()
}
