//! Whether a connection makes progress: what was last read and written, and when it is too long
//! ago. The decision is pure; [`Watched`] is the stream that takes the notes.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use crate::{Limits, Observer, Refusal};

/// The notes of one connection. Times are milliseconds since it was accepted.
pub(crate) struct Watch {
    accepted: Instant,
    protocol: Protocol,
    /// When a byte last moved.
    progress: AtomicU64,
    /// When the head that is being read began; 0 while none is.
    head_began: AtomicU64,
    /// Since when the client has taken nothing; 0 while nothing waits for it.
    blocked_since: AtomicU64,
    /// What waited for the client when that was last looked at, in bytes.
    waiting: AtomicU64,
    /// Requests whose answers are not over.
    in_flight: AtomicUsize,
    /// Those of them that wait for us: for a route, or for a disk.
    ours: AtomicUsize,
    /// When a request last began or ended, or a byte of an answer was last taken. Bytes that
    /// only keep an HTTP/2 connection alive do not count.
    served: AtomicU64,
    /// Set when the connection is to end: the next read or write does it.
    sentence: AtomicU8,
}

/// How a stream ends its connection when it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Sentence {
    None = 0,
    /// A head took too long: 408.
    HeaderTimeout = 1,
    /// The client takes nothing: nothing more can be said.
    Stalled = 2,
    /// It is done.
    Over = 3,
}

/// What the notes say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Look again after this long.
    Fine(Duration),
    /// It is time to close, for this reason.
    Close(Refusal),
    /// It was idle for its time: close without reproach.
    Idle,
}

impl Watch {
    pub(crate) fn new(protocol: Protocol) -> Self {
        Self {
            accepted: Instant::now(),
            protocol,
            progress: AtomicU64::new(0),
            head_began: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            waiting: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            ours: AtomicUsize::new(0),
            served: AtomicU64::new(0),
            sentence: AtomicU8::new(Sentence::None as u8),
        }
    }

    fn now(&self) -> u64 {
        // 0 means "never" in the notes.
        u64::try_from(self.accepted.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    pub(crate) fn request_began(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.ours.fetch_add(1, Ordering::Relaxed);
        self.head_began.store(0, Ordering::Relaxed);
        self.sent();
    }

    pub(crate) fn request_ended(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.sent();
    }

    /// A byte of an answer was taken. HTTP/1.1 is judged by its socket and needs no note of it.
    pub(crate) fn sent(&self) {
        if self.protocol == Protocol::Http1 {
            return;
        }
        self.served.store(self.now(), Ordering::Relaxed);
    }

    /// One request more, or less, waits for us.
    pub(crate) fn waits_for_us(&self, waits: bool) {
        if waits {
            self.ours.fetch_add(1, Ordering::Relaxed);
        } else {
            self.ours.fetch_sub(1, Ordering::Relaxed);
            self.sent();
        }
    }

    fn read(&self) {
        let now = self.now();
        self.progress.store(now, Ordering::Relaxed);
        if self.in_flight.load(Ordering::Relaxed) == 0 {
            let _ = self.head_began.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    fn wrote(&self) {
        self.progress.store(self.now(), Ordering::Relaxed);
        self.blocked_since.store(0, Ordering::Relaxed);
    }

    /// A write has to wait while `waiting` bytes are on their way to the client; none when the
    /// system cannot tell.
    fn blocked(&self, waiting: Option<u64>) {
        let now = self.now();
        let before = self.waiting.swap(waiting.unwrap_or(u64::MAX), Ordering::Relaxed);
        let since = self.blocked_since.load(Ordering::Relaxed);
        let since = match waiting {
            // It has taken everything: the wait is for our own disk.
            Some(0) => 0,
            Some(waiting) if since == 0 || waiting < before => now,
            None if since == 0 => now,
            _ => since,
        };
        self.blocked_since.store(since, Ordering::Relaxed);
    }

    fn sentence(&self) -> Sentence {
        match self.sentence.load(Ordering::Relaxed) {
            1 => Sentence::HeaderTimeout,
            2 => Sentence::Stalled,
            3 => Sentence::Over,
            _ => Sentence::None,
        }
    }

    /// Makes the next read or write end the connection. False when the reason is none for that.
    pub(crate) fn condemn(&self, reason: Refusal) -> bool {
        let sentence = match reason {
            Refusal::HeaderTimeout => Sentence::HeaderTimeout,
            Refusal::Stalled => Sentence::Stalled,
            _ => return false,
        };
        self.sentence.store(sentence as u8, Ordering::Relaxed);
        true
    }

    /// What is to be done now.
    ///
    /// While an answer is under way only the client's failure to take it counts: a disk that
    /// spins up is not the client's fault. And a client takes it as long as it acknowledges
    /// bytes, however long it needs to empty a large send buffer.
    pub(crate) fn verdict(&self, limits: &Limits) -> Verdict {
        let load = |note: &AtomicU64| note.load(Ordering::Relaxed);
        let now = self.now();
        let left = |since: u64, limit: Duration| {
            limit.checked_sub(Duration::from_millis(now.saturating_sub(since)))
        };
        // A look is what notices progress, so there are several within the limit.
        let pause = limits.header_timeout.min(limits.stall_timeout / 4);
        let within = |since: u64, limit: Duration, otherwise: Verdict| match left(since, limit) {
            Some(left) if !left.is_zero() => Verdict::Fine(left.min(pause)),
            _ => otherwise,
        };
        let under_way = self.in_flight.load(Ordering::Relaxed) > 0;
        if self.protocol == Protocol::Http2 {
            // Pings move bytes on a connection that asks for nothing, and a stream whose window
            // stays closed blocks no socket: only what is served counts.
            let since = load(&self.served);
            return match under_way {
                true if self.ours.load(Ordering::Relaxed) > 0 => Verdict::Fine(pause),
                true => within(since, limits.stall_timeout, Verdict::Close(Refusal::Stalled)),
                false => within(since, limits.stall_timeout, Verdict::Idle),
            };
        }
        if under_way {
            return match load(&self.blocked_since) {
                0 => Verdict::Fine(pause),
                since => within(since, limits.stall_timeout, Verdict::Close(Refusal::Stalled)),
            };
        }
        match load(&self.head_began) {
            0 => within(load(&self.progress), limits.stall_timeout, Verdict::Idle),
            since => {
                let otherwise = Verdict::Close(Refusal::HeaderTimeout);
                within(since, limits.header_timeout, otherwise)
            }
        }
    }
}

/// What is spoken on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// A stream that takes notes of its progress, and that answers in full where hyper answers a
/// request that it cannot read with a bare status.
pub(crate) struct Watched<S> {
    stream: S,
    watch: Arc<Watch>,
    observer: Arc<dyn Observer>,
    peer: SocketAddr,
    /// An answer of ours on its way in place of `replaced` bytes of hyper's.
    substitute: Option<(Bytes, usize)>,
}

impl<S> Watched<S> {
    pub(crate) fn new(
        stream: S,
        watch: Arc<Watch>,
        observer: Arc<dyn Observer>,
        peer: SocketAddr,
    ) -> Self {
        Self { stream, watch, observer, peer, substitute: None }
    }
}

/// A stream that knows its TCP connection.
pub(crate) trait OverTcp {
    /// The TCP connection below.
    fn tcp(&self) -> &TcpStream;
}

impl OverTcp for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

#[cfg(target_os = "linux")]
impl OverTcp for extents::DirectSocket {
    fn tcp(&self) -> &TcpStream {
        self.get_ref()
    }
}

impl OverTcp for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// The reason, when these bytes are the bare answer that hyper gives by itself. Every answer of
/// the service carries a `server` header; hyper's do not.
fn bare_refusal(bytes: &[u8]) -> Option<Refusal> {
    let reason = Refusal::behind(bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)?)?;
    let ours = bytes.windows(SERVER.len()).any(|window| window == SERVER);
    (!ours).then_some(reason)
}

const SERVER: &[u8] = b"\r\nserver: vidicon\r\n";

impl<S: OverTcp> Watched<S> {
    fn note<T>(&self, written: &Poll<io::Result<T>>) {
        match written {
            Poll::Ready(Ok(_)) => self.watch.wrote(),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.watch.blocked(unsent::unsent(self.stream.tcp())),
        }
    }

    /// Gives up on a client that takes nothing. What waits for it is dropped with the
    /// connection, or the kernel would hold it for minutes more.
    fn abandon(&self) -> io::Error {
        self.watch.sentence.store(Sentence::Over as u8, Ordering::Relaxed);
        self.observer.refused(Refusal::Stalled, self.peer);
        let socket = socket2::SockRef::from(self.stream.tcp());
        let _ = socket.set_linger(Some(Duration::ZERO));
        io::ErrorKind::TimedOut.into()
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn poll_substitute(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        while let Some((answer, replaced)) = &mut self.substitute {
            if answer.is_empty() {
                let replaced = *replaced;
                self.substitute = None;
                return Poll::Ready(Ok(replaced));
            }
            let count = ready!(Pin::new(&mut self.stream).poll_write(cx, answer))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            answer.advance(count);
        }
        Poll::Ready(Ok(0))
    }

    fn substitute(&mut self, reason: Refusal, replaced: usize) {
        self.observer.refused(reason, self.peer);
        let answer = reason.response().unwrap_or_default();
        self.substitute = Some((answer.into(), replaced));
    }
}

impl<S: AsyncRead + AsyncWrite + OverTcp + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.watch.sentence() {
            Sentence::None => {}
            Sentence::Over => return Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Sentence::Stalled => return Poll::Ready(Err(this.abandon())),
            Sentence::HeaderTimeout => {
                if this.substitute.is_none() {
                    this.substitute(Refusal::HeaderTimeout, 0);
                }
                ready!(this.poll_substitute(cx))?;
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            this.watch.read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + OverTcp + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match this.watch.sentence() {
            Sentence::Stalled => return Poll::Ready(Err(this.abandon())),
            Sentence::Over => return Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Sentence::None | Sentence::HeaderTimeout => {}
        }
        if this.substitute.is_some() {
            return this.poll_substitute(cx);
        }
        // While an answer is under way these may be bytes of a file that look like a head.
        if this.watch.in_flight.load(Ordering::Relaxed) == 0
            && let Some(first) = slices.first()
            && let Some(reason) = bare_refusal(first)
        {
            this.substitute(reason, first.len());
            return this.poll_substitute(cx);
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.note(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        if flushed.is_pending() {
            this.note(&flushed);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::Exchange;

    const LIMITS: Limits = Limits {
        connections: 1,
        connections_per_address: 1,
        header_size: 1024,
        header_timeout: Duration::from_secs(10),
        stall_timeout: Duration::from_secs(30),
    };

    /// A watch whose connection was accepted this long ago.
    fn aged(seconds: u64) -> Watch {
        let accepted = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        Watch { accepted, ..Watch::new(Protocol::Http1) }
    }

    /// Whole seconds, rounded up: the watch counts from a moment ago.
    fn pause(verdict: &Verdict) -> Option<u64> {
        match verdict {
            Verdict::Fine(pause) => Some((*pause + Duration::from_millis(999)).as_secs()),
            _ => None,
        }
    }

    #[test]
    fn an_idle_connection_may_stay_for_the_stall_timeout() {
        assert_eq!(pause(&aged(25).verdict(&LIMITS)), Some(5));
        assert_eq!(aged(30).verdict(&LIMITS), Verdict::Idle);
    }

    #[test]
    fn a_head_has_its_own_time_from_its_first_byte() {
        let watch = aged(29);
        watch.head_began.store(20_000, Ordering::Relaxed);
        watch.progress.store(29_000, Ordering::Relaxed);
        assert_eq!(pause(&watch.verdict(&LIMITS)), Some(1));
        let watch = Watch { accepted: aged(31).accepted, ..watch };
        assert_eq!(watch.verdict(&LIMITS), Verdict::Close(Refusal::HeaderTimeout));
    }

    #[test]
    fn an_answer_under_way_is_never_idle() {
        let watch = aged(3600);
        watch.request_began();
        assert!(pause(&watch.verdict(&LIMITS)).is_some());
        watch.request_ended();
        assert_eq!(watch.verdict(&LIMITS), Verdict::Idle);
    }

    #[test]
    fn a_client_that_takes_nothing_for_the_stall_timeout_is_given_up() {
        let watch = aged(31);
        watch.request_began();
        watch.blocked_since.store(500, Ordering::Relaxed);
        watch.waiting.store(1000, Ordering::Relaxed);
        watch.blocked(Some(1000));
        assert_eq!(watch.verdict(&LIMITS), Verdict::Close(Refusal::Stalled));
    }

    #[test]
    fn a_client_that_takes_a_little_has_its_time_anew() {
        let watch = aged(31);
        watch.request_began();
        watch.blocked_since.store(500, Ordering::Relaxed);
        watch.waiting.store(1000, Ordering::Relaxed);
        watch.blocked(Some(999));
        assert!(pause(&watch.verdict(&LIMITS)).is_some());
    }

    #[test]
    fn a_client_that_has_taken_everything_waits_for_us() {
        let watch = aged(3600);
        watch.request_began();
        watch.blocked_since.store(500, Ordering::Relaxed);
        watch.blocked(Some(0));
        assert!(pause(&watch.verdict(&LIMITS)).is_some());
    }

    #[derive(Default)]
    struct Reasons(std::sync::Mutex<Vec<Refusal>>);

    impl Observer for Reasons {
        fn opened(&self) {}
        fn closed(&self) {}
        fn refused(&self, reason: Refusal, _: SocketAddr) {
            self.0.lock().unwrap().push(reason);
        }
        fn exhausted(&self) {}
        fn began(&self) {}
        fn answered(&self, _: &Arc<crate::Exchange>) {}
        fn finished(&self, _: &Exchange) {}
    }

    async fn written(bytes: &[u8]) -> (String, Vec<Refusal>) {
        written_during(bytes, 0).await
    }

    /// What arrives when these bytes are written while so many answers are under way, and what
    /// was counted as refused.
    async fn written_during(bytes: &[u8], answers: usize) -> (String, Vec<Refusal>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut theirs = listener.accept().await.unwrap().0;
        let reasons = Arc::new(Reasons::default());
        let observer: Arc<dyn Observer> = Arc::clone(&reasons) as _;
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let watch = Watch { in_flight: AtomicUsize::new(answers), ..Watch::new(Protocol::Http1) };
        let mut watched = Watched::new(ours, Arc::new(watch), observer, peer);
        let mut text = String::new();
        let write = async {
            watched.write_all(bytes).await.unwrap();
            drop(watched);
        };
        let ((), read) = tokio::join!(write, theirs.read_to_string(&mut text));
        read.unwrap();
        let reasons = reasons.0.lock().unwrap().clone();
        (text, reasons)
    }

    #[tokio::test]
    async fn a_bare_refusal_of_the_library_is_answered_in_full() {
        let (text, reasons) =
            written(b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n")
                .await;
        assert_eq!(reasons, [Refusal::HeaderSize]);
        assert!(text.starts_with("HTTP/1.1 431 ") && text.contains("limits.header_size"), "{text}");
    }

    #[test]
    fn on_http2_only_what_is_served_counts() {
        let watch = Watch { protocol: Protocol::Http2, ..aged(31) };
        // Pings, or a head that trickles in.
        watch.progress.store(31_000, Ordering::Relaxed);
        watch.head_began.store(30_000, Ordering::Relaxed);
        assert_eq!(watch.verdict(&LIMITS), Verdict::Idle);
        watch.request_began();
        watch.served.store(500, Ordering::Relaxed);
        assert!(pause(&watch.verdict(&LIMITS)).is_some(), "it waits for us");
        watch.waits_for_us(false);
        watch.served.store(500, Ordering::Relaxed);
        assert_eq!(watch.verdict(&LIMITS), Verdict::Close(Refusal::Stalled));
        watch.sent();
        assert!(pause(&watch.verdict(&LIMITS)).is_some());
    }

    #[tokio::test]
    async fn a_file_that_looks_like_a_refusal_passes_as_it_is() {
        let bytes = "HTTP/1.1 400 is what this film's subtitle says";
        assert_eq!(written_during(bytes.as_bytes(), 1).await, (bytes.to_owned(), vec![]));
    }

    #[tokio::test]
    async fn an_answer_of_the_service_passes_as_it_is() {
        let answer = "HTTP/1.1 400 Bad Request\r\nserver: vidicon\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(written(answer.as_bytes()).await, (answer.to_owned(), vec![]));
    }
}
