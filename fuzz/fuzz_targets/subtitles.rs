//! Any bytes as subtitles: the first byte says of which kind. What is read becomes WebVTT that
//! reads back as the same cues.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::Codec;
use subtitles::{Blocks, Kind, decode_text, parse};

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else {
        return;
    };
    let document = match first % 8 {
        0 => parse(Kind::Srt, &decode_text(bytes, None)),
        1 => parse(Kind::Ass, &decode_text(bytes, None)),
        2 => parse(Kind::WebVtt, &decode_text(bytes, None)),
        which => {
            let codec = match which {
                3 => Codec::Srt,
                4 => Codec::Ass,
                5 => Codec::WebVtt,
                6 => Codec::Tx3g,
                _ => Codec::WvttBoxes,
            };
            // Configuration and block, divided by the first empty line.
            let at = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(0);
            let (config, block) = bytes.split_at(at);
            let blocks = Blocks::new(&codec, config).expect("these are text");
            let mut cues = blocks.cues(block, 1_000_000, 2_000_000);
            cues.sort_by_key(|cue| cue.start);
            subtitles::Document {
                header: blocks.header().to_owned(),
                cues,
            }
        }
    };
    let text = document.webvtt(i64::MIN..i64::MAX, None);
    assert_eq!(parse(Kind::WebVtt, &text), document, "{text}");
});
