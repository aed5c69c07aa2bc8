//! Our cookies: read, set, taken away (RFC 6265). No script may read them, and no other site's page sends them.

use http::{HeaderMap, HeaderValue, header};

/// The value of the first cookie of this name.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // HTTP/2 may send one header for each cookie (RFC 9113 section 8.2.3).
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Sets a cookie for all our paths, for so many seconds. Its value is of characters that may stand there.
pub(crate) fn set(name: &str, value: &str, seconds: u64, tls: bool) -> Option<HeaderValue> {
    // Over plain HTTP a browser would not take a cookie that is for TLS only.
    let secure = if tls { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes a cookie away.
pub(crate) fn unset(name: &str, tls: bool) -> Option<HeaderValue> {
    set(name, "", 0, tls)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; bb=2".parse().unwrap());
        headers.append(header::COOKIE, "c=3=4".parse().unwrap());
        assert_eq!(value(&headers, "bb"), Some("2"));
        assert_eq!(value(&headers, "c"), Some("3=4"));
        assert_eq!(value(&headers, "b"), None);
    }

    #[test]
    fn only_what_came_over_tls_goes_back_over_tls_alone() {
        let plain = set("a", "1", 60, false).unwrap();
        assert_eq!(plain, "a=1; Path=/; Max-Age=60; HttpOnly; SameSite=Strict");
        assert!(unset("a", true).unwrap().to_str().unwrap().contains("Max-Age=0"));
        assert!(unset("a", true).unwrap().to_str().unwrap().ends_with("; Secure"));
        assert!(set("a", "line\nbreak", 60, false).is_none());
    }
}
