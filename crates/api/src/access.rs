//! Who may ask: the keys that clients must show, when there are any.

mod rule;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use net::Peer;
use percent_encoding::percent_decode_str;
use subtle::{Choice, ConstantTimeEq};

use crate::problem::Problem;

pub use rule::Rule;

/// The keys of which a client must show one. Without any, everybody may ask.
///
/// They never appear in a log: `Debug` tells only how many there are.
#[derive(Clone, Default)]
pub struct ApiKeys(Arc<[Box<[u8]>]>);

impl ApiKeys {
    /// These keys; empty ones are left out, for an empty key would let everybody in.
    pub fn new(keys: impl IntoIterator<Item = String>) -> Self {
        Self(
            keys.into_iter()
                .filter(|key| !key.is_empty())
                .map(|key| key.into_bytes().into())
                .collect(),
        )
    }

    /// Whether anybody may ask.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares with every key, and each in a time that does not tell how much of it was right.
    fn admit(&self, shown: &[u8]) -> bool {
        let matched =
            self.0.iter().fold(Choice::from(0), |matched, key| matched | key.ct_eq(shown));
        matched.into()
    }
}

impl std::fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKeys({})", self.0.len())
    }
}

/// Why a request may not be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    KeyMissing,
    KeyWrong,
}

impl Refusal {
    /// As in the metrics and the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::KeyMissing => "api_key_missing",
            Self::KeyWrong => "api_key_wrong",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let detail = match self {
            Self::KeyWrong => "the API key is not one of this server's",
            Self::KeyMissing => {
                "this server wants an API key: send it as X-API-Key, as Authorization: Bearer, \
                 or as ?api_key= where a player can set no header"
            }
        };
        Problem::new(StatusCode::UNAUTHORIZED, detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"vidicon\""))
            .into_response()
    }
}

/// The rule: `/health` is open, everything else needs a key when keys are set.
pub(crate) fn check<B>(keys: &ApiKeys, request: &http::Request<B>) -> Result<(), Refusal> {
    if keys.is_empty() || request.uri().path() == "/health" {
        return Ok(());
    }
    match shown_key(request) {
        None => Err(Refusal::KeyMissing),
        Some(key) if keys.admit(&key) => Ok(()),
        Some(_) => Err(Refusal::KeyWrong),
    }
}

/// Tells the person who runs the server, who may be under attack or have mistyped a key.
pub(crate) fn log<B>(refusal: Refusal, request: &http::Request<B>, peer: Peer) {
    tracing::warn!(
        remote = %peer.address,
        path = request.uri().path(),
        reason = refusal.name(),
        "request refused: no valid API key"
    );
}

/// The key that the request shows, in whichever of the three places it is.
fn shown_key<B>(request: &http::Request<B>) -> Option<Vec<u8>> {
    let headers = request.headers();
    if let Some(key) = headers.get("x-api-key") {
        return Some(key.as_bytes().to_vec());
    }
    if let Some(value) = headers.get(header::AUTHORIZATION)
        && let Some((scheme, key)) = value.to_str().ok().and_then(|value| value.split_once(' '))
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Some(key.trim().as_bytes().to_vec());
    }
    let query = request.uri().query()?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("api_key="))
        .map(|key| percent_decode_str(key).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shown(uri: &str, header: Option<(&str, &str)>) -> Option<String> {
        let mut request = http::Request::builder().uri(uri);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        shown_key(&request.body(()).unwrap()).map(|key| String::from_utf8(key).unwrap())
    }

    #[test]
    fn a_key_may_come_in_any_of_three_places() {
        assert_eq!(shown("/", Some(("x-api-key", "s3"))).as_deref(), Some("s3"));
        assert_eq!(shown("/", Some(("authorization", "bearer s3"))).as_deref(), Some("s3"));
        assert_eq!(shown("/a?b=1&api_key=s%2B3", None).as_deref(), Some("s+3"));
        assert_eq!(shown("/", Some(("authorization", "Basic abc"))), None);
    }

    #[test]
    fn only_a_whole_key_admits() {
        let keys = ApiKeys::new(["first-key".to_owned(), "second-key".to_owned(), String::new()]);
        assert!(keys.admit(b"first-key") && keys.admit(b"second-key"));
        assert!(!keys.admit(b"first-ke") && !keys.admit(b"first-keyy") && !keys.admit(b""));
    }

    #[test]
    fn keys_do_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", ApiKeys::new(["secret".to_owned()])), "ApiKeys(1)");
    }
}
