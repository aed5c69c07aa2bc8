//! 3GPP timed text [3GPP TS 26.245, 5.17]: a length, text, and boxes that say how it looks.

use std::borrow::Cow;

use super::wvtt::boxes;
use crate::{
    Cue,
    styled::{Colour, Style, Styled},
};

/// Letters from and to which a style holds.
struct Run {
    from: usize,
    to: usize,
    style: Style,
}

pub(super) fn cue(sample: &[u8], start: i64, end: i64) -> Option<Cue> {
    let length = usize::from(u16::from_be_bytes(*sample.first_chunk()?));
    let rest = sample.get(2..)?;
    // A sample that was cut short has the text that is left of it.
    let text = rest.get(..length).unwrap_or(rest);
    let text = text_of(text);
    let runs: Vec<Run> = boxes(rest.get(length..).unwrap_or_default())
        .filter(|(kind, _)| kind == b"styl")
        .flat_map(|(_, body)| styles(body))
        .collect();
    let mut out = Styled::default();
    let mut ahead = runs.iter().peekable();
    for (place, letter) in text.chars().enumerate() {
        // Runs are in order and apart from each other.
        while ahead.peek().is_some_and(|run| run.to <= place) {
            ahead.next();
        }
        let run = ahead.peek().filter(|run| run.from <= place);
        out.style = run.map(|run| run.style).unwrap_or_default();
        out.letter(if letter == '\r' { '\n' } else { letter });
    }
    Cue::new(start, end, out.finish())
}

/// UTF-8, or UTF-16 with a byte order mark.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xfe, 0xff, ..] => encoding_rs::UTF_16BE.decode(bytes).0,
        [0xff, 0xfe, ..] => encoding_rs::UTF_16LE.decode(bytes).0,
        bytes => String::from_utf8_lossy(bytes),
    }
}

/// The records of a style box: from, to, font, face, size, red, green, blue, opacity.
fn styles(body: &[u8]) -> impl Iterator<Item = Run> + '_ {
    let (records, _) = body.get(2..).unwrap_or_default().as_chunks::<12>();
    let count = body.first_chunk().map_or(0, |count| usize::from(u16::from_be_bytes(*count)));
    records.iter().take(count).map(|record| {
        let [from0, from1, to0, to1, _, _, face, _, red, green, blue, _] = *record;
        Run {
            from: usize::from(u16::from_be_bytes([from0, from1])),
            to: usize::from(u16::from_be_bytes([to0, to1])),
            style: Style {
                bold: face & 1 != 0,
                italic: face & 2 != 0,
                underline: face & 4 != 0,
                colour: Colour::from_rgb(red, green, blue),
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &[u8], runs: &[(u16, u16, u8)]) -> Vec<u8> {
        let mut sample = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
        sample.extend_from_slice(text);
        if !runs.is_empty() {
            let size = u32::try_from(10 + 12 * runs.len()).unwrap();
            sample.extend_from_slice(&size.to_be_bytes());
            sample.extend_from_slice(b"styl");
            sample.extend_from_slice(&u16::try_from(runs.len()).unwrap().to_be_bytes());
            for (from, to, face) in runs {
                sample.extend_from_slice(&from.to_be_bytes());
                sample.extend_from_slice(&to.to_be_bytes());
                sample.extend_from_slice(&[0, 1, *face, 18, 255, 255, 255, 255]);
            }
        }
        sample
    }

    #[test]
    fn text_and_its_styles_are_read() {
        let sample = sample("Où? <b>".as_bytes(), &[(0, 2, 2), (4, 5, 5)]);
        let cue = cue(&sample, 0, 1_000).unwrap();
        assert_eq!(cue.payload, "<i>Où</i>? <b><u>&lt;</u></b>b&gt;");
    }

    #[test]
    fn wide_text_is_read_and_empty_samples_are_gaps() {
        let wide = sample(b"\xfe\xff\0A\0\xe4", &[]);
        assert_eq!(cue(&wide, 0, 1_000).unwrap().payload, "Aä");
        assert_eq!(cue(&sample(b"", &[]), 0, 1_000), None);
        assert_eq!(cue(b"\0", 0, 1_000), None);
    }

    #[test]
    fn a_sample_that_was_cut_short_has_what_is_left() {
        let whole = sample(b"abc", &[(0, 3, 1)]);
        assert_eq!(cue(&whole[..4], 0, 1_000).unwrap().payload, "ab");
        assert_eq!(cue(&whole[..whole.len() - 1], 0, 1_000).unwrap().payload, "abc");
    }
}
