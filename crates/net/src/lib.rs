//! The connection layer: listeners, TLS, limits, the accept loop, and stopping.
//!
//! It takes any service that answers HTTP requests and carries its answers to the socket the
//! cheapest way that the connection allows. An answer that comes with a [`Plan`] goes from the
//! page cache to a plain HTTP/1.1 socket by `sendfile`; over TLS and HTTP/2 the plan is read.
//!
//! It leaves to others: what the routes are, who may ask, what is logged (it reports to an
//! [`Observer`]), and where the settings come from.
//!
//! [`Plan`]: extents::Plan

mod causes;
mod connection;
mod exchange;
mod gate;
mod limits;
mod listener;
mod refusal;
mod server;
mod service;
mod tls;
mod watch;

pub use {
    causes::with_causes,
    exchange::{Answer, Call, Exchange, Observer, Outcome, Peer, Route},
    limits::Limits,
    listener::{BindError, Listener},
    refusal::Refusal,
    server::{Server, Stop, Stopped},
    tls::{Tls, TlsError},
};
