//! Request targets: writing any name as one, and reading a percent-encoded text back.

use std::fmt::Write;

/// A name as a path of a URL: every byte but the unreserved ones (RFC 3986 section 2.3) and the
/// slash is percent-encoded.
pub fn encode(name: impl AsRef<[u8]>) -> String {
    name.as_ref().iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
        text
    })
}

/// The bytes behind a percent-encoded text.
#[track_caller]
pub fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), all);
        assert_eq!(encode("a b/ж.mp4"), "a%20b/%D0%B6.mp4");
    }
}
