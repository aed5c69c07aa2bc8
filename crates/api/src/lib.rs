//! The face of Vidicon towards HTTP clients: routes, access rules, problem documents, CORS,
//! compression, the access log and the metrics.
//!
//! Handlers are thin: read the request, ask one room, reply. This room has never heard of the
//! command line or of configuration files, and does not know how bytes reach a socket.
//!
//! ```text
//! request ─► CORS ─► access ─► compression ─► route, or a file ─► delivery
//! ```

mod access;
mod compression;
mod cors;
mod face;
mod files;
mod films;
mod health;
mod log;
mod metrics;
mod observe;
mod playback;
mod problem;
mod ready;
mod welcome;

pub use {
    access::{
        Access, AccessSettings, ApiKeys, Hosts, InMemory, KeeperError, Kept, PASSWORD_LENGTH,
        PasswordError, Rule, Session, SessionKeeper, SessionToken, hash_password, is_password_hash,
    },
    cors::Cors,
    face::{App, Face, service},
    log::Log,
    metrics::Metrics,
    observe::{Cache, CacheWatch, DiskSpec, Logs, Observe},
    ready::{Condition, Readiness, State},
};
