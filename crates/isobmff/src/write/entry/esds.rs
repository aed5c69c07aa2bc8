//! The elementary stream descriptor of MPEG-4 [ISO/IEC 14496-1, 7.2.6.5; 14496-14, 6.7.2].

use media::{Timescale, Track, rescale_round};

use super::Out;

/// `esds` for a stream of sound of this object type; `config` is what its decoder is set up with.
pub(super) fn esds(out: &mut Out, track: &Track, object_type: u8, config: &[u8]) {
    out.full_box(*b"esds", 0, 0, |out| {
        let specific = if config.is_empty() { 0 } else { len(config.len()) };
        let decoder = 13 + specific;
        descriptor(out, 0x03, 3 + len(decoder) + len(1));
        out.u16(0); // the ID, which the track has
        out.u8(0);
        descriptor(out, 0x04, decoder);
        out.u8(object_type);
        out.u8(0x15); // sound, going to the player
        let average = average_bits(track);
        out.zeros(3);
        out.u32(average);
        out.u32(average);
        if !config.is_empty() {
            descriptor(out, 0x05, config.len());
            out.put(config);
        }
        descriptor(out, 0x06, 1);
        out.u8(2); // as MP4 has it
    });
}

/// Tag and length of a descriptor.
fn descriptor(out: &mut Out, tag: u8, body: usize) {
    out.u8(tag);
    // Seven bits in each byte, as many bytes as it takes.
    for shift in (0..4).rev().map(|septet| septet * 7) {
        if shift == 0 || body >> shift != 0 {
            let more = if shift == 0 { 0 } else { 0x80 };
            out.u8(u8::try_from(body >> shift & 0x7F).unwrap_or(0) | more);
        }
    }
}

/// The length of a descriptor with its tag and length.
fn len(body: usize) -> usize {
    body + match body {
        0..0x80 => 2,
        0x80..0x4000 => 3,
        0x4000..0x20_0000 => 4,
        _ => 5,
    }
}

/// Bits a second on average; 0 if unknown.
fn average_bits(track: &Track) -> u32 {
    let length = track.end.saturating_sub(track.start);
    let micros = rescale_round(length, track.timescale, Timescale::MICROS);
    let (Some(bytes), Ok(micros)) = (track.bytes, u128::try_from(micros)) else { return 0 };
    let bits = (u128::from(bytes) * 8_000_000).checked_div(micros).unwrap_or(0);
    u32::try_from(bits).unwrap_or(0)
}
