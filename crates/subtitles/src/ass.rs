//! Advanced `SubStation` Alpha and its predecessor, as scripts and as blocks of Matroska.

mod place;
mod script;
mod text;

use std::collections::HashSet;

pub(crate) use self::{
    place::Place,
    script::Script,
    text::{cue, overrides},
};
use crate::{Cue, MAX_CUES, time};

/// The cues of a script.
pub(crate) fn parse(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    // The same text at the same time, once for its outline and once for its filling.
    let mut seen = HashSet::new();
    let mut script = Script::default();
    for line in crate::lines(text) {
        let Some(event) = script.line(line) else { continue };
        let Some((start, end)) = time::read(event.start).zip(time::read(event.end)) else {
            continue;
        };
        let Some(cue) = cue(&script, event.style, event.text, start, end) else { continue };
        if seen.insert(cue.clone()) {
            cues.push(cue);
        }
        if cues.len() >= MAX_CUES {
            break;
        }
    }
    cues
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[Script Info]\nPlayResX: 640\nPlayResY: 360\n\n[V4+ Styles]\n\
        Format: Name, Fontname, Italic, Alignment\n\
        Style: Default,Arial,0,2\nStyle: Top,Arial,-1,8\n\n[Events]\n\
        Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";

    fn script(events: &str) -> Vec<Cue> {
        parse(&format!("{HEAD}{events}"))
    }

    #[test]
    fn dialogue_is_read_and_comments_are_not() {
        let cues = script(
            "Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,no\r\n\
             Dialogue: 0,0:00:01.50,0:00:02.00,Default,A,0,0,0,,Hello, {note}world\\Nagain\\h!\r\n",
        );
        assert_eq!(cues.len(), 1);
        assert_eq!((cues[0].start, cues[0].end), (1_500_000, 2_000_000));
        assert_eq!(cues[0].payload, "Hello, world\nagain&nbsp;!");
        assert_eq!(cues[0].settings, None);
    }

    #[test]
    fn styles_and_overrides_say_where_and_how() {
        let cues = script(
            "Dialogue: 0,0:00:01.00,0:00:02.00,Top,,0,0,0,,a{\\i0}b{\\r}c\n\
             Dialogue: 0,0:00:02.00,0:00:03.00,Default,,0,0,0,,{\\an7\\b1}a{\\b0\\c&H00FFFF&}b\n\
             Dialogue: 0,0:00:03.00,0:00:04.00,*Default,,0,0,0,,{\\pos(64,90)\\an5\\fad(1,2)}a\n",
        );
        assert_eq!(cues[0].payload, "<i>a</i>b<i>c</i>");
        assert_eq!(cues[0].settings.as_deref(), Some("line:0"));
        assert_eq!(cues[1].payload, "<b>a</b><c.yellow>b</c>");
        assert_eq!(cues[1].settings.as_deref(), Some("line:0 align:left"));
        assert_eq!(cues[2].settings.as_deref(), Some("line:22% position:0% align:left"));
    }

    #[test]
    fn drawings_are_left_out_and_layers_are_shown_once() {
        let cues = script(
            "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}\n\
             Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\bord3}a\n\
             Dialogue: 1,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\bord0}a\n",
        );
        assert_eq!(cues.len(), 1);
        assert_eq!(cues[0].payload, "a");
    }

    #[test]
    fn scripts_without_headers_and_of_the_old_version_are_read() {
        let bare = parse("Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,a");
        assert_eq!(bare[0].payload, "a");
        let old = parse(
            "[V4 Styles]\nFormat: Name, Alignment\nStyle: Up,6\n[Events]\n\
             Format: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
             Dialogue: Marked=0,0:00:01.00,0:00:02.00,Up,,0,0,0,,a",
        );
        assert_eq!(old[0].settings.as_deref(), Some("line:0"));
    }
}
