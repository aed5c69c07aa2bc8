//! The promise that something will be made.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Inner, Key, Made, Result, Urgency, queue::Asked};
use crate::NoPicture;

/// The promise that something will be made, or the reason why not. Dropping the last one that
/// somebody holds for what is on screen calls it off.
#[derive(Debug)]
pub struct Ticket {
    result: watch::Receiver<Option<Result<Made>>>,
    key: Key,
    number: u64,
    urgency: Urgency,
    studio: Arc<Inner>,
}

impl Ticket {
    pub(super) fn new(asked: Asked, key: Key, urgency: Urgency, studio: Arc<Inner>) -> Self {
        let Asked { number, result } = asked;
        Self { result, key, number, urgency, studio }
    }

    /// Waits until it is made.
    pub async fn made(mut self) -> Result<Made> {
        // The other side says something before it goes.
        let result = self.result.wait_for(Option::is_some).await;
        result.ok().and_then(|result| result.clone()).unwrap_or(Err(NoPicture::Cancelled))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.urgency == Urgency::OnDemand {
            self.studio.queue().leave(&self.key, self.number);
        }
    }
}
