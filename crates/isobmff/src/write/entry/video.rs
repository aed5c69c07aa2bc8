//! Sample entries of pictures [ISO/IEC 14496-12, 12.1.3].

use media::{Codec, Colour, Track, Video};

use super::{NO_CONFIG, Out, Why, config, misplaced, reference};

pub(super) fn entry(out: &mut Out, track: &Track, video: &Video) -> Result<(), Why> {
    let (name, record) = described(track, video)?;
    let short = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    out.boxed(name, |out| {
        reference(out);
        out.zeros(16);
        out.u16(short(video.width));
        out.u16(short(video.height));
        out.u32(0x0048_0000);
        out.u32(0x0048_0000);
        out.u32(0);
        out.u16(1);
        out.zeros(32);
        out.u16(0x0018);
        out.i16(-1);
        record(out);
        if video.colour != Colour::default() {
            colr(out, video.colour);
        }
        if let Some(ratio) = video.pixel_aspect {
            out.boxed(*b"pasp", |out| {
                out.u32(ratio.num);
                out.u32(ratio.den);
            });
        }
        for (kind, body, length) in
            [(*b"mdcv", &video.mastering, 24), (*b"clli", &video.light_level, 4)]
        {
            if let Some(body) = body.as_ref().filter(|body| body.len() == length) {
                out.boxed(kind, |out| out.put(body));
            }
        }
        if let Some(dolby) = &video.dolby_vision
            && dolby.record.len() == 24
        {
            let kind = if dolby.profile > 7 { *b"dvvC" } else { *b"dvcC" };
            out.boxed(kind, |out| out.put(&dolby.record));
        }
    });
    Ok(())
}

type Record<'a> = Box<dyn FnOnce(&mut Out) + 'a>;

/// The name of the sample entry and the box of the decoder configuration.
fn described<'a>(track: &'a Track, video: &Video) -> Result<([u8; 4], Record<'a>), Why> {
    // Dolby Vision that shows nothing right on other players has names of its own.
    let dolby = video.dolby_vision.as_ref();
    let only_dolby =
        |profile| dolby.is_some_and(|dolby| dolby.profile == profile && dolby.compatibility == 0);
    Ok(match &track.codec {
        Codec::H264 => {
            let record = config(track, 7)?;
            // The number of sequence parameter sets; without any they are among the samples.
            let inside = record.get(5).is_none_or(|count| count.trailing_zeros() >= 5);
            let name = if inside { *b"avc3" } else { *b"avc1" };
            (name, Box::new(|out| out.boxed(*b"avcC", |out| out.put(record))))
        }
        Codec::Hevc => {
            let record = complete_arrays(config(track, 23)?);
            let name = if only_dolby(5) { *b"dvh1" } else { *b"hvc1" };
            (name, Box::new(move |out| out.boxed(*b"hvcC", |out| out.put(&record))))
        }
        Codec::Av1 => {
            let record = config(track, 4)?;
            let name = if only_dolby(10) { *b"dav1" } else { *b"av01" };
            (name, Box::new(|out| out.boxed(*b"av1C", |out| out.put(record))))
        }
        Codec::Vp8 | Codec::Vp9 => {
            let vp8 = track.codec == Codec::Vp8;
            let record = match track.config.as_slice() {
                [] if vp8 => vp_record(video, 0, 0),
                [] => vp_record(video, if video.bit_depth > 8 { 2 } else { 0 }, vp9_level(video)),
                given if given.len() >= 8 => given.to_vec(),
                _ => return Err(NO_CONFIG),
            };
            let name = if vp8 { *b"vp08" } else { *b"vp09" };
            (name, Box::new(move |out| out.full_box(*b"vpcC", 1, 0, |out| out.put(&record))))
        }
        other => return Err(misplaced(other)),
    })
}

/// ISO/IEC 14496-12, 12.1.5.
fn colr(out: &mut Out, colour: Colour) {
    out.boxed(*b"colr", |out| {
        out.put(b"nclx");
        out.u16(u16::from(colour.primaries));
        out.u16(u16::from(colour.transfer));
        out.u16(u16::from(colour.matrix));
        out.u8(if colour.full_range { 0x80 } else { 0 });
    });
}

/// The record with its arrays of parameter sets marked as complete, as `hvc1` demands
/// [ISO/IEC 14496-15, 8.4.2]: players of that name look for none among the samples.
fn complete_arrays(record: &[u8]) -> Vec<u8> {
    let mut record = record.to_vec();
    let arrays = record.get(22).copied().unwrap_or(0);
    let mut at = 23;
    for _ in 0..arrays {
        let Some([kind, high, low]) = record.get_mut(at..).and_then(|rest| rest.first_chunk_mut())
        else {
            break;
        };
        if matches!(*kind & 0x3F, 32..=34) {
            *kind |= 0x80;
        }
        let units = u16::from_be_bytes([*high, *low]);
        at += 3;
        for _ in 0..units {
            let Some(length) = record.get(at..).and_then(<[u8]>::first_chunk::<2>) else {
                return record;
            };
            at += 2 + usize::from(u16::from_be_bytes(*length));
        }
    }
    record
}

/// The body of `vpcC` where a file has none [VP codec ISO media binding]: 4:2:0, as nearly always.
fn vp_record(video: &Video, profile: u8, level: u8) -> Vec<u8> {
    let depth = video.bit_depth.clamp(8, 12);
    let colour = video.colour;
    let format = depth << 4 | 1 << 1 | u8::from(colour.full_range);
    vec![profile, level, format, colour.primaries, colour.transfer, colour.matrix, 0, 0]
}

/// The lowest level of VP9 for that many luma samples a picture and a second.
fn vp9_level(video: &Video) -> u8 {
    let picture = u64::from(video.width) * u64::from(video.height);
    let (num, den) = video.frame_rate.map_or((30, 1), |rate| (rate.num, rate.den.max(1)));
    let second = picture.saturating_mul(u64::from(num)) / u64::from(den);
    let levels = [
        (10, 829_440, 36_864),
        (11, 2_764_800, 73_728),
        (20, 4_608_000, 122_880),
        (21, 9_216_000, 245_760),
        (30, 20_736_000, 552_960),
        (31, 36_864_000, 983_040),
        (40, 83_558_400, 2_228_224),
        (41, 160_432_128, 2_228_224),
        (50, 311_951_360, 8_912_896),
        (51, 588_251_136, 8_912_896),
        (52, 1_176_502_272, 8_912_896),
        (60, 1_176_502_272, 35_651_584),
        (61, 2_353_004_544, 35_651_584),
    ];
    let level = levels.iter().find(|(_, rate, size)| second <= *rate && picture <= *size);
    level.map_or(62, |(level, _, _)| *level)
}
