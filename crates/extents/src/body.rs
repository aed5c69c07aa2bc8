//! The body that a connection sends: a plan straight from its files, a plan that is read, or any
//! other body. Whatever it is, its pieces report to the record of the response.

use std::{
    collections::VecDeque,
    error::Error,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::{Chunk, Fault, Lane, Part, Plan, chunk::Record, make};

pin_project_lite::pin_project! {
    /// A response body whose data are [`Chunk`]s. `B` is the kind of body that is not a plan.
    pub struct Body<B> {
        #[pin]
        source: Source<B>,
        record: Arc<dyn Record>,
    }
}

pin_project_lite::pin_project! {
    #[project = SourceProjection]
    enum Source<B> {
        Direct {
            parts: VecDeque<Part>,
            remaining: u64,
            lane: Lane,
            making: Option<make::Pending>,
        },
        Other { #[pin] body: B },
        Nothing,
    }
}

impl<B> Body<B> {
    /// A plan whose extents go from their files straight to the socket that drives `lane`.
    pub fn direct(plan: Plan, lane: Lane, record: Arc<dyn Record>) -> Self {
        let remaining = plan.len();
        let parts = plan.into_parts().into();
        Self { source: Source::Direct { parts, remaining, lane, making: None }, record }
    }

    /// Any other body.
    pub fn other(body: B, record: Arc<dyn Record>) -> Self {
        Self { source: Source::Other { body }, record }
    }

    /// Bytes that are at hand.
    pub fn bytes(bytes: Bytes, record: Arc<dyn Record>) -> Self {
        Self::direct(Plan::new([Part::Bytes(bytes)]), Lane::default(), record)
    }

    /// No body at all: what HEAD gets, whatever length the headers announce.
    pub fn nothing(record: Arc<dyn Record>) -> Self {
        Self { source: Source::Nothing, record }
    }
}

impl<B> http_body::Body for Body<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Error + Send + Sync + 'static,
{
    type Data = Chunk;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Chunk>, Self::Error>>> {
        let this = self.project();
        let record = || Arc::clone(this.record);
        match this.source.project() {
            SourceProjection::Direct { parts, remaining, lane, making } => {
                if let Some(Part::Made(part)) = parts.front_mut() {
                    let polled = make::poll_piece(part, making, cx);
                    this.record.waits_for_us(polled.is_pending());
                    let made = ready!(polled);
                    if part.is_empty() {
                        parts.pop_front();
                    }
                    return Poll::Ready(made.map(|made| match made {
                        Ok(bytes) => {
                            *remaining -= bytes.len() as u64;
                            Ok(Frame::data(Chunk::bytes(bytes, record())))
                        }
                        Err(fault) => {
                            this.record.failed(&fault);
                            Err(fault.into())
                        }
                    }));
                }
                Poll::Ready(parts.pop_front().map(|part| {
                    *remaining -= part.len();
                    Ok(Frame::data(match part {
                        Part::Bytes(bytes) => Chunk::bytes(bytes, record()),
                        Part::Extent(extent) => {
                            Chunk::in_file(lane.queue(extent, record()), record())
                        }
                        // Handled above.
                        Part::Made(_) => Chunk::bytes(Bytes::new(), record()),
                    }))
                }))
            }
            SourceProjection::Other { body } => {
                let polled = body.poll_frame(cx);
                this.record.waits_for_us(polled.is_pending());
                let next = ready!(polled);
                if let Some(Err(error)) = &next
                    && let Some(fault) = fault_in(error)
                {
                    this.record.failed(fault);
                }
                Poll::Ready(
                    next.map(|frame| Ok(frame?.map_data(|bytes| Chunk::bytes(bytes, record())))),
                )
            }
            SourceProjection::Nothing => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Direct { parts, .. } => parts.is_empty(),
            Source::Other { body } => body.is_end_stream(),
            Source::Nothing => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Direct { remaining, .. } => SizeHint::with_exact(*remaining),
            Source::Other { body } => body.size_hint(),
            Source::Nothing => SizeHint::with_exact(0),
        }
    }
}

/// The fault of ours behind an error that layers may have wrapped.
fn fault_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Fault> {
    let mut error = Some(error);
    while let Some(here) = error {
        // An I/O error hides what it was made of from `source`.
        let inside = here.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let fault = here.downcast_ref().or_else(|| inside.and_then(|inside| inside.downcast_ref()));
        if fault.is_some() {
            return fault;
        }
        error = here.source();
    }
    None
}
