//! A secret: used where it must be, never shown.

use std::{fmt, str::FromStr};

use super::BadValue;

/// An API key. Neither `Debug` nor `Display` shows it.
///
/// Only visible ASCII characters without the comma, because it has to travel in an HTTP header field, in
/// a URL and in a comma-separated environment variable.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What is shown in place of a secret.
    pub const MASK: &str = "•••";

    /// Shorter keys work, but the person who set one is warned: 16 random characters hold some 90 bits.
    pub const SHORT: usize = 16;

    /// The secret itself, for comparing.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether it is short enough to be guessed by trying.
    pub fn is_short(&self) -> bool {
        self.0.len() < Self::SHORT
    }
}

impl FromStr for Secret {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadValue(
                "an API key is empty: take it out, or make one with `openssl rand -hex 24`".into(),
            ));
        }
        // The key itself is not repeated: messages end up in logs.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') {
            return Err(BadValue(
                "an API key holds a character that cannot travel in a header: use visible ASCII characters without \
                 spaces and commas, like those of `openssl rand -hex 24`"
                    .into(),
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(Self::MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(Self::MASK)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_to_nobody() {
        let secret: Secret = "hunter2".parse().unwrap();
        assert_eq!(format!("{secret} {secret:?}"), "••• •••");
        assert_eq!(secret.reveal(), "hunter2");
        assert!(secret.is_short());
        assert!(!"0123456789abcdef".parse::<Secret>().unwrap().is_short());
    }

    #[test]
    fn a_refused_secret_is_not_repeated() {
        for text in ["", "two words", "naïve", "a,b", "tab\there"] {
            let why = text.parse::<Secret>().unwrap_err().0;
            assert!(text.is_empty() || !why.contains(text), "{why}");
        }
    }
}
