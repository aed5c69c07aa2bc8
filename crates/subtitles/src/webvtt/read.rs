//! `WebVTT` to cues, by the parser of the standard [WebVTT, 6.1] but for what it refuses.

use crate::{
    Cue, Document, MAX_CUES,
    cue::{tidy_id, tidy_payload, tidy_settings, trim},
    time,
};

/// The most bytes of STYLE and REGION blocks that are kept.
const MAX_HEADER: usize = 64 << 10;

/// The cues of a file; a missing signature is overlooked.
pub(crate) fn parse(text: &str) -> Document {
    let mut document = Document::default();
    let mut block = Block::default();
    for line in crate::lines(text) {
        if line.contains("-->") {
            // A cue begins even where no empty line ended the one before.
            let id = if matches!(block.role, Role::Other) { block.lines.pop() } else { None };
            block.finish(&mut document);
            block.begin(id, line);
        } else if trim(line).is_empty() {
            block.finish(&mut document);
        } else {
            block.lines.push(line);
            // No cue and no style is that long.
            block.lines.truncate(1000);
        }
        if document.cues.len() >= MAX_CUES {
            return document;
        }
    }
    block.finish(&mut document);
    document
}

/// The STYLE and REGION blocks of a header that stands alone, as in the configuration of a track.
pub(crate) fn header(text: &str) -> String {
    parse(text).header
}

/// What a block is.
#[derive(Clone, Copy, Default)]
enum Role {
    /// A cue with these times.
    Cue(i64, i64),
    /// A cue with times that nobody can read.
    Broken,
    /// Anything else.
    #[default]
    Other,
}

/// Lines between empty ones.
#[derive(Default)]
struct Block<'a> {
    role: Role,
    id: Option<&'a str>,
    settings: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Block<'a> {
    fn begin(&mut self, id: Option<&'a str>, line: &'a str) {
        let (from, to) = line.split_once("-->").unwrap_or_default();
        let to = trim(to);
        let (to, settings) = to.split_once([' ', '\t']).unwrap_or((to, ""));
        let times = time::read(from).zip(time::read(to));
        self.role = times.map_or(Role::Broken, |(start, end)| Role::Cue(start, end));
        self.id = id;
        self.settings = settings;
    }

    fn finish(&mut self, document: &mut Document) {
        let Self { role, id, settings, lines } = std::mem::take(self);
        match role {
            Role::Cue(start, end) => {
                let Some(mut cue) = Cue::new(start, end, tidy_payload(&lines.join("\n"))) else {
                    return;
                };
                cue.id = id.and_then(tidy_id).map(str::to_owned);
                cue.settings = tidy_settings(settings);
                document.cues.push(cue);
            }
            // Styles behind the first cue have no effect.
            Role::Other if document.cues.is_empty() => keep(&lines, &mut document.header),
            Role::Broken | Role::Other => {}
        }
    }
}

/// Keeps the block if it is one of those that say how cues look.
fn keep(lines: &[&str], header: &mut String) {
    let kind = lines.first().map(|line| trim(line));
    if matches!(kind, Some("STYLE" | "REGION")) && lines.len() > 1 {
        let block = lines.join("\n").replace('\0', "\u{fffd}");
        if header.len() + block.len() <= MAX_HEADER {
            header.push_str(&block);
            header.push_str("\n\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_the_format_has_is_read() {
        let document = parse(
            "WEBVTT - title\nX-A: b\n\nNOTE nothing\nmore\n\nSTYLE\n::cue { color: red }\n\n\
             REGION\nid:a\n\n1\n00:01.000 --> 00:02.000 line:0  align:start\n<v Bob>Hi &amp; bye\n\
             two\n\n00:00:03.000-->00:00:04.000\nthree\n00:05.000 --> 00:06.000\nfour\n\n\
             NOTE\n\nSTYLE\n::cue {}\n",
        );
        assert_eq!(document.header, "STYLE\n::cue { color: red }\n\nREGION\nid:a\n\n");
        let cues = &document.cues;
        assert_eq!(cues.len(), 3);
        assert_eq!(cues[0].id.as_deref(), Some("1"));
        assert_eq!(cues[0].settings.as_deref(), Some("line:0 align:start"));
        assert_eq!(cues[0].payload, "<v Bob>Hi &amp; bye\ntwo");
        assert_eq!((cues[1].start, cues[1].end), (3_000_000, 4_000_000));
        assert_eq!(cues[1].payload, "three");
        assert_eq!(cues[2].payload, "four");
    }

    #[test]
    fn damaged_cues_are_passed_over() {
        let document = parse("00:01.000 --> x\na\n\n00:02,000 --> 00:03,000\nb\n\n00:04.000 -->");
        assert_eq!(document.cues.len(), 1);
        assert_eq!(document.cues[0].payload, "b");
    }
}
