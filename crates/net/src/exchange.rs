//! One request and its answer, from the head to the last byte handed to the connection, and who
//! is told about it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use extents::{Fault, Record};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};

use crate::{Refusal, watch::Watch};

/// What [`Exchange::is_large`] calls so, in bytes: some seconds of sound have more.
const LARGE: u64 = 64 << 10;

/// A request on its way to the service.
///
/// What this layer knows beside the request stands next to it and not in its extensions, which
/// would cost every request several allocations.
#[derive(Debug)]
pub struct Call<B> {
    /// The request. One that came as HEAD is a GET here: see `head_only`.
    pub request: Request<B>,
    /// Who asks.
    pub peer: Peer,
    /// The request came as HEAD. This layer leaves out the body, so that both have the same
    /// headers; whoever would start work for the body looks here.
    pub head_only: bool,
}

/// The service's answer.
#[derive(Debug)]
pub struct Answer<B> {
    /// The response. Where its body is a [`Plan`](extents::Plan) that may be sent straight from
    /// its files, the plan is among its extensions as well.
    pub response: Response<B>,
    /// Under which name the log and the metrics file the request.
    pub route: Route,
}

/// Who is at the other end of the connection that a request came on.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// The address of the other end of the TCP connection: a reverse proxy's, where there is one.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// The name of a route. Never a path, or the metrics would grow with the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route(pub &'static str);

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every byte was handed to the connection.
    Complete,
    /// The client went away, or stalled, or the server stopped.
    Aborted,
    /// The server could not go on: see [`Exchange::fault`].
    Failed,
}

/// Is told what happens on the connections. Called on the threads that drive them: be quick.
pub trait Observer: Send + Sync + 'static {
    /// A connection was accepted.
    fn opened(&self);
    /// A connection that had been accepted is over.
    fn closed(&self);
    /// A connection or a request was turned away before any route was asked.
    fn refused(&self, reason: Refusal, peer: SocketAddr);
    /// A connection could not be accepted, for want of file descriptors.
    fn exhausted(&self);
    /// A request's head was read.
    fn began(&self);
    /// The head of the answer to a request is ready; its body is to come. Whoever keeps the exchange keeps it from being
    /// over: keep it weakly.
    fn answered(&self, exchange: &Arc<Exchange>);
    /// The answer to a request is over.
    fn finished(&self, exchange: &Exchange);
}

/// One request and what its answer has come to.
pub struct Exchange {
    /// As the client sent it.
    pub method: Method,
    /// The request target.
    pub target: Uri,
    /// The `Range` header of the request, if any.
    pub range: Option<HeaderValue>,
    /// The `User-Agent` header of the request, if any.
    pub agent: Option<HeaderValue>,
    /// The other end of the connection.
    pub peer: Peer,
    started: Instant,
    answer: OnceLock<Answered>,
    sent: AtomicU64,
    fault: OnceLock<String>,
    /// Whether the client waits for us, not we for the client.
    ours: AtomicBool,
    observer: Arc<dyn Observer>,
    watch: Arc<Watch>,
}

struct Answered {
    status: StatusCode,
    route: Route,
    /// Length of the body, where it is known beforehand.
    announced: Option<u64>,
}

impl Exchange {
    pub(crate) fn begin<B>(
        request: &Request<B>,
        peer: Peer,
        observer: Arc<dyn Observer>,
        watch: Arc<Watch>,
    ) -> Self {
        observer.began();
        watch.request_began();
        Self {
            method: request.method().clone(),
            target: request.uri().clone(),
            range: request.headers().get(header::RANGE).cloned(),
            agent: request.headers().get(header::USER_AGENT).cloned(),
            peer,
            started: Instant::now(),
            answer: OnceLock::new(),
            sent: AtomicU64::new(0),
            fault: OnceLock::new(),
            ours: AtomicBool::new(true),
            observer,
            watch,
        }
    }

    pub(crate) fn answered(
        self: &Arc<Self>,
        status: StatusCode,
        route: Route,
        announced: Option<u64>,
    ) {
        // Set once: there is one answer to a request.
        let _ = self.answer.set(Answered { status, route, announced });
        self.waits_for_us(false);
        self.observer.answered(self);
    }

    /// The status of the answer; none when the client went away before there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.answer.get().map(|answer| answer.status)
    }

    /// The name of the route that answered.
    pub fn route(&self) -> Route {
        self.answer.get().map_or(Route("none"), |answer| answer.route)
    }

    /// Whether the body has 64 KiB or more, or may have.
    pub fn is_large(&self) -> bool {
        self.answer.get().is_some_and(|answer| answer.announced.is_none_or(|bytes| bytes >= LARGE))
    }

    /// Bytes of the body that were handed to the connection.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Since the head was read.
    pub fn duration(&self) -> Duration {
        self.started.elapsed()
    }

    /// What went wrong on our side, in words.
    pub fn fault(&self) -> Option<&str> {
        self.fault.get().map(String::as_str)
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        match self.answer.get() {
            _ if self.fault.get().is_some() => Outcome::Failed,
            None => Outcome::Aborted,
            Some(Answered { announced: Some(announced), .. }) if self.sent() < *announced => {
                Outcome::Aborted
            }
            Some(_) => Outcome::Complete,
        }
    }
}

impl Record for Exchange {
    fn sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
        self.watch.sent();
    }

    fn waits_for_us(&self, waits: bool) {
        if self.ours.swap(waits, Ordering::Relaxed) != waits {
            self.watch.waits_for_us(waits);
        }
    }

    fn failed(&self, fault: &Fault) {
        let _ = self.fault.set(fault.to_string());
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.waits_for_us(false);
        self.watch.request_ended();
        self.observer.finished(self);
    }
}
