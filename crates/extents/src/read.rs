//! The plan as ordinary bytes: for TLS, for HTTP/2, and for any layer that looks at a body.

use std::{
    collections::VecDeque,
    fs::File,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::{Extent, Fault, Part, Plan, make, page_cache};

/// How much is read at once. Larger is cheaper per byte, and every open stream holds one.
const BLOCK: u64 = 64 << 10;

/// A plan that reads its files block by block as it is polled: from the page cache at once, from
/// a disk on a blocking thread.
pub struct ReadBody {
    parts: VecDeque<Part>,
    remaining: u64,
    reading: Option<JoinHandle<Result<Bytes, Fault>>>,
    making: Option<make::Pending>,
}

impl Plan {
    /// The plan as a body of bytes.
    pub fn read(self) -> ReadBody {
        ReadBody {
            remaining: self.len(),
            parts: self.into_parts().into(),
            reading: None,
            making: None,
        }
    }
}

impl ReadBody {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Fault>>> {
        if let Some(reading) = &mut self.reading {
            let joined = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            let done = joined.unwrap_or_else(|error| {
                Err(Fault::Read { at: 0, source: io::Error::other(error) })
            });
            return Poll::Ready(Some(done.inspect(|bytes| self.took(bytes.len() as u64))));
        }
        if let Some(Part::Made(making)) = self.parts.front_mut() {
            let made = ready!(make::poll_piece(making, &mut self.making, cx));
            if making.is_empty() {
                self.parts.pop_front();
            }
            return match made {
                Some(made) => {
                    Poll::Ready(Some(made.inspect(|bytes| self.took(bytes.len() as u64))))
                }
                None => self.poll_next(cx),
            };
        }
        let block = match self.parts.pop_front() {
            // What is made was handled above.
            None | Some(Part::Made(_)) => return Poll::Ready(None),
            Some(Part::Bytes(bytes)) => {
                self.remaining -= bytes.len() as u64;
                return Poll::Ready(Some(Ok(bytes)));
            }
            Some(Part::Extent(extent)) => self.split_block(extent),
        };
        if let Some(bytes) = read_cached(&block) {
            self.took(bytes.len() as u64);
            return Poll::Ready(Some(Ok(bytes)));
        }
        self.reading = Some(tokio::task::spawn_blocking(move || read_block(&block)));
        self.poll_next(cx)
    }

    /// Takes the first block off `extent` and puts the rest back.
    fn split_block(&mut self, extent: Extent) -> Extent {
        let end = extent.range.end.min(extent.range.start + BLOCK);
        let block = Extent { file: Arc::clone(&extent.file), range: extent.range.start..end };
        let rest = Extent { file: extent.file, range: end..extent.range.end };
        if !rest.is_empty() {
            self.parts.push_front(Part::Extent(rest));
        }
        block
    }

    fn took(&mut self, count: u64) {
        self.remaining = self.remaining.saturating_sub(count);
    }
}

/// The block, when all of it is in the page cache. Otherwise (partly there, at its end, or an
/// error) the blocking read finds out.
fn read_cached(block: &Extent) -> Option<Bytes> {
    let mut buffer = vec![0; usize::try_from(block.len()).ok()?];
    let count = page_cache::read_now(&block.file, &mut buffer, block.range.start).ok()?;
    (count == buffer.len()).then(|| buffer.into())
}

fn read_block(block: &Extent) -> Result<Bytes, Fault> {
    let mut buffer = vec![0; usize::try_from(block.len()).unwrap_or(0)];
    fill_exactly(&block.file, &mut buffer, block.range.start)?;
    Ok(buffer.into())
}

/// Reads all of `buffer` from `offset`; blocks.
fn fill_exactly(file: &File, buffer: &mut [u8], offset: u64) -> Result<(), Fault> {
    let mut at = offset;
    let mut rest = buffer;
    while !rest.is_empty() {
        match page_cache::read_at(file, rest, at) {
            Ok(0) => {
                return Err(Fault::Shrank { end: at, missing: rest.len() as u64 });
            }
            Ok(count) => {
                at += count as u64;
                rest = rest.get_mut(count..).unwrap_or_default();
            }
            Err(source) => return Err(Fault::Read { at, source }),
        }
    }
    Ok(())
}

impl http_body::Body for ReadBody {
    type Data = Bytes;
    type Error = Fault;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Fault>>> {
        self.get_mut().poll_next(cx).map(|next| next.map(|done| done.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.parts.is_empty() && self.reading.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining)
    }
}
