//! The last answers that went wrong, and the last requests that were turned away.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use super::{moment, status::Trouble};

/// How many are kept.
const MOST: usize = 200;

/// What went wrong, or was refused.
#[derive(Debug)]
pub(super) struct Noted {
    pub(super) at_ms: i64,
    /// The status of the answer; none if there was none.
    pub(super) status: Option<u16>,
    /// The reason of a refusal, by its name in the metrics; or the fault, in words.
    pub(super) reason: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) address: String,
}

/// The last of them.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<VecDeque<Noted>>);

impl Troubles {
    pub(super) fn note(&self, noted: Noted) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back(noted);
    }

    /// The newest first.
    pub(super) fn list(&self) -> Vec<Trouble> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told = kept.iter().rev().map(|noted| Trouble {
            at: moment(noted.at_ms),
            status: noted.status,
            reason: noted.reason.clone(),
            method: noted.method.clone(),
            path: noted.path.clone(),
            address: noted.address.clone(),
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_newest_trouble_comes_first_and_the_oldest_is_forgotten() {
        let troubles = Troubles::default();
        for at_ms in 0..250 {
            troubles.note(Noted {
                at_ms,
                status: Some(500),
                reason: at_ms.to_string(),
                method: "GET".to_owned(),
                path: "/".to_owned(),
                address: "10.0.0.1".to_owned(),
            });
        }
        let told = troubles.list();
        assert_eq!(
            (told.len(), told[0].reason.as_str(), told[199].reason.as_str()),
            (200, "249", "50")
        );
    }
}
