//! The accept loop and its end.

use std::{
    convert::Infallible, error::Error as StdError, io, net::SocketAddr, sync::Arc, time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use hyper::{body::Incoming, service::Service};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Limits, Listener, Observer, Peer, Refusal, Tls,
    connection::{Shared, serve_plain, serve_tls},
    gate::{Gate, Permit},
};

/// How long accepting rests when the process has no file descriptor left.
const REST: Duration = Duration::from_millis(100);

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
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
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
        let drain = stop.drain.clone();
        let shared = Arc::new(Shared { service: Arc::new(service), limits, observer, tls, drain });
        Self { shared, gate, listeners, stop, grace }
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
            () = stop.end.cancelled() => {}
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
    end: CancellationToken,
}

impl<S, B> Accept<S>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Send
        + Sync
        + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    async fn run(&self) {
        loop {
            match self.socket.accept().await {
                Ok((stream, address)) => match self.gate.enter(address.ip()) {
                    Ok(permit) => self.spawn(stream, address, permit),
                    Err(reason) => self.turn_away(&stream, address, reason),
                },
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections; trying again");
                    let address = SocketAddr::from(([0, 0, 0, 0], 0));
                    self.shared.observer.refused(Refusal::Descriptors, address);
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    fn spawn(&self, stream: TcpStream, address: SocketAddr, permit: Permit) {
        let (shared, tls, end) = (Arc::clone(&self.shared), self.tls.clone(), self.end.clone());
        shared.observer.opened();
        self.tasks.spawn(async move {
            let _open = Open { _permit: permit, observer: Arc::clone(&shared.observer) };
            let serve = async {
                match tls {
                    None => serve_plain(&shared, stream, Peer { address, tls: false }).await,
                    Some(tls) => {
                        serve_tls(&shared, tls, stream, Peer { address, tls: true }).await;
                    }
                }
            };
            tokio::select! {
                () = end.cancelled() => {}
                () = serve => {}
            }
        });
    }

    /// Says why, if that can be said without waiting, and closes.
    fn turn_away(&self, stream: &TcpStream, address: SocketAddr, reason: Refusal) {
        self.shared.observer.refused(reason, address);
        if self.tls.is_none()
            && let Some(answer) = reason.response()
        {
            let _ = rustix::net::send(stream, answer.as_bytes(), rustix::net::SendFlags::NOSIGNAL);
            let _ = rustix::net::shutdown(stream, rustix::net::Shutdown::Write);
        }
    }
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
