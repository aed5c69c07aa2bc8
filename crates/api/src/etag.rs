//! Versions as entity tags: what a client has seen, and whether it may change it.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::problem::Problem;

/// The ETag of a version: `"v7"`.
pub(crate) fn of_version(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"v\""))
}

/// The ETag of a text, for what has no version.
pub(crate) fn of_text(text: &[u8]) -> HeaderValue {
    let digest = digest(text);
    HeaderValue::from_str(&format!("\"{digest:016x}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"-\""))
}

/// FNV-1a, 64 bits. Two texts of one address that differ hardly share it, and nobody gains from
/// making them.
fn digest(text: &[u8]) -> u64 {
    text.iter().fold(0xcbf2_9ce4_8422_2325, |digest: u64, byte| {
        (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The version that an edit is based on (RFC 9110 section 13.1.1). `None` for `If-Match: *`: any.
pub(crate) fn expected(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        let detail = "say which version you change: send the ETag that you got as If-Match, so that nobody's \
                      change is lost; If-Match: * changes whatever is there";
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, detail));
    };
    let value = value.to_str().unwrap_or_default().trim();
    if value == "*" {
        return Ok(None);
    }
    let is_tag =
        value.len() >= 2 && value.trim_start_matches("W/").starts_with('"') && value.ends_with('"');
    if !is_tag {
        let detail = format!(
            "If-Match is {value:?}, which is no ETag: send the one that you got, with its quotes"
        );
        return Err(Problem::bad(detail));
    }
    // A compressed answer carries its coding behind the version.
    let version = value.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    let version = version.map(|version| version.split('-').next().unwrap_or_default());
    version.and_then(|version| version.parse().ok()).map(Some).ok_or_else(|| {
        let detail = format!("If-Match is {value:?}, which is no ETag of this thing");
        Problem::new(StatusCode::PRECONDITION_FAILED, detail)
    })
}

/// Whether the client has this already (`If-None-Match`, RFC 9110 section 13.1.2).
pub(crate) fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(etag) = etag.to_str().map(bare) else { return false };
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|tag| tag.trim() == "*" || bare(tag) == etag)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::response::IntoResponse as _;

    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn an_edit_says_which_version_it_is_based_on() {
        let status = |problem: Problem| problem.into_response().status().as_u16();
        assert_eq!(status(expected(&HeaderMap::new()).unwrap_err()), 428);
        let of = |value| expected(&headers(header::IF_MATCH, value));
        assert_eq!(of("\"v7\"").unwrap(), Some(7));
        assert_eq!(of("\"v7-br\"").unwrap(), Some(7));
        assert_eq!(of("*").unwrap(), None);
        assert_eq!(status(of("W/\"v7\"").unwrap_err()), 412, "weak tags do not match here");
        assert_eq!(status(of("\"x\"").unwrap_err()), 412);
        assert_eq!(status(of("7").unwrap_err()), 400);
        assert_eq!(status(of("").unwrap_err()), 400);
    }

    #[test]
    fn a_client_shows_what_it_has() {
        let etag = of_text(b"text");
        let shown = format!("\"other\", W/{}", etag.to_str().unwrap());
        assert!(is_known(&headers(header::IF_NONE_MATCH, &shown), &etag));
        assert!(is_known(&headers(header::IF_NONE_MATCH, "*"), &etag));
        assert!(!is_known(&headers(header::IF_NONE_MATCH, "\"other\""), &etag));
        assert_ne!(of_text(b"text"), of_text(b"tex"));
    }
}
