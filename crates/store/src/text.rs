//! Texts as the database keeps them.

use unicode_normalization::UnicodeNormalization as _;

use crate::StoreError;

/// Without what `PostgreSQL` cannot keep.
pub(crate) fn clean(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// The same, at most so many bytes, cut between characters.
pub(crate) fn clean_within(text: String, most: usize) -> String {
    let mut text = clean(text);
    if text.len() > most {
        let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

/// A name that somebody gave: composed, trimmed, its blanks made one each.
pub(crate) fn name(what: &str, text: &str, most: usize) -> Result<String, StoreError> {
    let composed: String = text.nfc().collect();
    let name = composed.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > most {
        return Err(StoreError::Refused {
            what: format!("{what} has {length} characters; give it 1 to {most}"),
        });
    }
    if name.chars().any(char::is_control) {
        return Err(StoreError::Refused {
            what: format!("{what} holds a control character; leave it out"),
        });
    }
    Ok(name)
}

/// What names have in common that differ in case only.
pub(crate) fn fold(name: &str) -> String {
    name.to_lowercase().nfc().collect()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).fold(String::new(), |mut text, digit| {
        text.extend(char::from_digit(u32::from(digit), 16));
        text
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_the_same_however_they_were_typed() {
        let name = |text| name("the name", text, 100).unwrap();
        assert_eq!(name("  Cafe\u{301}  noir "), "Café noir");
        assert_eq!(fold(&name("CAFÉ")), fold(&name("cafe\u{301}")));
    }

    #[test]
    fn names_have_bounds() {
        assert!(name("the name", " \t", 100).is_err());
        assert!(name("the name", &"é".repeat(100), 100).is_ok());
        assert!(name("the name", &"é".repeat(101), 100).is_err());
        assert!(name("the name", "a\u{7}b", 100).is_err());
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(clean_within("aé".to_owned(), 2), "a");
        assert_eq!(clean("a\0b".to_owned()), "a\u{fffd}b");
    }
}
