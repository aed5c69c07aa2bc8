//! Reading a multipart/byteranges body (RFC 9110 section 14.6), strictly.

use crate::http::{Headers, Response};

/// One part: its headers and its bytes.
#[derive(Debug)]
pub struct Part {
    /// Headers in the order in which they came.
    pub headers: Headers,
    /// The bytes of the range.
    pub body: Vec<u8>,
}

/// The parts of a response; a body that is not well formed ends the test.
///
/// Each part's length is taken from its `Content-Range`, so that film bytes that look like a
/// boundary cannot mislead.
#[track_caller]
pub fn parts(response: &Response) -> Vec<Part> {
    let content_type = response.headers.one("content-type");
    let boundary = content_type
        .strip_prefix("multipart/byteranges; boundary=")
        .unwrap_or_else(|| panic!("not multipart/byteranges: {content_type}"))
        .trim_matches('"');
    assert!((1..=70).contains(&boundary.len()), "a boundary has 1 to 70 characters: {boundary}");
    let open = format!("--{boundary}\r\n");
    let close = format!("--{boundary}--");
    let mut rest = response.body.as_slice();
    // The line break before a boundary belongs to the boundary (RFC 2046 section 5.1.1), also
    // before the first.
    rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
    let mut parts = Vec::new();
    while let Some(part) = rest.strip_prefix(open.as_bytes()) {
        let end = find(part, b"\r\n\r\n").expect("a part has a head");
        let headers = Headers::parse(&part[..end + 2]).expect("the head of a part is well formed");
        let (first, last, _) = content_range(headers.one("content-range"));
        let len = usize::try_from(last - first + 1).unwrap();
        let body = part[end + 4..][..len].to_vec();
        rest = part[end + 4 + len..].strip_prefix(b"\r\n").expect("a line break ends a part");
        parts.push(Part { headers, body });
    }
    let after = rest.strip_prefix(close.as_bytes()).expect("the closing boundary ends the body");
    assert!(after.is_empty() || after == b"\r\n", "nothing follows the closing boundary");
    parts
}

/// First byte, last byte and total of `bytes 0-9/100`.
#[track_caller]
pub fn content_range(value: &str) -> (u64, u64, u64) {
    let parsed = || {
        let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?, total.parse().ok()?))
    };
    parsed().unwrap_or_else(|| panic!("not a Content-Range of one range: {value}"))
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}
