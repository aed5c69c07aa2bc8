//! What the headers of a CMAF track and of an ordinary movie have in common.

use media::{Codec, Kind, Timescale, Track, Video};

use super::bytes::Out;

/// A track as its headers tell it.
pub(super) struct Trak<'a> {
    pub(super) track: &'a Track,
    /// The sample entry.
    pub(super) entry: &'a [u8],
    pub(super) id: u32,
    /// Whether it plays when nobody chose another.
    pub(super) enabled: bool,
    /// Of the tracks of one group only one plays; 0 for no group.
    pub(super) group: u16,
    /// How long it is presented, in ticks of the movie; 0 if fragments say so.
    pub(super) duration: u64,
    /// How long its media last, in ticks of the track; 0 if fragments say so.
    pub(super) media_duration: u64,
    pub(super) edits: &'a [Edit],
}

/// An entry of an edit list [ISO/IEC 14496-12, 8.6.6].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Edit {
    /// How long, in ticks of the movie; 0 for everything that comes in fragments.
    pub(super) duration: u64,
    /// From which composition time of the media on, in ticks of the track; -1 for nothing.
    pub(super) media_time: i64,
}

fn is_wide(duration: u64) -> bool {
    duration > u64::from(u32::MAX)
}

/// ISO/IEC 14496-12, 8.2.2.
pub(super) fn mvhd(out: &mut Out, timescale: Timescale, duration: u64, next_track: u32) {
    let wide = is_wide(duration);
    out.full_box(*b"mvhd", u8::from(wide), 0, |out| {
        out.zeros(if wide { 16 } else { 8 });
        out.u32(timescale.get());
        out.sized(wide, duration);
        out.u32(0x0001_0000);
        out.u16(0x0100);
        out.zeros(10);
        matrix(out, &UPRIGHT);
        out.zeros(24);
        out.u32(next_track);
    });
}

/// The whole `trak`; `tables` writes what of `stbl` follows `stsd`.
pub(super) fn trak(out: &mut Out, trak: &Trak<'_>, tables: impl FnOnce(&mut Out)) {
    out.boxed(*b"trak", |out| {
        tkhd(out, trak);
        if !trak.edits.is_empty() {
            out.boxed(*b"edts", |out| elst(out, trak.edits));
        }
        out.boxed(*b"mdia", |out| {
            mdhd(out, trak);
            let (handler, header) = handler(trak.track);
            out.full_box(*b"hdlr", 0, 0, |out| {
                out.u32(0);
                out.put(&handler);
                out.zeros(12);
                out.string(trak.track.title.as_deref().unwrap_or_default());
            });
            if let Some(language) = &trak.track.language {
                out.full_box(*b"elng", 0, 0, |out| out.string(language.as_str()));
            }
            out.boxed(*b"minf", |out| {
                match &header {
                    b"vmhd" => out.full_box(header, 0, 1, |out| out.zeros(8)),
                    b"smhd" => out.full_box(header, 0, 0, |out| out.zeros(4)),
                    _ => out.full_box(header, 0, 0, |_| ()),
                }
                out.boxed(*b"dinf", |out| {
                    out.full_box(*b"dref", 0, 0, |out| {
                        out.u32(1);
                        // In this very file.
                        out.full_box(*b"url ", 0, 1, |_| ());
                    });
                });
                out.boxed(*b"stbl", |out| {
                    out.full_box(*b"stsd", 0, 0, |out| {
                        out.u32(1);
                        out.put(trak.entry);
                    });
                    tables(out);
                });
            });
        });
        kinds(out, trak.track);
    });
}

/// ISO/IEC 14496-12, 8.3.2.
fn tkhd(out: &mut Out, trak: &Trak<'_>) {
    let wide = is_wide(trak.duration);
    let flags = if trak.enabled { 7 } else { 6 }; // enabled, in movie, in preview
    out.full_box(*b"tkhd", u8::from(wide), flags, |out| {
        out.zeros(if wide { 16 } else { 8 });
        out.u32(trak.id);
        out.u32(0);
        out.sized(wide, trak.duration);
        out.zeros(8);
        out.u16(0);
        out.u16(trak.group);
        out.u16(if trak.track.kind() == Kind::Audio { 0x0100 } else { 0 });
        out.u16(0);
        let (width, height) = trak.track.video().map_or((0, 0), shown_size);
        let rotation = trak.track.video().map_or(0, |video| video.rotation);
        // Turned about the corner, it is moved back to where it is seen.
        let (w, h) = (width.cast_signed(), height.cast_signed());
        matrix(
            out,
            &match rotation {
                90 => [[0, ONE], [-ONE, 0], [h, 0]],
                180 => [[-ONE, 0], [0, -ONE], [w, h]],
                270 => [[0, -ONE], [ONE, 0], [0, w]],
                _ => UPRIGHT,
            },
        );
        out.u32(width);
        out.u32(height);
    });
}

/// One in 16.16.
const ONE: i32 = 0x0001_0000;
const UPRIGHT: [[i32; 2]; 3] = [[ONE, 0], [0, ONE], [0, 0]];

/// Without the third column, which never changes.
fn matrix(out: &mut Out, rows: &[[i32; 2]; 3]) {
    for ([a, b], last) in rows.iter().zip([0, 0, 0x4000_0000]) {
        out.i32(*a);
        out.i32(*b);
        out.i32(last);
    }
}

/// Width and height for square pixels, before turning, in 16.16.
fn shown_size(video: &Video) -> (u32, u32) {
    let fixed = |value: u64| u32::try_from(value).unwrap_or(u32::MAX).min(0x7FFF_0000);
    let (num, den) = video.pixel_aspect.map_or((1, 1), |ratio| (ratio.num, ratio.den.max(1)));
    let width = (u128::from(video.width) << 16) * u128::from(num) / u128::from(den);
    (fixed(u64::try_from(width).unwrap_or(u64::MAX)), fixed(u64::from(video.height) << 16))
}

/// ISO/IEC 14496-12, 8.6.6.
fn elst(out: &mut Out, edits: &[Edit]) {
    let wide =
        edits.iter().any(|edit| is_wide(edit.duration) || i32::try_from(edit.media_time).is_err());
    out.full_box(*b"elst", u8::from(wide), 0, |out| {
        out.count(edits.len());
        for edit in edits {
            out.sized(wide, edit.duration);
            if wide {
                out.i64(edit.media_time);
            } else {
                out.i32(i32::try_from(edit.media_time).unwrap_or(i32::MAX));
            }
            out.u32(0x0001_0000);
        }
    });
}

/// ISO/IEC 14496-12, 8.4.2.
fn mdhd(out: &mut Out, trak: &Trak<'_>) {
    let wide = is_wide(trak.media_duration);
    out.full_box(*b"mdhd", u8::from(wide), 0, |out| {
        out.zeros(if wide { 16 } else { 8 });
        out.u32(trak.track.timescale.get());
        out.sized(wide, trak.media_duration);
        let code = trak.track.language.as_ref().and_then(media::Language::three_letters);
        // Five bits for each letter.
        let letters = code.unwrap_or(*b"und").map(|letter| u16::from(letter & 0x1F));
        out.u16(letters.into_iter().fold(0, |packed, letter| packed << 5 | letter));
        out.u16(0);
    });
}

/// The handler and the media header that goes with it.
fn handler(track: &Track) -> ([u8; 4], [u8; 4]) {
    match (track.kind(), &track.codec) {
        (Kind::Video, _) => (*b"vide", *b"vmhd"),
        (Kind::Audio, _) => (*b"soun", *b"smhd"),
        (_, Codec::Tx3g) => (*b"sbtl", *b"nmhd"),
        (_, Codec::Stpp) => (*b"subt", *b"sthd"),
        _ => (*b"text", *b"nmhd"),
    }
}

/// What the track is for, in the words of DASH [ISO/IEC 14496-12, 8.10.4; 23009-1, 5.8.5.5].
fn kinds(out: &mut Out, track: &Track) {
    let (roles, text) = (&track.roles, track.kind() == Kind::Text);
    let hearing = if text { "caption" } else { "enhanced-audio-intelligibility" };
    let names = [
        (roles.default && !text, "main"),
        (text && !roles.hearing_impaired && !roles.forced, "subtitle"),
        (roles.forced, "forced-subtitle"),
        (roles.hearing_impaired, hearing),
        (roles.visual_impaired, "description"),
        (roles.commentary, "commentary"),
    ];
    if names.iter().any(|(is, _)| *is) {
        out.boxed(*b"udta", |out| {
            for (_, name) in names.iter().filter(|(is, _)| *is) {
                out.full_box(*b"kind", 0, 0, |out| {
                    out.string("urn:mpeg:dash:role:2011");
                    out.string(name);
                });
            }
        });
    }
}
