//! A cue.

use crate::MAX_TIME;

/// Text that is shown for a time.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Cue {
    /// When it appears, in microseconds.
    pub start: i64,
    /// When it disappears, in microseconds.
    pub end: i64,
    /// Its identifier, if it has one.
    pub id: Option<String>,
    /// Where it stands, as `WebVTT` writes it [WebVTT, 4.4]: `line:0 align:left`.
    pub settings: Option<String>,
    /// `WebVTT` cue text [WebVTT, 4.2.2]: `<`, `>` and `&` that are meant are escaped.
    pub payload: String,
}

impl Cue {
    /// A cue, if there is something to show for some time: what begins before zero begins at zero.
    pub(crate) fn new(start: i64, end: i64, payload: String) -> Option<Self> {
        let (start, end) = (start.max(0), end.min(MAX_TIME));
        let cue = Self { start, end, id: None, settings: None, payload };
        (start < end && !cue.payload.is_empty()).then_some(cue)
    }

    /// The text without tags and escapes, in one line: for titles and lists.
    pub fn plain_text(&self) -> String {
        let mut text = String::with_capacity(self.payload.len());
        let mut rest = self.payload.as_str();
        while let Some(letter) = rest.chars().next() {
            let tail = rest.get(letter.len_utf8()..).unwrap_or_default();
            rest = match letter {
                '<' => tail.split_once('>').map_or("", |(_, after)| after),
                '&' => {
                    let (decoded, after) = crate::styled::entity(rest).unwrap_or(('&', tail));
                    text.push(decoded);
                    after
                }
                '\n' => {
                    text.push(' ');
                    tail
                }
                letter => {
                    text.push(letter);
                    tail
                }
            };
        }
        text
    }
}

/// Joins cues that say the same and follow each other without a gap, as files do that cut their
/// text into samples. The cues are in order of their beginning, and stay so.
pub fn coalesce(cues: &mut Vec<Cue>) {
    // Where to look for the cue before: more are not shown at once.
    const NEAR: usize = 16;
    let mut joined: Vec<Cue> = Vec::with_capacity(cues.len());
    for cue in cues.drain(..) {
        let near = joined.iter_mut().rev().take(NEAR);
        let before = near.into_iter().find(|before| {
            before.end == cue.start
                && before.payload == cue.payload
                && before.settings == cue.settings
                && before.id == cue.id
        });
        match before {
            Some(before) => before.end = cue.end,
            None => joined.push(cue),
        }
    }
    *cues = joined;
}

/// Cue text that ends no cue early: no empty lines, no NUL, no arrow.
pub(crate) fn tidy_payload(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in crate::lines(text).map(trim).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push('\n');
        }
        if line.contains("-->") || line.contains('\0') {
            out.push_str(&line.replace('\0', "\u{fffd}").replace("-->", "--&gt;"));
        } else {
            out.push_str(line);
        }
    }
    out
}

/// The settings that have the form of settings [WebVTT, 4.4]. `None` if none is left.
pub(crate) fn tidy_settings(text: &str) -> Option<String> {
    let setting = |word: &&str| {
        let plain = !word.contains("-->") && !word.contains(char::is_control);
        let parts = word.split_once(':');
        plain && parts.is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
    };
    let words: Vec<_> =
        text.split([' ', '\t', '\n', '\r', '\x0c']).filter(setting).take(8).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// An identifier that is one line and is not taken for anything else. `None` if it is not.
pub(crate) fn tidy_id(id: &str) -> Option<&str> {
    let id = trim(id);
    let word = id.split([' ', '\t']).next().unwrap_or_default();
    let taken = matches!(word, "NOTE" | "STYLE" | "REGION" | "WEBVTT");
    let plain = !id.contains("-->") && !id.contains(['\n', '\r', '\0']);
    (plain && !taken && !id.is_empty()).then_some(id)
}

/// Without the white space that `WebVTT` knows; a hard space is text.
pub(crate) fn trim(line: &str) -> &str {
    line.trim_matches([' ', '\t', '\x0c'])
}
