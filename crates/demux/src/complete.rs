//! What the configuration of pictures leaves out and their first key picture tells: AV1 without its
//! sequence header, H.264 and HEVC whose parameter sets lie among the pictures.

use media::{Codec, Colour, Container, Detail, Index, Source, Track};

/// The most that is read of a key picture: parameter sets stand before it.
const START: u32 = 64 << 10;

/// Completes the tracks of a file that keeps its samples in tables. Reads one sample of each track
/// of pictures.
pub(crate) fn complete(source: &dyn Source, index: &mut Index) {
    // The other readers look at their first pictures themselves.
    if !matches!(index.container, Container::Mp4 | Container::Mov) {
        return;
    }
    for track in &mut index.tracks {
        let coded =
            matches!(track.codec, Codec::H264 | Codec::Hevc | Codec::Av1 | Codec::Vp8 | Codec::Vp9);
        if coded && let Some(config) = more(source, track) {
            take(track, config);
        }
    }
}

fn more(source: &dyn Source, track: &Track) -> Option<Vec<u8>> {
    let mut sample = track.table()?.samples(0..1).first().copied()?;
    sample.size = sample.size.min(START);
    let mut bytes = vec![0; sample.size as usize];
    media::read_exact_at(source, &mut bytes, sample.offset).ok()?;
    bitstream::complete(&track.codec, &track.config, &bytes)
}

fn take(track: &mut Track, config: Vec<u8>) {
    let described = bitstream::describe(&track.codec, &config);
    track.config = config;
    if described.codec_string.is_some() {
        track.codec_string = described.codec_string;
    }
    if let (Detail::Video(known), Some(told)) = (&mut track.detail, described.video) {
        if known.bit_depth == 0 {
            known.bit_depth = told.bit_depth;
        }
        // What the container says of colours stands.
        if known.colour == Colour::default() {
            known.colour = told.colour;
        }
    }
}
