//! `Range: bytes=…` to half-open ranges of a file: RFC 9110 section 14.
//!
//! Pure. HTTP counts inclusive ends; they are turned at this door and nowhere else.

use std::ops::Range;

use http::{HeaderMap, header::RANGE};

/// Two ranges with fewer bytes than this between them are sent as one: the boundary and headers
/// of a part cost about as much (RFC 9110 section 15.3.7.2).
pub const COALESCE_GAP: u64 = 80;

/// What of a file is to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Selection {
    /// All of it (200): no range was asked for, or in a way that is to be ignored.
    Whole,
    /// One stretch (206). Never empty, within the file.
    One(Range<u64>),
    /// Two or more (206, multipart), in the order in which they were first mentioned, at least
    /// [`COALESCE_GAP`] apart. Never empty, within the file.
    Many(Vec<Range<u64>>),
    /// Nothing (416).
    Unsatisfiable(Unsatisfiable),
}

/// Why no range can be served.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unsatisfiable {
    /// Every range begins at or after the end.
    #[error("no range that was asked for lies within the file")]
    Outside,
    /// More ranges than the server is willing to send at once.
    #[error("more than {limit} ranges in one request; ask for fewer or raise the limit")]
    TooMany {
        /// The most that are served.
        limit: usize,
    },
}

/// What the `Range` field of these headers selects of a file of `len` bytes.
///
/// Ignored, as the standard allows or demands: other units, anything malformed, a range that ends
/// before it begins, and more than one line. `max` (at least 1) limits the ranges in the request,
/// before any are joined. In an empty file every range is unsatisfiable.
pub fn select(headers: &HeaderMap, len: u64, max: usize) -> Selection {
    let mut lines = headers.get_all(RANGE).iter();
    match (lines.next(), lines.next()) {
        (Some(line), None) => select_value(line.as_bytes(), len, max),
        _ => Selection::Whole,
    }
}

/// The same for the value of the field.
pub fn select_value(value: &[u8], len: u64, max: usize) -> Selection {
    let max = max.max(1);
    let Some(set) = strip_unit(value) else {
        return Selection::Whole;
    };
    let mut asked = 0_usize;
    let mut ranges = Vec::new();
    // Empty elements are allowed in any list (section 5.6.1.2). The whole list is read even past
    // the limit, for a malformed one is ignored rather than refused.
    for spec in
        set.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|spec| !spec.is_empty())
    {
        let Some(spec) = Spec::parse(spec) else {
            return Selection::Whole;
        };
        asked += 1;
        if asked <= max {
            ranges.extend(spec.resolve(len));
        }
    }
    if asked == 0 {
        return Selection::Whole;
    }
    if asked > max {
        return Selection::Unsatisfiable(Unsatisfiable::TooMany { limit: max });
    }
    let mut ranges = coalesce(ranges);
    match (ranges.len(), ranges.pop()) {
        (_, None) => Selection::Unsatisfiable(Unsatisfiable::Outside),
        (1, Some(one)) => Selection::One(one),
        (_, Some(last)) => {
            ranges.push(last);
            Selection::Many(ranges)
        }
    }
}

/// `bytes=`, in any case.
fn strip_unit(value: &[u8]) -> Option<&[u8]> {
    let (unit, set) = value.split_at_checked(6)?;
    unit.eq_ignore_ascii_case(b"bytes=").then_some(set)
}

/// One element of a range set, as it was written.
enum Spec {
    /// `first-` or `first-last`, both inclusive.
    From { first: u64, last: Option<u64> },
    /// `-count`: the last `count` bytes.
    Suffix(u64),
}

impl Spec {
    fn parse(spec: &[u8]) -> Option<Self> {
        let hyphen = spec.iter().position(|byte| *byte == b'-')?;
        let (first, last) = (spec.get(..hyphen)?, spec.get(hyphen + 1..)?);
        match (first.is_empty(), last.is_empty()) {
            (true, true) => None,
            (true, false) => number(last).map(Self::Suffix),
            (false, true) => Some(Self::From { first: number(first)?, last: None }),
            (false, false) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Self::From { first, last: Some(last) })
            }
        }
    }

    /// The half-open range within a file of `len` bytes; `None` where nothing is left of it.
    fn resolve(self, len: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From { first, last } => {
                first..last.map_or(len, |last| last.saturating_add(1).min(len))
            }
            Self::Suffix(count) => len.saturating_sub(count)..len,
        };
        (!range.is_empty()).then_some(range)
    }
}

/// Decimal digits; what is too large for a `u64` lies beyond any file, so it counts as the largest.
fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

/// Joins ranges that overlap or almost touch; a joined range stands where its first one stood.
fn coalesce(ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    if ranges.len() < 2 {
        return ranges;
    }
    let mut by_start: Vec<(usize, Range<u64>)> = ranges.into_iter().enumerate().collect();
    by_start.sort_by_key(|(_, range)| range.start);
    let mut joined: Vec<(usize, Range<u64>)> = Vec::with_capacity(by_start.len());
    for (mentioned, range) in by_start {
        match joined.last_mut() {
            Some((first, last)) if range.start.saturating_sub(last.end) < COALESCE_GAP => {
                *first = mentioned.min(*first);
                last.end = last.end.max(range.end);
            }
            _ => joined.push((mentioned, range)),
        }
    }
    joined.sort_by_key(|(mentioned, _)| *mentioned);
    joined.into_iter().map(|(_, range)| range).collect()
}

#[cfg(test)]
mod tests;
