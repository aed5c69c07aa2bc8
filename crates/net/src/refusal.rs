//! The answers that this layer gives by itself, before any route is asked: each a status, a
//! reason in one line as a problem document (RFC 9457), and a name to count it under.

/// Why a connection or a request was turned away here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// [`Limits::connections`](crate::Limits::connections) is reached.
    Connections,
    /// [`Limits::connections_per_address`](crate::Limits::connections_per_address) is reached.
    ConnectionsPerAddress,
    /// The head is longer than [`Limits::header_size`](crate::Limits::header_size).
    HeaderSize,
    /// The head took longer than [`Limits::header_timeout`](crate::Limits::header_timeout).
    HeaderTimeout,
    /// The request target is longer than HTTP libraries can hold (64 KiB).
    TargetLength,
    /// Not HTTP/1.1, or not well formed.
    Malformed,
    /// The request names no host, or several, or none that can be (RFC 9112 section 3.2).
    Host,
    /// No byte moved for [`Limits::stall_timeout`](crate::Limits::stall_timeout).
    Stalled,
    /// The TLS handshake failed or took too long.
    Handshake,
    /// The process has no file descriptor left for a connection.
    Descriptors,
}

impl Refusal {
    /// Every reason, so that each can be counted from the start.
    pub const ALL: [Self; 10] = [
        Self::Connections,
        Self::ConnectionsPerAddress,
        Self::HeaderSize,
        Self::HeaderTimeout,
        Self::TargetLength,
        Self::Malformed,
        Self::Host,
        Self::Stalled,
        Self::Handshake,
        Self::Descriptors,
    ];

    /// The name of the reason, as in the metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionsPerAddress => "connections_per_address",
            Self::HeaderSize => "header_size",
            Self::HeaderTimeout => "header_timeout",
            Self::TargetLength => "target_length",
            Self::Malformed => "malformed",
            Self::Host => "host",
            Self::Stalled => "stalled",
            Self::Handshake => "handshake",
            Self::Descriptors => "descriptors",
        }
    }

    /// The reason behind the bare answer that hyper writes when it cannot read a request.
    pub(crate) fn behind(status: &[u8]) -> Option<Self> {
        match status {
            b"400" => Some(Self::Malformed),
            b"414" => Some(Self::TargetLength),
            b"431" => Some(Self::HeaderSize),
            _ => None,
        }
    }

    /// Status line and reason, for those that are answered at all.
    const fn answer(self) -> Option<(u16, &'static str, &'static str)> {
        Some(match self {
            Self::Connections => (
                503,
                "Service Unavailable",
                "the server has as many connections open as limits.connections allows",
            ),
            Self::ConnectionsPerAddress => (
                503,
                "Service Unavailable",
                "your address has as many connections open as \
                 limits.connections_per_address allows",
            ),
            Self::HeaderSize => (
                431,
                "Request Header Fields Too Large",
                "the request line and headers are longer than limits.header_size allows, \
                 or there are more than 100 headers",
            ),
            Self::HeaderTimeout => (
                408,
                "Request Timeout",
                "the request line and headers took longer than limits.header_timeout allows",
            ),
            Self::TargetLength => {
                (414, "URI Too Long", "the request target is longer than 65,534 bytes")
            }
            Self::Malformed => {
                (400, "Bad Request", "the request is not well-formed HTTP/1.1 (RFC 9112)")
            }
            Self::Host => (
                400,
                "Bad Request",
                "the request must have one Host header, with one host in it (RFC 9112)",
            ),
            Self::Stalled | Self::Handshake | Self::Descriptors => return None,
        })
    }

    /// Status, its phrase, and the problem document, for those that are answered at all.
    pub(crate) fn document(self) -> Option<(u16, &'static str, String)> {
        let (status, title, detail) = self.answer()?;
        let document = format!(
            "{{\"type\":\"about:blank\",\"title\":\"{title}\",\"status\":{status},\
             \"detail\":\"{detail}\"}}\n"
        );
        Some((status, title, document))
    }

    /// The whole response, for writing to a connection that is closed after it.
    pub(crate) fn response(self) -> Option<String> {
        let (status, title, document) = self.document()?;
        let retry = if status == 503 { "retry-after: 5\r\n" } else { "" };
        Some(format!(
            "HTTP/1.1 {status} {title}\r\ncontent-type: application/problem+json\r\n\
             content-length: {}\r\n{retry}connection: close\r\nserver: vidicon\r\n\r\n{document}",
            document.len()
        ))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_answer_is_a_problem_document_that_names_the_limit() {
        let response = Refusal::ConnectionsPerAddress.response().unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
        assert!(head.contains("\r\nretry-after: 5\r\n"));
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
        assert!(body.contains("limits.connections_per_address"));
    }
}
