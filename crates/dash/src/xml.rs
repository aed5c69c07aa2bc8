//! Elements and attributes in which no value can do harm.

use media::Ratio;

/// Text that grows.
pub(crate) struct Xml {
    out: Vec<u8>,
    depth: usize,
}

impl Xml {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        let mut out = Vec::with_capacity(bytes);
        out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Self { out, depth: 0 }
    }

    pub(crate) fn finish(self) -> String {
        // Whatever was put in is text, so nothing is replaced.
        String::from_utf8(self.out)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n(b' ', 2 * self.depth));
    }

    /// `<name`; attributes, and then [`inside`](Self::inside) or [`empty`](Self::empty), follow.
    pub(crate) fn begin(&mut self, name: &str) -> &mut Self {
        self.indent();
        self.raw("<");
        self.raw(name);
        self
    }

    /// `>`; elements and [`end`](Self::end) follow.
    pub(crate) fn inside(&mut self) {
        self.raw(">\n");
        self.depth += 1;
    }

    /// `/>`.
    pub(crate) fn empty(&mut self) {
        self.raw("/>\n");
    }

    /// `</name>`.
    pub(crate) fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.raw("</");
        self.raw(name);
        self.raw(">\n");
    }

    /// `>text</name>` after [`begin`](Self::begin).
    pub(crate) fn content(&mut self, name: &str, text: &str) {
        self.raw(">");
        self.escaped(text);
        self.raw("</");
        self.raw(name);
        self.raw(">\n");
    }

    /// An element with text.
    pub(crate) fn element(&mut self, name: &str, text: &str) {
        self.begin(name).content(name, text);
    }

    pub(crate) fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.escaped(value);
        self.raw("\"");
        self
    }

    pub(crate) fn optional(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.attribute(name, value);
        }
        self
    }

    pub(crate) fn number(&mut self, name: &str, value: Option<u64>) -> &mut Self {
        if let Some(value) = value {
            self.raw(" ");
            self.raw(name);
            self.raw("=\"");
            self.digits(value);
            self.raw("\"");
        }
        self
    }

    pub(crate) fn small(&mut self, name: &str, value: Option<u32>) -> &mut Self {
        self.number(name, value.map(u64::from))
    }

    /// `16:9`.
    pub(crate) fn aspect(&mut self, name: &str, value: Option<Ratio>) -> &mut Self {
        if let Some(Ratio { num, den }) = value {
            self.attribute(name, &format!("{num}:{den}"));
        }
        self
    }

    /// `24000/1001`, or `25`.
    pub(crate) fn rate(&mut self, name: &str, value: Option<Ratio>) -> &mut Self {
        match value {
            Some(Ratio { num, den: 1 }) => self.small(name, Some(num)),
            Some(Ratio { num, den }) => self.attribute(name, &format!("{num}/{den}")),
            None => self,
        }
    }

    /// `PT1H2M3.5S` [XML Schema part 2, 3.2.6].
    pub(crate) fn duration(&mut self, name: &str, micros: Option<u64>) -> &mut Self {
        let Some(micros) = micros else { return self };
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let part = |number: u64, unit| match number {
            0 => String::new(),
            number => format!("{number}{unit}"),
        };
        let decimals = format!("{fraction:06}");
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        // Seconds always: one part at least must be there.
        let text =
            format!("PT{}{}{seconds}{point}{decimals}S", part(hours, 'H'), part(minutes, 'M'));
        self.attribute(name, &text)
    }

    fn digits(&mut self, number: u64) {
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
        self.out.extend_from_slice(digits.get(20 - count..).unwrap_or_default());
    }

    /// What XML 1.0 does not allow at all becomes a space.
    fn escaped(&mut self, text: &str) {
        let mut buffer = [0; 4];
        for letter in text.chars() {
            match letter {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                '\u{fffe}' | '\u{ffff}' => self.raw(" "),
                letter if letter.is_control() => self.raw(" "),
                letter => self.raw(letter.encode_utf8(&mut buffer)),
            }
        }
    }
}
