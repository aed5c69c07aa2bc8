//! What is counted, for Prometheus to collect.
//!
//! Labels have few values by construction: routes by name, statuses, reasons. A registry belongs
//! to one server, so that tests can run several in one process.

use std::sync::{Arc, OnceLock, atomic::AtomicI64};

use axum::{extract::State, response::IntoResponse};
use http::header;
use net::{Exchange, Refusal};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};

/// Bounds of the duration buckets in seconds: from a cached answer to an evening's film.
const DURATIONS: [f64; 14] =
    [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0, 60.0, 600.0, 3600.0, 14400.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

/// The counters of one server. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Request, Counter>,
    bytes: Family<Route, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    refused: Family<Reason, Counter>,
    /// What nearly every request is: a file, GET, 200 or 206. Looked up once, because looking up
    /// costs as much as all else that is counted.
    usual: [OnceLock<Usual>; 2],
    open_streams: Gauge<i64, AtomicI64>,
    open_connections: Gauge<i64, AtomicI64>,
}

/// The counters of one usual kind of request.
struct Usual {
    requests: Counter,
    bytes: Counter,
    durations: Histogram,
}

impl Usual {
    fn count(&self, exchange: &Exchange) {
        self.requests.inc();
        self.bytes.inc_by(exchange.sent());
        self.durations.observe(exchange.duration().as_secs_f64());
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("vidicon");
        let inner = Inner {
            requests: Family::default(),
            bytes: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(DURATIONS)),
            refused: Family::default(),
            usual: Default::default(),
            open_streams: Gauge::default(),
            open_connections: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("requests", "Requests answered", inner.requests.clone());
        registry.register_with_unit(
            "response",
            "Bytes of response bodies handed to connections",
            Unit::Bytes,
            inner.bytes.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From the head of a request to the last byte of its answer",
            Unit::Seconds,
            inner.durations.clone(),
        );
        registry.register(
            "refused",
            "Connections and requests turned away, by reason",
            inner.refused.clone(),
        );
        registry.register("open_streams", "Answers under way", inner.open_streams.clone());
        registry.register("open_connections", "Connections open", inner.open_connections.clone());
        // A reason that never came up is a zero, not a gap.
        for reason in Refusal::ALL {
            drop(inner.refused.get_or_create(&Reason { reason: reason.name() }));
        }
        Self(Arc::new(Inner { registry, ..inner }))
    }
}

impl Metrics {
    /// Something was turned away.
    pub(crate) fn refused(&self, reason: &'static str) {
        self.0.refused.get_or_create(&Reason { reason }).inc();
    }

    pub(crate) fn connection_opened(&self) {
        self.0.open_connections.inc();
    }

    pub(crate) fn connection_closed(&self) {
        self.0.open_connections.dec();
    }

    pub(crate) fn request_began(&self) {
        self.0.open_streams.inc();
    }

    pub(crate) fn request_finished(&self, exchange: &Exchange) {
        let inner = &self.0;
        inner.open_streams.dec();
        let route = exchange.route().0;
        // A client that went away before there was an answer: 499, as nginx has it.
        let status = exchange.status().map_or(499, |status| status.as_u16());
        let method = method_name(&exchange.method);
        let look_up = || Usual {
            requests: inner.requests.get_or_create(&Request { route, method, status }).clone(),
            bytes: inner.bytes.get_or_create(&Route { route }).clone(),
            durations: inner.durations.get_or_create(&Route { route }).clone(),
        };
        let [whole, partial] = &inner.usual;
        match (route, method, status) {
            ("files", "GET", 200) => whole.get_or_init(look_up).count(exchange),
            ("files", "GET", 206) => partial.get_or_init(look_up).count(exchange),
            _ => look_up().count(exchange),
        }
    }
}

/// A client may make up methods; the label may not.
fn method_name(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

/// Counters for Prometheus
///
/// In the OpenMetrics text format.
#[utoipa::path(
    get, path = "/metrics", tag = "server",
    responses((status = 200, description = "All counters", body = String, content_type = "application/openmetrics-text")),
)]
pub(crate) async fn metrics(State(metrics): State<Metrics>) -> impl IntoResponse {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = encode(&mut text, &metrics.0.registry);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], text)
}
