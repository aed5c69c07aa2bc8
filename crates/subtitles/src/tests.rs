//! What must hold of every text, and real files.

use proptest::prelude::*;

use crate::{Blocks, Cue, Document, Kind, decode_text, parse};

const KINDS: [Kind; 3] = [Kind::Srt, Kind::Ass, Kind::WebVtt];

const SAMPLES: [&str; 3] = [
    "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>, {\\an8}<font color=\"red\">world\n\n\
     2\n00:00:02,000 --> 00:00:04,000\nBye &amp; <b>thanks\n",
    "[Script Info]\nPlayResX: 640\n[V4+ Styles]\nFormat: Name, Italic, Alignment\nStyle: A,1,8\n\
     [Events]\nFormat: Layer, Start, End, Style, Text\n\
     Dialogue: 0,0:00:01.00,0:00:02.00,A,{\\i0\\pos(10,20)}a\\Nb{\\p1}m 0 0{\\p0}\n",
    "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nid\n00:01.000 --> 00:02.000 line:0\n<v A>Hi &amp;\n",
];

/// What is written is read as the same again.
fn comes_back(document: &Document) {
    let text = document.webvtt(i64::MIN..i64::MAX, Some(1));
    assert_eq!(&parse(Kind::WebVtt, &text), document, "{text}");
}

proptest! {
    #[test]
    fn any_text_becomes_webvtt_that_reads_back_the_same(text in "\\PC*|(\\PC|\n| --> |00:01.000){0,80}") {
        for kind in KINDS {
            comes_back(&parse(kind, &text));
        }
    }

    #[test]
    fn damaged_files_become_webvtt_that_reads_back_the_same(
        which in 0_usize..3,
        cut in 0_usize..400,
        changes in proptest::collection::vec((0_usize..400, any::<u8>()), 0..6),
    ) {
        let mut bytes = SAMPLES[which].as_bytes().to_vec();
        for (place, byte) in changes {
            if let Some(place) = bytes.get_mut(place) {
                *place = byte;
            }
        }
        bytes.truncate(cut.max(20));
        let text = decode_text(&bytes, None);
        for kind in KINDS {
            comes_back(&parse(kind, &text));
        }
    }

    #[test]
    fn any_bytes_are_decoded_and_read_as_blocks(bytes: Vec<u8>, start: i64, end: i64) {
        decode_text(&bytes, None);
        for codec in [
            media::Codec::Srt,
            media::Codec::Ass,
            media::Codec::WebVtt,
            media::Codec::Tx3g,
            media::Codec::WvttBoxes,
        ] {
            let blocks = Blocks::new(&codec, &bytes).unwrap();
            for cue in blocks.cues(&bytes, start, end) {
                assert!(cue.start < cue.end && cue.start >= 0);
            }
        }
    }
}

#[test]
fn no_repetition_takes_long() {
    let start = std::time::Instant::now();
    let heads = ["1\n00:01.000 --> 00:02.000\n", "Dialogue: 0,0:00:01.00,0:00:02.00,,,,,,,"];
    for piece in [
        "{",
        "}",
        "<",
        "<font color=",
        "&",
        "\\",
        "{\\",
        "{}",
        "\n",
        ":",
        ",",
        "-->",
        "-->\n",
        "[\n",
        "NOTE\n\n",
    ] {
        for head in heads {
            let text = format!("{head}{}", piece.repeat(50_000 / piece.len()));
            for kind in KINDS {
                comes_back(&parse(kind, &text));
            }
        }
    }
    // A machine under load takes some seconds; what grows with the square takes minutes.
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn equal_cues_that_follow_each_other_become_one() {
    let cue =
        |start, end, text: &str| Cue { start, end, payload: text.to_owned(), ..Cue::default() };
    let mut cues = vec![cue(0, 2, "a"), cue(1, 2, "b"), cue(2, 4, "a"), cue(5, 6, "a")];
    crate::coalesce(&mut cues);
    assert_eq!(cues, [cue(0, 4, "a"), cue(1, 2, "b"), cue(5, 6, "a")]);
}

/// The files that the project shares for tests; nothing where they are not there.
fn shared(name: &str) -> Option<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/media");
    let path = std::path::Path::new(folder).join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    bytes
}

#[test]
fn real_files_have_all_their_cues() {
    for (name, kind, language) in [
        ("film_sintel_trailer_720p.en.srt", Kind::Srt, "en"),
        ("film_sintel_trailer_720p.es.forced.ass", Kind::Ass, "es"),
        ("subs/ciro_talk.srt", Kind::Srt, ""),
        ("subs/elephantsdream.ru.cp1251.srt", Kind::Srt, "ru"),
        ("subs/elephantsdream.ar.vtt", Kind::WebVtt, "ar"),
        ("subs/elephantsdream.chapters.en.vtt", Kind::WebVtt, "en"),
        ("subs/elephantsdream.en.vtt", Kind::WebVtt, "en"),
        ("subs/elephantsdream.ja.vtt", Kind::WebVtt, "ja"),
        ("subs/elephantsdream.ru.vtt", Kind::WebVtt, "ru"),
        ("subs/elephantsdream.sv.vtt", Kind::WebVtt, "sv"),
    ] {
        let Some(bytes) = shared(name) else { continue };
        let language = media::Language::parse(language);
        let text = decode_text(&bytes, language.as_ref());
        assert!(!text.contains('\u{fffd}'), "{name}");
        let document = parse(kind, &text);
        let times = match kind {
            Kind::Ass => text.matches("\nDialogue:").count(),
            _ => text.matches("-->").count(),
        };
        assert_eq!(document.cues.len(), times, "{name}");
        assert!(times > 0, "{name}");
        comes_back(&document);
    }
}

#[test]
fn an_old_coding_says_the_same_as_the_new_one() {
    let (Some(old), Some(new)) =
        (shared("subs/elephantsdream.ru.cp1251.srt"), shared("subs/elephantsdream.ru.vtt"))
    else {
        return;
    };
    let old = parse(Kind::Srt, &decode_text(&old, None));
    let new = parse(Kind::WebVtt, &decode_text(&new, None));
    let words = |document: &Document| {
        let texts: Vec<_> = document.cues.iter().map(Cue::plain_text).collect();
        texts.join(" ").split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(words(&old), words(&new));
}
