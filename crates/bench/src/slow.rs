//! Many slow players: a thousand connections that each take a little of the large file at a time.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::net::RecvFlags;

use crate::http::{Request, parse_head};
use crate::load::{connect, receive};
use crate::procfs;
use crate::server::Server;
use crate::stop::Stop;
use crate::workdir::{BIG, BIG_BYTES};

/// Open streams at the same time.
pub(crate) const STREAMS: usize = 1000;
/// What a stream takes at each turn: 64 KiB/s in ten turns a second, a poor video.
const SIP_BYTES: usize = 6554;
const TURN: Duration = Duration::from_millis(100);
/// How long all of them are held open together.
pub(crate) const HOLD: Duration = Duration::from_secs(5);
/// A stream that took nothing in this many last turns has come to a halt. Windows open in steps of half the
/// buffer (RFC 9293, 3.8.6.2.2), so a single turn may rightly find nothing.
const HALT_TURNS: u32 = 20;
/// The window of a slow player. A fixed one, or a thousand buffers would grow into gigabytes of kernel memory.
const RECEIVE_BUFFER: usize = 32 << 10;

struct Stream {
    socket: TcpStream,
    taken: u64,
    idle_turns: u32,
}

/// Opens the streams, holds them, and gives the server's greatest resident memory meanwhile, in bytes.
///
/// An error when a stream is refused, closed, or comes to a halt.
pub(crate) fn hold(server: &Server, stop: &Stop) -> Result<u64> {
    let mut streams = Vec::with_capacity(STREAMS);
    for number in 0..STREAMS {
        stop.check()?;
        let stream =
            open(server).with_context(|| format!("slow stream {} of {STREAMS}", number + 1))?;
        streams.push(stream);
    }
    let mut space = vec![0; SIP_BYTES];
    let mut greatest = procfs::resident(server.pid())?;
    let begin = Instant::now();
    let mut turn = 0;
    while begin.elapsed() < HOLD {
        stop.check()?;
        for (number, stream) in streams.iter_mut().enumerate() {
            stream
                .sip(&mut space)
                .with_context(|| format!("slow stream {} of {STREAMS}", number + 1))?;
        }
        greatest = greatest.max(procfs::resident(server.pid())?);
        turn += 1;
        // Slow on purpose: this is the player's pace, not a wait for something to happen.
        thread::sleep((TURN * turn).saturating_sub(begin.elapsed()));
    }
    Ok(greatest)
}

fn open(server: &Server) -> Result<Stream> {
    let mut socket = connect(server.address, Some(RECEIVE_BUFFER))?;
    let request = Request { path: BIG, length: BIG_BYTES, range: None, gzip: false };
    let mut text = String::new();
    request.write(&server.address.to_string(), &mut text);
    socket.write_all(text.as_bytes()).context("could not send a request")?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut got = vec![0; 8 << 10];
    let mut filled = 0;
    let head = loop {
        let Some(space) = got.get_mut(filled..).filter(|space| !space.is_empty()) else {
            bail!("the head of the response is too long");
        };
        let Some(count) = receive(&socket, space, RecvFlags::empty())? else {
            bail!("no answer within 10 s")
        };
        filled += count;
        if let Some(head) = parse_head(got.get(..filled).unwrap_or_default())? {
            break head;
        }
    };
    request.check(&head)?;
    socket.set_nonblocking(true)?;
    Ok(Stream { socket, taken: 0, idle_turns: 0 })
}

impl Stream {
    fn sip(&mut self, space: &mut [u8]) -> Result<()> {
        let got = receive(&self.socket, space, RecvFlags::TRUNC)?.unwrap_or(0);
        self.taken += u64::try_from(got)?;
        self.idle_turns = if got == 0 { self.idle_turns + 1 } else { 0 };
        if self.idle_turns >= HALT_TURNS {
            bail!(
                "nothing came for {} s after {} bytes",
                (TURN * HALT_TURNS).as_secs(),
                self.taken
            );
        }
        Ok(())
    }
}
