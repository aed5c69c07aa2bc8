//! Sample entries: how each coding is described in MP4.

mod audio;
mod esds;
mod text;
mod video;

use media::{Codec, Detail, Track};

use super::{NotWritable, bytes::Out};

/// The sample entry of the track, of which `stsd` has one.
pub(super) fn sample_entry(track: &Track) -> Result<Vec<u8>, NotWritable> {
    let mut out = Out::default();
    let written = match (&track.detail, &track.codec) {
        (Detail::Video(video), _) => video::entry(&mut out, track, video),
        (Detail::Audio(audio), _) => audio::entry(&mut out, track, audio),
        (Detail::Text, _) => text::entry(&mut out, track),
        (Detail::Other, _) => Err("it is neither pictures nor sound nor text"),
    };
    match written {
        Ok(()) => Ok(out.into_bytes()),
        Err(why) => Err(NotWritable { codec: track.codec.name().to_owned(), why }),
    }
}

/// Why not, as the end of a sentence.
type Why = &'static str;

const UNKNOWN: Why = "there is no way to write it that players agree on";
const NO_CONFIG: Why = "the file does not say how to set up its decoder";

/// The configuration, if it has at least so many bytes.
fn config(track: &Track, least: usize) -> Result<&[u8], Why> {
    if track.config.len() >= least { Ok(&track.config) } else { Err(NO_CONFIG) }
}

/// What every sample entry begins with [ISO/IEC 14496-12, 8.5.2.2].
fn reference(out: &mut Out) {
    out.zeros(6);
    out.u16(1);
}

/// Why a coding has no entry among those of its track's kind.
fn misplaced(codec: &Codec) -> Why {
    if matches!(codec, Codec::Other(_)) { UNKNOWN } else { "its track is of another kind" }
}
