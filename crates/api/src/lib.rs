//! The face of Vidicon towards HTTP clients: routes, access rules, problem documents, CORS,
//! compression, the access log and the metrics.
//!
//! Handlers are thin: read the request, ask one room, reply. This room has never heard of the
//! command line or of configuration files, and does not know how bytes reach a socket.
//!
//! ```text
//! request ─► CORS ─► access ─► compression ─┬► page, embedded
//!                                           ├► route, with its own access rule (`guarded`)
//!                                           └► film or file ─► delivery
//! ```

mod accept;
mod access;
mod compression;
mod cors;
mod docs;
mod etag;
mod face;
mod files;
mod films;
mod guarded;
mod health;
mod input;
mod load;
mod log;
mod metrics;
mod observe;
mod old;
mod openapi;
mod pages;
mod playback;
mod problem;
mod ready;
mod routes;
mod sse;
mod v1;

pub use v1::library_as_json;
pub use {
    access::{
        Access, AccessSettings, ApiKeys, Hosts, InMemory, InStore, KeeperError, Kept, LocalAdmin,
        PASSWORD_LENGTH, PasswordError, Rule, Session, SessionKeeper, SessionToken, hash_password,
        is_password_hash, session_id,
    },
    cors::Cors,
    face::{App, Face, service},
    load::LoadTests,
    log::Log,
    metrics::Metrics,
    observe::{Cache, CacheWatch, DiskSpec, Logs, Observe},
    openapi::openapi,
    ready::{Condition, Readiness, State},
};
