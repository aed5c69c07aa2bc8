//! Values for tests.

use media::{Codec, Detail, Framing, Roles, Samples, Timescale, Track};

/// A track without samples.
pub(crate) fn track() -> Track {
    Track {
        number: 1,
        codec: Codec::Mp3,
        config: Vec::new(),
        codec_string: None,
        timescale: Timescale::MILLIS,
        start: 0,
        end: 0,
        cadence: None,
        count: None,
        bytes: None,
        language: None,
        title: None,
        roles: Roles::default(),
        detail: Detail::Other,
        framing: Framing::Plain,
        keys: Vec::new(),
        samples: Samples::None,
    }
}
