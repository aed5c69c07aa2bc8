//! The accept loop and its end.

use std::{
    convert::Infallible,
    error::Error as StdError,
    io,
    net::{Shutdown, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use hyper::{body::Incoming, service::Service};
use socket2::SockRef;
use tokio::{
    io::AsyncReadExt as _,
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Answer, Call, Limits, Listener, Observer, Peer, Refusal, Tls,
    connection::{Shared, serve_plain, serve_tls},
    gate::{Gate, Permit},
};

/// How long accepting rests when the process has no file descriptor left.
const REST: Duration = Duration::from_millis(100);

/// How long a client that was turned away may take to notice, and how many of them are waited for
/// at a time; further ones are closed at once.
const LINGER: Duration = Duration::from_secs(1);
const LINGERING: usize = 64;

/// How a server is told to stop. Whoever wires the signals holds a clone.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Stop accepting; let answers under way finish, for as long as the grace allows.
    pub drain: CancellationToken,
    /// End at once.
    pub end: CancellationToken,
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were cut off because their answers took longer than the grace.
    pub cut_off: usize,
}

/// A server: listeners, limits, and the service that answers.
pub struct Server<S> {
    shared: Arc<Shared<S>>,
    gate: Gate,
    listeners: Vec<Listener>,
    stop: Stop,
    grace: Duration,
}

impl<S, B> Server<S>
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible> + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: StdError + Send + Sync + 'static,
{
    /// A server that answers with `service` on these listeners. `tls` must be there when one of
    /// them speaks TLS. `grace` is how long answers under way may take when it is told to stop.
    pub fn new(
        listeners: Vec<Listener>,
        tls: Option<Tls>,
        limits: Limits,
        service: S,
        observer: Arc<dyn Observer>,
        stop: Stop,
        grace: Duration,
    ) -> Self {
        let gate = Gate::new(limits.connections, limits.connections_per_address);
        let service = Arc::new(service);
        let shared = Shared { service, limits, observer, tls, stop: stop.clone() };
        Self { shared: Arc::new(shared), gate, listeners, stop, grace }
    }

    /// Serves until it is told to stop, then until the last answer is out or the grace is over.
    pub async fn run(self) -> io::Result<Stopped> {
        let Self { shared, gate, listeners, stop, grace } = self;
        let tasks = TaskTracker::new();
        for listener in listeners {
            let accept = Accept {
                socket: TcpListener::from_std(listener.socket)?,
                tls: if listener.tls { shared.tls.clone() } else { None },
                shared: Arc::clone(&shared),
                gate: gate.clone(),
                tasks: tasks.clone(),
                lingering: Arc::new(Semaphore::new(LINGERING)),
                end: stop.end.clone(),
            };
            let drain = stop.drain.clone();
            tasks.spawn(async move {
                tokio::select! {
                    () = drain.cancelled() => {}
                    () = accept.end.cancelled() => {}
                    () = accept.run() => {}
                }
            });
        }
        tokio::select! {
            () = stop.drain.cancelled() => {}
            // Connections wait for one after the other.
            () = stop.end.cancelled() => stop.drain.cancel(),
        }
        tasks.close();
        tokio::select! {
            () = tasks.wait() => {}
            () = stop.end.cancelled() => {}
            () = tokio::time::sleep(grace) => {}
        }
        let cut_off = tasks.len();
        stop.end.cancel();
        tasks.wait().await;
        Ok(Stopped { cut_off })
    }
}

/// One listener at work.
struct Accept<S> {
    socket: TcpListener,
    tls: Option<Tls>,
    shared: Arc<Shared<S>>,
    gate: Gate,
    tasks: TaskTracker,
    lingering: Arc<Semaphore>,
    end: CancellationToken,
}

impl<S, B> Accept<S>
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible> + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: StdError + Send + Sync + 'static,
{
    async fn run(&self) {
        let mut failing = false;
        loop {
            match self.socket.accept().await {
                Ok((stream, address)) => {
                    failing = false;
                    match self.gate.enter(address.ip()) {
                        Ok(permit) => self.spawn(stream, address, permit),
                        Err(reason) => self.turn_away(stream, address, reason),
                    }
                }
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    if is_exhaustion(&error) {
                        self.shared.observer.exhausted();
                    }
                    // Once for each spell of it: it comes back ten times a second.
                    if !failing {
                        tracing::error!(%error, "connections cannot be accepted; trying again");
                    }
                    failing = true;
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    fn spawn(&self, stream: TcpStream, address: SocketAddr, permit: Permit) {
        let (shared, tls) = (Arc::clone(&self.shared), self.tls.clone());
        shared.observer.opened();
        self.tasks.spawn(async move {
            let _open = Open { _permit: permit, observer: Arc::clone(&shared.observer) };
            match tls {
                None => serve_plain(&shared, stream, Peer { address, tls: false }).await,
                Some(tls) => serve_tls(&shared, tls, stream, Peer { address, tls: true }).await,
            }
        });
    }

    /// Says why, if that can be said without waiting, and closes.
    fn turn_away(&self, stream: TcpStream, address: SocketAddr, reason: Refusal) {
        self.shared.observer.refused(reason, address);
        let answer = reason.response().filter(|_| self.tls.is_none());
        if let Some(answer) = answer
            && let Ok(place) = Arc::clone(&self.lingering).try_acquire_owned()
        {
            let socket = SockRef::from(&stream);
            let _ = socket.send(answer.as_bytes());
            let _ = socket.shutdown(Shutdown::Write);
            let end = self.end.clone();
            self.tasks.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = end.cancelled() => {}
                    () = linger(stream) => {}
                }
            });
        }
    }
}

/// Reads what the client has yet to say, for a moment: closing before that would reset the
/// connection, and the reset may overtake the answer (RFC 9112 section 9.6).
async fn linger(mut stream: TcpStream) {
    let mut scrap = vec![0; 4096];
    let drain = async {
        for _ in 0..16 {
            if !matches!(stream.read(&mut scrap).await, Ok(1..)) {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, drain).await;
}

/// An accepted connection, for the count.
struct Open {
    _permit: Permit,
    observer: Arc<dyn Observer>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.observer.closed();
    }
}

/// Whether the error is about the connection that would have been accepted, not about us.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// Whether the process or the machine has no file descriptor left.
fn is_exhaustion(error: &io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}
