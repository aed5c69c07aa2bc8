//! One user's connection: asks one thing after the other, and connects again when it is lost.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, task::AbortHandle};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most bytes of an answer that are kept, where it is read at all.
const KEPT: usize = 8 << 20;

/// The whole server's clients share it.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) addresses: Vec<SocketAddr>,
    pub(crate) host: HeaderValue,
    pub(crate) key: Option<HeaderValue>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// Path and query.
    pub(crate) target: &'a str,
    /// First and last byte.
    pub(crate) range: Option<(u64, u64)>,
    /// Whether the body is wanted, or only its length.
    pub(crate) keep: bool,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// `Content-Range`, the length of the whole.
    pub(crate) of: Option<u64>,
    pub(crate) body: Bytes,
    pub(crate) bytes: u64,
    /// Until the head was there, and until the body was whole.
    pub(crate) first: Duration,
    pub(crate) whole: Duration,
}

pub(crate) struct Client {
    door: Arc<Door>,
    link: Option<Link>,
}

struct Link {
    sender: http1::SendRequest<Empty<Bytes>>,
    driver: AbortHandle,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Client {
    pub(crate) fn new(door: Arc<Door>) -> Self {
        Self { door, link: None }
    }

    /// Asks; the reason in words when there is no whole answer. Connecting is not part of its time.
    pub(crate) async fn ask(&mut self, question: Question<'_>) -> Result<Answer, String> {
        let asked = tokio::time::timeout(PATIENCE, self.try_ask(question)).await;
        let answer =
            asked.unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
        if answer.is_err() {
            // What is left of it would be taken for the next answer.
            self.link = None;
        }
        answer
    }

    async fn try_ask(&mut self, question: Question<'_>) -> Result<Answer, String> {
        let request = self.request(question)?;
        let link = self.connected().await?;
        let started = Instant::now();
        let response = link
            .sender
            .send_request(request)
            .await
            .map_err(|error| format!("no answer: {error}"))?;
        let first = started.elapsed();
        let (status, of) = (response.status(), whole_length(&response));
        let (body, bytes) = read(response.into_body(), question.keep).await?;
        Ok(Answer { status, of, body, bytes, first, whole: started.elapsed() })
    }

    fn request(&self, question: Question<'_>) -> Result<Request<Empty<Bytes>>, String> {
        let mut request = Request::get(question.target)
            .header(header::HOST, self.door.host.clone())
            .header(header::USER_AGENT, "vidicon-loadtest")
            .header(header::ACCEPT, "*/*");
        if let Some((first, last)) = question.range {
            request = request.header(header::RANGE, format!("bytes={first}-{last}"));
        }
        if let Some(key) = &self.door.key {
            request = request.header("x-api-key", key.clone());
        }
        request.body(Empty::new()).map_err(|error| format!("{}: {error}", question.target))
    }

    async fn connected(&mut self) -> Result<&mut Link, String> {
        if let Some(link) = &mut self.link
            && link.sender.ready().await.is_err()
        {
            self.link = None;
        }
        if self.link.is_none() {
            let stream = TcpStream::connect(self.door.addresses.as_slice())
                .await
                .map_err(|error| format!("no connection: {error}"))?;
            let _ = stream.set_nodelay(true);
            let (sender, connection) = http1::handshake(TokioIo::new(stream))
                .await
                .map_err(|error| format!("no connection: {error}"))?;
            // Ends with the link, or with the connection.
            let driver = tokio::spawn(async move {
                let _ = connection.await;
            });
            self.link = Some(Link { sender, driver: driver.abort_handle() });
        }
        self.link.as_mut().ok_or_else(|| "no connection".to_owned())
    }
}

async fn read(mut body: Incoming, keep: bool) -> Result<(Bytes, u64), String> {
    let (mut kept, mut bytes) = (BytesMut::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the answer was cut: {error}"))?;
        let Some(data) = frame.data_ref() else { continue };
        bytes += data.len() as u64;
        if keep {
            if kept.len() + data.len() > KEPT {
                return Err(format!("the answer has more than {KEPT} bytes"));
            }
            kept.extend_from_slice(data);
        }
    }
    Ok((kept.freeze(), bytes))
}

/// The length behind the slash of `Content-Range: bytes 0-0/1234`.
fn whole_length<B>(response: &Response<B>) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.rsplit_once('/')?.1.parse().ok()
}
