//! Sample entries of text.

use media::{Codec, Track};

use super::{Out, UNKNOWN, Why, reference};

pub(super) fn entry(out: &mut Out, track: &Track) -> Result<(), Why> {
    match track.codec {
        // ISO/IEC 14496-30, 7.5; samples are those of `wvtt_sample`.
        Codec::WvttBoxes | Codec::WebVtt => out.boxed(*b"wvtt", |out| {
            reference(out);
            let header = if track.config.is_empty() { b"WEBVTT" } else { &track.config[..] };
            out.boxed(*b"vttC", |out| out.put(header));
        }),
        // 3GPP TS 26.245, 5.16. The configuration is the entry without its reference.
        Codec::Tx3g => out.boxed(*b"tx3g", |out| {
            reference(out);
            if track.config.len() >= 30 {
                out.put(&track.config);
            } else {
                plain_style(out);
            }
        }),
        // ISO/IEC 14496-30, 7.3. The configuration is the namespaces and what goes with them.
        Codec::Stpp => out.boxed(*b"stpp", |out| {
            reference(out);
            if track.config.is_empty() {
                out.put(b"http://www.w3.org/ns/ttml\0\0\0");
            } else {
                out.put(&track.config);
            }
        }),
        Codec::Srt | Codec::Ass => return Err("text of its kind has to become WebVTT first"),
        Codec::Pgs | Codec::VobSub | Codec::DvbSub | Codec::Teletext => {
            return Err("MP4 has no subtitles as pictures or pages that players show");
        }
        _ => return Err(UNKNOWN),
    }
    Ok(())
}

/// White text at the bottom, in the middle.
fn plain_style(out: &mut Out) {
    out.u32(0);
    out.u8(1); // in the middle
    out.u8(0xFF); // at the bottom
    out.zeros(4 + 8);
    out.zeros(4);
    out.u16(1); // the font
    out.u8(0);
    out.u8(18);
    out.u32(0xFFFF_FFFF);
    out.boxed(*b"ftab", |out| {
        out.u16(1);
        out.u16(1);
        out.u8(10);
        out.put(b"Sans-Serif");
    });
}
