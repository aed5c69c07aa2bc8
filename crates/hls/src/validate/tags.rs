//! The tags and attributes of the standard, as a table.

/// How a value is written (bis 4.2).
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// There is none.
    Nothing,
    /// It is looked at elsewhere.
    Free,
    /// decimal-integer.
    Integer,
    /// decimal-floating-point.
    Decimal,
    /// signed-decimal-floating-point.
    Signed,
    /// hexadecimal-sequence.
    Hexadecimal,
    /// decimal-resolution.
    Resolution,
    /// quoted-string.
    Quoted,
    /// quoted-string with an address.
    Uri,
    /// quoted-string with a moment (ISO 8601).
    Date,
    /// quoted-string with a byte range.
    Range,
    /// quoted-string of the letters that stable ids may have.
    StableId,
    /// quoted-string, or the word.
    QuotedOr(&'static str),
    /// enumerated-string.
    Word(&'static [&'static str]),
    /// attribute-list.
    List(&'static [Attribute]),
}

/// An attribute.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) required: bool,
}

/// Where a tag may be.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Place {
    Any,
    /// In media playlists.
    Media,
    /// In media playlists, for a segment.
    Segment,
    Multivariant,
}

/// A tag.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) section: &'static str,
    pub(super) place: Place,
    pub(super) once: bool,
    pub(super) value: Form,
}

/// The rule for a tag of that name.
pub(super) fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.name == name)
}

const fn must(name: &'static str, form: Form) -> Attribute {
    Attribute { name, form, required: true }
}

const fn may(name: &'static str, form: Form) -> Attribute {
    Attribute { name, form, required: false }
}

const fn once(name: &'static str, section: &'static str, place: Place, value: Form) -> Rule {
    Rule { name, section, place, once: true, value }
}

const fn many(name: &'static str, section: &'static str, place: Place, value: Form) -> Rule {
    Rule { name, section, place, once: false, value }
}

use Form::{
    Date, Decimal, Free, Hexadecimal, Integer, List, Nothing, Quoted, QuotedOr, Range, Resolution,
    Signed, StableId, Uri, Word,
};
use Place::{Any, Media, Multivariant, Segment};

const YES_NO: Form = Word(&["YES", "NO"]);
const YES: Form = Word(&["YES"]);

#[rustfmt::skip]
const RULES: &[Rule] = &[
    once("EXTM3U", "4.4.1.1", Any, Nothing),
    once("EXT-X-VERSION", "4.4.1.2", Any, Integer),
    once("EXT-X-INDEPENDENT-SEGMENTS", "4.4.2.1", Any, Nothing),
    once("EXT-X-START", "4.4.2.2", Any, List(START)),
    many("EXT-X-DEFINE", "4.4.2.3", Any, List(DEFINE)),
    once("EXT-X-TARGETDURATION", "4.4.3.1", Media, Integer),
    once("EXT-X-MEDIA-SEQUENCE", "4.4.3.2", Media, Integer),
    once("EXT-X-DISCONTINUITY-SEQUENCE", "4.4.3.3", Media, Integer),
    once("EXT-X-ENDLIST", "4.4.3.4", Media, Nothing),
    once("EXT-X-PLAYLIST-TYPE", "4.4.3.5", Media, Word(&["VOD", "EVENT"])),
    once("EXT-X-I-FRAMES-ONLY", "4.4.3.6", Media, Nothing),
    once("EXT-X-PART-INF", "4.4.3.7", Media, List(PART_INF)),
    once("EXT-X-SERVER-CONTROL", "4.4.3.8", Media, List(SERVER_CONTROL)),
    many("EXTINF", "4.4.4.1", Segment, Free),
    many("EXT-X-BYTERANGE", "4.4.4.2", Segment, Free),
    many("EXT-X-DISCONTINUITY", "4.4.4.3", Segment, Nothing),
    many("EXT-X-KEY", "4.4.4.4", Segment, List(KEY)),
    many("EXT-X-MAP", "4.4.4.5", Segment, List(MAP)),
    many("EXT-X-PROGRAM-DATE-TIME", "4.4.4.6", Segment, Free),
    many("EXT-X-GAP", "4.4.4.7", Segment, Nothing),
    many("EXT-X-BITRATE", "4.4.4.8", Segment, Integer),
    many("EXT-X-PART", "4.4.4.9", Media, List(PART)),
    many("EXT-X-DATERANGE", "4.4.5.1", Media, List(DATERANGE)),
    once("EXT-X-SKIP", "4.4.5.2", Media, List(SKIP)),
    many("EXT-X-PRELOAD-HINT", "4.4.5.3", Media, List(PRELOAD_HINT)),
    many("EXT-X-RENDITION-REPORT", "4.4.5.4", Media, List(RENDITION_REPORT)),
    many("EXT-X-MEDIA", "4.4.6.1", Multivariant, List(MEDIA)),
    many("EXT-X-STREAM-INF", "4.4.6.2", Multivariant, List(STREAM_INF)),
    many("EXT-X-I-FRAME-STREAM-INF", "4.4.6.3", Multivariant, List(I_FRAME_STREAM_INF)),
    many("EXT-X-SESSION-DATA", "4.4.6.4", Multivariant, List(SESSION_DATA)),
    many("EXT-X-SESSION-KEY", "4.4.6.5", Multivariant, List(KEY)),
    once("EXT-X-CONTENT-STEERING", "4.4.6.6", Multivariant, List(CONTENT_STEERING)),
];

const START: &[Attribute] = &[must("TIME-OFFSET", Signed), may("PRECISE", YES_NO)];
const DEFINE: &[Attribute] =
    &[may("NAME", Quoted), may("VALUE", Quoted), may("IMPORT", Quoted), may("QUERYPARAM", Quoted)];
const PART_INF: &[Attribute] = &[must("PART-TARGET", Decimal)];
const SERVER_CONTROL: &[Attribute] = &[
    may("CAN-SKIP-UNTIL", Decimal),
    may("CAN-SKIP-DATERANGES", YES),
    may("HOLD-BACK", Decimal),
    may("PART-HOLD-BACK", Decimal),
    may("CAN-BLOCK-RELOAD", YES),
];
const KEY: &[Attribute] = &[
    must("METHOD", Word(&["NONE", "AES-128", "SAMPLE-AES", "SAMPLE-AES-CTR"])),
    may("URI", Uri),
    may("IV", Hexadecimal),
    may("KEYFORMAT", Quoted),
    may("KEYFORMATVERSIONS", Quoted),
];
const MAP: &[Attribute] = &[must("URI", Uri), may("BYTERANGE", Range)];
const PART: &[Attribute] = &[
    must("URI", Uri),
    must("DURATION", Decimal),
    may("INDEPENDENT", YES),
    may("BYTERANGE", Range),
    may("GAP", YES),
];
const DATERANGE: &[Attribute] = &[
    must("ID", Quoted),
    may("CLASS", Quoted),
    must("START-DATE", Date),
    may("CUE", Quoted),
    may("END-DATE", Date),
    may("DURATION", Decimal),
    may("PLANNED-DURATION", Decimal),
    may("SCTE35-CMD", Hexadecimal),
    may("SCTE35-OUT", Hexadecimal),
    may("SCTE35-IN", Hexadecimal),
    may("END-ON-NEXT", YES),
];
const SKIP: &[Attribute] =
    &[must("SKIPPED-SEGMENTS", Integer), may("RECENTLY-REMOVED-DATERANGES", Quoted)];
const PRELOAD_HINT: &[Attribute] = &[
    must("TYPE", Word(&["PART", "MAP"])),
    must("URI", Uri),
    may("BYTERANGE-START", Integer),
    may("BYTERANGE-LENGTH", Integer),
];
const RENDITION_REPORT: &[Attribute] =
    &[must("URI", Uri), may("LAST-MSN", Integer), may("LAST-PART", Integer)];
const MEDIA: &[Attribute] = &[
    must("TYPE", Word(&["AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS"])),
    may("URI", Uri),
    must("GROUP-ID", Quoted),
    may("LANGUAGE", Quoted),
    may("ASSOC-LANGUAGE", Quoted),
    must("NAME", Quoted),
    may("STABLE-RENDITION-ID", StableId),
    may("DEFAULT", YES_NO),
    may("AUTOSELECT", YES_NO),
    may("FORCED", YES_NO),
    may("INSTREAM-ID", Quoted),
    may("BIT-DEPTH", Integer),
    may("SAMPLE-RATE", Integer),
    may("CHARACTERISTICS", Quoted),
    may("CHANNELS", Quoted),
    may("PATHWAY-ID", Quoted),
];
const STREAM_INF: &[Attribute] = &[
    must("BANDWIDTH", Integer),
    may("AVERAGE-BANDWIDTH", Integer),
    may("SCORE", Decimal),
    may("CODECS", Quoted),
    may("SUPPLEMENTAL-CODECS", Quoted),
    may("RESOLUTION", Resolution),
    may("FRAME-RATE", Decimal),
    may("HDCP-LEVEL", Word(&["TYPE-0", "TYPE-1", "NONE"])),
    may("ALLOWED-CPC", Quoted),
    may("VIDEO-RANGE", Word(&["SDR", "HLG", "PQ"])),
    may("REQ-VIDEO-LAYOUT", Quoted),
    may("STABLE-VARIANT-ID", StableId),
    may("AUDIO", Quoted),
    may("VIDEO", Quoted),
    may("SUBTITLES", Quoted),
    may("CLOSED-CAPTIONS", QuotedOr("NONE")),
    may("PATHWAY-ID", Quoted),
];
const I_FRAME_STREAM_INF: &[Attribute] = &[
    must("URI", Uri),
    must("BANDWIDTH", Integer),
    may("AVERAGE-BANDWIDTH", Integer),
    may("SCORE", Decimal),
    may("CODECS", Quoted),
    may("SUPPLEMENTAL-CODECS", Quoted),
    may("RESOLUTION", Resolution),
    may("HDCP-LEVEL", Word(&["TYPE-0", "TYPE-1", "NONE"])),
    may("ALLOWED-CPC", Quoted),
    may("VIDEO-RANGE", Word(&["SDR", "HLG", "PQ"])),
    may("REQ-VIDEO-LAYOUT", Quoted),
    may("STABLE-VARIANT-ID", StableId),
    may("VIDEO", Quoted),
    may("PATHWAY-ID", Quoted),
];
const SESSION_DATA: &[Attribute] = &[
    must("DATA-ID", Quoted),
    may("VALUE", Quoted),
    may("URI", Uri),
    may("FORMAT", Word(&["JSON", "RAW"])),
    may("LANGUAGE", Quoted),
];
const CONTENT_STEERING: &[Attribute] = &[must("SERVER-URI", Uri), may("PATHWAY-ID", Quoted)];
