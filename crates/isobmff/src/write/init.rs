//! The header of a CMAF track, before any segment.

use media::Track;

use super::{
    NotWritable,
    bytes::Out,
    entry::sample_entry,
    moov::{Edit, Trak, mvhd, trak},
    shift::Shift,
};

/// The ID of the only track.
pub(super) const TRACK_ID: u32 = 1;

/// `ftyp` and `moov` of one track without samples [ISO/IEC 23000-19, 7.3.1].
///
/// Where media times are later than presentation times, an edit list of one entry says by how much
/// [ISO/IEC 23000-19, 7.5.12]: see [`Shift`].
pub fn init(track: &Track) -> Result<Vec<u8>, NotWritable> {
    let entry = sample_entry(track)?;
    let mut out = Out::with_capacity(1024 + entry.len());
    out.boxed(*b"ftyp", |out| {
        out.put(b"iso6");
        out.u32(0);
        out.put(b"iso6cmfcmp41dash");
    });
    let shift = Shift::of(track).total();
    out.boxed(*b"moov", |out| {
        mvhd(out, track.timescale, 0, TRACK_ID + 1);
        let edits = if shift > 0 { vec![Edit { duration: 0, media_time: shift }] } else { vec![] };
        let header = Trak {
            track,
            entry: &entry,
            id: TRACK_ID,
            enabled: true,
            group: 0,
            duration: 0,
            media_duration: 0,
            edits: &edits,
        };
        trak(out, &header, |out| {
            for kind in [*b"stts", *b"stsc", *b"stco"] {
                out.full_box(kind, 0, 0, |out| out.u32(0));
            }
            out.full_box(*b"stsz", 0, 0, |out| out.zeros(8));
        });
        out.boxed(*b"mvex", |out| {
            if let Some(duration) = u64::try_from(track.end).ok().filter(|end| *end > 0) {
                let wide = duration > u64::from(u32::MAX);
                out.full_box(*b"mehd", u8::from(wide), 0, |out| out.sized(wide, duration));
            }
            // Each fragment states its own defaults.
            out.full_box(*b"trex", 0, 0, |out| {
                out.u32(TRACK_ID);
                out.u32(1);
                out.zeros(12);
            });
        });
    });
    Ok(out.into_bytes())
}
