//! The name of content, whatever its file is called.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The stable id of a video: the same for a file that was renamed, moved, or whose tags were
/// changed in place. 128 bits, written as 26 letters and digits.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct ContentId([u8; 16]);

/// Crockford's base 32 in lower case: no letter that is taken for another.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl ContentId {
    /// The length of an id in text.
    pub const TEXT_LEN: usize = 26;

    /// The id of whatever was fed to `hasher`.
    pub fn of(hasher: &blake3::Hasher) -> Self {
        let mut bytes = [0; 16];
        hasher.finalize_xof().fill(&mut bytes);
        Self(bytes)
    }

    /// The id that these bytes are.
    pub(crate) fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// As bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = u128::from_be_bytes(self.0);
        for digit in (0..Self::TEXT_LEN).rev() {
            let bits = usize::try_from((value >> (5 * digit)) & 31).unwrap_or(0);
            let letter = ALPHABET.get(bits).copied().unwrap_or(b'0');
            fmt::Write::write_char(f, char::from(letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ContentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentId({self})")
    }
}

/// The text is no content id.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a content id: 26 letters and digits")]
pub struct NotAnId;

impl FromStr for ContentId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != Self::TEXT_LEN {
            return Err(NotAnId);
        }
        let mut value: u128 = 0;
        for (index, letter) in text.bytes().enumerate() {
            let digit = ALPHABET.iter().position(|known| *known == letter).ok_or(NotAnId)?;
            // 26 digits hold 130 bits: the first may only have three.
            if index == 0 && digit > 7 {
                return Err(NotAnId);
            }
            value = (value << 5) | digit as u128;
        }
        Ok(Self(value.to_be_bytes()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    proptest::proptest! {
        #[test]
        fn an_id_reads_back_as_what_was_written(bytes: [u8; 16]) {
            let id = ContentId(bytes);
            assert_eq!(id.to_string().len(), ContentId::TEXT_LEN);
            assert_eq!(id.to_string().parse::<ContentId>().unwrap(), id);
        }
    }

    #[test]
    fn anything_else_is_no_id() {
        for text in ["", "master.m3u8", "8zzzzzzzzzzzzzzzzzzzzzzzzz", "0000000000000000000000000u"]
        {
            assert!(text.parse::<ContentId>().is_err(), "{text}");
        }
    }
}
