//! What the tests of the whole server are made of.
//!
//! - [`Server`] runs the real binary and keeps its log.
//! - [`Http`] speaks HTTP/1.1 byte by byte, so that a test can send what no client library would.
//! - [`Folder`] is a folder of files that are made for one test.
//! - [`Pattern`] is file content of any size in which the byte at an offset can be computed.
//! - [`FaultyDisk`] (Linux) is a file system that fails, stalls and counts on request.
//! - [`Postgres`] is an empty database of a server that the test starts.
//! - [`Clips`] finds real films, or makes some with ffmpeg.
//! - [`Scene`] is a small colourful film, for pages that are looked at.
//! - [`tools`] runs real clients with a deadline.
//!
//! Everything waits for events, with a deadline that only a broken server reaches. The kit knows
//! what the server prints and speaks; it knows none of its types. It is never shipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a kit for tests: what goes wrong here is the finding, and ends the test"
)]

pub mod clips;
pub mod coding;
#[cfg(target_os = "linux")]
pub mod faulty_disk;
pub mod folder;
pub mod http;
pub mod judge;
pub mod log;
pub mod metrics;
pub mod multipart;
pub mod oddities;
pub mod pattern;
pub mod postgres;
pub mod scenes;
pub mod server;
pub mod target;
pub mod tools;
mod wait;

pub use clips::Clips;
#[cfg(target_os = "linux")]
pub use faulty_disk::{FaultyDisk, FaultyFile};
pub use folder::Folder;
pub use http::{Dial, Headers, Http, Response};
pub use judge::Judge;
pub use pattern::Pattern;
pub use postgres::Postgres;
pub use scenes::{SCENES, Scene};
pub use server::{Server, Signal};
pub use wait::{DEADLINE, until};
