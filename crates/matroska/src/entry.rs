//! A `TrackEntry` as the file states it [RFC 9559, 5.1.4.1].

use media::{Framing, Language, Roles};

use crate::{ebml::Element, ids, inflate, picture::Picture};

/// What kind of track the file says it is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Type {
    Video,
    Audio,
    Text,
    #[default]
    Other,
}

/// What is said of sound.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sound {
    /// Samples a second of the coding; 8000 where nothing is said.
    pub(crate) rate: f64,
    /// Samples a second as they are heard, if that is another number.
    pub(crate) output: f64,
    pub(crate) channels: u16,
    pub(crate) bits: u16,
}

/// A track as the file states it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) uid: u64,
    pub(crate) kind: Type,
    pub(crate) enabled: bool,
    pub(crate) roles: Roles,
    /// Nanoseconds of a frame.
    pub(crate) default_duration: Option<u64>,
    pub(crate) name: Option<String>,
    pub(crate) language: Option<Language>,
    pub(crate) codec: String,
    pub(crate) private: Vec<u8>,
    /// Nanoseconds that prime the decoder.
    pub(crate) delay: u64,
    pub(crate) picture: Picture,
    pub(crate) sound: Sound,
    pub(crate) framing: Framing,
    /// Why its frames cannot be had.
    pub(crate) closed: Option<&'static str>,
    /// The configuration of Dolby Vision.
    pub(crate) dolby_vision: Option<Vec<u8>>,
}

/// `dvcC`, `dvvC` and `dvwC` as numbers [Matroska codec mappings, block additional mappings].
const DOLBY_VISION: [u64; 3] = [0x6476_6343, 0x6476_7643, 0x6476_7743];

impl Entry {
    pub(crate) fn read(element: &Element<'_>) -> Self {
        let mut entry = Self { enabled: true, ..Self::default() };
        entry.roles.default = true;
        // What holds where nothing is said.
        let mut language = String::from("eng");
        let mut bcp47 = None;
        let mut encodings = Vec::new();
        for child in element.children() {
            match child.id {
                ids::TRACK_NUMBER => entry.number = child.uint(),
                ids::TRACK_UID => entry.uid = child.uint(),
                ids::TRACK_TYPE => {
                    entry.kind = match child.uint() {
                        1 => Type::Video,
                        2 => Type::Audio,
                        17 => Type::Text,
                        _ => Type::Other,
                    }
                }
                ids::FLAG_ENABLED => entry.enabled = child.flag(),
                ids::FLAG_DEFAULT => entry.roles.default = child.flag(),
                ids::FLAG_FORCED => entry.roles.forced = child.flag(),
                ids::FLAG_HEARING_IMPAIRED => entry.roles.hearing_impaired = child.flag(),
                ids::FLAG_VISUAL_IMPAIRED | ids::FLAG_TEXT_DESCRIPTIONS => {
                    entry.roles.visual_impaired |= child.flag();
                }
                ids::FLAG_ORIGINAL => entry.roles.original = child.flag(),
                ids::FLAG_COMMENTARY => entry.roles.commentary = child.flag(),
                ids::DEFAULT_DURATION => {
                    entry.default_duration = Some(child.uint()).filter(|nanos| *nanos > 0);
                }
                ids::NAME => entry.name = Some(child.text()).filter(|name| !name.is_empty()),
                ids::LANGUAGE => language = child.text(),
                ids::LANGUAGE_BCP47 => bcp47 = Some(child.text()),
                ids::CODEC_ID => entry.codec = child.text(),
                ids::CODEC_PRIVATE => entry.private = child.data.to_vec(),
                ids::CODEC_DELAY => entry.delay = child.uint(),
                ids::VIDEO => entry.picture = Picture::read(&child),
                ids::AUDIO => entry.sound = Sound::read(&child),
                ids::CONTENT_ENCODINGS => {
                    let these = child.children().filter(|child| child.id == ids::CONTENT_ENCODING);
                    encodings.extend(these.map(|child| Encoding::read(&child)));
                }
                ids::BLOCK_ADDITION_MAPPING => {
                    entry.dolby_vision = dolby_vision(&child).or(entry.dolby_vision.take());
                }
                _ => {}
            }
        }
        entry.language = Language::parse(bcp47.as_ref().unwrap_or(&language));
        entry.apply(&encodings);
        entry
    }

    fn apply(&mut self, encodings: &[Encoding]) {
        match encodings {
            [] => {}
            [one] => match &one.how {
                How::Unknown(why) => self.closed = Some(why),
                How::Zlib => {
                    if one.private {
                        match inflate::inflate(&self.private, inflate::PRIVATE) {
                            Some(private) => self.private = private,
                            None => self.closed = Some("its configuration cannot be decompressed"),
                        }
                    }
                    if one.frames {
                        self.framing = Framing::Zlib;
                    }
                }
                How::Stripped(start) => {
                    if one.private {
                        self.private.splice(..0, start.iter().copied());
                    }
                    if one.frames && !start.is_empty() {
                        self.framing = Framing::Stripped(start.clone());
                    }
                }
            },
            _ => self.closed = Some("its frames are encoded more than once"),
        }
    }
}

impl Sound {
    fn read(element: &Element<'_>) -> Self {
        let mut sound = Self { rate: 8000.0, channels: 1, ..Self::default() };
        let short = |child: &Element<'_>| u16::try_from(child.uint()).unwrap_or(0);
        for child in element.children() {
            match child.id {
                ids::SAMPLING_FREQUENCY => sound.rate = child.float(),
                ids::OUTPUT_SAMPLING_FREQUENCY => sound.output = child.float(),
                ids::CHANNELS => sound.channels = short(&child),
                ids::BIT_DEPTH => sound.bits = short(&child),
                _ => {}
            }
        }
        sound
    }
}

/// How the bytes of a track were changed after they were coded [RFC 9559, 5.1.4.1.31].
struct Encoding {
    frames: bool,
    private: bool,
    how: How,
}

enum How {
    Zlib,
    Stripped(Vec<u8>),
    Unknown(&'static str),
}

impl Encoding {
    fn read(element: &Element<'_>) -> Self {
        let (mut scope, mut kind, mut algorithm, mut settings) = (1, 0, 0, Vec::new());
        for child in element.children() {
            match child.id {
                ids::CONTENT_ENCODING_SCOPE => scope = child.uint(),
                ids::CONTENT_ENCODING_TYPE => kind = child.uint(),
                ids::CONTENT_COMPRESSION => {
                    for child in child.children() {
                        match child.id {
                            ids::CONTENT_COMP_ALGO => algorithm = child.uint(),
                            ids::CONTENT_COMP_SETTINGS => settings = child.data.to_vec(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        let how = match (kind, algorithm) {
            (0, 0) => How::Zlib,
            (0, 3) => How::Stripped(settings),
            (0, _) => How::Unknown("its frames are compressed by a method that is no longer used"),
            _ => How::Unknown("it is encrypted"),
        };
        Self { frames: scope & 1 != 0, private: scope & 2 != 0, how }
    }
}

fn dolby_vision(mapping: &Element<'_>) -> Option<Vec<u8>> {
    let kind = mapping.children().find(|child| child.id == ids::BLOCK_ADD_ID_TYPE)?;
    let data = mapping.children().find(|child| child.id == ids::BLOCK_ADD_ID_EXTRA_DATA)?;
    DOLBY_VISION.contains(&kind.uint()).then(|| data.data.to_vec())
}
