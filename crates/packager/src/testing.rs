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

/// An index without tracks.
pub(crate) fn index() -> media::Index {
    media::Index {
        container: media::Container::Mp4,
        tracks: Vec::new(),
        chapters: Vec::new(),
        attachments: Vec::new(),
        title: None,
        created: None,
        clusters: None,
        fast_start: true,
        notes: Vec::new(),
    }
}
