//! The socket of a plain HTTP/1.1 connection: what hyper writes goes out as it is, and what is
//! only a stand-in goes from the file's page cache to the socket by `sendfile(2)`.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use rustix::{
    fs::sendfile,
    net::{SendAncillaryBuffer, SendFlags, sendmsg},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
    task::JoinHandle,
};

use crate::{Fault, Lane, chunk::is_stand_in, lane::Transfer, page_cache};

/// How much of a file is judged, and if need be read from its disk, at a time. It bounds what a
/// client waits for on a slow disk, and what an abandoned request costs.
const WINDOW: u64 = 2 << 20;

/// How much is copied at a time where the file system has no `sendfile`.
const COPIED: usize = 128 << 10;

/// How much one connection may send before it lets the others on its thread have a turn.
const TURN: u64 = 4 << 20;

/// What the kernel may hold back to fill a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Nothing,
    /// A head that was sent with word that more follows.
    Head,
    /// Whatever does not fill a packet.
    Cork,
}

/// A TCP stream that sends the stand-ins of its [`Lane`] from their files.
pub struct DirectSocket {
    stream: TcpStream,
    lane: Lane,
    /// A window on its way from the disk; gives the offset that was reached.
    filling: Option<JoinHandle<io::Result<u64>>>,
    /// Bytes sent since this connection last gave way.
    turn: u64,
    /// What the kernel may hold back.
    held: Held,
    /// Whether the file system has no `sendfile`, so that bytes have to be copied.
    copying: bool,
    /// Whether the client was the slower one when we last sent: its queue was full.
    behind: bool,
}

impl DirectSocket {
    /// Sends on `stream`; the bodies made with a clone of `lane` must be written here.
    pub fn new(stream: TcpStream, lane: Lane) -> Self {
        Self {
            stream,
            lane,
            filling: None,
            turn: 0,
            held: Held::Nothing,
            copying: false,
            behind: false,
        }
    }

    /// The stream below.
    pub fn get_ref(&self) -> &TcpStream {
        &self.stream
    }

    /// Holds back what does not fill a packet, or lets it go.
    ///
    /// For the joints of a body that is sent in several stretches: without it each ends in a tiny
    /// packet. A long stretch needs none, the kernel fills packets within one call by itself; on
    /// loopback, where the receiver's work is done by whoever sends, holding back costs up to
    /// twice the time on some machines and saves a third on others.
    fn cork(&mut self, corked: bool) {
        if corked != (self.held == Held::Cork) {
            self.set_cork(corked);
        }
    }

    /// Lets go of everything that is held back: the disk may take its time.
    fn let_go(&mut self) {
        if self.held != Held::Nothing {
            self.set_cork(false);
        }
    }

    fn set_cork(&mut self, corked: bool) {
        // It only saves packets; where it cannot be had, the bytes are the same.
        let _ = rustix::net::sockopt::set_tcp_cork(&self.stream, corked);
        self.held = if corked { Held::Cork } else { Held::Nothing };
    }

    /// Writes real bytes. When a stand-in follows, the kernel is told that more is coming, so
    /// that a head and the first bytes of its file share a packet.
    fn poll_send_bytes(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
        more: bool,
    ) -> Poll<io::Result<usize>> {
        if more && self.held == Held::Nothing {
            self.held = Held::Head;
        }
        let flags = if more { SendFlags::MORE | SendFlags::NOSIGNAL } else { SendFlags::NOSIGNAL };
        loop {
            ready!(self.stream.poll_write_ready(cx))?;
            let sent = self.stream.try_io(Interest::WRITABLE, || {
                Ok(sendmsg(&self.stream, bytes, &mut SendAncillaryBuffer::default(), flags)?)
            });
            match sent {
                Err(error) if is_passing(&error) => {}
                done => return Poll::Ready(done),
            }
        }
    }

    /// Sends some of a file. When `more` follows at once, what does not fill a packet waits for it.
    fn poll_send_file(
        &mut self,
        cx: &mut Context<'_>,
        transfer: &Transfer,
        more: bool,
    ) -> Poll<Result<usize, SendError>> {
        if self.turn >= TURN {
            self.turn = 0;
            self.behind = false;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            if self.poll_cached(cx, transfer)?.is_pending() {
                self.let_go();
                return Poll::Pending;
            }
            ready!(self.stream.poll_write_ready(cx))?;
            self.cork(more && !self.behind);
            let count = transfer.cached_until() - transfer.offset();
            let sent = self.stream.try_io(Interest::WRITABLE, || self.send_now(transfer, count));
            match sent {
                Ok(0) => {
                    let (end, missing) = (transfer.offset(), transfer.unsent());
                    return Poll::Ready(Err(Fault::Shrank { end, missing }.into()));
                }
                Ok(count) => {
                    transfer.mark_sent(count as u64);
                    self.turn += count as u64;
                    if transfer.unsent() == 0 && !more {
                        self.cork(false);
                    }
                    return Poll::Ready(Ok(count));
                }
                Err(error) if is_passing(&error) => {
                    self.turn = 0;
                    self.behind = true;
                    self.cork(false);
                }
                Err(error) if !self.copying && is_no_sendfile(&error) => self.copying = true,
                // Whose fault it is, the disk's or the connection's, the error itself tells.
                Err(source) if is_disk_error(&source) => {
                    return Poll::Ready(Err(Fault::Read { at: transfer.offset(), source }.into()));
                }
                Err(error) => return Poll::Ready(Err(error.into())),
            }
        }
    }

    /// Sends up to `count` bytes of the file, as many as the socket takes without waiting.
    fn send_now(&self, transfer: &Transfer, count: u64) -> io::Result<usize> {
        let mut offset = transfer.offset();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if !self.copying {
            return Ok(sendfile(&self.stream, &transfer.file, Some(&mut offset), count)?);
        }
        let mut block = vec![0; count.min(COPIED)];
        let count = page_cache::read_at(&transfer.file, &mut block, offset)?;
        let bytes = block.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(0);
        }
        Ok(rustix::net::send(&self.stream, bytes, SendFlags::NOSIGNAL)?)
    }

    /// Ready when the next bytes of the transfer are in the page cache, so that sending them
    /// cannot wait for a disk on this thread.
    fn poll_cached(
        &mut self,
        cx: &mut Context<'_>,
        transfer: &Transfer,
    ) -> Poll<Result<(), SendError>> {
        let from = transfer.offset();
        if let Some(filling) = &mut self.filling {
            let reached = ready!(Pin::new(filling).poll(cx));
            self.filling = None;
            match reached.map_err(io::Error::other).flatten() {
                Ok(reached) if reached > from => transfer.set_cached_until(reached),
                Ok(end) => {
                    let missing = transfer.unsent();
                    return Poll::Ready(Err(Fault::Shrank { end, missing }.into()));
                }
                Err(source) => return Poll::Ready(Err(Fault::Read { at: from, source }.into())),
            }
        }
        if transfer.cached_until() <= from {
            let to = from + transfer.unsent().min(WINDOW);
            if page_cache::is_cached(&transfer.file, from, to) {
                transfer.set_cached_until(to);
            } else {
                let file = Arc::clone(&transfer.file);
                self.filling =
                    Some(tokio::task::spawn_blocking(move || page_cache::fill(&file, from, to)));
                return self.poll_cached(cx, transfer);
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Why sending from a file stopped.
enum SendError {
    Fault(Fault),
    Connection(io::Error),
}

impl From<Fault> for SendError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<io::Error> for SendError {
    fn from(error: io::Error) -> Self {
        Self::Connection(error)
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// What `sendfile(2)` says of a file that it cannot send.
fn is_no_sendfile(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::INVAL | Errno::NOSYS))
}

fn is_disk_error(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(
        Errno::from_io_error(error),
        Some(Errno::IO | Errno::NXIO | Errno::STALE | Errno::BADF | Errno::INVAL | Errno::OVERFLOW)
    )
}

impl AsyncWrite for DirectSocket {
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
        let ordinary = slices.iter().take_while(|slice| !is_stand_in(slice)).count();
        if let Some(bytes) = slices.get(..ordinary).filter(|bytes| !bytes.is_empty()) {
            return this.poll_send_bytes(cx, bytes, ordinary < slices.len());
        }
        if slices.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let Some(transfer) = this.lane.front().filter(|front| front.in_step()) else {
            return Poll::Ready(Err(Fault::Misread.into()));
        };
        let more = slices.get(1).is_some_and(|next| is_stand_in(next));
        match ready!(this.poll_send_file(cx, &transfer, more)) {
            Ok(count) => Poll::Ready(Ok(count)),
            Err(SendError::Connection(error)) => Poll::Ready(Err(error)),
            Err(SendError::Fault(fault)) => {
                transfer.record.failed(&fault);
                Poll::Ready(Err(fault.into()))
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        // hyper then queues chunks and never copies them, which a stand-in could not bear.
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl AsyncRead for DirectSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}
