//! An origin that may read across sites (CORS): `*` or `scheme://host[:port]`.

use std::{fmt, str::FromStr};

use super::BadValue;

/// Who may read our answers from another site's page (Fetch, section 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `*`: pages of every site.
    Any,
    /// Pages of one site, as browsers write it: lower case, without a path.
    Exact(String),
}

impl FromStr for Origin {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let good = host.is_some_and(|host| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_graphic() && !b"/?#@,\\*\"'<>".contains(&byte))
        });
        if good {
            // Browsers send scheme and host in lower case; compared as text, so kept as text.
            return Ok(Self::Exact(text.to_ascii_lowercase()));
        }
        Err(BadValue(format!(
            "{text:?} is not an origin: write \"*\" for every site, or one site without a path, like \"https://tv.example.org\" \
             or \"http://192.168.1.20:8080\""
        )))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => out.write_str("*"),
            Self::Exact(origin) => out.write_str(origin),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_a_star_or_a_site_without_a_path() {
        assert_eq!("*".parse::<Origin>().unwrap(), Origin::Any);
        assert_eq!(
            "https://TV.example.org:8443".parse::<Origin>().unwrap(),
            Origin::Exact("https://tv.example.org:8443".into())
        );
        for text in [
            "",
            "tv.example.org",
            "https://",
            "https://a/",
            "https://a/b",
            "https://*.a",
            "null",
            "http://a b",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text:?}");
        }
    }
}
