use media::{Ratio, Timescale};
use proptest::prelude::*;

use super::*;
use crate::{Duration, Rendition, RenditionKind, Segment, Variant, VideoRange};

fn media(text: &str) -> MediaPlaylist {
    match parse(text) {
        Ok(Playlist::Media(playlist)) => playlist,
        other => panic!("{other:?}"),
    }
}

const FULL: &str = "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:6\n\
    #EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MEDIA-SEQUENCE:7\n\
    #EXT-X-DISCONTINUITY-SEQUENCE:2\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n\
    #EXT-X-START:TIME-OFFSET=-1.500000,PRECISE=YES\n#EXT-X-DISCONTINUITY\n\
    #EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x000000000000000000000000000000ab\n\
    #EXT-X-MAP:URI=\"i\",BYTERANGE=\"7@0\"\n\
    #EXT-X-DATERANGE:ID=\"d\",START-DATE=\"2026-01-02T03:04:05.678Z\",DURATION=1.500000,\
    SCTE35-OUT=0xFC,X-A=\"b,c\"\n\
    #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z\n#EXT-X-GAP\n#EXT-X-BITRATE:800\n\
    #EXTINF:6.006000,a title, with a comma\n#EXT-X-BYTERANGE:1000@880\ns.m4s\n\
    #EXTINF:4.000000,\n#EXT-X-BYTERANGE:10\ns.m4s\n#EXT-X-ENDLIST\n";

const MULTIVARIANT: &str = "#EXTM3U\n#EXT-X-VERSION:12\n#EXT-X-INDEPENDENT-SEGMENTS\n\
    #EXT-X-DEFINE:QUERYPARAM=\"a\"\n#EXT-X-START:TIME-OFFSET=1.000000\n\
    #EXT-X-CONTENT-STEERING:SERVER-URI=\"s\",PATHWAY-ID=\"p\"\n\
    #EXT-X-SESSION-DATA:DATA-ID=\"a.b\",URI=\"u\",FORMAT=RAW\n\
    #EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"k\",KEYFORMAT=\"f\"\n\
    #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"English, 5.1\",LANGUAGE=\"en\",DEFAULT=YES,\
    AUTOSELECT=YES,CHANNELS=\"6\",BIT-DEPTH=16,SAMPLE-RATE=48000,URI=\"a.m3u8\"\n\
    #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"C\",INSTREAM-ID=\"CC1\"\n\
    #EXT-X-STREAM-INF:BANDWIDTH=5000000,AVERAGE-BANDWIDTH=4000000,SCORE=2.500,CODECS=\"x,y\",\
    RESOLUTION=1920x1080,FRAME-RATE=23.976,HDCP-LEVEL=NONE,VIDEO-RANGE=PQ,\
    REQ-VIDEO-LAYOUT=\"CH-STEREO\",AUDIO=\"a\",CLOSED-CAPTIONS=NONE\nv.m3u8\n\
    #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100,RESOLUTION=1920x1080,URI=\"i.m3u8\"\n";

#[test]
fn what_is_written_is_read_as_the_same_again() {
    let Playlist::Media(playlist) = parse(FULL).unwrap() else { panic!() };
    assert_eq!(playlist.render(), FULL);
    let Playlist::Multivariant(playlist) = parse(MULTIVARIANT).unwrap() else { panic!() };
    assert_eq!(playlist.render(), MULTIVARIANT);
}

#[test]
fn what_is_not_known_is_passed_over() {
    let playlist = media(
        "\u{feff}#EXTM3U\r\n\r\n#EXT-X-NEW:A=1\r\n# remark\r\n#EXTINF:6\r\ns.ts?a=1\r\n\
         #EXT-X-PART:DURATION=1,URI=\"p\"\r\n",
    );
    assert_eq!(playlist.segments.len(), 1);
    assert_eq!(playlist.segments[0].uri, "s.ts?a=1");
    assert_eq!(playlist.segments[0].duration.micros(), 6_000_000);
}

#[test]
fn what_is_no_playlist_is_refused_with_the_line() {
    for (text, line) in [
        ("", 1),
        ("#EXTM3U\n", 1),
        ("hello", 1),
        ("#EXTM3U\n#EXTINF:x,\ns", 2),
        ("#EXTM3U\n#EXTINF:1,\ns\nt\n", 4),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n", 2),
        ("#EXTM3U\n#EXT-X-STREAM-INF:CODECS=\"a\"\nv\n", 2),
        ("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv\n#EXTINF:1,\ns\n", 4),
        ("#EXTM3U\n#EXT-X-MEDIA:TYPE=FILM,GROUP-ID=\"a\",NAME=\"b\"\n", 2),
    ] {
        assert_eq!(parse(text).unwrap_err().line, line, "{text}");
    }
}

#[test]
fn another_reader_finds_the_same_in_what_is_written() {
    // It takes what follows a comma in a title for an address.
    let text = FULL.replace("title, with", "title with");
    let ours = media(&text);
    let theirs = m3u8_rs::parse_playlist_res(text.as_bytes());
    let Ok(m3u8_rs::Playlist::MediaPlaylist(theirs)) = theirs else { panic!("{theirs:?}") };
    assert_eq!(theirs.target_duration, 6);
    assert_eq!(theirs.segments.len(), ours.segments.len());
    for (theirs, ours) in theirs.segments.iter().zip(&ours.segments) {
        assert_eq!(theirs.uri, ours.uri);
        let micros = u32::try_from(ours.duration.micros()).unwrap();
        assert!((f64::from(theirs.duration) - f64::from(micros) / 1e6).abs() < 1e-4);
        assert_eq!(theirs.byte_range.as_ref().unwrap().length, ours.byte_range.unwrap().length);
    }
    let Ok(Playlist::Multivariant(ours)) = parse(MULTIVARIANT) else { panic!() };
    let theirs = m3u8_rs::parse_playlist_res(MULTIVARIANT.as_bytes());
    let Ok(m3u8_rs::Playlist::MasterPlaylist(theirs)) = theirs else { panic!("{theirs:?}") };
    assert_eq!(theirs.alternatives.len(), ours.renditions.len());
    assert_eq!(theirs.alternatives[0].name, ours.renditions[0].name);
    // They count key pictures among the variants.
    assert_eq!(theirs.variants.len(), ours.variants.len() + ours.iframe_variants.len());
    assert_eq!(theirs.variants[0].bandwidth, ours.variants[0].bandwidth);
}

fn words() -> impl Strategy<Value = String> {
    "\\PC{1,12}|[\"\r\n\u{0}{$,=#a]{1,8}"
}

proptest! {
    #[test]
    fn any_name_stays_in_its_place(name in words(), group in words(), uri in words()) {
        let mut rendition = Rendition::new(RenditionKind::Audio, group, name);
        rendition.uri = Some(uri.clone());
        rendition.default = true;
        let playlist = MultivariantPlaylist {
            renditions: vec![rendition],
            variants: vec![Variant { uri, bandwidth: 1, frame_rate: Ratio::new(25, 1),
                video_range: Some(VideoRange::Hlg), ..Variant::default() }],
            ..MultivariantPlaylist::default()
        };
        let text = playlist.render();
        let Playlist::Multivariant(read) = parse(&text).unwrap() else { panic!("{text}") };
        assert_eq!(read.render(), text);
        assert_eq!((read.renditions.len(), read.variants.len()), (1, 1));
        assert!(read.renditions[0].default);
    }

    #[test]
    fn any_durations_keep_their_sum(
        ticks in proptest::collection::vec(1_u64..10_000_000, 1..50),
        scale in 1_u32..1_000_000,
        title in "\\PC{0,10}",
    ) {
        let timescale = Timescale::new(scale).unwrap();
        let total: u64 = ticks.iter().sum();
        let segments = ticks.iter().map(|ticks| Segment {
            duration: Duration::new(*ticks, timescale),
            uri: "s".to_owned(),
            title: title.clone(),
            ..Segment::default()
        });
        let playlist = MediaPlaylist { segments: segments.collect(), ..MediaPlaylist::default() };
        let read = media(&playlist.render());
        let sum: u64 = read.segments.iter().map(|segment| segment.duration.micros()).sum();
        assert_eq!(sum, Duration::new(total, timescale).micros());
        let target = u64::from(read.target_duration.unwrap());
        assert!(read.segments.iter().all(|one| (one.duration.micros() + 500_000) / 1_000_000 <= target));
    }

    #[test]
    fn no_text_ends_the_reader(text in "#EXTM3U\n(#EXT(INF|-X-[A-Z-]{1,12})(:\\PC{0,20})?\n|\\PC{0,10}\n){0,12}") {
        let _ = parse(&text);
    }

    #[test]
    fn damaged_playlists_do_not_end_the_reader(
        place in 0_usize..900,
        byte: u8,
        cut in 0_usize..1_000,
        which: bool,
    ) {
        let mut bytes = if which { FULL } else { MULTIVARIANT }.as_bytes().to_vec();
        if let Some(place) = bytes.get_mut(place) {
            *place = byte;
        }
        bytes.truncate(cut);
        if let Ok(Playlist::Media(playlist)) = parse(&String::from_utf8_lossy(&bytes)) {
            playlist.render();
        }
    }
}
