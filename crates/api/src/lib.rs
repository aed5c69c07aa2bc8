//! The face of Vidicon towards HTTP clients: routes, access rules, problem documents, CORS,
//! compression, the access log and the metrics.
//!
//! Handlers are thin: read the request, ask one room, reply. This room has never heard of the
//! command line or of configuration files, and does not know how bytes reach a socket.
//!
//! ```text
//! request ─► panics ─► CORS ─► access ─► compression ─► route ─► delivery
//! ```

mod access;
mod compression;
mod cors;
mod files;
mod health;
mod log;
mod metrics;
mod problem;
mod ready;
mod router;
mod welcome;

pub use {
    access::ApiKeys,
    cors::Cors,
    log::Log,
    metrics::Metrics,
    ready::{Condition, Readiness, State},
    router::{App, router},
};
