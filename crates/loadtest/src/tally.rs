//! What users met, counted by what they asked for.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;
use quantiles::Counts;

use crate::client::Answer;

/// How many different failures are told apart.
const FAILURES: usize = 20;

/// What a request was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    List,
    Video,
    Poster,
    Range,
    Playlist,
    Segment,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Video => "video",
            Self::Poster => "poster",
            Self::Range => "range",
            Self::Playlist => "playlist",
            Self::Segment => "segment",
        }
    }
}

/// What came of one kind.
#[derive(Debug, Default)]
pub(crate) struct Met {
    pub(crate) requests: u64,
    pub(crate) errors: u64,
    pub(crate) bytes: u64,
    /// Microseconds until the head of an answer was there, and until its body was whole.
    pub(crate) first: Counts,
    pub(crate) whole: Counts,
}

/// What came of everything.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) kinds: BTreeMap<Kind, Met>,
    pub(crate) failures: BTreeMap<String, u64>,
}

/// Whether the answer is that there is no playlist of a film, because of what is in its file.
pub(crate) fn is_unpackageable(kind: Kind, status: StatusCode) -> bool {
    kind == Kind::Playlist && status == StatusCode::UNPROCESSABLE_ENTITY
}

impl Tally {
    /// Counts an answer, or the want of one; whether it was good.
    pub(crate) fn count(&mut self, kind: Kind, answer: &Result<Answer, String>) -> bool {
        let met = self.kinds.entry(kind).or_default();
        met.requests += 1;
        let failure = match answer {
            // That a film cannot be packaged is an answer like any other.
            Ok(answer) if answer.status.is_success() || is_unpackageable(kind, answer.status) => {
                met.bytes += answer.bytes;
                met.first.record(micros(answer.first));
                met.whole.record(micros(answer.whole));
                return true;
            }
            Ok(answer) => format!("{}: status {}", kind.name(), answer.status.as_u16()),
            Err(why) => format!("{}: {why}", kind.name()),
        };
        met.errors += 1;
        self.fail(failure, 1);
        false
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (kind, theirs) in other.kinds {
            let met = self.kinds.entry(kind).or_default();
            met.requests += theirs.requests;
            met.errors += theirs.errors;
            met.bytes += theirs.bytes;
            met.first.merge_counts(&theirs.first);
            met.whole.merge_counts(&theirs.whole);
        }
        for (failure, count) in other.failures {
            self.fail(failure, count);
        }
    }

    fn fail(&mut self, failure: String, count: u64) {
        let known = self.failures.len() < FAILURES || self.failures.contains_key(&failure);
        let failure = if known { failure } else { "others".to_owned() };
        *self.failures.entry(failure).or_default() += count;
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_status_and_no_answer_are_errors_with_a_reason() {
        let mut tally = Tally::default();
        let answer = |status: u16| Answer {
            status: http::StatusCode::from_u16(status).unwrap_or_default(),
            of: None,
            body: bytes::Bytes::new(),
            bytes: 10,
            first: Duration::from_micros(5),
            whole: Duration::from_micros(9),
        };
        assert!(tally.count(Kind::List, &Ok(answer(200))));
        assert!(!tally.count(Kind::List, &Ok(answer(503))));
        assert!(!Tally::default().count(Kind::Segment, &Ok(answer(422))));
        assert!(Tally::default().count(Kind::Playlist, &Ok(answer(422))));
        assert!(!tally.count(Kind::Range, &Err("no connection".to_owned())));
        let mut all = Tally::default();
        all.merge(tally);
        let list = all.kinds.get(&Kind::List).map(|met| (met.requests, met.errors, met.bytes));
        assert_eq!(list, Some((2, 1, 10)));
        let failures: Vec<_> = all.failures.keys().map(String::as_str).collect();
        assert_eq!(failures, ["list: status 503", "range: no connection"]);
    }

    #[test]
    fn failures_without_end_are_told_together() {
        let mut tally = Tally::default();
        for number in 0..100 {
            tally.count(Kind::List, &Err(number.to_string()));
        }
        assert_eq!(tally.failures.len(), FAILURES + 1);
        assert_eq!(tally.failures.get("others"), Some(&80));
    }
}
