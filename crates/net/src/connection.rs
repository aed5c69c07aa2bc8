//! One connection, from the handshake to the last byte.

use std::{convert::Infallible, error::Error as StdError, io, pin::pin, sync::Arc};

use bytes::Bytes;
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::Service,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{net::TcpStream, time};

use crate::{
    Answer, Call, Limits, Observer, Peer, Refusal, Stop,
    causes::with_causes,
    service::ConnectionService,
    tls::Tls,
    watch::{OverTcp, Protocol, Verdict, Watch, Watched},
};

/// How long a connection that is to end may take over its last words.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// How many answers one HTTP/2 connection may have under way. Each holds a block of its file.
const STREAMS: u32 = 32;

/// What all connections share.
pub(crate) struct Shared<S> {
    pub(crate) service: Arc<S>,
    pub(crate) limits: Limits,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) tls: Option<Tls>,
    /// Tells to finish, then to end; never to end before to finish.
    pub(crate) stop: Stop,
}

/// Serves a plain connection: HTTP/1.1, files straight from the page cache.
#[cfg(target_os = "linux")]
pub(crate) async fn serve_plain<S, B>(shared: &Shared<S>, stream: TcpStream, peer: Peer)
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: StdError + Send + Sync + 'static,
{
    let lane = extents::Lane::default();
    let socket = extents::DirectSocket::new(stream, lane.clone());
    serve_http1(shared, socket, peer, Some(lane)).await;
}

/// Serves a plain connection: HTTP/1.1.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn serve_plain<S, B>(shared: &Shared<S>, stream: TcpStream, peer: Peer)
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: StdError + Send + Sync + 'static,
{
    serve_http1(shared, stream, peer, None).await;
}

/// Serves an encrypted connection: HTTP/2 or HTTP/1.1, as the client chooses (ALPN).
pub(crate) async fn serve_tls<S, B>(shared: &Shared<S>, tls: Tls, stream: TcpStream, peer: Peer)
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible> + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: StdError + Send + Sync + 'static,
{
    let handshake = time::timeout(shared.limits.header_timeout, tls.accept(stream));
    let handshake = tokio::select! {
        done = handshake => done.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        () = shared.stop.drain.cancelled() => return,
    };
    let stream = match handshake {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(remote = %peer.address, %error, "TLS handshake failed");
            shared.observer.refused(Refusal::Handshake, peer.address);
            return;
        }
    };
    if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
        serve_http2(shared, stream, peer).await;
    } else {
        serve_http1(shared, stream, peer, None).await;
    }
}

async fn serve_http1<S, B, I>(shared: &Shared<S>, io: I, peer: Peer, lane: Option<extents::Lane>)
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes> + 'static,
    B::Error: StdError + Send + Sync + 'static,
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + OverTcp + Unpin,
{
    let (io, service) = dress(shared, io, peer, lane, Protocol::Http1);
    let watch = Arc::clone(&service.watch);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None) // The watch does it, from the first byte of a head.
        .max_header_size(shared.limits.header_size)
        .max_buf_size(shared.limits.header_size.max(64 << 10))
        .serve_connection(io, service);
    drive(shared, &watch, peer, connection, |connection| {
        connection.graceful_shutdown();
    })
    .await;
}

async fn serve_http2<S, B, I>(shared: &Shared<S>, io: I, peer: Peer)
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible> + Send + Sync + 'static,
    S::Future: Send,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: StdError + Send + Sync + 'static,
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + OverTcp + Send + Unpin + 'static,
{
    let (io, service) = dress(shared, io, peer, None, Protocol::Http2);
    let watch = Arc::clone(&service.watch);
    let header_list = u32::try_from(shared.limits.header_size).unwrap_or(u32::MAX);
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(header_list)
        // A client that is gone is found out although nothing is written to it.
        .keep_alive_interval(shared.limits.stall_timeout / 2)
        .keep_alive_timeout(shared.limits.stall_timeout / 2)
        .serve_connection(io, service);
    drive(shared, &watch, peer, connection, |connection| {
        connection.graceful_shutdown();
    })
    .await;
}

fn dress<S, I>(
    shared: &Shared<S>,
    io: I,
    peer: Peer,
    lane: Option<extents::Lane>,
    protocol: Protocol,
) -> (TokioIo<Watched<I>>, ConnectionService<S>)
where
    TokioIo<Watched<I>>: Sized,
{
    let watch = Arc::new(Watch::new(protocol));
    let observer = Arc::clone(&shared.observer);
    let io = Watched::new(io, Arc::clone(&watch), Arc::clone(&observer), peer.address);
    let service =
        ConnectionService { service: Arc::clone(&shared.service), peer, observer, watch, lane };
    (TokioIo::new(io), service)
}

/// Drives a connection to its end, and looks from time to time whether it makes progress.
async fn drive<S, C>(
    shared: &Shared<S>,
    watch: &Watch,
    peer: Peer,
    connection: C,
    shut_down: impl Fn(std::pin::Pin<&mut C>),
) where
    C: Future<Output = hyper::Result<()>>,
{
    let mut connection = pin!(connection);
    let mut look =
        pin!(time::sleep(shared.limits.header_timeout.min(shared.limits.stall_timeout / 4)));
    // One signal after the other, so that a connection at work listens for one thing only.
    let mut told = pin!(shared.stop.drain.cancelled());
    let mut draining = false;
    let mut suspected = false;
    loop {
        tokio::select! {
            biased;
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(remote = %peer.address, error = with_causes(&error), "connection ended early");
                }
                return;
            }
            () = &mut told => {
                if draining {
                    return;
                }
                draining = true;
                shut_down(connection.as_mut());
                told.set(shared.stop.end.cancelled());
            }
            () = &mut look => match watch.verdict(&shared.limits) {
                Verdict::Fine(pause) => {
                    suspected = false;
                    look.as_mut().reset(time::Instant::now() + pause);
                }
                Verdict::Idle => return,
                // The notes may be as old as the last look: have the connection take new ones.
                Verdict::Close(_) if !suspected => {
                    suspected = true;
                    look.as_mut().reset(time::Instant::now());
                }
                Verdict::Close(reason) => {
                    // The next read or write ends it, and says why if that can be said.
                    if watch.condemn(reason) {
                        let _ = time::timeout(PATIENCE, &mut connection).await;
                    }
                    return;
                }
            },
        }
    }
}
