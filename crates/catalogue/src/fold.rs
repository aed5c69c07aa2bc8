//! Text as it is compared: without case and accents, and numbers by their value.

use std::{cmp::Ordering, str::Chars};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest word that is told from others, in bytes.
const LONGEST_WORD: usize = 64;

/// Lower case without accents and apostrophes, every run of spaces as one.
///
/// What is written below and above letters goes in Latin, Greek, Cyrillic, Hebrew and Arabic; where
/// marks are vowels (as in Devanagari) they stay.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push(&mut folded, c.to_ascii_lowercase()));
    } else {
        let plain = |c: &char| !is_accent(*c);
        let lower = text.nfkd().filter(plain).flat_map(char::to_lowercase).nfkd().filter(plain);
        lower.nfc().for_each(|c| push(&mut folded, c));
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push(folded: &mut String, c: char) {
    match c {
        '\'' | '\u{2019}' | '\u{2bc}' => {}
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        'ø' => folded.push('o'),
        'đ' | 'ð' => folded.push('d'),
        'ł' => folded.push('l'),
        'ħ' => folded.push('h'),
        'ı' => folded.push('i'),
        'ς' => folded.push('σ'),
        c if c.is_whitespace() || c.is_control() => {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
        c => folded.push(c),
    }
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}'
    ) && is_combining_mark(c)
}

/// Whether a word of a name begins like a text that is being typed, which may go on over several words. Case and accents
/// do not matter; an empty text is like no name.
pub fn has_word_like(name: &str, text: &str) -> bool {
    begins_a_word(&fold(name), &fold(text.trim()))
}

/// The same of what is folded.
pub(crate) fn begins_a_word(name: &str, text: &str) -> bool {
    let begins = |at: usize| {
        let before = name.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric())
    };
    !text.is_empty() && name.match_indices(text).any(|(at, _)| begins(at))
}

/// At most so many bytes of it.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// The natural order of folded texts: "part 2" before "part 10". Equal where only zeros before
/// numbers differ.
pub(crate) fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    loop {
        match (one, other) {
            ([], []) => return Ordering::Equal,
            ([], _) => return Ordering::Less,
            (_, []) => return Ordering::Greater,
            ([a, one_rest @ ..], [b, other_rest @ ..]) => {
                if a.is_ascii_digit() && b.is_ascii_digit() {
                    let ((value, one_left), (against, other_left)) = (number(one), number(other));
                    let order = value.len().cmp(&against.len()).then_with(|| value.cmp(against));
                    if order.is_ne() {
                        return order;
                    }
                    (one, other) = (one_left, other_left);
                } else if a == b {
                    (one, other) = (one_rest, other_rest);
                } else {
                    return a.cmp(b);
                }
            }
        }
    }
}

/// Bytes in whose plain order texts are in their natural order: before the digits of a number stands
/// how many there are. For sorting many at once.
pub(crate) fn natural_key(text: &str, key: &mut Vec<u8>) {
    let mut left = text.as_bytes();
    while let [first, rest @ ..] = left {
        if first.is_ascii_digit() {
            let (value, after) = number(left);
            // Titles are shorter than 256 bytes.
            key.extend([b'0', u8::try_from(value.len()).unwrap_or(u8::MAX)]);
            key.extend(value);
            left = after;
        } else {
            key.push(*first);
            left = rest;
        }
    }
}

/// The digits that a text begins with, without zeros in front, and what comes behind.
fn number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (mut digits, rest) = text.split_at(end);
    while let [b'0', fewer @ ..] = digits {
        digits = fewer;
    }
    (digits, rest)
}

/// A word of a folded text, as it is kept or asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    /// It is one sign of a script without spaces, and stands for all words that begin with it.
    pub(crate) single: bool,
}

/// The words of a folded text: runs of letters and digits. Of scripts that put no spaces between
/// words, every two signs in a row; what is to be `found` is also the last one alone.
pub(crate) fn words(folded: &str, found: bool) -> impl Iterator<Item = Word<'_>> {
    runs(folded).flat_map(move |(run, unspaced)| {
        let whole = (!unspaced).then(|| Word { text: cut(run, LONGEST_WORD), single: false });
        let signs = if unspaced { run } else { "" };
        whole.into_iter().chain(pairs(signs, found))
    })
}

fn pairs(run: &str, found: bool) -> impl Iterator<Item = Word<'_>> {
    let length = |mut chars: Chars<'_>| chars.next().map_or(0, char::len_utf8);
    let alone = length(run.chars()) == run.len();
    run.char_indices().filter_map(move |(at, c)| {
        let next = at + c.len_utf8();
        let rest = run.get(next..)?;
        let text = run.get(at..next + length(rest.chars()))?;
        (!rest.is_empty() || found || alone).then_some(Word { text, single: rest.is_empty() })
    })
}

/// The runs of letters and digits, and whether they are of a script without spaces.
fn runs(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.get(rest.find(is_letter)?..)?;
        let unspaced = rest.starts_with(is_unspaced);
        let end = rest.find(|c| !is_letter(c) || is_unspaced(c) != unspaced);
        let (run, left) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = left;
        Some((run, unspaced))
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Chinese, Japanese, Thai, Lao, Khmer, Burmese.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn kept(text: &str) -> Vec<String> {
        words(&fold(text), true).map(|word| word.text.to_owned()).collect()
    }

    fn asked(text: &str) -> Vec<String> {
        words(&fold(text), false).map(|word| word.text.to_owned()).collect()
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        assert_eq!(fold("  ÉTÉ à\tla  Plage "), "ete a la plage");
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("Łódź Ærø Ὀδυσσεύς İstanbul"), "lodz aero οδυσσευσ istanbul");
        assert_eq!(fold("Ёлки"), fold("елки"));
        assert_eq!(fold("ｆｕｌｌ　ｗｉｄｔｈ"), "full width");
        assert_eq!(fold("Don’t"), fold("dont"));
        assert_eq!(fold("한국"), "한국");
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let mut titles = ["part 10", "part 2", "part", "part 02b", "part a", "part 1"];
        titles.sort_by(|one, other| natural(one, other));
        assert_eq!(titles, ["part", "part 1", "part 2", "part 02b", "part 10", "part a"]);
        assert_eq!(natural("a 007", "a 7"), Ordering::Equal);
        assert_eq!(natural("a 0", "a 00"), Ordering::Equal);
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(kept("The.Movie_(2019)-1080p.mkv"), ["the", "movie", "2019", "1080p", "mkv"]);
        assert_eq!(kept("हिन्दी गीत"), ["हिन्दी", "गीत"]);
        assert_eq!(kept(" … ! "), Vec::<String>::new());
        assert_eq!(kept(&"x".repeat(100)), ["x".repeat(64)]);
    }

    #[test]
    fn signs_without_spaces_are_found_by_pairs() {
        assert_eq!(kept("東京物語 2"), ["東京", "京物", "物語", "語", "2"]);
        assert_eq!(asked("東京物語"), ["東京", "京物", "物語"]);
        assert_eq!(asked("語"), ["語"]);
        assert_eq!(kept("第1話"), ["第", "1", "話"]);
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn keys_are_in_the_natural_order(one in "[ab0-3 é]{0,8}", other in "[ab0-3 é]{0,8}") {
            let key = |text: &str| {
                let mut key = Vec::new();
                natural_key(text, &mut key);
                key
            };
            prop_assert_eq!(natural(&one, &other), key(&one).cmp(&key(&other)));
        }
    }

    #[test]
    fn what_is_typed_is_looked_for_where_words_begin() {
        for (name, text) in
            [("Über uns", "ub"), ("Old movies", "MOV"), ("a_b-c", "c"), ("Old movies", "old mo")]
        {
            assert!(has_word_like(name, text), "{name} {text}");
        }
        for (name, text) in [("Old movies", "ovies"), ("Old", ""), ("Old", " "), ("", "a")] {
            assert!(!has_word_like(name, text), "{name} {text}");
        }
    }
}
