//! Several languages, subtitles inside and beside, chapters.

use super::{
    Oddity,
    Step::{self, Ffmpeg, Write},
};

const ENGLISH: &str = "1\n00:00:00,500 --> 00:00:02,000\nThe first line\n\n2\n00:00:02,500 --> 00:00:05,000\nTwo lines,\n<i>one slanted</i> & one not\n\n3\n00:00:05,500 --> 00:00:11,500\nA long one over several segments\n\n4\n00:00:09,000 --> 00:00:10,000\nAnd one inside it\n";
const GERMAN: &str = "[Script Info]\nScriptType: v4.00+\nPlayResX: 384\nPlayResY: 288\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,,Grüße aus {\\i1}Köln{\\i0}\nDialogue: 0,0:00:06.00,0:00:08.50,Default,,0,0,0,,Zwei\\NZeilen, mit Komma\n";
const JAPANESE: &str = "WEBVTT\n\nNOTE nothing\n\n00:01.000 --> 00:03.000 align:start\nこんにちは\n\n00:07.000 --> 00:09.250\n<b>さようなら</b>\n";
/// "Привет" and "Пока" in Windows-1251.
const RUSSIAN: &[u8] = b"1\r\n00:00:01,000 --> 00:00:03,000\r\n\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0?\r\n\r\n2\r\n00:00:04,000 --> 00:00:06,000\r\n\xcf\xee\xea\xe0, \xe4\xee \xf1\xe2\xe8\xe4\xe0\xed\xe8\xff\r\n";
const CHAPTERS: &str = ";FFMETADATA1\ntitle=Three languages\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\ntitle=Beginning\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=8500\ntitle=Middle & more\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=8500\nEND=12000\ntitle=End\n";

const TEXTS: [Step; 4] = [
    Write("en.srt", ENGLISH.as_bytes()),
    Write("de.ass", GERMAN.as_bytes()),
    Write("ja.vtt", JAPANESE.as_bytes()),
    Write("chapters.txt", CHAPTERS.as_bytes()),
];

pub(super) const ALL: &[Oddity] = &[
    Oddity::new(
        "languages.mkv",
        "three languages of AAC, subtitles in SRT, ASS and WebVTT, chapters",
        &[
            TEXTS[0],
            TEXTS[1],
            TEXTS[2],
            TEXTS[3],
            Ffmpeg(
                "-i {clean.mp4} -f lavfi -i aevalsrc=0.3*sin(2*PI*(900-40*t)*t):s=48000:d=12 \
                 -f lavfi -i aevalsrc=0.3*sin(2*PI*(500+90*t)*t):s=44100:d=12 \
                 -i {scratch}/en.srt -i {scratch}/de.ass -i {scratch}/ja.vtt -i {scratch}/chapters.txt \
                 -map 0:v -map 0:a -map 1:a -map 2:a -map 3 -map 4 -map 5 -map_metadata 6 -c:v copy -c:a aac -ac 2 -b:a 96k \
                 -c:s:0 srt -c:s:1 ass -c:s:2 webvtt \
                 -metadata:s:a:0 language=eng -metadata:s:a:1 language=ger -metadata:s:a:2 language=jpn \
                 -metadata:s:s:0 language=eng -metadata:s:s:1 language=ger -metadata:s:s:2 language=jpn \
                 -disposition:a:0 default -disposition:s:1 forced {out}",
            ),
        ],
    ),
    Oddity::new(
        "languages.mp4",
        "three languages of AAC, two of timed text, chapters",
        &[
            TEXTS[0],
            TEXTS[1],
            TEXTS[3],
            Ffmpeg(
                "-i {languages.mkv} -i {scratch}/en.srt -i {scratch}/de.ass -i {scratch}/chapters.txt \
                 -map 0:v -map 0:a -map 1 -map 2 -map_metadata 3 -map_chapters 3 -c copy -c:s mov_text \
                 -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu -metadata:s:a:2 language=jpn \
                 -metadata:s:s:0 language=eng -metadata:s:s:1 language=deu {out}",
            ),
        ],
    ),
    Oddity::new(
        "languages.ts",
        "two languages of AAC in a transport stream",
        &[Ffmpeg(
            "-i {languages.mkv} -map 0:v -map 0:a:0 -map 0:a:1 -c copy \
             -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu {out}",
        )],
    ),
    Oddity::new(
        "beside/film.mp4",
        "subtitles in files beside it: SRT, ASS, WebVTT, and SRT in Windows-1251",
        &[
            Write("{beside}/film.en.srt", ENGLISH.as_bytes()),
            Write("{beside}/film.de.forced.ass", GERMAN.as_bytes()),
            Write("{beside}/film.ja.vtt", JAPANESE.as_bytes()),
            Write("{beside}/film.ru.sdh.srt", RUSSIAN),
            Ffmpeg("-i {clean.mp4} -c copy {out}"),
        ],
    ),
];
