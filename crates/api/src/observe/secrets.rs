//! What must not be read in a log by whoever may not know it.

use std::borrow::Cow;

/// What secrets stand behind, in addresses and settings.
const MARKS: [&str; 3] = ["api_key=", "password=", "vidicon_session="];

/// Stands for a secret.
const HIDDEN: &str = "•••";

/// The text without its secrets: values of keys and passwords, and the password in an address like `postgres://user:it@host`.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let suspect = MARKS.iter().any(|mark| text.contains(mark)) || text.contains("://");
    if !suspect {
        return Cow::Borrowed(text);
    }
    let mut masked = text.to_owned();
    for mark in MARKS {
        masked = hide_behind(&masked, mark, |rest| {
            let end = rest.find(|c: char| c.is_whitespace() || "&\"';,)#".contains(c));
            Some(0..end.unwrap_or(rest.len()))
        });
    }
    Cow::Owned(hide_behind(&masked, "://", |rest| {
        let end = rest.find(|c: char| c.is_whitespace() || "/\"'".contains(c));
        let authority = rest.get(..end.unwrap_or(rest.len()))?;
        let (user, _) = authority.rsplit_once('@')?;
        Some(user.find(':')? + 1..user.len())
    }))
}

/// Hides what `find` finds behind each mark.
fn hide_behind(
    text: &str,
    mark: &str,
    find: impl Fn(&str) -> Option<std::ops::Range<usize>>,
) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(mark) {
        masked.push_str(before);
        masked.push_str(mark);
        rest = after;
        if let Some(secret) = find(after) {
            masked.push_str(after.get(..secret.start).unwrap_or_default());
            masked.push_str(HIDDEN);
            rest = after.get(secret.end..).unwrap_or_default();
        }
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_nothing_else() {
        for (text, masked) in [
            ("nothing here", "nothing here"),
            ("/x?api_key=a+b&c=d", "/x?api_key=•••&c=d"),
            ("api_key=one and api_key=two", "api_key=••• and api_key=•••"),
            ("{\"url\":\"/x?api_key=one\"}", "{\"url\":\"/x?api_key=•••\"}"),
            ("postgres://user:p@ss@host/db", "postgres://user:•••@host/db"),
            ("http://host:9000/a@b:c", "http://host:9000/a@b:c"),
            ("postgres://user@host/db", "postgres://user@host/db"),
            ("vidicon_session=abc; x", "vidicon_session=•••; x"),
            ("api_key=", "api_key=•••"),
        ] {
            assert_eq!(mask(text), masked);
        }
    }
}
