//! Lists of entity tags: `If-Match` and `If-None-Match` (RFC 9110 sections 8.8.3 and 13.1).

use http::{HeaderValue, header::GetAll};

/// Whether a list has `ours` by strong comparison, or is `*`. `ours` is strong.
pub(super) fn any_strong(lines: &GetAll<'_, HeaderValue>, ours: &HeaderValue) -> bool {
    any(lines, |tag| !tag.weak && tag.quoted == ours.as_bytes())
}

/// Whether a list has `ours` by weak comparison, or is `*`.
pub(super) fn any_weak(lines: &GetAll<'_, HeaderValue>, ours: &HeaderValue) -> bool {
    any(lines, |tag| tag.quoted == ours.as_bytes())
}

fn any(lines: &GetAll<'_, HeaderValue>, matches: impl Fn(&Tag<'_>) -> bool) -> bool {
    lines.iter().any(|line| {
        let line = line.as_bytes().trim_ascii();
        line == b"*" || Tags(line).any(|tag| matches(&tag))
    })
}

/// One tag of a list.
struct Tag<'a> {
    weak: bool,
    /// The opaque tag with its quotes.
    quoted: &'a [u8],
}

/// The tags of one line. A list ends at the first thing that is no tag: what follows it cannot be
/// trusted to mean what it looks like. Commas may stand inside a tag.
struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let rest = trim_start(self.0, |byte| matches!(byte, b' ' | b'\t' | b','));
        self.0 = &[];
        let (weak, rest) = match rest.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let inside = rest.strip_prefix(b"\"")?;
        let end = inside.iter().position(|byte| *byte == b'"')?;
        let (quoted, rest) = rest.split_at_checked(end + 2)?;
        if !inside.get(..end)?.iter().all(|byte| is_etagc(*byte)) {
            return None;
        }
        let rest = trim_start(rest, |byte| matches!(byte, b' ' | b'\t'));
        if !rest.is_empty() && !rest.starts_with(b",") {
            return None;
        }
        self.0 = rest;
        Some(Tag { weak, quoted })
    }
}

/// `etagc = %x21 / %x23-7E / obs-text`
fn is_etagc(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x7e | 0x80..)
}

fn trim_start(mut bytes: &[u8], skip: impl Fn(u8) -> bool) -> &[u8] {
    while let Some((first, rest)) = bytes.split_first() {
        if !skip(*first) {
            break;
        }
        bytes = rest;
    }
    bytes
}
