//! The words that every room speaks: times, tracks, samples, codecs, and the index of one file.
//!
//! ```text
//! Index ─┬─ container, chapters, attachments, title
//!        └─ Track ─┬─ codec + configuration, language, roles, picture or sound
//!                  ├─ keys: where decoding can begin
//!                  └─ Samples ─┬─ Table: every sample, packed (MP4, TS, small Matroska)
//!                              └─ Clusters: found when asked for (Matroska)
//! ```
//!
//! Times are integer ticks over a [`Timescale`]. The time zero of a file is where its presentation
//! begins; [`timeline`] states the one convention by which every container is brought there.
//!
//! This room has never heard of files, HTTP, clocks, or how any container looks.

mod budget;
mod codec;
mod id;
mod index;
mod language;
mod sample;
mod source;
mod table;
mod time;
pub mod timeline;
mod track;

pub use {
    budget::{Budget, Exhausted},
    codec::{Codec, Kind},
    id::ContentId,
    index::{
        Attachment, Chapter, Clusters, Container, Corrupt, FORMAT_VERSION, Index, Note, Unreadable,
    },
    language::Language,
    sample::{KeyPoint, Sample},
    source::{Source, read_exact_at},
    table::{Raw, SampleTable, TableError},
    time::{Ratio, Timescale, rescale_ceil, rescale_floor, rescale_round},
    track::{Audio, Captions, Colour, Detail, DolbyVision, Framing, Roles, Samples, Track, Video},
};
