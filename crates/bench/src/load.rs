//! The load generator: many keep-alive connections in one thread, each asking again as soon as it is answered.
//!
//! One thread and one epoll, so that no switching between threads disturbs the figures. Bodies are dropped in
//! the kernel (`recv` with `MSG_TRUNC`), so that the server is the limit and not the reader's copying; heads are
//! read and checked for every response. What bodies hold is checked beforehand, by `verify`.

use std::io::Write as _;
use std::net::{SocketAddrV4, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use crate::http::{Request, parse_head};
use crate::numbers::{Dice, nanos};
use crate::stop::Stop;

/// The most of a body that one `recv` drops. Only address space: the kernel never writes to it.
const DROP_BYTES: usize = 4 << 20;
/// A head longer than this is refused. Also what is read along with the head, so a 4 KiB body needs one `recv`.
const HEAD_BYTES: usize = 8 << 10;
/// Nothing at all arriving for this long means that the server has stalled.
const STALL: Duration = Duration::from_secs(10);
/// A bound on the latencies kept, 8 bytes each.
const MOST_SAMPLES: usize = 8_000_000;

/// What one connection asks for, one request after the other.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// The same again and again.
    Always(Request),
    /// Once; the load ends when every connection of this kind is done.
    Once(Request),
    /// Any of these, in random order.
    Any { requests: &'static [Request], dice: Dice },
    /// Pieces of `piece` bytes from anywhere in the file.
    Pieces { path: &'static str, length: u64, piece: u64, dice: Dice },
}

impl Ask {
    fn next(&mut self, asked: bool) -> Option<Request> {
        match self {
            Self::Always(request) => Some(*request),
            Self::Once(request) => (!asked).then_some(*request),
            Self::Any { requests, dice } => {
                let count = u64::try_from(requests.len()).unwrap_or(0);
                requests.get(usize::try_from(dice.below(count)).unwrap_or(0)).copied()
            }
            Self::Pieces { path, length, piece, dice } => {
                let from = dice.below(length.saturating_sub(*piece) + 1);
                Some(Request {
                    path,
                    length: *length,
                    range: Some((from, from + *piece)),
                    gzip: false,
                })
            }
        }
    }
}

/// A load: who asks for what, and for how long.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) address: SocketAddrV4,
    /// One connection each.
    pub(crate) asks: Vec<Ask>,
    /// Runs first and is not counted: windows open, caches fill.
    pub(crate) warm_up: Duration,
    /// Then counted; the load ends earlier when all that ask only once are answered.
    pub(crate) measure: Duration,
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) seconds: f64,
    /// Body bytes of connections that ask once, and of all others.
    pub(crate) once_bytes: u64,
    pub(crate) bytes: u64,
    /// Answers that ended while counting, without those of connections that ask once.
    pub(crate) requests: u64,
    /// From sending the request to the last byte of its body, in nanoseconds, ascending.
    pub(crate) latencies: Vec<u64>,
}

/// Runs a load. `mark` is called when counting begins and when it ends; its two values are handed back.
pub(crate) fn run<M>(
    load: &Load,
    stop: &Stop,
    mut mark: impl FnMut() -> Result<M>,
) -> Result<(Tally, M, M)> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC).context("epoll_create")?;
    let host = load.address.to_string();
    let mut connections = Vec::with_capacity(load.asks.len());
    for (index, ask) in load.asks.iter().enumerate() {
        let connection = Connection::open(load.address, ask.clone())?;
        let token = u64::try_from(index).unwrap_or(u64::MAX);
        let interest = epoll::EventFlags::IN | epoll::EventFlags::RDHUP;
        epoll::add(&poll, &connection.stream, epoll::EventData::new_u64(token), interest)
            .context("epoll_ctl")?;
        connections.push(connection);
    }
    let mut open_once = load.asks.iter().filter(|ask| matches!(ask, Ask::Once(_))).count();
    let must_end = open_once > 0;
    let mut work =
        Work { dropped: vec![0; DROP_BYTES], text: String::new(), host, tally: Tally::default() };
    let mut events = Vec::with_capacity(connections.len().max(1));
    let tick = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

    let begin = Instant::now();
    let mut heard = begin;
    let mut counting: Option<(Instant, M)> = None;
    for connection in &mut connections {
        connection.ask(&mut work)?;
    }
    loop {
        stop.check()?;
        let now = Instant::now();
        if let Some((since, _)) = &counting {
            if now - *since >= load.measure || (must_end && open_once == 0) {
                break;
            }
        } else if now - begin >= load.warm_up {
            let first = mark()?;
            work.tally = Tally::default();
            counting = Some((Instant::now(), first));
        }
        if now - heard > STALL {
            bail!("the server sent nothing for {} s", STALL.as_secs());
        }
        events.clear();
        match epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), Some(&tick)) {
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => heard = now,
            Err(error) => return Err(error).context("epoll_wait"),
        }
        for event in &events {
            let index = usize::try_from(event.data.u64()).unwrap_or(usize::MAX);
            let Some(connection) = connections.get_mut(index) else {
                continue;
            };
            if connection.readable(&mut work)? == After::Done {
                epoll::delete(&poll, &connection.stream).context("epoll_ctl")?;
                open_once = open_once.saturating_sub(1);
            }
        }
    }
    let Some((since, first)) = counting else { bail!("nothing was counted") };
    let mut tally = work.tally;
    tally.seconds = since.elapsed().as_secs_f64();
    let last = mark()?;
    tally.latencies.sort_unstable();
    Ok((tally, first, last))
}

/// What the connections share.
struct Work {
    dropped: Vec<u8>,
    text: String,
    host: String,
    tally: Tally,
}

#[derive(Debug, PartialEq, Eq)]
enum After {
    More,
    Done,
}

struct Connection {
    stream: TcpStream,
    ask: Ask,
    /// The question that is open.
    request: Option<Request>,
    asked_at: Instant,
    head: Vec<u8>,
    head_filled: usize,
    /// Body bytes still to come; 0 while the head is awaited.
    body_left: u64,
}

impl Connection {
    fn open(address: SocketAddrV4, ask: Ask) -> Result<Self> {
        let stream = connect(address, None)?;
        stream.set_nonblocking(true).context("could not set a socket to non-blocking")?;
        let head = vec![0; HEAD_BYTES];
        Ok(Self {
            stream,
            ask,
            request: None,
            asked_at: Instant::now(),
            head,
            head_filled: 0,
            body_left: 0,
        })
    }

    fn once(&self) -> bool {
        matches!(self.ask, Ask::Once(_))
    }

    fn ask(&mut self, work: &mut Work) -> Result<After> {
        let Some(request) = self.ask.next(self.request.is_some()) else {
            return Ok(After::Done);
        };
        request.write(&work.host, &mut work.text);
        self.request = Some(request);
        self.asked_at = Instant::now();
        // Fits the empty send buffer of a connection whose last answer has arrived whole.
        self.stream.write_all(work.text.as_bytes()).context("could not send a request")?;
        Ok(After::More)
    }

    fn readable(&mut self, work: &mut Work) -> Result<After> {
        if self.body_left == 0 {
            return self.read_head(work);
        }
        let most = usize::try_from(self.body_left).unwrap_or(DROP_BYTES).min(DROP_BYTES);
        let Some(space) = work.dropped.get_mut(..most) else { bail!("no space to drop into") };
        let got = receive(&self.stream, space, RecvFlags::TRUNC)?;
        self.took(got, work)
    }

    fn read_head(&mut self, work: &mut Work) -> Result<After> {
        let Some(space) = self.head.get_mut(self.head_filled..).filter(|space| !space.is_empty())
        else {
            bail!("the head of a response is longer than {HEAD_BYTES} bytes");
        };
        let Some(got) = receive(&self.stream, space, RecvFlags::empty())? else {
            return Ok(After::More);
        };
        self.head_filled += got;
        let Some(head) = parse_head(self.head.get(..self.head_filled).unwrap_or_default())? else {
            return Ok(After::More);
        };
        let Some(request) = &self.request else { bail!("an answer to no question") };
        request.check(&head)?;
        let early = self.head_filled - head.size;
        self.body_left = request.body();
        self.head_filled = 0;
        if u64::try_from(early).unwrap_or(u64::MAX) > self.body_left {
            bail!("{}: more bytes than announced", request.path);
        }
        self.took(Some(early), work)
    }

    /// Counts body bytes, and asks again when the body is whole. None: nothing was there after all.
    fn took(&mut self, got: Option<usize>, work: &mut Work) -> Result<After> {
        let got = u64::try_from(got.unwrap_or(0)).unwrap_or(u64::MAX);
        self.body_left = self.body_left.saturating_sub(got);
        if self.once() {
            work.tally.once_bytes += got;
        } else {
            work.tally.bytes += got;
        }
        if self.body_left > 0 {
            return Ok(After::More);
        }
        if !self.once() {
            work.tally.requests += 1;
            if work.tally.latencies.len() < MOST_SAMPLES {
                work.tally.latencies.push(nanos(self.asked_at.elapsed()));
            }
        }
        self.ask(work)
    }
}

/// One `recv`; none when there is nothing to be had now, an error when the server has closed the connection.
pub(crate) fn receive(
    stream: &TcpStream,
    space: &mut [u8],
    flags: RecvFlags,
) -> Result<Option<usize>> {
    match recv(stream, space, flags) {
        Ok((_, 0)) => bail!("the server closed a connection in the middle of an answer"),
        Ok((_, got)) => Ok(Some(got)),
        Err(Errno::AGAIN | Errno::INTR) => Ok(None),
        Err(error) => Err(error).context("could not read from a connection"),
    }
}

/// Connects within 5 s. `receive_buffer` fixes the socket's buffer, in bytes, where the kernel would let it grow.
pub(crate) fn connect(address: SocketAddrV4, receive_buffer: Option<usize>) -> Result<TcpStream> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with, sockopt};
    let open = || -> rustix::io::Result<OwnedFd> {
        let socket =
            socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        // The window is settled while connecting, so the buffer has to be set before.
        if let Some(bytes) = receive_buffer {
            sockopt::set_socket_recv_buffer_size(&socket, bytes)?;
        }
        sockopt::set_tcp_nodelay(&socket, true)?;
        // Linux lets this bound connect(2) as well.
        sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(Duration::from_secs(5)))?;
        rustix::net::connect(&socket, &address)?;
        Ok(socket)
    };
    open().map(TcpStream::from).with_context(|| format!("could not connect to {address}"))
}

#[cfg(test)]
mod tests;
