//! `/api/v1`: the whole product as REST, a module for each noun.
//!
//! Handlers are thin: read the request, ask the library, reply. Everybody without a session is the
//! household; once there are accounts, who asks will come from the session.

mod ask;
pub(crate) mod backups;
pub(crate) mod batch;
pub(crate) mod cache;
pub(crate) mod events;
pub(crate) mod export;
mod filter;
pub(crate) mod home;
pub(crate) mod jobs;
pub(crate) mod marks;
pub(crate) mod moving;
pub(crate) mod pictures;
pub(crate) mod playlists;
mod shapes;
pub(crate) mod tags;
pub(crate) mod upkeep;
mod video;
pub(crate) mod videos;

use serde::{Deserialize, Deserializer};

pub use self::export::library_as_json;
pub(crate) use self::{ask::any_seed, video::VideoDetails};

/// What was said, be it `null`; what was not said stays none by `#[serde(default)]`.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}
