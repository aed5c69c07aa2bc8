//! Descriptors: a scheme and what is said by it [ISO/IEC 23009-1, 5.8.2].

use std::borrow::Cow;

/// The scheme of our event streams of chapters. No body has registered one, so it is our own:
/// `presentationTime` and `duration` of an event are those of the chapter, its content is the
/// title, its `id` counts from 1. Players that do not know the scheme pass over it.
pub const CHAPTERS: &str = "urn:vidicon:dash:chapters:2026";

/// A descriptor.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Descriptor {
    /// `@schemeIdUri`.
    pub scheme: Cow<'static, str>,
    /// `@value`.
    pub value: Option<Cow<'static, str>>,
}

impl Descriptor {
    /// Anything.
    pub fn new(scheme: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self { scheme: scheme.into(), value: Some(value.into()) }
    }

    /// What an adaptation set is for, in the words of DASH [5.8.5.5]: `main`, `alternate`,
    /// `commentary`, `dub`, `subtitle`, `caption`, `forced-subtitle`, `description`.
    pub fn role(value: impl Into<Cow<'static, str>>) -> Self {
        Self::new("urn:mpeg:dash:role:2011", value)
    }

    /// Whom it helps, as an accessibility descriptor, by the numbers of TV-Anytime: 1 for people
    /// who cannot see, 2 for people who cannot hear.
    pub fn audio_purpose(value: impl Into<Cow<'static, str>>) -> Self {
        Self::new("urn:tva:metadata:cs:AudioPurposeCS:2007", value)
    }

    /// CEA-608 captions in the pictures, as an accessibility descriptor: `CC1=eng;CC3=spa`.
    pub fn captions_608(value: impl Into<Cow<'static, str>>) -> Self {
        Self::new("urn:scte:dash:cc:cea-608:2015", value)
    }

    /// CEA-708 captions in the pictures, as an accessibility descriptor: `1=lang:eng`.
    pub fn captions_708(value: impl Into<Cow<'static, str>>) -> Self {
        Self::new("urn:scte:dash:cc:cea-708:2015", value)
    }

    /// Key pictures only, for seeking in the adaptation set of that id: an essential property
    /// [DASH-IF IOP, 3.2.9].
    pub fn trick_mode(main: u32) -> Self {
        Self::new("http://dashif.org/guidelines/trickmode", main.to_string())
    }

    /// Code point of the colour primaries [ISO/IEC 23091-2]: 9 for BT.2020.
    pub fn colour_primaries(code: u8) -> Self {
        Self::new("urn:mpeg:mpegB:cicp:ColourPrimaries", code.to_string())
    }

    /// Code point of the transfer characteristics [ISO/IEC 23091-2]: 16 for PQ, 18 for HLG.
    pub fn transfer_characteristics(code: u8) -> Self {
        Self::new("urn:mpeg:mpegB:cicp:TransferCharacteristics", code.to_string())
    }

    /// Code point of the matrix coefficients [ISO/IEC 23091-2]: 9 for BT.2020.
    pub fn matrix_coefficients(code: u8) -> Self {
        Self::new("urn:mpeg:mpegB:cicp:MatrixCoefficients", code.to_string())
    }

    /// How sound is spread over loudspeakers, by the number of its channels where they are in
    /// their usual places, as an audio channel configuration [ISO/IEC 23091-3]. 3 to 6 channels
    /// and fewer are their own code point; 8 are 7.1 with side and back loudspeakers.
    pub fn channels(count: u16) -> Self {
        match count {
            1..=6 => Self::new("urn:mpeg:mpegB:cicp:ChannelConfiguration", count.to_string()),
            7 => Self::new("urn:mpeg:mpegB:cicp:ChannelConfiguration", "11"),
            8 => Self::new("urn:mpeg:mpegB:cicp:ChannelConfiguration", "12"),
            // Their number alone; which loudspeakers is not said.
            _ => Self::new(
                "urn:mpeg:dash:23003:3:audio_channel_configuration:2011",
                count.to_string(),
            ),
        }
    }

    /// Dolby Atmos in E-AC-3, as a supplemental property [ETSI TS 103 420, D.2].
    pub fn joint_object_coding() -> Self {
        Self::new("tag:dolby.com,2018:dash:EC3_ExtensionType:2018", "JOC")
    }
}
