//! The access log: one line for every answer, when it is over, complete or not.

use std::{net::SocketAddr, sync::Arc};

use http::Uri;
use net::{Exchange, Observer, Outcome, Refusal};

use crate::{
    Metrics,
    observe::{Observe, secrets},
};

/// Counts what happens on the connections, and logs the requests.
pub struct Log {
    metrics: Metrics,
    observe: Observe,
    /// Whether every request gets a line. Faults get one in any case.
    access: bool,
}

impl Log {
    /// Counts into `metrics` and shows to `observe`; logs each request when `access` is set.
    pub fn new(metrics: Metrics, observe: Observe, access: bool) -> Self {
        Self { metrics, observe, access }
    }
}

impl Observer for Log {
    fn opened(&self) {
        self.metrics.connection_opened();
        self.observe.connection_opened();
    }

    fn closed(&self) {
        self.metrics.connection_closed();
        self.observe.connection_closed();
    }

    fn refused(&self, reason: Refusal, peer: SocketAddr) {
        self.metrics.refused(reason.name());
        self.observe.turned_away(reason.name(), peer);
        tracing::info!(remote = %peer, reason = reason.name(), "turned away");
    }

    fn exhausted(&self) {
        self.metrics.refused(Refusal::Descriptors.name());
    }

    fn began(&self) {
        self.metrics.request_began();
    }

    fn answered(&self, exchange: &Arc<Exchange>) {
        self.observe.answered(exchange);
    }

    fn finished(&self, exchange: &Exchange) {
        self.metrics.request_finished(exchange);
        self.observe.finished(exchange);
        let fault = exchange.fault();
        if !self.access && fault.is_none() {
            return;
        }
        let outcome = match exchange.outcome() {
            Outcome::Complete => "complete",
            Outcome::Aborted => "aborted",
            Outcome::Failed => "failed",
        };
        // One event for both levels keeps the fields the same.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: "vidicon::access",
                    method = exchange.method.as_str(),
                    path = exchange.target.path(),
                    query = query(&exchange.target),
                    status = exchange.status().map(|status| status.as_u16()),
                    bytes = exchange.sent(),
                    duration_ms = exchange.duration().as_secs_f64() * 1e3,
                    remote = %exchange.peer.address,
                    range = exchange.range.as_ref().and_then(|range| range.to_str().ok()),
                    route = exchange.route().0,
                    outcome,
                    fault,
                    "request"
                )
            };
        }
        if fault.is_some() {
            line!(error);
        } else {
            line!(info);
        }
    }
}

/// The query without keys: a log is read by more people than may ask.
fn query(target: &Uri) -> Option<String> {
    target.query().map(|query| secrets::mask(query).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_in_the_query_is_not_logged() {
        let target: Uri = "/film.mp4?download=1&api_key=secret".parse().unwrap();
        assert_eq!(query(&target).unwrap(), "download=1&api_key=•••");
    }
}
