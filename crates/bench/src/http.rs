//! As much HTTP/1.1 as a load generator needs: requests as text, and the head of a response as values.
//!
//! Reads no sockets. Every response is held against what was asked for, so a server cannot gain by answering less.

use std::fmt::Write as _;

use anyhow::{Result, bail};

/// A request: a path, and maybe a part of what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    /// Absolute, and of plain characters: it is sent as it is.
    pub(crate) path: &'static str,
    /// Length of the file in bytes.
    pub(crate) length: u64,
    /// The bytes wanted, half-open; the whole file when none.
    pub(crate) range: Option<(u64, u64)>,
    /// Whether gzip is accepted; then `length` is that of the compressed body.
    pub(crate) gzip: bool,
}

impl Request {
    /// Writes the request in place of what `text` held. `host` goes into the Host field.
    pub(crate) fn write(&self, host: &str, text: &mut String) {
        text.clear();
        let range = match self.range {
            // Half-open inside, inclusive in HTTP (RFC 9110, 14.1.2).
            Some((from, to)) => format!("Range: bytes={from}-{}\r\n", to.saturating_sub(1)),
            None => String::new(),
        };
        let accept = if self.gzip { "Accept-Encoding: gzip\r\n" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "GET {} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: vidicon-bench\r\nAccept: */*\r\n{accept}{range}\r\n",
            self.path
        );
    }

    /// The number of body bytes that a right answer has.
    pub(crate) fn body(&self) -> u64 {
        self.range.map_or(self.length, |(from, to)| to - from)
    }

    /// An error that says what is wrong when the answer is not the one that was asked for.
    pub(crate) fn check(&self, head: &Head) -> Result<()> {
        let status = if self.range.is_some() { 206 } else { 200 };
        if head.status != status {
            bail!("{}: status {} where {status} was due", self.path, head.status);
        }
        if head.length != Some(self.body()) {
            bail!("{}: Content-Length {:?} where {} was due", self.path, head.length, self.body());
        }
        let wanted = self.range.map(|(from, to)| (from, to - 1, self.length));
        if head.range != wanted {
            bail!("{}: Content-Range {:?} where {wanted:?} was due", self.path, head.range);
        }
        if head.closes {
            bail!("{}: the server closes a connection that was to be kept", self.path);
        }
        Ok(())
    }
}

/// The head of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    /// Bytes of the head with its empty line; the body begins after them.
    pub(crate) size: usize,
    pub(crate) status: u16,
    /// Content-Length.
    pub(crate) length: Option<u64>,
    /// Content-Range: first byte, last byte (inclusive), length of the whole.
    pub(crate) range: Option<(u64, u64, u64)>,
    /// Whether the server says it will close the connection.
    pub(crate) closes: bool,
}

/// Reads the head at the start of `bytes`; none when it has not arrived whole.
pub(crate) fn parse_head(bytes: &[u8]) -> Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let Ok(text) = std::str::from_utf8(bytes.get(..end).unwrap_or_default()) else {
        bail!("the head of the response is not text");
    };
    let mut lines = text.split("\r\n");
    let status =
        lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
    let Some(status) = status else { bail!("the response does not begin as HTTP/1.1 does") };
    let mut head = Head { size: end + 4, status, length: None, range: None, closes: false };
    for line in lines {
        let Some((name, value)) = line.split_once(':') else {
            bail!("a header line without a colon: {line:?}")
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            head.length = value.parse().ok();
        } else if name.eq_ignore_ascii_case("content-range") {
            head.range = parse_content_range(value);
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        }
    }
    Ok(Some(head))
}

/// `bytes 0-99/1000` (RFC 9110, 14.4).
fn parse_content_range(value: &str) -> Option<(u64, u64, u64)> {
    let (span, whole) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = span.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, whole.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const WHOLE: Request = Request { path: "/a.bin", length: 1000, range: None, gzip: false };
    const PART: Request =
        Request { path: "/a.bin", length: 1000, range: Some((100, 200)), gzip: false };

    fn head(text: &str) -> Head {
        parse_head(text.as_bytes()).unwrap().unwrap()
    }

    #[test]
    fn a_range_is_inclusive_on_the_wire() {
        let mut text = String::from("left over");
        PART.write("127.0.0.1:80", &mut text);
        assert!(text.starts_with("GET /a.bin HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"));
        assert!(text.ends_with("\r\nRange: bytes=100-199\r\n\r\n"));
        WHOLE.write("h", &mut text);
        assert!(!text.contains("Range") && !text.contains("gzip"));
        Request { gzip: true, ..WHOLE }.write("h", &mut text);
        assert!(text.ends_with("\r\nAccept-Encoding: gzip\r\n\r\n"));
    }

    #[test]
    fn a_head_that_has_not_arrived_whole_is_waited_for() {
        assert_eq!(parse_head(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n").unwrap(), None);
    }

    #[test]
    fn names_of_headers_have_no_case() {
        let text = "HTTP/1.1 206 Partial Content\r\ncontent-LENGTH: 100\r\nContent-Range: bytes 100-199/1000\r\n\r\nbody";
        let head = head(text);
        assert_eq!(head.size, text.len() - 4);
        assert_eq!(
            (head.status, head.length, head.range),
            (206, Some(100), Some((100, 199, 1000)))
        );
        PART.check(&head).unwrap();
    }

    #[test]
    fn an_answer_to_another_question_is_refused() {
        let whole = head("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        WHOLE.check(&whole).unwrap();
        assert!(PART.check(&whole).is_err());
        let short = head("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n");
        assert!(WHOLE.check(&short).is_err());
        let elsewhere =
            head("HTTP/1.1 206 P\r\nContent-Length: 100\r\nContent-Range: bytes 0-99/1000\r\n\r\n");
        assert!(PART.check(&elsewhere).is_err());
        let closing = head("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n");
        assert!(WHOLE.check(&closing).is_err());
        let unannounced = head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        assert!(WHOLE.check(&unannounced).is_err());
    }

    #[test]
    fn what_is_not_http_is_refused() {
        assert!(parse_head(b"SSH-2.0-x\r\n\r\n").is_err());
        assert!(parse_head(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n").is_err());
    }
}
