//! HLS playlists as values: written, read, and judged by RFC 8216bis
//! (draft-pantos-hls-rfc8216bis; "bis" in comments).
//!
//! ```text
//! MultivariantPlaylist ─┬─ Rendition*      EXT-X-MEDIA
//!                       ├─ Variant*        EXT-X-STREAM-INF
//!                       └─ IFrameVariant*  EXT-X-I-FRAME-STREAM-INF
//! MediaPlaylist ──────── Segment*          EXTINF, and what begins with it: Map, Key, DateRange
//! ```
//!
//! Equal values give equal text. Whatever text is put into them, a name, a title, an address, it
//! can never end a line or an attribute early.
//!
//! This room does not know how segments are made, where they are, or who asks for them.

mod bandwidth;
mod common;
mod media_playlist;
mod multivariant;
mod parse;
mod render;
mod syntax;
mod validate;

pub use {
    bandwidth::{MeasuredSegment, average_bit_rate, peak_bit_rate},
    common::{ByteRange, Duration, Start, Variable},
    media_playlist::{DateRange, Key, Map, MediaPlaylist, Method, PlaylistType, Segment, Value},
    multivariant::{
        ClosedCaptions, ContentSteering, IFrameVariant, MultivariantPlaylist, Rendition,
        RenditionKind, SessionData, Variant, VideoRange,
    },
    parse::{ParseError, Playlist, parse},
    validate::{Context, MeasuredPlaylist, Severity, Violation, validate},
};
