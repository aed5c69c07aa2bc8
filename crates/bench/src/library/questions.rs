//! What is asked of a library: each time of other videos, so that nothing can be had from a cache.

use super::entries::{SHELVES, TAGS, shelf, tag_name};
use super::words::{rank, word};
use crate::numbers::Dice;

/// A kind of question.
pub(super) struct Question {
    pub(super) name: &'static str,
    /// Its path, for a library of so many videos.
    pub(super) path: fn(&mut Dice, u64) -> String,
    /// Whether the bar for queries is for it.
    pub(super) has_bar: bool,
}

const ORDERS: [&str; 9] =
    ["title", "rating", "views", "added", "duration", "played", "made", "random", "size"];

/// All of them.
pub(super) const QUESTIONS: [Question; 15] = [
    bar("first page, newest first", |dice, _| list(dice, "sort=added&order=desc")),
    bar("first page, any order", |dice, _| {
        let order = ORDERS.get(usize::try_from(dice.below(9)).unwrap_or(0)).unwrap_or(&"title");
        list(dice, &format!("sort={order}"))
    }),
    bar("one filter", |dice, _| {
        let filter = filter(dice);
        list(dice, &filter)
    }),
    bar("three filters, any order", |dice, _| {
        let order = ORDERS.get(usize::try_from(dice.below(9)).unwrap_or(0)).unwrap_or(&"title");
        let filters = format!("{}&{}&sort={order}", wide(dice), filter(dice));
        list(dice, &filters)
    }),
    bar("tags: both, and none of a third", |dice, _| {
        let tags = format!("tags={},{}&not_tags={}", tag(dice, 12), tag(dice, 12), tag(dice, TAGS));
        list(dice, &tags)
    }),
    bar("facets of everything", |dice, _| {
        format!("/api/v1/videos/facets?duration={}..", dice.below(60))
    }),
    bar("facets of a filter", |dice, _| format!("/api/v1/videos/facets?{}", filter(dice))),
    bar("facets of a word", |dice, _| format!("/api/v1/videos/facets?q={}", common(dice))),
    bar("a common word", |dice, _| {
        let text = format!("q={}", common(dice));
        list(dice, &text)
    }),
    bar("two words and a beginning", |dice, _| {
        let text = format!("q={}%20{}%20{}", common(dice), common(dice), beginning(dice));
        list(dice, &text)
    }),
    bar("any word with a filter", |dice, _| {
        let text = format!("q={}&{}", encoded(&word(rank(dice))), wide(dice));
        list(dice, &text)
    }),
    bar("suggestions while typing", |dice, _| {
        format!("/api/v1/suggest?limit=8&q={}", beginning(dice))
    }),
    bar("a page in the middle", |dice, count| {
        let at = dice.below(count.saturating_sub(100));
        format!("/api/v1/videos?limit=100&offset={at}&sort=title&seed={}", dice.below(1 << 30))
    }),
    Question {
        name: "all of one video",
        path: |dice, count| format!("/api/v1/videos/{:026}", dice.below(count)),
        has_bar: false,
    },
    Question { name: "home", path: |_, _| "/api/v1/home".to_owned(), has_bar: false },
];

const fn bar(name: &'static str, path: fn(&mut Dice, u64) -> String) -> Question {
    Question { name, path, has_bar: true }
}

/// A list of 100, as the page asks for it.
fn list(dice: &mut Dice, query: &str) -> String {
    format!("/api/v1/videos?limit=100&{query}&seed={}", dice.below(1 << 30))
}

fn filter(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => format!("any_tags={},{}", tag(dice, TAGS), tag(dice, TAGS)),
        1 => format!("folder={}", shelf(dice.below(SHELVES))),
        2 => "codec=hevc,av1".to_owned(),
        3 => format!("rating={}..", 1 + dice.below(5)),
        4 => format!("duration={}..{}", dice.below(3_000), 3_000 + dice.below(6_000)),
        5 => "watched=begun".to_owned(),
        6 => "favourite=yes".to_owned(),
        _ => format!("added={}d", 1 + dice.below(700)),
    }
}

/// Filters of which a large part of everything is left; none of them is one of [`filter`].
fn wide(dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => "height=720..&hidden=no".to_owned(),
        1 => "language=en,de".to_owned(),
        _ => format!("not_tags={}&container=mp4,matroska", tag(dice, TAGS)),
    }
}

fn tag(dice: &mut Dice, of: u64) -> String {
    encoded(&tag_name(dice.below(of)))
}

fn common(dice: &mut Dice) -> String {
    encoded(&word(dice.below(40)))
}

fn beginning(dice: &mut Dice) -> String {
    let letters = 1 + usize::try_from(dice.below(3)).unwrap_or(0);
    encoded(&word(dice.below(2_000)).chars().take(letters).collect::<String>())
}

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;

    text.bytes().fold(String::new(), |mut done, byte| {
        if byte.is_ascii_alphanumeric() {
            done.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(done, "%{byte:02X}");
        }
        done
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_question_says_anything_twice() {
        let mut dice = Dice::new(5);
        for question in QUESTIONS {
            for _ in 0..300 {
                let path = (question.path)(&mut dice, 1_000);
                let (_, query) = path.split_once('?').unwrap_or_default();
                let keys: Vec<_> =
                    query.split('&').filter_map(|pair| pair.split_once('=')).collect();
                let different: HashSet<_> = keys.iter().map(|(key, _)| *key).collect();
                assert_eq!(keys.len(), different.len(), "{path}");
            }
        }
    }

    #[test]
    fn paths_are_of_plain_characters() {
        let mut dice = Dice::new(3);
        for question in QUESTIONS {
            for _ in 0..100 {
                let path = (question.path)(&mut dice, 1_000);
                assert!(
                    path.starts_with("/api/v1/")
                        && path.bytes().all(|byte| byte.is_ascii_graphic()),
                    "{path}"
                );
            }
        }
    }
}
