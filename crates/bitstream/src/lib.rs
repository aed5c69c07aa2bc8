//! The headers inside coded media: what a decoder configuration says, its codec string, and what
//! kind of picture a sample is.
//!
//! This room has never heard of containers.

use media::{Audio, Captions, Codec, Video};

/// What a decoder configuration record says.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// The codec string (RFC 6381) in MP4: `avc1.640028`, `hvc1.2.4.L120.B0`, `mp4a.40.2`.
    pub codec_string: Option<String>,
    /// Pictures: size, pixel shape, frame rate, colours, bit depth, as far as the record says.
    /// What it does not say stays at its default.
    pub video: Option<Video>,
    /// Sound: rate, channels, bits as they are heard.
    pub audio: Option<Audio>,
    /// Samples of sound in one coded frame, if always the same: 1024, 960, 1152, 1536.
    pub frame_samples: Option<u32>,
    /// Sampling rate of the coding itself, where frames are counted in it (AAC core rate).
    pub coded_rate: Option<u32>,
}

/// Reads a decoder configuration record, in the layout that [`Codec`] gives.
pub fn describe(codec: &Codec, config: &[u8]) -> Described {
    let _ = (codec, config);
    Described::default()
}

/// What kind of picture a key sample is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RandomAccess {
    /// Everything from here on can be decoded (IDR; a recovery point or CRA as far as it tells).
    Closed,
    /// Decoding can begin, but pictures that are shown before it may refer to what came before
    /// (CRA, recovery point).
    Open,
    /// Decoding cannot begin here.
    No,
}

/// What kind of picture a sample is, from its first bytes (a few hundred are enough).
pub fn random_access(codec: &Codec, config: &[u8], start: &[u8]) -> RandomAccess {
    let _ = (codec, config, start);
    RandomAccess::Closed
}

/// The closed captions in the SEI messages of one sample (H.264 and HEVC, length-prefixed).
pub fn captions(codec: &Codec, config: &[u8], sample: &[u8]) -> Option<Captions> {
    let _ = (codec, config, sample);
    None
}
