//! Text with styles as cue text: tags are opened and closed in order whatever came in, and only
//! around text.

/// What a letter looks like.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Style {
    pub(crate) italic: bool,
    pub(crate) bold: bool,
    pub(crate) underline: bool,
    pub(crate) colour: Option<Colour>,
}

/// The colours that every player knows by class [WebVTT, 5.1]. White is what text has anyway.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Colour {
    Lime,
    Cyan,
    Red,
    Yellow,
    Magenta,
    Blue,
}

impl Colour {
    fn open(self) -> &'static str {
        match self {
            Self::Lime => "<c.lime>",
            Self::Cyan => "<c.cyan>",
            Self::Red => "<c.red>",
            Self::Yellow => "<c.yellow>",
            Self::Magenta => "<c.magenta>",
            Self::Blue => "<c.blue>",
        }
    }

    /// By red, green and blue: only what is about full or about absent of each counts as one.
    pub(crate) fn from_rgb(red: u8, green: u8, blue: u8) -> Option<Self> {
        let full = |part: u8| match part {
            0..=64 => Some(false),
            190..=255 => Some(true),
            _ => None,
        };
        match (full(red)?, full(green)?, full(blue)?) {
            (false, true, false) => Some(Self::Lime),
            (false, true, true) => Some(Self::Cyan),
            (true, false, false) => Some(Self::Red),
            (true, true, false) => Some(Self::Yellow),
            (true, false, true) => Some(Self::Magenta),
            (false, false, true) => Some(Self::Blue),
            _ => None,
        }
    }

    /// By the name or the number that HTML gives it: `yellow`, `#ffff00`.
    pub(crate) fn from_html(text: &str) -> Option<Self> {
        let text = text.trim_matches(['"', '\'', ' ', '#']);
        match text.to_ascii_lowercase().as_str() {
            "lime" | "green" => return Some(Self::Lime),
            "cyan" | "aqua" => return Some(Self::Cyan),
            "red" => return Some(Self::Red),
            "yellow" => return Some(Self::Yellow),
            "magenta" | "fuchsia" => return Some(Self::Magenta),
            "blue" => return Some(Self::Blue),
            _ => {}
        }
        let number = u32::from_str_radix(text, 16).ok().filter(|_| text.len() == 6)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Self::from_rgb(red, green, blue)
    }
}

/// Cue text that grows.
#[derive(Debug, Default)]
pub(crate) struct Styled {
    /// What the letters that follow look like.
    pub(crate) style: Style,
    written: Style,
    out: String,
}

impl Styled {
    pub(crate) fn text(&mut self, text: &str) {
        for letter in text.chars() {
            self.letter(letter);
        }
    }

    pub(crate) fn letter(&mut self, letter: char) {
        if letter == '\n' {
            return self.out.push('\n');
        }
        self.apply(self.style);
        match letter {
            '&' => self.out.push_str("&amp;"),
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '\u{a0}' => self.out.push_str("&nbsp;"),
            '\r' | '\0' => {}
            letter => self.out.push(letter),
        }
    }

    fn apply(&mut self, style: Style) {
        let old = std::mem::replace(&mut self.written, style);
        if old == style {
            return;
        }
        for (open, tag) in [
            (old.underline, "</u>"),
            (old.bold, "</b>"),
            (old.italic, "</i>"),
            (old.colour.is_some(), "</c>"),
        ] {
            if open {
                self.out.push_str(tag);
            }
        }
        if let Some(colour) = style.colour {
            self.out.push_str(colour.open());
        }
        for (open, tag) in [(style.italic, "<i>"), (style.bold, "<b>"), (style.underline, "<u>")] {
            if open {
                self.out.push_str(tag);
            }
        }
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end_matches(['\n', ' ']).len());
        self.apply(Style::default());
        crate::cue::tidy_payload(&self.out)
    }
}

/// The character that an HTML entity at the beginning of `text` stands for, and what follows it.
pub(crate) fn entity(text: &str) -> Option<(char, &str)> {
    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(10).position(|byte| byte == b';')?;
    let (name, rest) = (body.get(..end)?, body.get(end + 1..)?);
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|letter| !letter.is_control())?
        }
    };
    Some((letter, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_closed_in_order_and_only_around_text() {
        let mut text = Styled::default();
        text.style.italic = true;
        text.text("a");
        text.style.bold = true;
        text.style.bold = false;
        text.text("b & ");
        text.style.bold = true;
        text.text("c");
        text.style.italic = false;
        text.text("d\n<e>");
        text.style.underline = true;
        assert_eq!(text.finish(), "<i>ab &amp; </i><i><b>c</b></i><b>d\n&lt;e&gt;</b>");
    }

    #[test]
    fn colours_that_tell_speakers_apart_are_kept() {
        assert_eq!(Colour::from_html("\"#FFFF00\""), Some(Colour::Yellow));
        assert_eq!(Colour::from_html("cyan"), Some(Colour::Cyan));
        assert_eq!(Colour::from_html("#ffffff"), None);
        assert_eq!(Colour::from_html("#12345"), None);
    }
}
