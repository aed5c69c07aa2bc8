//! Several ranges in one body: `multipart/byteranges` (RFC 9110 section 14.6).

use std::{
    hash::{BuildHasher, RandomState},
    ops::Range,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use extents::{Part, Plan};

/// Secrets of this process. A boundary is a counter under them: nobody who writes a file can
/// know the boundaries it will be sent with, so the file need not be searched for them.
static SECRETS: LazyLock<[RandomState; 2]> =
    LazyLock::new(|| [RandomState::new(), RandomState::new()]);

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// A boundary that was not used before.
pub(crate) fn boundary() -> String {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let [one, two] = &*SECRETS;
    format!("vidicon-{:016x}{:016x}", one.hash_one(count), two.hash_one(count))
}

/// The `Content-Range` of a half-open, non-empty range.
pub(crate) fn content_range(range: &Range<u64>, len: u64) -> String {
    format!("bytes {}-{}/{len}", range.start, range.end.saturating_sub(1))
}

/// The body: each range of `whole` under its own small head. What lies in files stays there until
/// it is sent.
pub(crate) fn plan(whole: &Plan, ranges: &[Range<u64>], media_type: &str, boundary: &str) -> Plan {
    let len = whole.len();
    let mut parts = Vec::with_capacity(ranges.len() * 2 + 1);
    for (index, range) in ranges.iter().enumerate() {
        let line_end = if index == 0 { "" } else { "\r\n" };
        let content_range = content_range(range, len);
        let head = format!(
            "{line_end}--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {content_range}\r\n\r\n"
        );
        parts.push(Part::Bytes(Bytes::from(head)));
        parts.extend(whole.slice(range.clone()).into_parts());
    }
    parts.push(Part::Bytes(Bytes::from(format!("\r\n--{boundary}--\r\n"))));
    Plan::new(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_are_legal_and_never_the_same() {
        let (one, other) = (boundary(), boundary());
        assert_ne!(one, other);
        // RFC 2046: at most 70 characters; these need no quotes.
        assert!(
            one.len() <= 70 && one.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        );
    }

    #[test]
    fn content_range_counts_inclusive_ends() {
        assert_eq!(content_range(&(0..1), 10), "bytes 0-0/10");
        assert_eq!(content_range(&(5..10), 10), "bytes 5-9/10");
    }
}
