//! Whether a connection makes progress: what was last read and written, and when it is too long
//! ago. The decision is pure; [`Watched`] is the stream that takes the notes.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{Limits, Observer, Refusal};

/// The notes of one connection. Times are milliseconds since it was accepted.
pub(crate) struct Watch {
    accepted: Instant,
    /// When a byte last moved.
    progress: AtomicU64,
    /// When the head that is being read began; 0 while none is.
    head_began: AtomicU64,
    /// Since when the client has taken nothing; 0 while nothing waits for it.
    blocked_since: AtomicU64,
    /// Requests whose answers are not over.
    in_flight: AtomicUsize,
    /// Set when a head took too long: the next read ends the connection.
    expired: AtomicU64,
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
    pub(crate) fn new() -> Self {
        Self {
            accepted: Instant::now(),
            progress: AtomicU64::new(0),
            head_began: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            expired: AtomicU64::new(0),
        }
    }

    fn now(&self) -> u64 {
        // 0 means "never" in the notes.
        u64::try_from(self.accepted.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    pub(crate) fn request_began(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        self.head_began.store(0, Ordering::Relaxed);
    }

    pub(crate) fn request_ended(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
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

    fn blocked(&self) {
        let now = self.now();
        let _ = self.blocked_since.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Makes the next read of a head end the connection.
    pub(crate) fn expire(&self) {
        self.expired.store(1, Ordering::Relaxed);
    }

    /// What is to be done now.
    ///
    /// While an answer is under way only the client's failure to take it counts: a disk that
    /// spins up is not the client's fault. On Linux that failure is the kernel's to see
    /// (`TCP_USER_TIMEOUT` on the listener), for it knows of every acknowledged byte; a slow
    /// client may drain a large send buffer for longer than the limit without our being asked
    /// for more. `heads_expire` is false for HTTP/2, whose frames are no heads.
    pub(crate) fn verdict(&self, limits: &Limits, heads_expire: bool) -> Verdict {
        let load = |note: &AtomicU64| note.load(Ordering::Relaxed);
        let now = self.now();
        let left = |since: u64, limit: Duration| {
            limit.checked_sub(Duration::from_millis(now.saturating_sub(since)))
        };
        let pause = limits.header_timeout.min(limits.stall_timeout);
        if self.in_flight.load(Ordering::Relaxed) > 0 {
            let blocked = load(&self.blocked_since);
            if cfg!(target_os = "linux") || blocked == 0 {
                return Verdict::Fine(pause);
            }
            return match left(blocked, limits.stall_timeout) {
                Some(left) if !left.is_zero() => Verdict::Fine(left.min(pause)),
                _ => Verdict::Close(Refusal::Stalled),
            };
        }
        let head_began = load(&self.head_began);
        if heads_expire && head_began != 0 {
            return match left(head_began, limits.header_timeout) {
                Some(left) if !left.is_zero() => Verdict::Fine(left),
                _ => Verdict::Close(Refusal::HeaderTimeout),
            };
        }
        match left(load(&self.progress), limits.stall_timeout) {
            Some(left) if !left.is_zero() => Verdict::Fine(left.min(pause)),
            _ => Verdict::Idle,
        }
    }
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

/// The reason, when these bytes are the bare answer that hyper gives by itself. Every answer of
/// the service carries a `server` header; hyper's do not.
fn bare_refusal(bytes: &[u8]) -> Option<Refusal> {
    let reason = Refusal::behind(bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)?)?;
    let ours = bytes.windows(SERVER.len()).any(|window| window == SERVER);
    (!ours).then_some(reason)
}

const SERVER: &[u8] = b"\r\nserver: vidicon\r\n";

impl<S> Watched<S> {
    fn note_error(&self, error: &io::Error) {
        if error.kind() == io::ErrorKind::TimedOut {
            self.observer.refused(Refusal::Stalled, self.peer);
        }
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn poll_note<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match &written {
            Poll::Ready(Ok(_)) => self.watch.wrote(),
            Poll::Ready(Err(error)) => self.note_error(error),
            Poll::Pending => self.watch.blocked(),
        }
        written
    }

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

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.watch.expired.load(Ordering::Relaxed) != 0 {
            if this.substitute.is_none() {
                this.substitute(Refusal::HeaderTimeout, 0);
            }
            ready!(this.poll_substitute(cx))?;
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        if let Err(error) = ready!(Pin::new(&mut this.stream).poll_read(cx, buffer)) {
            // The kernel tells whoever asks first that the client took nothing for too long.
            this.note_error(&error);
            return Poll::Ready(Err(error));
        }
        if buffer.filled().len() > before {
            this.watch.read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
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
        if this.substitute.is_some() {
            return this.poll_substitute(cx);
        }
        if let Some(first) = slices.first()
            && let Some(reason) = bare_refusal(first)
        {
            this.substitute(reason, first.len());
            return this.poll_substitute(cx);
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.poll_note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        match flushed {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(())),
            other => this.poll_note(other),
        }
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
        Watch { accepted, ..Watch::new() }
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
        assert_eq!(pause(&aged(25).verdict(&LIMITS, true)), Some(5));
        assert_eq!(aged(30).verdict(&LIMITS, true), Verdict::Idle);
    }

    #[test]
    fn a_head_has_its_own_time_from_its_first_byte() {
        let watch = aged(29);
        watch.head_began.store(20_000, Ordering::Relaxed);
        watch.progress.store(29_000, Ordering::Relaxed);
        assert_eq!(pause(&watch.verdict(&LIMITS, true)), Some(1));
        let watch = Watch { accepted: aged(31).accepted, ..watch };
        assert_eq!(watch.verdict(&LIMITS, true), Verdict::Close(Refusal::HeaderTimeout));
        assert_eq!(pause(&watch.verdict(&LIMITS, false)), Some(10), "HTTP/2 has no such heads");
    }

    #[test]
    fn an_answer_under_way_is_never_idle() {
        let watch = aged(3600);
        watch.request_began();
        assert!(pause(&watch.verdict(&LIMITS, true)).is_some());
        watch.request_ended();
        assert_eq!(watch.verdict(&LIMITS, true), Verdict::Idle);
    }

    #[derive(Default)]
    struct Reasons(std::sync::Mutex<Vec<Refusal>>);

    impl Observer for Reasons {
        fn opened(&self) {}
        fn closed(&self) {}
        fn refused(&self, reason: Refusal, _: SocketAddr) {
            self.0.lock().unwrap().push(reason);
        }
        fn began(&self) {}
        fn finished(&self, _: &Exchange) {}
    }

    async fn written(bytes: &[u8]) -> (String, Vec<Refusal>) {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let reasons = Arc::new(Reasons::default());
        let observer: Arc<dyn Observer> = Arc::clone(&reasons) as _;
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let mut watched = Watched::new(ours, Arc::new(Watch::new()), observer, peer);
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

    #[tokio::test]
    async fn an_answer_of_the_service_passes_as_it_is() {
        let answer = "HTTP/1.1 400 Bad Request\r\nserver: vidicon\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(written(answer.as_bytes()).await, (answer.to_owned(), vec![]));
    }
}
