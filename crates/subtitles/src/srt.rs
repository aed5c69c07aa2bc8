//! `SubRip`: a number, two times, some lines. Written by hand, by many programs, and never
//! specified; so the times are what is looked for, and all else is what stands between them.

use crate::{
    Cue, MAX_CUES,
    ass::{self, Place},
    cue::tidy_settings,
    styled::{Colour, Style, Styled, entity},
    time,
};

/// The most lines of one cue that are kept.
const MAX_LINES: usize = 200;

pub(crate) fn parse(text: &str) -> Vec<Cue> {
    let mut cues = Vec::new();
    let mut current: Option<(i64, i64)> = None;
    let mut body: Vec<&str> = Vec::new();
    // Whether cues have numbers in this file: then a number before the times is not text.
    let mut numbered = false;
    let mut first = true;
    for line in crate::lines(text) {
        let line = line.trim_matches(['\u{feff}', ' ', '\t']);
        if let Some((from, to)) = line.split_once("-->") {
            let number = body.last().is_some_and(|line| is_number(line));
            if first {
                numbered = number;
                first = false;
            }
            if number && numbered {
                body.pop();
            }
            cues.extend(finish(current, &body));
            body.clear();
            // Behind the second time there may be coordinates, which nobody heeds.
            let to = to.trim_start();
            let to = to.split([' ', '\t']).next().unwrap_or(to);
            current = time::read(from).zip(time::read(to));
            if cues.len() >= MAX_CUES {
                return cues;
            }
        } else if !line.is_empty() && body.len() < MAX_LINES {
            body.push(line);
        }
    }
    cues.extend(finish(current, &body));
    cues
}

fn is_number(line: &str) -> bool {
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

fn finish(times: Option<(i64, i64)>, lines: &[&str]) -> Option<Cue> {
    let (start, end) = times?;
    cue(&lines.join("\n"), start, end)
}

/// The text of a cue, as it also is in Matroska.
pub(crate) fn cue(text: &str, start: i64, end: i64) -> Option<Cue> {
    let mut out = Styled::default();
    let mut place = Place::default();
    // Colours of `<font>` tags within each other.
    let mut fonts: Vec<Option<Colour>> = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let taken = match letter {
            '<' => tag(rest, &mut out, &mut fonts),
            '{' => overrides(rest, &mut out, &mut place),
            '&' => entity(rest).map(|(letter, rest)| {
                out.letter(letter);
                rest
            }),
            _ => None,
        };
        rest = taken.unwrap_or_else(|| {
            out.letter(letter);
            rest.get(letter.len_utf8()..).unwrap_or_default()
        });
    }
    let payload = out.finish();
    let settings = place.settings(&payload, None);
    let mut cue = Cue::new(start, end, payload)?;
    cue.settings = settings.as_deref().and_then(tidy_settings);
    Some(cue)
}

/// Takes a tag of HTML; `None` if it is none that is known, and is meant as text.
fn tag<'a>(text: &'a str, out: &mut Styled, fonts: &mut Vec<Option<Colour>>) -> Option<&'a str> {
    let body = text.strip_prefix('<')?;
    let end = body.bytes().take(500).position(|byte| matches!(byte, b'<' | b'>'))?;
    let (inside, rest) = (body.get(..end)?, body.get(end..)?);
    let rest = rest.strip_prefix('>')?;
    let (open, inside) = match inside.trim_start().strip_prefix('/') {
        Some(inside) => (false, inside),
        None => (true, inside),
    };
    let name = inside.split([' ', '\t', '\n', '/']).find(|word| !word.is_empty())?;
    match name.to_ascii_lowercase().as_str() {
        "i" | "em" => out.style.italic = open,
        "b" | "strong" => out.style.bold = open,
        "u" => out.style.underline = open,
        "br" => out.letter('\n'),
        "s" | "strike" | "span" | "p" | "div" => {}
        "font" if open => {
            let colour = attribute(inside, "color").map(Colour::from_html);
            if fonts.len() < 16 {
                fonts.push(out.style.colour);
            }
            out.style.colour = colour.unwrap_or(out.style.colour);
        }
        "font" => out.style.colour = fonts.pop().flatten(),
        _ => return None,
    }
    Some(rest)
}

/// The value of an attribute, perhaps in quotes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.to_ascii_lowercase().find(name)?;
    let value = tag.get(at + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split([' ', '\t', '\n', '>']).next(),
    }
}

/// Takes what players understand in braces although it is of other formats: `{\an8}`, `{y:i}`.
fn overrides<'a>(text: &'a str, out: &mut Styled, place: &mut Place) -> Option<&'a str> {
    let body = text.strip_prefix('{')?;
    let end = body.bytes().take(500).position(|byte| matches!(byte, b'{' | b'}'))?;
    let (inside, rest) = (body.get(..end)?, body.get(end..)?.strip_prefix('}')?);
    if inside.starts_with('\\') {
        ass::overrides(inside, &mut out.style, Style::default(), place);
        return Some(rest);
    }
    let (name, value) = inside.split_once(':')?;
    if name.eq_ignore_ascii_case("y") {
        out.style.italic |= value.contains('i');
        out.style.bold |= value.contains('b');
        out.style.underline |= value.contains('u');
        return Some(rest);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payloads(text: &str) -> Vec<String> {
        parse(text).into_iter().map(|cue| cue.payload).collect()
    }

    fn payload(text: &str) -> String {
        cue(text, 0, 1_000).unwrap().payload
    }

    #[test]
    fn an_ordinary_file_is_read() {
        let cues = parse(
            "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello,\r\nworld\r\n\r\n\
             2\r\n00:00:03,000 --> 00:00:04,000\r\n<i>Bye</i>\r\n",
        );
        assert_eq!(cues.len(), 2);
        assert_eq!((cues[0].start, cues[0].end), (1_000_000, 2_500_000));
        assert_eq!(cues[0].payload, "Hello,\nworld");
        assert_eq!(cues[1].payload, "<i>Bye</i>");
        assert_eq!(cues[1].settings, None);
    }

    #[test]
    fn missing_numbers_and_empty_lines_do_no_harm() {
        assert_eq!(payloads("00:01 --> 00:02\na\n00:03 --> 00:04\nb\n42\n"), ["a", "b\n42"]);
        assert_eq!(payloads("7\n00:01 --> 00:02\na\n8\n00:03 --> 00:04\nb"), ["a", "b"]);
        assert_eq!(
            payloads("1\n\n00:01 --> 00:02\na\n\nb\n\n\n2\n\n00:03 --> 00:04\nc"),
            ["a\nb", "c"]
        );
        assert_eq!(payloads("00:01 --> 00:02\na\n1984\n00:03 --> 00:04\nb"), ["a\n1984", "b"]);
    }

    #[test]
    fn cues_with_impossible_times_are_left_out_and_the_rest_is_kept() {
        let cues = parse(
            "1\n00:00:05,000 --> 00:00:04,000\nbackwards\n\n\
             2\n-00:00:02,000 --> -00:00:01,000\nbefore\n\n\
             3\n-00:00:02,000 --> 00:00:01,000\npartly\n\n\
             4\nsoon --> later\nnever\n\n\
             5\n120:00:00,000 --> 120:00:01,000 X1:1 X2:2\nlate\n",
        );
        let seen: Vec<_> = cues.iter().map(|cue| (cue.start, cue.payload.as_str())).collect();
        assert_eq!(seen, [(0, "partly"), (432_000_000_000, "late")]);
    }

    #[test]
    fn tags_that_mean_something_are_kept_in_order() {
        assert_eq!(payload("<b><i>a</b></i>"), "<i><b>a</b></i>");
        assert_eq!(payload("<I>a"), "<i>a</i>");
        assert_eq!(payload("<font color=\"#00ffff\">a</font> b"), "<c.cyan>a</c> b");
        assert_eq!(payload("<font face='x'>a</font><br/>b"), "a\nb");
        assert_eq!(
            payload("I <3 you & <me> >> &lt;&nbsp;&#233;"),
            "I &lt;3 you &amp; &lt;me&gt; &gt;&gt; &lt;&nbsp;é"
        );
        assert_eq!(payload("{y:i}a {b}"), "<i>a {b}</i>");
    }

    #[test]
    fn places_of_other_formats_are_understood() {
        let top = cue("{\\an8}a", 0, 1_000).unwrap();
        assert_eq!(top.settings.as_deref(), Some("line:0"));
        assert_eq!(top.payload, "a");
    }
}
