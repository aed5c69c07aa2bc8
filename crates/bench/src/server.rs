//! A running server: started on its core, waited for, and ended by its process id whatever happens.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::http::{Request, parse_head};
use crate::peers::Peer;
use crate::procfs;
use crate::stop::Stop;
use crate::workdir::{SMALL, SMALL_BYTES, WorkDir};

/// A server that gives no answer for this long after its start is given up.
const START_LIMIT: Duration = Duration::from_secs(20);
/// How often it is asked until then.
const LOOK_EVERY: Duration = Duration::from_micros(200);
/// What a server gets to end by itself before it is killed.
const END_LIMIT: Duration = Duration::from_secs(5);

/// How to start one of the servers.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) peer: Peer,
    pub(crate) program: PathBuf,
    /// The core it is kept on.
    pub(crate) core: usize,
}

/// When a server counts as started.
pub(crate) struct Ready<'a> {
    /// Whether it answers as it should; an error if it never will.
    pub(crate) answers: &'a dyn Fn(SocketAddrV4) -> Result<bool>,
    /// A server that gives no answer for this long is given up.
    pub(crate) limit: Duration,
    /// How long to wait between two looks.
    pub(crate) pause: Duration,
}

/// A server that answers. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) peer: Peer,
    pub(crate) address: SocketAddrV4,
    /// From the start of its process to its first right answer.
    pub(crate) start: Duration,
    child: Child,
}

impl Server {
    /// Starts it on a free port of loopback and waits until it answers `GET /small4k.bin`.
    pub(crate) fn start(recipe: &Recipe, work: &WorkDir, stop: &Stop) -> Result<Self> {
        let peer = recipe.peer;
        let own = work.own(peer.name())?;
        let address = free_port()?;
        let inner = peer.command(&recipe.program, &own, &work.files(), address)?;
        // taskset becomes the server (exec), so the process id is the server's own.
        let mut command = Command::new("taskset");
        command
            .arg("-c")
            .arg(recipe.core.to_string())
            .arg(inner.get_program())
            .args(inner.get_args());
        for (key, value) in inner.get_envs() {
            if let Some(value) = value {
                command.env(key, value);
            }
        }
        // A port says nothing when it opens: it is looked at often enough for a figure in milliseconds.
        let ready = Ready { answers: &answers, limit: START_LIMIT, pause: LOOK_EVERY };
        Self::launch(peer, command, &own.join("output.log"), address, &ready, stop)
    }

    /// Starts a process that will listen at `address`, and waits until it is ready. What it says
    /// goes into `log`.
    pub(crate) fn launch(
        peer: Peer,
        mut command: Command,
        log: &Path,
        address: SocketAddrV4,
        ready: &Ready,
        stop: &Stop,
    ) -> Result<Self> {
        let said =
            File::create(log).with_context(|| format!("could not make {}", log.display()))?;
        command.stdin(Stdio::null()).stderr(said.try_clone()?).stdout(said);
        let begin = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("could not run {}", command.get_program().display()))?;
        let mut server = Self { peer, address, start: Duration::ZERO, child };
        server.wait_for_answer(begin, ready, stop).with_context(|| {
            let end = last_lines(log);
            format!(
                "{} did not start{}{end}",
                peer.title(),
                if end.is_empty() { "" } else { "; its last words: " }
            )
        })?;
        server.start = begin.elapsed();
        Ok(server)
    }

    /// The process id, for `/proc`.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// An error when the process has ended by itself.
    pub(crate) fn check_alive(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait().context("could not look after a server")? {
            bail!("{} ended by itself: {status}", self.peer.title());
        }
        Ok(())
    }

    fn wait_for_answer(&mut self, begin: Instant, ready: &Ready, stop: &Stop) -> Result<()> {
        loop {
            stop.check()?;
            self.check_alive()?;
            if (ready.answers)(self.address)? {
                return Ok(());
            }
            if begin.elapsed() > ready.limit {
                bail!("no answer within {} s", ready.limit.as_secs());
            }
            thread::sleep(ready.pause);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let family = procfs::tree(self.pid()).unwrap_or_default();
        let signal = |pid: u32, signal| {
            if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
                // It may be gone already, which is what is wanted.
                let _ = kill_process(pid, signal);
            }
        };
        // Until it has been waited for, the process id belongs to nobody else.
        if matches!(self.child.try_wait(), Ok(None)) {
            signal(self.pid(), Signal::TERM);
        }
        let begin = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if begin.elapsed() > END_LIMIT {
                let _ = self.child.kill();
                let _ = self.child.wait();
                break;
            }
            thread::sleep(Duration::from_millis(2));
        }
        // Children that outlived it; the time of their start tells them from a newcomer with the same id.
        for one in family.iter().skip(1) {
            if procfs::stat(one.pid).is_ok_and(|now| now.started == one.started) {
                signal(one.pid, Signal::KILL);
            }
        }
    }
}

/// A port of loopback that was free just now.
pub(crate) fn free_port() -> Result<SocketAddrV4> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on loopback")?;
    match listener.local_addr().context("no free port on loopback")? {
        SocketAddr::V4(address) => Ok(address),
        SocketAddr::V6(_) => bail!("loopback gave an IPv6 address"),
    }
}

/// Whether the small file comes; false while nobody listens, an error when a wrong answer comes.
fn answers(address: SocketAddrV4) -> Result<bool> {
    let mut stream =
        match TcpStream::connect_timeout(&SocketAddr::V4(address), Duration::from_secs(1)) {
            Ok(stream) => stream,
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return Ok(false),
            Err(error) => {
                return Err(error).with_context(|| format!("could not connect to {address}"));
            }
        };
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let request = Request { path: SMALL, length: SMALL_BYTES, range: None, gzip: false };
    let mut text = String::new();
    request.write(&address.to_string(), &mut text);
    stream.write_all(text.as_bytes())?;
    let mut got = Vec::new();
    let mut some = [0; 8192];
    loop {
        let count =
            stream.read(&mut some).context("no answer on a connection that was accepted")?;
        if count == 0 {
            bail!("the connection was closed without an answer");
        }
        got.extend_from_slice(some.get(..count).unwrap_or_default());
        if let Some(head) = parse_head(&got)? {
            request.check(&head)?;
            return Ok(true);
        }
    }
}

/// The last lines of a log, on one line.
fn last_lines(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(3)..).unwrap_or_default().join(" | ")
}
