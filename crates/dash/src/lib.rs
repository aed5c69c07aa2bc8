//! MPDs as values, as text, and judged: static presentations by ISO/IEC 23009-1:2022.
//!
//! ```text
//! Mpd ── Period ─┬─ EventStream* ── Event*                      chapters
//!                └─ AdaptationSet* ─┬─ descriptors: roles, colour, trick mode
//!                                   └─ Representation* ── SegmentTemplate ── Run*
//! ```
//!
//! Equal values give equal text. The elements stand in the order that the schema asks for, and
//! whatever text is put into them cannot end an element or an attribute early.
//!
//! This room does not know how segments are made, where they are, or who asks for them.

mod descriptor;
mod period;
mod render;
mod segments;
mod validate;
mod xml;

pub use {
    descriptor::{CHAPTERS, Descriptor},
    period::{AdaptationSet, ContentType, Event, EventStream, Mpd, Period, Representation},
    segments::{Run, SegmentTemplate, Timeline},
    validate::{Fault, validate},
};

/// Media segments of ISO base media files, one after the other [ISO/IEC 23009-1, 8.6].
pub const PROFILE_LIVE: &str = "urn:mpeg:dash:profile:isoff-live:2011";
/// Segments that are CMAF [ISO/IEC 23009-1, 8.12].
pub const PROFILE_CMAF: &str = "urn:mpeg:dash:profile:cmaf:2019";
