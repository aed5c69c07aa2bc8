//! From a request of hyper's to the service and back: who asked, how the answer is called, and
//! the cheapest way for its body.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use extents::{Body, Lane, Plan, Record};
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Version,
    header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, SERVER},
};
use hyper::{body::Incoming, service::Service};

use crate::{Answer, Call, Exchange, Observer, Peer, Refusal, Route, watch::Watch};

/// What every request of one connection shares.
pub(crate) struct ConnectionService<S> {
    pub(crate) service: Arc<S>,
    pub(crate) peer: Peer,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) watch: Arc<Watch>,
    /// Where plans can be sent straight from their files.
    pub(crate) lane: Option<Lane>,
}

impl<S, B> Service<Request<Incoming>> for ConnectionService<S>
where
    S: Service<Call<Incoming>, Response = Answer<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes>,
{
    type Response = Response<Body<B>>;
    type Error = Infallible;
    type Future = Answering<S::Future, B>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let exchange = Arc::new(Exchange::begin(
            &request,
            self.peer,
            Arc::clone(&self.observer),
            Arc::clone(&self.watch),
        ));
        if !names_its_host(&request) {
            self.observer.refused(Refusal::Host, self.peer.address);
            return Answering::Refused { response: Some(refuse(Refusal::Host, exchange)) };
        }
        let head_only = request.method() == Method::HEAD;
        if head_only {
            *request.method_mut() = Method::GET;
        }
        Answering::Asked {
            future: self.service.call(Call { request, peer: self.peer, head_only }),
            exchange: Some(exchange),
            lane: self.lane.clone(),
            head_only,
        }
    }
}

pin_project_lite::pin_project! {
    /// The answer to one request, on its way.
    #[project = AnsweringProjection]
    pub(crate) enum Answering<F, B> {
        Asked {
            #[pin]
            future: F,
            exchange: Option<Arc<Exchange>>,
            lane: Option<Lane>,
            head_only: bool,
        },
        Refused { response: Option<Response<Body<B>>> },
    }
}

impl<F, B> Future for Answering<F, B>
where
    F: Future<Output = Result<Answer<B>, Infallible>>,
    B: http_body::Body<Data = Bytes>,
{
    type Output = Result<Response<Body<B>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match self.project() {
            AnsweringProjection::Refused { response } => response.take(),
            AnsweringProjection::Asked { future, exchange, lane, head_only } => {
                let Ok(answer) = ready!(future.poll(cx));
                exchange.take().map(|exchange| dress(answer, exchange, lane.take(), *head_only))
            }
        };
        // Polled again after it was ready: there is nothing more to give.
        response.map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
    }
}

/// Whether a request names the host that it is for, once and in one word: an HTTP/1.1 request
/// that does not must be refused (RFC 9112 section 3.2). HTTP/2 has `:authority` for it.
fn names_its_host<B>(request: &Request<B>) -> bool {
    if request.version() != Version::HTTP_11 {
        return true;
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let one = hosts.next().is_some_and(|host| is_authority(host.as_bytes()));
    one && hosts.next().is_none()
}

/// Whether these bytes can be `uri-host [ ":" port ]` (RFC 3986 section 3.2), which may be empty.
fn is_authority(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:[]%".contains(byte))
}

/// The answer of this layer itself.
fn refuse<B>(reason: Refusal, exchange: Arc<Exchange>) -> Response<Body<B>> {
    let (status, _, document) = reason.document().unwrap_or((400, "", String::new()));
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    exchange.answered(status, Route("none"), Some(document.len() as u64));
    let mut response = Response::new(Body::bytes(document.into(), exchange));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert(SERVER, HeaderValue::from_static("vidicon"));
    response
}

fn dress<B: http_body::Body<Data = Bytes>>(
    Answer { response, route }: Answer<B>,
    exchange: Arc<Exchange>,
    lane: Option<Lane>,
    head_only: bool,
) -> Response<Body<B>> {
    let (mut head, body) = response.into_parts();
    head.headers.insert(SERVER, HeaderValue::from_static("vidicon"));
    let plan = head.extensions.remove::<Plan>();
    let length = body.size_hint().exact();
    let announced = if head_only { Some(0) } else { length };
    exchange.answered(head.status, route, announced);
    let record: Arc<dyn Record> = exchange;
    let body = if head_only {
        // hyper would announce the length of what it is given: nothing.
        if let Some(length) = length.filter(|_| !bodiless(head.status)) {
            head.headers.entry(CONTENT_LENGTH).or_insert_with(|| length.into());
        }
        Body::nothing(record)
    } else {
        match (lane, plan) {
            (Some(lane), Some(plan)) if is_untouched(&plan, length, &head.headers) => {
                Body::direct(plan, lane, record)
            }
            _ => Body::other(body, record),
        }
    };
    Response::from_parts(head, body)
}

/// Whether the body is still the plan: a layer that changed it, by compressing it for instance,
/// has changed its length or said so.
fn is_untouched(plan: &Plan, length: Option<u64>, headers: &http::HeaderMap) -> bool {
    length == Some(plan.len()) && !headers.contains_key(CONTENT_ENCODING)
}

fn bodiless(status: StatusCode) -> bool {
    status == StatusCode::NOT_MODIFIED || status == StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn named(hosts: &[&str]) -> bool {
        let mut request = Request::get("/");
        for host in hosts {
            request = request.header(HOST, *host);
        }
        names_its_host(&request.body(()).unwrap())
    }

    #[test]
    fn a_request_names_one_host_in_one_word() {
        assert!(named(&["example.org"]) && named(&["[::1]:9000"]) && named(&[""]));
        assert!(!named(&[]), "none");
        assert!(!named(&["a.example", "b.example"]), "two");
        assert!(!named(&["a.example b.example"]) && !named(&["a/b"]) && !named(&["user@host"]));
    }
}
