use super::*;

fn head() -> String {
    "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n".to_owned()
}

const MEDIA: &str = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n\
    #EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MAP:URI=\"init.mp4\"\n\
    #EXTINF:6.006000,\n1.m4s\n#EXTINF:3.003000,\n2.m4s\n#EXT-X-ENDLIST\n";

const MULTIVARIANT: &str = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n\
    #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,\
    AUTOSELECT=YES,CHANNELS=\"2\",URI=\"a.m3u8\"\n\
    #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",LANGUAGE=\"en\",URI=\"s.m3u8\"\n\
    #EXT-X-STREAM-INF:BANDWIDTH=5000000,AVERAGE-BANDWIDTH=4000000,\
    CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=23.976,AUDIO=\"a\",\
    SUBTITLES=\"s\",CLOSED-CAPTIONS=NONE\nv.m3u8\n\
    #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,CODECS=\"avc1.640028\",RESOLUTION=1920x1080,\
    URI=\"i.m3u8\"\n";

fn found(text: &str) -> Vec<Violation> {
    validate(text, &Context::default())
}

/// That a playlist breaks exactly one MUST, in that section, and on that line.
#[track_caller]
fn breaks(text: &str, section: &str, line: usize) {
    let found = found(text);
    let musts: Vec<_> = found.iter().filter(|one| one.severity == Severity::Must).collect();
    let seen: Vec<_> = musts.iter().map(|one| (one.section, one.line)).collect();
    assert_eq!(seen, [(section, line)], "{text}\n{found:#?}");
}

#[track_caller]
fn warns(text: &str, severity: Severity, section: &str, line: usize) {
    let found = found(text);
    assert!(!found.iter().any(|one| one.severity == Severity::Must), "{text}\n{found:#?}");
    let any =
        found.iter().any(|one| (one.severity, one.section, one.line) == (severity, section, line));
    assert!(any, "{text}\n{found:#?}");
}

/// The media playlist with one piece of its text changed.
#[track_caller]
fn media(from: &str, to: &str) -> String {
    assert!(MEDIA.contains(from), "{from}");
    MEDIA.replacen(from, to, 1)
}

#[track_caller]
fn multivariant(from: &str, to: &str) -> String {
    assert!(MULTIVARIANT.contains(from), "{from}");
    MULTIVARIANT.replacen(from, to, 1)
}

#[test]
fn sound_playlists_are_found_sound() {
    assert_eq!(found(MEDIA), []);
    assert_eq!(found(MULTIVARIANT), []);
}

#[test]
fn characters_and_lines() {
    breaks(&format!("\u{feff}{MEDIA}"), "4.1", 1);
    breaks(&media("#EXTM3U\n", "#EXTM3U8\n"), "4.4.1.1", 1);
    breaks(&media("6.006000,", "6.006000,\u{9f}"), "4.1", 7);
    breaks(&media("1.m4s\n", "1.m4s\n  \n"), "4.1", 9);
    breaks(&media("1.m4s", "a b.m4s"), "4.1", 8);
    breaks(&media("1.m4s", "a%2.m4s"), "4.1", 8);
    breaks(&media("1.m4s", "ä.m4s"), "4.1", 8);
    breaks(&media("#EXT-X-ENDLIST", "#EXT-X-ENDLIST "), "4.1", 11);
    warns(&media("1.m4s\n", "1.m4s\n\n"), Severity::Advice, "4.1", 9);
    warns(MEDIA.trim_end(), Severity::Advice, "4.1", 0);
    assert_eq!(found(&MEDIA.replace('\n', "\r\n")), []);
}

#[test]
fn tags() {
    warns(&media("#EXT-X-ENDLIST", "#EXT-X-ENDLIST\n#EXT-X-NEW"), Severity::Advice, "4.1", 12);
    breaks(&media("#EXT-X-VERSION:6\n", "#EXT-X-VERSION:6\n#EXT-X-VERSION:6\n"), "4.4.1.2", 3);
    breaks(&media("#EXT-X-VERSION:6", "#EXT-X-VERSION:six"), "4.4.1.2", 2);
    breaks(&media("#EXT-X-ENDLIST", "#EXT-X-ENDLIST:1"), "4.4.3.4", 11);
    breaks(&media("#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-PLAYLIST-TYPE:FILM"), "4.4.3.5", 4);
    breaks(&media("#EXT-X-TARGETDURATION:6\n", ""), "4.4.3.1", 0);
    breaks(&media("#EXT-X-TARGETDURATION:6", "#EXT-X-TARGETDURATION:6.5"), "4.4.3.1", 3);
    breaks(&multivariant("#EXT-X-INDEP", "#EXT-X-ENDLIST\n#EXT-X-INDEP"), "4.4", 3);
    breaks(&media("#EXT-X-MAP:URI=\"init.mp4\"", "#EXT-X-MAP"), "4.4.4.5", 6);
}

#[test]
fn attribute_lists() {
    let map = |list: &str| media("#EXT-X-MAP:URI=\"init.mp4\"", &format!("#EXT-X-MAP:{list}"));
    breaks(&map("URI=\"a\",URI=\"b\""), "4.2", 6);
    breaks(&map("URI=\"a\", X-A=1"), "4.2", 6);
    breaks(&map("URI=\"a\","), "4.2", 6);
    breaks(&map("URI=\"a"), "4.2", 6);
    breaks(&map("URI=\"a\"b"), "4.2", 6);
    breaks(&map("URI=a"), "4.4.4.5", 6);
    breaks(&map("BYTERANGE=\"1@0\""), "4.4.4.5", 6);
    breaks(&map("URI=\"a\",BYTERANGE=1@0"), "4.4.4.5", 6);
    breaks(&map("URI=\"a\",BYTERANGE=\"1-2\""), "4.4.4.5", 6);
    breaks(&map("URI=\"a b\""), "4.4.4.5", 6);
    warns(&map("URI=\"a\",NEW=1"), Severity::Advice, "4.4.4.5", 6);
    breaks(&multivariant("BANDWIDTH=5000000", "BANDWIDTH=5e6"), "4.4.6.2", 6);
    breaks(&multivariant("1920x1080", "1920*1080"), "4.4.6.2", 6);
    breaks(&multivariant("FRAME-RATE=23.976", "FRAME-RATE=24000/1001"), "4.4.6.2", 6);
    breaks(&multivariant("DEFAULT=YES", "DEFAULT=yes"), "4.4.6.1", 4);
    breaks(&multivariant("CLOSED-CAPTIONS=NONE", "CLOSED-CAPTIONS=\"NONE\""), "4.4.6.2", 6);
    breaks(&multivariant("AUDIO=\"a\",", "AUDIO=\"a\",STABLE-VARIANT-ID=\"ä\","), "4.4.6.2", 6);
}

#[test]
fn versions() {
    let with = |version: u32, line: &str| {
        format!(
            "#EXTM3U\n#EXT-X-VERSION:{version}\n#EXT-X-TARGETDURATION:6\n{line}\n#EXTINF:1,\ns\n"
        )
    };
    breaks(&with(2, "#EXTINF:1.5,\nr"), "8", 4);
    breaks(
        &with(1, "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x000102030405060708090a0b0c0d0e0f"),
        "8",
        4,
    );
    breaks(&with(3, "#EXT-X-BYTERANGE:1@0"), "8", 4);
    breaks(&with(3, "#EXT-X-I-FRAMES-ONLY"), "8", 4);
    breaks(&with(4, "#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"identity\""), "8", 4);
    breaks(&with(4, "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\""), "8", 4);
    breaks(&with(5, "#EXT-X-MAP:URI=\"i\""), "8", 4);
    breaks(&with(4, "#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"i\""), "8", 5);
    assert_eq!(found(&with(5, "#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI=\"i\"")), []);
    breaks(&with(7, "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\""), "8", 4);
    breaks(&with(10, "#EXT-X-DEFINE:QUERYPARAM=\"a\""), "8", 4);
    breaks(&with(8, "#EXT-X-SKIP:SKIPPED-SEGMENTS=3"), "8", 4);
    breaks(&with(9, "#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES=\"\""), "8", 4);
    breaks(&with(0, ""), "4.4.1.2", 0);
    breaks(&media("#EXT-X-VERSION:6\n", "").replace(".006000", "").replace(".003000", ""), "8", 5);
    let captions = "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"c\",INSTREAM-ID=";
    let captions = |id: &str| {
        multivariant("#EXT-X-STREAM-INF", &format!("{captions}\"{id}\"\n#EXT-X-STREAM-INF"))
    };
    breaks(&captions("SERVICE1"), "8", 6);
    assert_eq!(found(&captions("CC1")), []);
    breaks(&multivariant("CHANNELS=\"2\"", "CHANNELS=\"2\",INSTREAM-ID=\"1\""), "8", 4);
    breaks(&multivariant("AUDIO=\"a\",", "AUDIO=\"a\",REQ-VIDEO-LAYOUT=\"CH-MONO\","), "8", 6);
}

#[test]
fn variables() {
    let define = |list: &str| {
        media("#EXT-X-VERSION:6\n", &format!("#EXT-X-VERSION:11\n#EXT-X-DEFINE:{list}\n"))
    };
    assert_eq!(found(&define("NAME=\"a\",VALUE=\"b\"").replace("1.m4s", "{$a}.m4s")), []);
    breaks(&define("NAME=\"a\",VALUE=\"b\"").replace("1.m4s", "{$b}.m4s"), "4.3", 9);
    breaks(&define("NAME=\"a\""), "4.4.2.3", 3);
    breaks(&define("NAME=\"a b\",VALUE=\"b\""), "4.4.2.3", 3);
    breaks(&define("NAME=\"a\",VALUE=\"b\",IMPORT=\"c\""), "4.4.2.3", 3);
    breaks(&define("VALUE=\"b\""), "4.4.2.3", 3);
    breaks(&define("IMPORT=\"a\"\n#EXT-X-DEFINE:QUERYPARAM=\"a\""), "4.4.2.3", 4);
    let text = define("IMPORT=\"a\"");
    assert_eq!(found(&text), []);
    let context = Context { variables: &["b"], ..Context::default() };
    assert_eq!(validate(&text, &context)[0].section, "4.4.2.3");
    let text = multivariant("#EXT-X-VERSION:6\n", "#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT=\"a\"\n");
    breaks(&text, "4.4.2.3", 3);
}

#[test]
fn segments() {
    breaks(&media("#EXTINF:6.006000,", "#EXTINF:6.006000"), "4.4.4.1", 7);
    breaks(&media("#EXTINF:6.006000,", "#EXTINF:-1,"), "4.4.4.1", 7);
    breaks(&media("#EXTINF:6.006000,\n", ""), "4.4.4.1", 7);
    breaks(&media("#EXTINF:6.006000,\n", "#EXTINF:6.0,\n#EXTINF:6.0,\n"), "4.4.4.1", 8);
    breaks(&media("2.m4s\n", ""), "4.4.4.1", 9);
    breaks(&media("#EXTINF:6.006000,", "#EXTINF:6.5,"), "4.4.3.1", 7);
    assert_eq!(found(&media("#EXTINF:6.006000,", "#EXTINF:6.499,title, and more ")), []);
    breaks(&media("1.m4s", "#EXT-X-BYTERANGE:10\n1.m4s"), "4.4.4.2", 8);
    breaks(&media("1.m4s", "#EXT-X-BYTERANGE:x\n1.m4s"), "4.4.4.2", 8);
    breaks(&media("1.m4s", "#EXT-X-BYTERANGE:1@0\n#EXT-X-BYTERANGE:1@0\n1.m4s"), "4.4.4.2", 9);
    let parts = media("1.m4s", "#EXT-X-BYTERANGE:10@0\n1.m4s")
        .replace("2.m4s", "#EXT-X-BYTERANGE:10\n1.m4s");
    assert_eq!(found(&parts), []);
    breaks(&media("2.m4s\n", "2.m4s\n#EXT-X-MEDIA-SEQUENCE:1\n"), "4.4.3.2", 11);
    breaks(&media("2.m4s\n", "2.m4s\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"), "4.4.3.3", 11);
    breaks(
        &media("#EXTINF:6", "#EXT-X-DISCONTINUITY\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXTINF:6"),
        "4.4.3.3",
        8,
    );
    warns(&media("#EXT-X-ENDLIST\n", ""), Severity::Should, "4.4.3.4", 4);
    warns(
        &media("#EXT-X-ENDLIST\n", "#EXT-X-ENDLIST\n#EXT-X-GAP\n"),
        Severity::Advice,
        "4.4.4",
        12,
    );
    warns(
        &media("2.m4s\n", "2.m4s\n#EXT-X-ENDLIST\n#EXTINF:1,\n3.m4s\n")
            .replace("3.m4s\n#EXT-X-ENDLIST\n", "3.m4s\n"),
        Severity::Advice,
        "4.4.3.4",
        13,
    );
    warns(&head(), Severity::Advice, "4.1", 0);
}

#[test]
fn dates() {
    let date =
        |date: &str| media("#EXTINF:6", &format!("#EXT-X-PROGRAM-DATE-TIME:{date}\n#EXTINF:6"));
    assert_eq!(found(&date("2026-01-02T03:04:05.678Z")), []);
    breaks(&date("2026-01-02 03:04:05"), "4.4.4.6", 7);
    warns(&date("2026-01-02T03:04:05.678"), Severity::Should, "4.4.4.6", 7);
    warns(&date("2026-01-02T03:04:05Z"), Severity::Should, "4.4.4.6", 7);
    let range = |list: &str| {
        let list = format!("#EXT-X-DATERANGE:{list}\n#EXTINF:6");
        date("2026-01-02T03:04:05.678Z").replace("#EXTINF:6", &list)
    };
    let start = "ID=\"a\",START-DATE=\"2026-01-02T03:04:05.678Z\"";
    assert_eq!(found(&range(&format!("{start},DURATION=1.5,X-MINE=1,CUE=\"PRE,ONCE\""))), []);
    breaks(&range("ID=\"a\""), "4.4.5.1", 8);
    breaks(&range("ID=\"a\",START-DATE=\"now\""), "4.4.5.1", 8);
    breaks(&range(&format!("{start},END-DATE=\"2026-01-02T03:04:04.678Z\"")), "4.4.5.1", 8);
    let end = "END-DATE=\"2026-01-02T03:04:07.178Z\"";
    assert_eq!(found(&range(&format!("{start},DURATION=1.5,{end}"))), []);
    breaks(&range(&format!("{start},DURATION=1.0,{end}")), "4.4.5.1", 8);
    breaks(&range(&format!("{start},END-ON-NEXT=YES")), "4.4.5.1", 8);
    breaks(&range(&format!("{start},CLASS=\"c\",DURATION=1,END-ON-NEXT=YES")), "4.4.5.1", 8);
    breaks(&range(&format!("{start},CUE=\"PRE,POST\"")), "4.4.5.1", 8);
    breaks(&range(&format!("{start},CUE=\"SOON\"")), "4.4.5.1", 8);
    breaks(
        &range(&format!("{start},DURATION=1\n#EXT-X-DATERANGE:{start},DURATION=2")),
        "4.4.5.1",
        9,
    );
    breaks(&media("#EXTINF:6", &format!("#EXT-X-DATERANGE:{start}\n#EXTINF:6")), "4.4.5.1", 7);
}

#[test]
fn keys() {
    let key = |list: &str| media("#EXTINF:6", &format!("#EXT-X-KEY:{list}\n#EXTINF:6"));
    assert_eq!(found(&key("METHOD=AES-128,URI=\"k\"")), []);
    assert_eq!(found(&key("METHOD=NONE")), []);
    breaks(&key("METHOD=AES-256,URI=\"k\""), "4.4.4.4", 7);
    breaks(&key("METHOD=AES-128"), "4.4.4.4", 7);
    breaks(&key("METHOD=NONE,URI=\"k\""), "4.4.4.4", 7);
    breaks(&key("METHOD=AES-128,URI=\"k\",IV=0x01"), "4.4.4.4", 7);
    breaks(&key("METHOD=AES-128,URI=\"k\",KEYFORMATVERSIONS=\"1/a\""), "4.4.4.4", 7);
    breaks(&media("#EXT-X-MAP", "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP"), "4.4.4.4", 7);
}

#[test]
fn starts() {
    let start = |list: &str| media("#EXT-X-MAP", &format!("#EXT-X-START:{list}\n#EXT-X-MAP"));
    assert_eq!(found(&start("TIME-OFFSET=-3.0,PRECISE=YES")), []);
    breaks(&start("PRECISE=YES"), "4.4.2.2", 6);
    breaks(&start("TIME-OFFSET=soon"), "4.4.2.2", 6);
    warns(&start("TIME-OFFSET=10"), Severity::Should, "4.4.2.2", 6);
    let live = start("TIME-OFFSET=-3.0").replace("#EXT-X-ENDLIST\n", "").replace("VOD", "EVENT");
    warns(&live, Severity::Should, "4.4.2.2", 6);
}

#[test]
fn low_latency() {
    let with = |lines: &str| format!("{}#EXTINF:1,\ns\n{lines}\n", head());
    let control = "#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=3.0";
    let inf = "#EXT-X-PART-INF:PART-TARGET=1.0";
    assert_eq!(found(&with(&format!("{inf}\n{control}\n#EXT-X-PART:DURATION=1.0,URI=\"p\""))), []);
    breaks(&with("#EXT-X-PART:DURATION=1.0,URI=\"p\""), "4.4.3.7", 6);
    breaks(&with(inf), "4.4.3.8", 6);
    breaks(&with(&format!("{inf}\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES")), "4.4.3.8", 7);
    breaks(&with(&format!("{inf}\n#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=1.5")), "4.4.3.8", 7);
    warns(
        &with(&format!("{inf}\n#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=2.5")),
        Severity::Should,
        "4.4.3.8",
        7,
    );
    breaks(&with(&format!("{inf}\n{control}\n#EXT-X-PART:DURATION=1.1,URI=\"p\"")), "4.4.4.9", 8);
    breaks(&with("#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=35"), "4.4.3.8", 6);
    breaks(&with("#EXT-X-SERVER-CONTROL:HOLD-BACK=17"), "4.4.3.8", 6);
    breaks(&with("#EXT-X-SERVER-CONTROL:CAN-SKIP-DATERANGES=YES"), "4.4.3.8", 6);
}

#[test]
fn renditions() {
    let media = |list: &str| {
        let tag = format!("#EXT-X-MEDIA:{list}\n#EXT-X-STREAM-INF");
        multivariant("#EXT-X-STREAM-INF", &tag)
    };
    breaks(&multivariant(",NAME=\"English\",LANGUAGE=\"en\",DEFAULT", ",DEFAULT"), "4.4.6.1", 4);
    breaks(
        &multivariant("TYPE=SUBTITLES", "TYPE=TEXT").replace(",SUBTITLES=\"s\"", ""),
        "4.4.6.1",
        5,
    );
    breaks(&media("TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"c\""), "4.4.6.1", 6);
    breaks(
        &media("TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"c\",INSTREAM-ID=\"CC5\""),
        "4.4.6.1",
        6,
    );
    breaks(
        &media("TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"c\",INSTREAM-ID=\"CC1\",URI=\"u\""),
        "4.4.6.1",
        6,
    );
    breaks(&multivariant(",URI=\"s.m3u8\"", ""), "4.4.6.1", 5);
    breaks(&multivariant("CHANNELS=\"2\"", "CHANNELS=\"2\",FORCED=NO"), "4.4.6.1", 4);
    breaks(&multivariant("AUTOSELECT=YES", "AUTOSELECT=NO"), "4.4.6.1", 4);
    breaks(&multivariant("CHANNELS=\"2\"", "CHANNELS=\"stereo\""), "4.4.6.1", 4);
    breaks(&multivariant("LANGUAGE=\"en\",DEFAULT", "LANGUAGE=\"en_US\",DEFAULT"), "4.4.6.1", 4);
    warns(&multivariant("CHANNELS=\"2\",", ""), Severity::Should, "4.4.6.1", 4);
    breaks(&media("TYPE=SUBTITLES,GROUP-ID=\"s\",NAME=\"English\",URI=\"t\""), "4.4.6.1.1", 6);
    breaks(
        &media("TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"b\",DEFAULT=YES,CHANNELS=\"2\""),
        "4.4.6.1.1",
        6,
    );
    breaks(&media("TYPE=AUDIO,GROUP-ID=\"b\",NAME=\"b\",CHANNELS=\"2\""), "4.4.6.1.1", 6);
    warns(
        &media(
            "TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"b\",LANGUAGE=\"en\",AUTOSELECT=YES,CHANNELS=\"2\"",
        ),
        Severity::Should,
        "4.4.6.1.1",
        6,
    );
}

#[test]
fn variants() {
    breaks(&multivariant("v.m3u8\n", ""), "4.4.6.2", 6);
    breaks(&multivariant("v.m3u8\n", "v.m3u8\nw.m3u8\n"), "4.4.6.2", 8);
    breaks(&multivariant("BANDWIDTH=5000000,", ""), "4.4.6.2", 6);
    breaks(&multivariant("BANDWIDTH=5000000", "BANDWIDTH=500000"), "4.4.6.2", 6);
    breaks(&multivariant("AUDIO=\"a\"", "AUDIO=\"b\""), "4.4.6.2", 6);
    breaks(&multivariant("SUBTITLES=\"s\"", "SUBTITLES=\"a\""), "4.4.6.2", 6);
    breaks(&multivariant("AUDIO=\"a\",", "AUDIO=\"a\",HDCP-LEVEL=0,"), "4.4.6.2", 6);
    breaks(&multivariant("AUDIO=\"a\",", "AUDIO=\"a\",VIDEO-RANGE=HDR,"), "4.4.6.2", 6);
    breaks(&multivariant("avc1.640028,mp4a.40.2", "avc1.640028,,mp4a.40.2"), "4.4.6.2", 6);
    breaks(&multivariant("BANDWIDTH=100000", "BANDWIDTH=100000,FRAME-RATE=1"), "4.4.6.3", 8);
    breaks(
        &multivariant(
            ",\
    URI=\"i.m3u8\"",
            "",
        ),
        "4.4.6.3",
        8,
    );
    let second = "#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"x\",SUBTITLES=\"s\"\nw.m3u8\n#EXT-X-I-";
    breaks(&multivariant("#EXT-X-I-F", &format!("{second}F")), "4.4.6.2", 8);
    breaks("#EXTM3U\n#EXT-X-SESSION-DATA:DATA-ID=\"a\",VALUE=\"b\"\n", "4.4.6.2", 0);
    warns(&multivariant("CODECS=\"avc1.640028,mp4a.40.2\",", ""), Severity::Should, "4.4.6.2", 6);
    warns(&multivariant("RESOLUTION=1920x1080,", ""), Severity::Should, "4.4.6.2", 6);
    warns(&multivariant("FRAME-RATE=23.976,", ""), Severity::Should, "4.4.6.2", 6);
    warns(&multivariant("23.976", "23.976024"), Severity::Should, "4.4.6.2", 6);
    warns(&multivariant("#EXT-X-INDEPENDENT-SEGMENTS\n", ""), Severity::Advice, "4.4.2.1", 0);
}

#[test]
fn sessions() {
    let with =
        |line: &str| multivariant("#EXT-X-STREAM-INF", &format!("{line}\n#EXT-X-STREAM-INF"));
    breaks(&with("#EXT-X-SESSION-DATA:DATA-ID=\"a\""), "4.4.6.4", 6);
    breaks(&with("#EXT-X-SESSION-DATA:DATA-ID=\"a\",VALUE=\"b\",URI=\"c\""), "4.4.6.4", 6);
    let data = "#EXT-X-SESSION-DATA:DATA-ID=\"a\",VALUE=\"b\"";
    breaks(&with(&format!("{data}\n{data}")), "4.4.6.4", 7);
    assert_eq!(found(&with(&format!("{data}\n{data},LANGUAGE=\"en\""))), []);
    breaks(&with("#EXT-X-SESSION-KEY:METHOD=NONE"), "4.4.6.5", 6);
    let key = "#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"k\"";
    breaks(&with(&format!("{key}\n{key}")), "4.4.6.5", 7);
    breaks(&with("#EXT-X-CONTENT-STEERING:SERVER-URI=\"s\",PATHWAY-ID=\"a b\""), "4.4.6.6", 6);
}

#[test]
fn what_was_measured_decides_what_is_true() {
    let segment = |bytes, micros| MeasuredSegment { bytes, micros };
    let real = [segment(1, 6_006_000), segment(1, 3_003_000)];
    let context = |segments| Context { segments: Some(segments), ..Context::default() };
    assert_eq!(validate(MEDIA, &context(&real)), []);
    let late = [segment(1, 6_006_000), segment(1, 3_020_000)];
    let sections: Vec<_> =
        validate(MEDIA, &context(&late)).iter().map(|one| (one.section, one.line)).collect();
    assert_eq!(sections, [("4.4.4.1", 10), ("4.4.4.1", 10)]);
    assert_eq!(validate(MEDIA, &context(&real[..1]))[0].severity, Severity::Must);

    let playlist = |bytes| MeasuredPlaylist {
        target_duration: 6,
        segments: vec![segment(bytes, 6_000_000), segment(bytes / 2, 6_000_000)],
    };
    let playlists = |video, audio| {
        HashMap::from([
            ("v.m3u8".to_owned(), playlist(video)),
            ("a.m3u8".to_owned(), playlist(audio)),
        ])
    };
    // 8 bits a byte, 6 seconds: 4.8 and 0.1 Mbit/s at the peak, three quarters on average.
    let fits = playlists(3_600_000, 75_000);
    let context = |playlists| Context { playlists: Some(playlists), ..Context::default() };
    let text = MULTIVARIANT.replace("BANDWIDTH=4000000", "BANDWIDTH=3700000");
    assert_eq!(validate(&text, &context(&fits)), []);
    let more = playlists(3_600_000, 200_000);
    let found = validate(&text, &context(&more));
    assert!(found.iter().all(|one| (one.severity, one.line) == (Severity::Must, 6)), "{found:?}");
    assert_eq!(found.len(), 2);
    let less = playlists(1_800_000, 75_000);
    assert!(validate(&text, &context(&less)).iter().all(|one| one.severity == Severity::Should));
}

proptest::proptest! {
    #[test]
    fn what_we_write_is_sound_whatever_the_names(name in "\\PC{1,12}|[\"\r\n{$,=]{1,6}", title in "\\PC{0,9}") {
        use crate::{MediaPlaylist, MultivariantPlaylist, Rendition, RenditionKind, Segment, Variant};
        let mut rendition = Rendition::new(RenditionKind::Audio, "a", name.clone());
        rendition.uri = Some(name.clone());
        rendition.channels = Some("2".to_owned());
        let variant = Variant { uri: name.clone(), bandwidth: 1, audio: Some("a".to_owned()), ..Variant::default() };
        let playlist = MultivariantPlaylist { renditions: vec![rendition], variants: vec![variant], ..MultivariantPlaylist::default() };
        let musts = |text: &str| found(text).into_iter().filter(|one| one.severity == Severity::Must).collect::<Vec<_>>();
        assert_eq!(musts(&playlist.render()), []);
        let segment = Segment { title, uri: name, ..Segment::default() };
        let playlist = MediaPlaylist { segments: vec![segment], ..MediaPlaylist::default() };
        assert_eq!(musts(&playlist.render()), []);
    }

    #[test]
    fn no_text_ends_the_judge(text in "#EXTM3U\n(#EXT(INF|-X-[A-Z-]{1,12})(:\\PC{0,20})?\n|\\PC{0,10}\n){0,12}") {
        found(&text);
    }
}
