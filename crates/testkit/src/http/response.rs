//! One response as it came.

use std::io;

use serde_json::Value;

use super::Headers;

/// Status line, header fields and body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The version, such as `HTTP/1.1`.
    pub version: String,
    /// The status code.
    pub status: u16,
    /// Header fields, unchanged.
    pub headers: Headers,
    /// The body, freed of its transfer coding; content codings stay.
    pub body: Vec<u8>,
}

impl Response {
    /// Reads a status line and header fields; each line ends with CRLF.
    pub(super) fn parse(head: &[u8]) -> io::Result<Self> {
        let end = head.windows(2).position(|w| w == b"\r\n").unwrap_or(head.len());
        let line = String::from_utf8_lossy(&head[..end]).into_owned();
        let bad = || io::Error::other(format!("not a status line: {line:?}"));
        let mut words = line.splitn(3, ' ');
        let version = words.next().filter(|word| word.starts_with("HTTP/")).ok_or_else(bad)?;
        let status = words.next().filter(|word| word.len() == 3).ok_or_else(bad)?;
        Ok(Self {
            version: version.to_owned(),
            status: status.parse().map_err(|_| bad())?,
            headers: Headers::parse(head.get(end + 2..).unwrap_or_default())?,
            body: Vec::new(),
        })
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("the body is UTF-8")
    }

    /// Asserts the status; a failure shows the whole answer.
    #[track_caller]
    pub fn expect_status(&self, status: u16) -> &Self {
        assert_eq!(
            self.status,
            status,
            "{:?}\n{}",
            self.headers,
            String::from_utf8_lossy(&self.body[..self.body.len().min(500)])
        );
        self
    }

    /// Asserts a problem document (RFC 9457) of this status whose detail is one line; the document.
    #[track_caller]
    pub fn expect_problem(&self, status: u16) -> Value {
        self.expect_status(status);
        assert_eq!(self.headers.one("content-type"), "application/problem+json");
        let problem: Value = serde_json::from_slice(&self.body).expect("the problem is JSON");
        assert_eq!(problem["status"], status, "{problem}");
        assert!(problem["type"].is_string(), "{problem}");
        assert!(problem["title"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(!detail.is_empty() && !detail.contains(['\n', '\r']), "one line: {problem}");
        problem
    }
}
