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
    HeaderValue, Method, Request, Response,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, SERVER},
};
use hyper::{body::Incoming, service::Service};

use crate::{Exchange, HeadOnly, Observer, Peer, Route, watch::Watch};

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
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes>,
{
    type Response = Response<Body<B>>;
    type Error = Infallible;
    type Future = Answering<S::Future>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let exchange = Arc::new(Exchange::begin(
            &request,
            self.peer,
            Arc::clone(&self.observer),
            Arc::clone(&self.watch),
        ));
        let head_only = request.method() == Method::HEAD;
        if head_only {
            *request.method_mut() = Method::GET;
            request.extensions_mut().insert(HeadOnly);
        }
        request.extensions_mut().insert(self.peer);
        Answering {
            future: self.service.call(request),
            exchange: Some(exchange),
            lane: self.lane.clone(),
            head_only,
        }
    }
}

pin_project_lite::pin_project! {
    pub(crate) struct Answering<F> {
        #[pin]
        future: F,
        exchange: Option<Arc<Exchange>>,
        lane: Option<Lane>,
        head_only: bool,
    }
}

impl<F, B> Future for Answering<F>
where
    F: Future<Output = Result<Response<B>, Infallible>>,
    B: http_body::Body<Data = Bytes>,
{
    type Output = Result<Response<Body<B>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(response) = ready!(this.future.poll(cx));
        let Some(exchange) = this.exchange.take() else {
            return Poll::Pending; // Polled again after it was ready: there is nothing to give.
        };
        Poll::Ready(Ok(dress(response, exchange, this.lane.take(), *this.head_only)))
    }
}

fn dress<B: http_body::Body<Data = Bytes>>(
    response: Response<B>,
    exchange: Arc<Exchange>,
    lane: Option<Lane>,
    head_only: bool,
) -> Response<Body<B>> {
    let (mut head, body) = response.into_parts();
    head.headers.insert(SERVER, HeaderValue::from_static("vidicon"));
    let plan = head.extensions.remove::<Plan>();
    let route = head.extensions.remove::<Route>().unwrap_or(Route("none"));
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

fn bodiless(status: http::StatusCode) -> bool {
    status == http::StatusCode::NOT_MODIFIED || status == http::StatusCode::NO_CONTENT
}
