//! `Content-Disposition` for a download under the file's own name: RFC 6266 and RFC 8187.

use std::ffi::OsStr;

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but `attr-char` (RFC 8187 section 3.2.1).
const NOT_ATTR_CHAR: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// A header that makes a browser save the body as `name`.
///
/// The name is given twice: in plain ASCII, with `_` for whatever old clients get wrong (quotes,
/// backslashes, percent signs, other scripts), and exactly, in UTF-8. Control characters are `_`
/// in both, since no file should be saved under them; bytes that are not UTF-8 become U+FFFD.
pub fn attachment(name: &OsStr) -> HeaderValue {
    let name: String =
        name.to_string_lossy().chars().map(|c| if c.is_control() { '_' } else { c }).collect();
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let exact = utf8_percent_encode(&name, NOT_ATTR_CHAR);
    HeaderValue::try_from(format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

/// Whether a character means itself inside a quoted string to every client. Percent signs do not:
/// some decode `%41` there (RFC 6266 appendix D).
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn of(name: &str) -> String {
        attachment(OsStr::new(name)).to_str().unwrap().to_owned()
    }

    #[test]
    fn names_in_any_language_survive() {
        assert_eq!(
            of("a film.mp4"),
            r#"attachment; filename="a film.mp4"; filename*=UTF-8''a%20film.mp4"#
        );
        assert_eq!(
            of("Amélie €.mkv"),
            r#"attachment; filename="Am_lie _.mkv"; filename*=UTF-8''Am%C3%A9lie%20%E2%82%AC.mkv"#
        );
        assert_eq!(
            of("映画.ts"),
            r#"attachment; filename="__.ts"; filename*=UTF-8''%E6%98%A0%E7%94%BB.ts"#
        );
    }

    #[test]
    fn nothing_in_a_name_can_leave_its_quotes() {
        assert_eq!(
            of(r#"a";x="b\c%41'd.mp4"#),
            r#"attachment; filename="a_;x=_b_c_41'd.mp4"; filename*=UTF-8''a%22%3Bx%3D%22b%5Cc%2541%27d.mp4"#
        );
        assert_eq!(
            of("a\r\nb\u{85}.mp4"),
            r#"attachment; filename="a__b_.mp4"; filename*=UTF-8''a__b_.mp4"#
        );
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        use std::os::unix::ffi::OsStrExt;
        let value = attachment(OsStr::from_bytes(b"caf\xe9.avi"));
        assert_eq!(value, r#"attachment; filename="caf_.avi"; filename*=UTF-8''caf%EF%BF%BD.avi"#);
    }

    proptest! {
        #[test]
        fn the_exact_name_decodes_to_the_name(name in "[^\\p{Cc}]{1,40}") {
            let value = of(&name);
            let (plain, exact) = value.split_once("; filename*=UTF-8''").unwrap();
            prop_assert_eq!(percent_encoding::percent_decode_str(exact).decode_utf8().unwrap(), &*name);
            prop_assert_eq!(plain.matches('"').count(), 2);
        }
    }
}
