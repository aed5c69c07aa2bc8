//! Sample entries: what the samples of a track are [ISO/IEC 14496-12, 8.5.2].

mod audio;
mod colour;
mod descriptors;
mod names;
mod pcm;
mod video;

use media::{Audio, Codec, Video};

use super::boxes::{Cursor, FourCc, children, full};

/// What a sample entry says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// Its four letters, those of the original entry if it is protected.
    pub kind: FourCc,
    /// The coding.
    pub codec: Codec,
    /// In the layout that [`Codec`] gives.
    pub config: Vec<u8>,
    /// Whether samples are encrypted.
    pub encrypted: bool,
    /// What it says of pictures, sound or text.
    pub facts: Facts,
}

/// What is particular to pictures, sound or text.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // a handful for each file
pub(super) enum Facts {
    /// Pictures.
    Video {
        /// What the entry says of them; `None` for colours that it does not state.
        video: Video,
        /// Whether it states colours.
        coloured: bool,
    },
    /// Sound.
    Audio {
        /// What the entry says of it.
        audio: Audio,
        /// How samples are packed where many make one frame.
        packing: Option<Packing>,
        /// MPEG audio whose layer only its first frame tells.
        layer_unknown: bool,
    },
    /// Subtitles.
    Text {
        /// All samples are forced subtitles.
        forced: bool,
    },
    /// Not for us.
    Other,
}

/// Sound whose "samples" of the tables are smaller than what can be sent on its own
/// [`QuickTime` File Format, Sound Sample Descriptions].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Packing {
    /// Samples of the tables in a frame: 1 for PCM, 64 for IMA.
    pub samples: u32,
    /// Bytes of a frame.
    pub bytes: u32,
}

/// The kind of media a track says it has [ISO/IEC 14496-12, 8.4.3].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Handler {
    /// `vide`.
    Video,
    /// `soun`.
    Audio,
    /// `sbtl`, `subt`, `text`, `clcp`, `subp`.
    Text,
    /// None stated, or an unknown one.
    Other,
}

impl Handler {
    pub(super) fn of(kind: FourCc) -> Self {
        match &kind {
            b"vide" => Self::Video,
            b"soun" => Self::Audio,
            b"sbtl" | b"subt" | b"text" | b"clcp" | b"subp" => Self::Text,
            _ => Self::Other,
        }
    }
}

/// The sample entries of an `stsd` box.
pub(super) fn entries(stsd: &[u8], handler: Handler) -> Vec<Entry> {
    let Some((version, _, mut cursor)) = full(stsd) else { return Vec::new() };
    let count = cursor.u32().unwrap_or(0);
    // No real file has more than a few.
    children(cursor.rest())
        .take(usize::try_from(count).unwrap_or(usize::MAX).min(256))
        .map(|child| entry(child.kind, child.body, handler, version))
        .collect()
}

fn entry(kind: FourCc, body: &[u8], handler: Handler, version: u8) -> Entry {
    // Reserved, and which data reference: ours are all in the same file.
    let mut cursor = Cursor::new(body);
    let fields = cursor.skip(8).map(|()| cursor.rest()).unwrap_or_default();
    match handler {
        Handler::Video => video::entry(kind, fields),
        Handler::Audio => audio::entry(kind, fields, version),
        Handler::Text => text(kind, fields),
        Handler::Other => Entry::other(kind),
    }
}

impl Entry {
    fn other(kind: FourCc) -> Self {
        Self {
            kind,
            codec: Codec::Other(names::lower(kind)),
            config: Vec::new(),
            encrypted: false,
            facts: Facts::Other,
        }
    }
}

fn text(kind: FourCc, fields: &[u8]) -> Entry {
    let mut entry = Entry { facts: Facts::Text { forced: false }, ..Entry::other(kind) };
    match &kind {
        b"tx3g" => {
            entry.codec = Codec::Tx3g;
            entry.config = fields.to_vec();
            // Display flags: all samples are forced [QuickTime File Format, Subtitle].
            let flags = Cursor::new(fields).u32().unwrap_or(0);
            entry.facts = Facts::Text { forced: flags & 0x8000_0000 != 0 };
        }
        // QuickTime text: samples look the same, the description does not.
        b"text" => entry.codec = Codec::Tx3g,
        b"wvtt" => {
            entry.codec = Codec::WvttBoxes;
            entry.config = super::boxes::child(fields, b"vttC").unwrap_or_default().to_vec();
        }
        b"stpp" => {
            entry.codec = Codec::Stpp;
            entry.config = fields.to_vec();
        }
        b"c608" => entry.codec = Codec::Other("eia_608".to_owned()),
        b"mp4s" => {
            let esds = super::boxes::child(fields, b"esds").and_then(descriptors::parse);
            if let Some(esds) = esds.filter(|esds| esds.object_type == 0xE0) {
                entry.codec = Codec::VobSub;
                entry.config = esds.specific;
            } else {
                entry.facts = Facts::Other;
            }
        }
        b"sbtt" | b"stxt" | b"c708" => {}
        _ => entry.facts = Facts::Other,
    }
    entry
}
