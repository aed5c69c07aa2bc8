//! Where a page ended, as text that a client hands back.
//!
//! It says everything that the next page needs to find its place even if the video is gone: in which
//! part of the answer, behind which key, title and number.

use crate::Query;

/// The longest cursor that can be right: a title of 240 bytes and what else there is.
const LONGEST: usize = 2 * (HEAD + crate::catalogue::TITLE);
/// The bytes before the title: what it belongs to, part, key, number.
const HEAD: usize = 4 + 1 + 8 + 4;

/// A cursor that none of our pages gave.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "the cursor is not one that this order gave; leave it out to begin at the first page, or keep \
     sort, order and seed as they were"
)]
pub struct BadCursor;

/// The last video of a page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Mark {
    /// The number of the part of the answer.
    pub(crate) part: u8,
    /// What the part is ordered by, before title and number.
    pub(crate) key: i64,
    pub(crate) title: String,
    pub(crate) number: u32,
}

impl Mark {
    pub(crate) fn write(&self, query: &Query) -> String {
        let mut bytes = Vec::with_capacity(HEAD + self.title.len());
        bytes.extend(belonging(query).to_be_bytes());
        bytes.push(self.part);
        bytes.extend(self.key.to_be_bytes());
        bytes.extend(self.number.to_be_bytes());
        bytes.extend(self.title.as_bytes());
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
        bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    pub(crate) fn read(text: &str, query: &Query) -> Result<Self, BadCursor> {
        let digits = text.as_bytes();
        if digits.len() > LONGEST || !digits.len().is_multiple_of(2) {
            return Err(BadCursor);
        }
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok());
        let byte = |pair: &[u8]| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        };
        let bytes: Vec<u8> = digits.chunks(2).map(byte).collect::<Option<_>>().ok_or(BadCursor)?;
        Self::parse(&bytes, query).ok_or(BadCursor)
    }

    fn parse(bytes: &[u8], query: &Query) -> Option<Self> {
        let (check, rest) = bytes.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_first()?;
        let (key, rest) = rest.split_first_chunk::<8>()?;
        let (number, title) = rest.split_first_chunk::<4>()?;
        (u32::from_be_bytes(*check) == belonging(query)).then_some(())?;
        Some(Self {
            part: *part,
            key: i64::from_be_bytes(*key),
            title: std::str::from_utf8(title).ok()?.to_owned(),
            number: u32::from_be_bytes(*number),
        })
    }
}

/// A number for the order of a query: a cursor of another order is of no use.
fn belonging(query: &Query) -> u32 {
    let seed = if query.sort == crate::Sort::Random { query.seed } else { 0 };
    let order = (query.sort as u64) << 1 | u64::from(query.descending);
    // The upper half of a product depends on all bits.
    let mixed = (seed ^ order.rotate_right(8)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Sort;

    proptest! {
        #[test]
        fn a_cursor_says_what_it_was_told(
            part: u8, key: i64, title in "\\PC{0,40}", number: u32, seed: u64
        ) {
            let query = Query { sort: Sort::Random, seed, ..Query::default() };
            let mark = Mark { part, key, title, number };
            prop_assert_eq!(Mark::read(&mark.write(&query), &query), Ok(mark.clone()));
            let other = Query { sort: Sort::Views, ..query.clone() };
            prop_assert_eq!(Mark::read(&mark.write(&query), &other), Err(BadCursor));
        }

        #[test]
        fn no_text_is_too_strange_for_a_cursor(text in any::<String>()) {
            prop_assert_eq!(Mark::read(&text, &Query::default()), Err(BadCursor));
        }
    }
}
