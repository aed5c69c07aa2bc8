//! Settings that are one word out of a few.

use super::BadValue;

/// A type whose values are words, all listed.
pub trait Word: Copy + PartialEq + 'static {
    /// Every word and its value, in the order in which they are named to people.
    const WORDS: &'static [(&'static str, Self)];

    /// The word for this value.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}

impl Word for bool {
    const WORDS: &'static [(&'static str, Self)] = &[("true", true), ("false", false)];
}

/// The words of a type, for documents and messages.
pub fn words<T: Word>() -> Vec<&'static str> {
    T::WORDS.iter().map(|(word, _)| *word).collect()
}

/// Reads a word, or says which ones there are.
pub fn parse_word<T: Word>(text: &str) -> Result<T, BadValue> {
    let text = text.trim();
    let found = T::WORDS.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words = words::<T>();
        let known = match words.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        BadValue(format!("{text:?} is not one of the words here: write {known}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_refused_with_the_known_ones() {
        assert_eq!(parse_word::<bool>("true"), Ok(true));
        assert_eq!(
            parse_word::<bool>("yes"),
            Err(BadValue("\"yes\" is not one of the words here: write true or false".into()))
        );
    }
}
