//! Text inside video files: blocks of Matroska, samples of MP4.

mod tx3g;
mod wvtt;

use media::Codec;

use crate::{Cue, ass, cue::tidy_payload, srt, webvtt};

/// The most bytes of one block that are read.
const MAX_BLOCK: usize = 1 << 20;

/// What is needed to read the blocks of one track.
#[derive(Debug)]
pub struct Blocks {
    coding: Coding,
    header: String,
}

#[derive(Debug)]
enum Coding {
    Srt,
    Ass(Box<ass::Script>),
    WebVtt,
    Tx3g,
    Wvtt,
}

impl Blocks {
    /// For a track of that coding and configuration (see [`Codec`]); `None` if it is no text.
    pub fn new(codec: &Codec, config: &[u8]) -> Option<Self> {
        let config = config.get(..MAX_BLOCK).unwrap_or(config);
        let text = String::from_utf8_lossy(config);
        let mut header = String::new();
        let coding = match codec {
            Codec::Srt => Coding::Srt,
            Codec::Ass => Coding::Ass(Box::new(ass::Script::header(&text))),
            Codec::WebVtt => {
                header = webvtt::header(&text);
                Coding::WebVtt
            }
            Codec::Tx3g => Coding::Tx3g,
            Codec::WvttBoxes => {
                header = webvtt::header(&text);
                Coding::Wvtt
            }
            _ => return None,
        };
        Some(Self { coding, header })
    }

    /// What belongs into [`Document::header`](crate::Document).
    pub fn header(&self) -> &str {
        &self.header
    }

    /// What is shown from `start` to `end`, in microseconds. Nothing for a sample that says that
    /// there is nothing; several only in samples of `WebVTT` in MP4.
    pub fn cues(&self, payload: &[u8], start: i64, end: i64) -> Vec<Cue> {
        let payload = payload.get(..MAX_BLOCK).unwrap_or(payload);
        let text = || String::from_utf8_lossy(payload);
        let one = match &self.coding {
            Coding::Srt => srt::cue(text().trim_end_matches('\0'), start, end),
            Coding::Ass(script) => {
                // ReadOrder, Layer, Style, Name, three margins, Effect, Text.
                let text = text();
                let mut fields = text.splitn(9, ',').skip(2);
                let (style, text) = (fields.next().unwrap_or_default(), fields.nth(5));
                text.and_then(|text| {
                    let text = text.trim_end_matches(['\0', '\r', '\n']);
                    ass::cue(script, style.trim(), text, start, end)
                })
            }
            Coding::WebVtt => Cue::new(start, end, tidy_payload(text().trim_end_matches('\0'))),
            Coding::Tx3g => tx3g::cue(payload, start, end),
            Coding::Wvtt => return wvtt::cues(payload, start, end),
        };
        one.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_matroska_are_read_by_their_coding() {
        let head = b"[V4+ Styles]\nFormat: Name, Italic\nStyle: Sign,1\n";
        let blocks = Blocks::new(&Codec::Ass, head).unwrap();
        let cues = blocks.cues(b"4,0,Sign,,0,0,0,,{\\an8}a, b\\Nc\r\n", 1_000, 2_000);
        assert_eq!(cues.len(), 1);
        assert_eq!(cues[0].payload, "<i>a, b\nc</i>");
        assert_eq!(cues[0].settings.as_deref(), Some("line:0"));
        assert!(blocks.cues(b"4,0,Sign", 1_000, 2_000).is_empty());

        let blocks = Blocks::new(&Codec::Srt, b"").unwrap();
        assert_eq!(blocks.cues(b"<i>a</i>\r\n\r\nb", 0, 1)[0].payload, "<i>a</i>\nb");
        let blocks = Blocks::new(&Codec::WebVtt, b"WEBVTT\n\nSTYLE\n::cue{}\n").unwrap();
        assert_eq!(blocks.header(), "STYLE\n::cue{}\n\n");
        assert_eq!(blocks.cues(b"<v A>a &amp; b", 0, 1)[0].payload, "<v A>a &amp; b");
        assert!(Blocks::new(&Codec::Pgs, b"").is_none());
    }
}
