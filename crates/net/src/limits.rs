//! What a connection may cost.

use std::time::Duration;

/// The limits of the connection layer. Reaching one never ends the process.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections open at once, over all listeners. Further ones get 503.
    pub connections: usize,
    /// Connections open at once from one address (one /64 network for IPv6). Further ones get 503.
    pub connections_per_address: usize,
    /// Bytes of a request's line and headers together. A longer head gets 431.
    pub header_size: usize,
    /// From the first byte of a request's head to its last; also for the TLS handshake. A head
    /// that takes longer gets 408.
    pub header_timeout: Duration,
    /// How long a connection may go without a byte in either direction: while it is idle between
    /// requests, and while the client takes nothing of an answer that waits for it.
    pub stall_timeout: Duration,
}
