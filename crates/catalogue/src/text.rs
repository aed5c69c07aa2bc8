//! What was typed, as words that must or must not be there; and which videos have them.

use crate::{
    bits::Bits,
    catalogue::Catalogue,
    fold::{Word, cut, fold, words},
};

/// So much of a text is looked at, in bytes.
const LONGEST: usize = 1_000;
/// The most words that are looked for.
const MOST: usize = 24;

/// A text of a query, taken apart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Terms {
    all: Vec<Term>,
    none: Vec<Term>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Term {
    word: String,
    /// Words that begin with it will do.
    open: bool,
    /// It is one sign of a script without spaces: a word by itself wherever it stands.
    single: bool,
}

/// What a text means.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Everything that matches.
    pub(crate) all: Bits,
    /// Of it: all words are in the title, whole.
    pub(crate) whole: Bits,
    /// Of it: all words are in the title, the last one perhaps as a beginning.
    pub(crate) begun: Bits,
}

impl Terms {
    /// Words stand between spaces; `"…"` makes them exact, `-` before a word or quote excludes it.
    pub(crate) fn parse(text: &str) -> Self {
        let mut terms = Self::default();
        let mut rest = cut(text, LONGEST);
        let mut last_is_open = false;
        loop {
            rest = rest.trim_start();
            let after = rest.strip_prefix('-').unwrap_or(rest);
            let excluded = after.len() < rest.len();
            if after.is_empty() {
                break;
            }
            let (part, quoted);
            (part, quoted, rest) = if let Some(after) = after.strip_prefix('"') {
                let (part, rest) = after.split_once('"').unwrap_or((after, ""));
                (part, true, rest)
            } else {
                let end = after.find(char::is_whitespace).unwrap_or(after.len());
                let (part, rest) = after.split_at_checked(end).unwrap_or((after, ""));
                (part, false, rest)
            };
            let list = if excluded { &mut terms.none } else { &mut terms.all };
            let before = list.len();
            list.extend(words(&fold(part), false).map(|Word { text, single }| Term {
                word: text.to_owned(),
                open: single,
                single,
            }));
            if list.len() > before {
                last_is_open = !excluded && !quoted;
            }
        }
        if let Some(last) = terms.all.last_mut().filter(|_| last_is_open) {
            last.open = true;
        }
        terms.all.truncate(MOST);
        terms.none.truncate(MOST);
        terms
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.none.is_empty()
    }
}

impl Catalogue {
    /// Which videos have these words.
    pub(crate) fn find(&self, terms: &Terms) -> Bits {
        let mut all = self.rows.alive.clone();
        for term in &terms.all {
            all.keep(&self.with(term));
        }
        for term in &terms.none {
            all.drop_all(&self.with(term));
        }
        all
    }

    /// The same, and how well they match.
    pub(crate) fn find_in_titles(&self, terms: &Terms) -> Found {
        let all = self.find(terms);
        let (mut whole, mut begun) = (all.clone(), all.clone());
        for term in &terms.all {
            let mut titles = Bits::none(self.rows.width());
            if let Some(word) = self.dictionary.find(&term.word) {
                self.dictionary.titles_to(word, &mut titles);
            }
            if !term.single {
                whole.keep(&titles);
            }
            if term.open {
                self.dictionary.titles_under_to(&term.word, &mut titles);
            }
            if term.single {
                whole.keep(&titles);
            }
            begun.keep(&titles);
        }
        Found { all, whole, begun }
    }

    /// The videos with one word.
    fn with(&self, term: &Term) -> Bits {
        let mut bits = Bits::none(self.rows.width());
        if term.open {
            self.dictionary.all_under_to(&term.word, &self.values, &mut bits);
        } else if let Some(word) = self.dictionary.find(&term.word) {
            self.dictionary.all_to(word, &self.values, &mut bits);
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let terms = Terms::parse(text);
        let show = |term: &Term| format!("{}{}", term.word, if term.open { "*" } else { "" });
        let all = terms.all.iter().map(show);
        let none = terms.none.iter().map(|term| format!("-{}", show(term)));
        all.chain(none).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_the_last_word_may_be_unfinished() {
        assert_eq!(shown("Der  Blaue Eng"), "der blaue eng*");
        assert_eq!(shown("spider-man"), "spider man*");
        assert_eq!(shown("eng -blau"), "eng -blau");
        assert_eq!(shown("-blau eng"), "eng* -blau");
    }

    #[test]
    fn words_in_quotes_are_exact() {
        assert_eq!(shown("\"Der Engel\""), "der engel");
        assert_eq!(shown("blau \"eng"), "blau eng");
        assert_eq!(shown("-\"ein zwei\" drei"), "drei* -ein -zwei");
    }

    #[test]
    fn signs_alone_mean_nothing() {
        for text in ["", " ", "-", "\"", "\"\"", "- ? -!", "--"] {
            assert!(Terms::parse(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_bounded_meaning(text in any::<String>(), times in 1..40_usize) {
            let terms = Terms::parse(&text.repeat(times));
            prop_assert!(terms.all.len() <= MOST && terms.none.len() <= MOST);
        }
    }
}
