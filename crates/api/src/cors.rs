//! Which pages of other sites may use the answers (the CORS protocol of the Fetch standard).

use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Headers that a page may send.
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, if-match, if-none-match, if-range, range, x-api-key",
);

/// Headers that a page may read beyond the usual: a player on another site's page needs them to
/// seek.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static(
    "accept-ranges, content-disposition, content-length, content-range, etag, retry-after",
);

const READS: HeaderValue = HeaderValue::from_static("GET, HEAD");
const WRITES: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

/// How long a browser may remember what a preflight told it, in seconds.
const REMEMBER: HeaderValue = HeaderValue::from_static("3600");

/// What pages of other origins may do.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Origins whose pages may read, as in `https://example.org`; `*` for every one, as far as
    /// [`Of::Media`]. None means that only Vidicon's own pages may.
    pub origins: Vec<String>,
    /// Whether those pages may also change things.
    pub writes: bool,
}

/// What an answer is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// Files and films, which a player on any page may need.
    Media,
    /// What the household has and does. `*` does not stand for who may read that, unless `*` may
    /// also change it.
    Household,
}

/// The policy, ready for use.
pub(crate) struct Rule {
    origins: Vec<HeaderValue>,
    any: bool,
    writes: bool,
    methods: HeaderValue,
}

impl Rule {
    pub(crate) fn new(cors: &Cors) -> Self {
        Self {
            any: cors.origins.iter().any(|origin| origin == "*"),
            origins: cors.origins.iter().filter_map(|origin| origin.parse().ok()).collect(),
            writes: cors.writes,
            methods: if cors.writes { WRITES } else { READS },
        }
    }

    /// Answers a preflight: a browser asking whether a page may make the request that it wants
    /// to make. None when this is no preflight.
    pub(crate) fn preflight<B>(&self, of: Of, request: &http::Request<B>) -> Option<Response> {
        let asked = request.headers();
        if request.method() != Method::OPTIONS
            || !asked.contains_key(header::ORIGIN)
            || !asked.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            return None;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBER);
        self.allow(of, asked.get(header::ORIGIN), headers);
        Some(response)
    }

    /// Says in an answer whether pages of `origin` may read it.
    ///
    /// With `*` every answer says so, whether or not a page asked: a browser may keep one that a
    /// `<video>` fetched and give it to a script later.
    pub(crate) fn allow(&self, of: Of, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        let allowed = if self.any && (of == Of::Media || self.writes) {
            Some(HeaderValue::from_static("*"))
        } else {
            if !self.origins.is_empty() {
                headers.append(header::VARY, HeaderValue::from_static("origin"));
            }
            origin.filter(|origin| self.origins.contains(origin)).cloned()
        };
        if let Some(allowed) = allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rule(origins: &[&str], writes: bool) -> Rule {
        let origins = origins.iter().map(ToString::to_string).collect();
        Rule::new(&Cors { origins, writes })
    }

    fn allowed(rule: &Rule, origin: &str) -> HeaderMap {
        allowed_of(Of::Media, rule, origin)
    }

    fn allowed_of(of: Of, rule: &Rule, origin: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        rule.allow(of, Some(&origin.parse().unwrap()), &mut headers);
        headers
    }

    #[test]
    fn every_page_may_read_unless_origins_are_named() {
        let headers = allowed(&rule(&["*"], false), "https://a.example");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!headers.contains_key(header::VARY));
    }

    #[test]
    fn what_a_household_has_is_read_by_sites_that_are_named() {
        let of = |origins: &[&str], writes| {
            let headers = allowed_of(Of::Household, &rule(origins, writes), "https://a.example");
            headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned()
        };
        assert_eq!(of(&["*"], false), None);
        assert_eq!(of(&["*", "https://a.example"], false).unwrap(), "https://a.example");
        assert_eq!(of(&["*"], true).unwrap(), "*");
    }

    #[test]
    fn only_named_origins_may_read_and_caches_know_that_it_varies() {
        let rule = rule(&["https://a.example"], false);
        let headers = allowed(&rule, "https://a.example");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://a.example");
        let headers = allowed(&rule, "https://b.example");
        assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        assert_eq!(headers[header::VARY], "origin");
    }

    #[test]
    fn without_origins_nothing_is_said() {
        assert!(allowed(&rule(&[], true), "https://a.example").is_empty());
    }

    #[test]
    fn a_preflight_for_a_write_is_granted_only_when_writes_are() {
        let request = http::Request::options("/x")
            .header("origin", "https://a.example")
            .header("access-control-request-method", "DELETE")
            .body(())
            .unwrap();
        let methods = |rule: Rule| {
            let response = rule.preflight(Of::Media, &request).unwrap();
            response.headers()[header::ACCESS_CONTROL_ALLOW_METHODS].to_str().unwrap().to_owned()
        };
        assert_eq!(methods(rule(&["*"], false)), "GET, HEAD");
        assert!(methods(rule(&["*"], true)).contains("DELETE"));
    }

    #[test]
    fn a_plain_options_request_is_no_preflight() {
        let request = http::Request::options("/x").body(()).unwrap();
        assert!(rule(&["*"], true).preflight(Of::Media, &request).is_none());
    }
}
