use media::{Ratio, Timescale};

use crate::{
    ByteRange, ClosedCaptions, DateRange, Duration, IFrameVariant, Key, Map, MediaPlaylist, Method,
    MultivariantPlaylist, PlaylistType, Rendition, RenditionKind, Segment, SessionData, Start,
    Value, Variable, Variant, VideoRange,
};

fn film() -> Timescale {
    Timescale::new(24_000).unwrap()
}

fn segment(ticks: u64, timescale: Timescale, uri: &str) -> Segment {
    Segment { duration: Duration::new(ticks, timescale), uri: uri.to_owned(), ..Segment::default() }
}

#[test]
fn a_film_reads_as_the_standard_shows_it() {
    let mut first = segment(72 * 1001, film(), "v1/1.m4s");
    first.map = Some(Map { uri: "v1/init.mp4".to_owned(), byte_range: None });
    let playlist = MediaPlaylist {
        target_duration: Some(6),
        playlist_type: Some(PlaylistType::Vod),
        independent_segments: true,
        segments: vec![first, segment(144 * 1001, film(), "v1/2.m4s")],
        end_list: true,
        ..MediaPlaylist::default()
    };
    assert_eq!(
        playlist.render(),
        "#EXTM3U\n\
         #EXT-X-VERSION:6\n\
         #EXT-X-TARGETDURATION:6\n\
         #EXT-X-PLAYLIST-TYPE:VOD\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-MAP:URI=\"v1/init.mp4\"\n\
         #EXTINF:3.003000,\n\
         v1/1.m4s\n\
         #EXTINF:6.006000,\n\
         v1/2.m4s\n\
         #EXT-X-ENDLIST\n"
    );
}

#[test]
fn a_multivariant_playlist_has_every_attribute_in_its_form() {
    let mut audio = Rendition::new(RenditionKind::Audio, "aac", "English");
    audio.language = Some("en".to_owned());
    audio.default = true;
    audio.uri = Some("a1/index.m3u8".to_owned());
    audio.channels = Some("2".to_owned());
    audio.sample_rate = Some(48_000);
    let mut captions = Rendition::new(RenditionKind::ClosedCaptions, "cc", "CC");
    captions.instream_id = Some("SERVICE1".to_owned());
    let playlist = MultivariantPlaylist {
        independent_segments: true,
        start: Some(Start { offset_micros: -1_500_000, precise: true }),
        session_data: vec![SessionData {
            id: "com.example.title".to_owned(),
            value: Some("Pilot".to_owned()),
            ..SessionData::default()
        }],
        renditions: vec![audio, captions],
        variants: vec![Variant {
            uri: "v1/index.m3u8".to_owned(),
            bandwidth: 5_000_000,
            average_bandwidth: Some(4_000_000),
            score_thousandths: Some(1_050),
            codecs: Some("avc1.640028,mp4a.40.2".to_owned()),
            resolution: Some((1920, 1080)),
            frame_rate: Ratio::new(24_000, 1001),
            video_range: Some(VideoRange::Sdr),
            audio: Some("aac".to_owned()),
            closed_captions: Some(ClosedCaptions::Group("cc".to_owned())),
            ..Variant::default()
        }],
        iframe_variants: vec![IFrameVariant {
            uri: "v1/iframes.m3u8".to_owned(),
            bandwidth: 100_000,
            ..IFrameVariant::default()
        }],
        ..MultivariantPlaylist::default()
    };
    assert_eq!(
        playlist.render(),
        "#EXTM3U\n\
         #EXT-X-VERSION:7\n\
         #EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-START:TIME-OFFSET=-1.500000,PRECISE=YES\n\
         #EXT-X-SESSION-DATA:DATA-ID=\"com.example.title\",VALUE=\"Pilot\"\n\
         #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"aac\",NAME=\"English\",LANGUAGE=\"en\",DEFAULT=YES,\
         AUTOSELECT=YES,CHANNELS=\"2\",SAMPLE-RATE=48000,URI=\"a1/index.m3u8\"\n\
         #EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC\",INSTREAM-ID=\"SERVICE1\"\n\
         #EXT-X-STREAM-INF:BANDWIDTH=5000000,AVERAGE-BANDWIDTH=4000000,SCORE=1.050,\
         CODECS=\"avc1.640028,mp4a.40.2\",RESOLUTION=1920x1080,FRAME-RATE=23.976,\
         VIDEO-RANGE=SDR,AUDIO=\"aac\",CLOSED-CAPTIONS=\"cc\"\n\
         v1/index.m3u8\n\
         #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=100000,URI=\"v1/iframes.m3u8\"\n"
    );
}

#[test]
fn key_pictures_by_range_need_no_more_than_version_five() {
    let mut one = segment(6006, film(), "v1/1.m4s");
    one.map = Some(Map {
        uri: "v1/init.mp4".to_owned(),
        byte_range: Some(ByteRange { length: 700, offset: Some(0) }),
    });
    one.byte_range = Some(ByteRange { length: 1_000, offset: Some(880) });
    let playlist =
        MediaPlaylist { iframes_only: true, segments: vec![one], ..MediaPlaylist::default() };
    let text = playlist.render();
    assert!(text.contains("#EXT-X-VERSION:5\n"), "{text}");
    assert!(text.contains("#EXT-X-MAP:URI=\"v1/init.mp4\",BYTERANGE=\"700@0\"\n"), "{text}");
    assert!(text.contains("#EXTINF:0.250250,\n#EXT-X-BYTERANGE:1000@880\nv1/1.m4s\n"), "{text}");
}

#[test]
fn printed_durations_never_drift_from_the_exact_ones() {
    // A third of a second cannot be written; the sum of a thousand must be right all the same.
    let third = Timescale::new(3).unwrap();
    let segments: Vec<_> = (0..1_000).map(|_| segment(1, third, "s")).collect();
    assert_eq!(super::micros(&segments).sum::<u64>(), 333_333_333);
    let mixed = [segment(1, third, "s"), segment(3_003, Timescale::MPEG, "s")];
    assert_eq!(super::micros(&mixed).collect::<Vec<_>>(), [333_333, 33_367]);
}

#[test]
fn the_target_duration_is_no_less_than_any_rounded_duration() {
    let target = |millis: &[u64]| {
        let segments =
            millis.iter().map(|millis| segment(*millis, Timescale::MILLIS, "s")).collect();
        MediaPlaylist { segments, ..MediaPlaylist::default() }.target()
    };
    assert_eq!(target(&[]), 1);
    assert_eq!(target(&[200]), 1);
    assert_eq!(target(&[6_499, 3_000]), 6);
    assert_eq!(target(&[6_500]), 7);
}

#[test]
fn no_name_or_address_ends_its_line_or_attribute_early() {
    let evil = "a\"b\r\nc\u{2028}d\u{85}e{$f";
    let mut rendition = Rendition::new(RenditionKind::Subtitles, evil, evil);
    rendition.uri = Some(evil.to_owned());
    let playlist = MultivariantPlaylist {
        renditions: vec![rendition],
        variants: vec![Variant {
            uri: "#not a comment\n".to_owned(),
            hdcp_level: Some("NONE,X=\"1\"\n".to_owned()),
            ..Variant::default()
        }],
        variables: vec![Variable::Import(evil.to_owned())],
        ..MultivariantPlaylist::default()
    };
    assert_eq!(
        playlist.render(),
        "#EXTM3U\n\
         #EXT-X-VERSION:8\n\
         #EXT-X-DEFINE:IMPORT=\"a'b  c d e{ $f\"\n\
         #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"a'b  c d e{ $f\",NAME=\"a'b  c d e{ $f\",\
         URI=\"a%22b%0D%0Ac%E2%80%A8d%C2%85e%7B$f\"\n\
         #EXT-X-STREAM-INF:BANDWIDTH=0,HDCP-LEVEL=NONEX=1\n\
         %23not%20a%20comment%0A\n"
    );
    let mut one = segment(1, film(), "s");
    one.title = "Über\n#EXT-X-ENDLIST".to_owned();
    let playlist = MediaPlaylist { segments: vec![one], ..MediaPlaylist::default() };
    assert!(playlist.render().contains(",Über #EXT-X-ENDLIST\ns\n"));
}

#[test]
fn what_begins_with_a_segment_stands_before_it() {
    let mut one = segment(90_000, Timescale::MPEG, "s.ts");
    one.discontinuity = true;
    one.gap = true;
    one.bitrate = Some(800);
    one.program_date_time = Some("\n2026-01-02T03:04:05.678Z".to_owned());
    one.keys = vec![Key {
        method: Method::Aes128,
        uri: Some("key".to_owned()),
        iv: Some(0xab),
        ..Key::default()
    }];
    one.date_ranges = vec![DateRange {
        id: "ad".to_owned(),
        start_date: "2026-01-02T03:04:05.678Z".to_owned(),
        planned_duration_micros: Some(30_000_000),
        others: vec![
            ("SCTE35-OUT".to_owned(), Value::Bare("0xFC,\n".to_owned())),
            ("X-a-B".to_owned(), Value::Quoted("\"c\"".to_owned())),
        ],
        ..DateRange::default()
    }];
    let playlist = MediaPlaylist {
        media_sequence: 7,
        discontinuity_sequence: 2,
        segments: vec![one],
        ..MediaPlaylist::default()
    };
    assert_eq!(
        playlist.render(),
        "#EXTM3U\n\
         #EXT-X-VERSION:3\n\
         #EXT-X-TARGETDURATION:1\n\
         #EXT-X-MEDIA-SEQUENCE:7\n\
         #EXT-X-DISCONTINUITY-SEQUENCE:2\n\
         #EXT-X-DISCONTINUITY\n\
         #EXT-X-KEY:METHOD=AES-128,URI=\"key\",IV=0x000000000000000000000000000000ab\n\
         #EXT-X-DATERANGE:ID=\"ad\",START-DATE=\"2026-01-02T03:04:05.678Z\",\
         PLANNED-DURATION=30.000000,SCTE35-OUT=0xFC,X--B=\"'c'\"\n\
         #EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z\n\
         #EXT-X-GAP\n\
         #EXT-X-BITRATE:800\n\
         #EXTINF:1.000000,\n\
         s.ts\n"
    );
}
