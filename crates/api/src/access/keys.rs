//! The keys that clients must show, when there are any.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Uri, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use subtle::{Choice, ConstantTimeEq};

use super::cookies;

/// The cookie that holds a key: pages cannot set headers for pictures and films.
const COOKIE: &str = "vidicon_key";

/// How long a browser may keep the cookie, in seconds: a year. A key has no end.
const KEPT: u64 = 31_536_000;

/// What may stand in a cookie as it is (RFC 6265 section 4.1.1), and a little less.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

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

    /// One of them, for the server to ask itself with.
    pub(crate) fn any(&self) -> Option<String> {
        let key = self.0.first()?;
        String::from_utf8(key.to_vec()).ok()
    }

    /// Compares with every key, and each in a time that does not tell how much of it was right.
    pub(crate) fn admit(&self, shown: &[u8]) -> bool {
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

/// A key that a request shows, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) key: Vec<u8>,
    /// Whether it stands in the address, where only whoever typed or pasted it put it.
    pub(crate) in_address: bool,
}

/// The key that the request shows, in whichever of the four places it is. One that the client put there with a
/// purpose goes before one that it keeps.
pub(crate) fn shown_key(uri: &Uri, headers: &HeaderMap) -> Option<Shown> {
    let elsewhere = |key| Shown { key, in_address: false };
    if let Some(key) = headers.get("x-api-key") {
        return Some(elsewhere(key.as_bytes().to_vec()));
    }
    if let Some(value) = headers.get(header::AUTHORIZATION)
        && let Some((scheme, key)) = value.to_str().ok().and_then(|value| value.split_once(' '))
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Some(elsewhere(key.trim().as_bytes().to_vec()));
    }
    let in_query = uri
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("api_key=")));
    if let Some(key) = in_query {
        return Some(Shown { key: percent_decode_str(key).collect(), in_address: true });
    }
    let kept = cookies::value(headers, COOKIE)?;
    Some(elsewhere(percent_decode_str(kept).collect()))
}

/// The cookie for a page that was opened with a key in its address, so that what the page asks for shows it too.
pub(crate) fn cookie(key: &[u8], tls: bool) -> Option<HeaderValue> {
    let key = std::str::from_utf8(key).ok()?;
    cookies::set(COOKIE, &utf8_percent_encode(key, PLAIN).to_string(), KEPT, tls)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shown(uri: &str, header: Option<(&'static str, &str)>) -> Option<String> {
        let pairs = header.map(|(name, value)| {
            (header::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        let shown = shown_key(&uri.parse().unwrap(), &pairs.into_iter().collect())?;
        assert_eq!(shown.in_address, header.is_none());
        Some(String::from_utf8(shown.key).unwrap())
    }

    #[test]
    fn a_key_may_come_in_any_of_four_places() {
        assert_eq!(shown("/", Some(("x-api-key", "s3"))).as_deref(), Some("s3"));
        assert_eq!(shown("/", Some(("authorization", "bearer s3"))).as_deref(), Some("s3"));
        assert_eq!(shown("/a?b=1&api_key=s%2B3", None).as_deref(), Some("s+3"));
        assert_eq!(shown("/", Some(("cookie", "a=b; vidicon_key=s%2B3"))).as_deref(), Some("s+3"));
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

    #[test]
    fn a_kept_key_comes_back_as_it_was() {
        let key = "a;b \"c\",\\+ü";
        let set = cookie(key.as_bytes(), true).unwrap();
        let set = set.to_str().unwrap();
        assert!(set.contains("; HttpOnly; SameSite=Strict") && set.ends_with("; Secure"), "{set}");
        let (pair, _) = set.split_once(';').unwrap();
        assert_eq!(shown("/", Some(("cookie", pair))).as_deref(), Some(key));
    }
}
