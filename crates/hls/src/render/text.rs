//! Lines and attribute lists (bis 4.2) in which no value can do harm.

use crate::{ByteRange, Value};

/// Text that grows.
pub(super) struct Text(Vec<u8>);

impl Text {
    /// With room for about so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(super) fn finish(self) -> String {
        // Whatever was put in is text, so nothing is replaced.
        String::from_utf8(self.0)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    pub(super) fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A whole line of our own.
    pub(super) fn line(&mut self, text: &str) {
        self.raw(text);
        self.end();
    }

    pub(super) fn end(&mut self) {
        self.0.push(b'\n');
    }

    /// A tag with a number.
    pub(super) fn numbered(&mut self, tag: &str, number: u64) {
        self.raw(tag);
        self.number(number);
        self.end();
    }

    /// A tag with an attribute list.
    pub(super) fn tag(&mut self, tag: &str) -> Attributes<'_> {
        self.raw(tag);
        Attributes { text: self, first: true }
    }

    pub(super) fn number(&mut self, number: u64) {
        let mut digits = [0; 20];
        let mut rest = number;
        let mut count = 0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + (rest % 10).to_le_bytes()[0];
            rest /= 10;
            count += 1;
            if rest == 0 {
                break;
            }
        }
        self.0.extend_from_slice(digits.get(20 - count..).unwrap_or_default());
    }

    /// Seconds with six decimals.
    pub(super) fn seconds(&mut self, micros: u64) {
        self.number(micros / 1_000_000);
        let mut decimals = *b".000000";
        let mut rest = micros % 1_000_000;
        for digit in decimals.iter_mut().skip(1).rev() {
            *digit = b'0' + (rest % 10).to_le_bytes()[0];
            rest /= 10;
        }
        self.0.extend_from_slice(&decimals);
    }

    /// A number of thousandths with three decimals.
    pub(super) fn thousandths(&mut self, number: u64) {
        self.number(number / 1000);
        let decimals = 1000 + number % 1000;
        self.0.push(b'.');
        let at = self.0.len();
        self.number(decimals);
        self.0.remove(at);
    }

    /// Text of others in one line: without control characters and without variables (bis 4.3).
    pub(super) fn safe(&mut self, text: &str, quote: bool) {
        if !text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'{' | 0x7f | 0xc2 | 0xe2))
        {
            return self.raw(text);
        }
        let mut buffer = [0; 4];
        let mut brace = false;
        for letter in text.chars() {
            if brace && letter == '$' {
                // Or it would be taken for a variable that nobody defined.
                self.0.push(b' ');
            }
            brace = letter == '{';
            let harmless = match letter {
                '"' if quote => '\'',
                '\u{2028}' | '\u{2029}' => ' ',
                letter if letter.is_control() => ' ',
                letter => letter,
            };
            self.raw(harmless.encode_utf8(&mut buffer));
        }
    }

    /// A word of others: what cannot be in one is left out.
    pub(super) fn token(&mut self, value: &str) {
        self.0.extend(
            value.bytes().filter(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',')),
        );
    }

    /// An address (RFC 3986): what must not be in one is percent-encoded. What is encoded already
    /// stays as it is.
    pub(super) fn uri(&mut self, uri: &str) {
        if uri.bytes().all(|byte| in_uri(byte) && byte != b'%') {
            return self.raw(uri);
        }
        let mut rest = uri.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            let encoded = after.get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
            if in_uri(*byte) && (*byte != b'%' || encoded) {
                self.0.push(*byte);
            } else {
                let hex = |half: u8| b"0123456789ABCDEF".get(usize::from(half)).copied();
                self.0.push(b'%');
                self.0.extend(hex(byte >> 4));
                self.0.extend(hex(byte & 15));
            }
            rest = after;
        }
    }

    /// An address on a line of its own, which must not look like a comment.
    pub(super) fn uri_line(&mut self, uri: &str) {
        match uri.strip_prefix('#') {
            Some(rest) => {
                self.raw("%23");
                self.uri(rest);
            }
            None => self.uri(uri),
        }
        self.end();
    }

    pub(super) fn byte_range(&mut self, range: ByteRange) {
        self.number(range.length);
        if let Some(offset) = range.offset {
            self.0.push(b'@');
            self.number(offset);
        }
    }
}

/// Whether a byte may be in an address as it is. `#` is taken to be meant.
fn in_uri(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}')
}

/// An attribute list that grows.
pub(super) struct Attributes<'a> {
    text: &'a mut Text,
    first: bool,
}

impl Attributes<'_> {
    fn name(&mut self, name: &str) -> &mut Text {
        if !self.first {
            self.text.raw(",");
        }
        self.first = false;
        self.text.raw(name);
        self.text.raw("=");
        self.text
    }

    pub(super) fn end(self) {
        self.text.end();
    }

    pub(super) fn word(&mut self, name: &str, value: &str) {
        self.name(name).raw(value);
    }

    pub(super) fn token(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        self.name(name).token(value);
    }

    /// One that the standard leaves to others. What its name cannot contain is left out.
    pub(super) fn other(&mut self, name: &str, value: &Value) {
        let allowed = |letter: &char| {
            letter.is_ascii_uppercase() || letter.is_ascii_digit() || *letter == '-'
        };
        let name: String = name.chars().filter(allowed).collect();
        match value {
            _ if name.is_empty() => {}
            Value::Quoted(value) => self.quoted(&name, Some(value)),
            Value::Bare(value) => self.token(&name, Some(value)),
        }
    }

    pub(super) fn flag(&mut self, name: &str, value: bool) {
        if value {
            self.word(name, "YES");
        }
    }

    pub(super) fn number(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.name(name).number(value);
        }
    }

    pub(super) fn thousandths(&mut self, name: &str, value: Option<u64>) {
        if let Some(value) = value {
            self.name(name).thousandths(value);
        }
    }

    pub(super) fn seconds(&mut self, name: &str, micros: Option<u64>) {
        if let Some(micros) = micros {
            self.name(name).seconds(micros);
        }
    }

    pub(super) fn signed_seconds(&mut self, name: &str, micros: i64) {
        let text = self.name(name);
        if micros < 0 {
            text.raw("-");
        }
        text.seconds(micros.unsigned_abs());
    }

    pub(super) fn resolution(&mut self, name: &str, value: Option<(u32, u32)>) {
        if let Some((width, height)) = value {
            let text = self.name(name);
            text.number(width.into());
            text.raw("x");
            text.number(height.into());
        }
    }

    pub(super) fn quoted(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            let text = self.name(name);
            text.raw("\"");
            text.safe(value, true);
            text.raw("\"");
        }
    }

    pub(super) fn uri(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            let text = self.name(name);
            text.raw("\"");
            text.uri(value);
            text.raw("\"");
        }
    }

    pub(super) fn byte_range(&mut self, name: &str, value: Option<ByteRange>) {
        if let Some(range) = value {
            let text = self.name(name);
            text.raw("\"");
            text.byte_range(range);
            text.raw("\"");
        }
    }

    pub(super) fn hexadecimal(&mut self, name: &str, value: Option<u128>) {
        if let Some(value) = value {
            self.name(name).raw(&format!("0x{value:032x}"));
        }
    }
}
