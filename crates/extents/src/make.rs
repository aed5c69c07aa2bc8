//! Takes made bytes piece by piece: at once when nothing has to be waited for, else on a thread that
//! may wait.

use std::{
    io,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;

use crate::{
    Fault, Making,
    plan::{Wait, Waiting},
};

/// About how much is made at once.
const PIECE: usize = 256 << 10;

/// A piece that is being made on another thread.
pub(crate) type Pending = Waiting;

/// The next piece of `making`, which moves on by its length. `None` when there is no more.
pub(crate) fn poll_piece(
    making: &mut Making,
    pending: &mut Option<Pending>,
    cx: &mut Context<'_>,
) -> Poll<Option<Result<Bytes, Fault>>> {
    if making.is_empty() {
        return Poll::Ready(None);
    }
    let offset = making.range.start;
    if pending.is_none() {
        let wanted = usize::try_from(making.len()).unwrap_or(PIECE).min(PIECE);
        match making.maker.make(offset, wanted, Wait::Never) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                *pending = Some(Arc::clone(&making.maker).make_elsewhere(offset, wanted));
            }
            made => return Poll::Ready(Some(take(making, made))),
        }
    }
    let Some(waiting) = pending else { return Poll::Ready(None) };
    let made = ready!(waiting.as_mut().poll(cx));
    *pending = None;
    Poll::Ready(Some(take(making, made)))
}

/// Takes what was made off `making`, no more than it has.
fn take(making: &mut Making, made: io::Result<Bytes>) -> Result<Bytes, Fault> {
    let at = making.range.start;
    let mut bytes = made.map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => Fault::Shrank { end: at, missing: making.len() },
        _ => Fault::Read { at, source },
    })?;
    if bytes.is_empty() {
        return Err(Fault::Shrank { end: at, missing: making.len() });
    }
    bytes.truncate(usize::try_from(making.len()).unwrap_or(usize::MAX));
    making.range.start += bytes.len() as u64;
    Ok(bytes)
}
