#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use media::{
    Audio, Codec, Colour, Detail, DolbyVision, Framing, Language, Ratio, Raw, Roles, Sample,
    SampleTable, Samples, Timescale, Track, Video,
};
use mp4_atom::{Any, Decode, DecodeMaybe, Moof, Moov};
use proptest::prelude::*;

use super::*;

/// An `avcC` with one parameter set of each kind.
const AVCC: &[u8] = &[1, 100, 0, 31, 0xFF, 0xE1, 0, 4, 0x67, 100, 0, 31, 1, 0, 2, 0x68, 0xEE];

fn track(codec: Codec, config: &[u8], scale: u32, detail: Detail) -> Track {
    Track {
        number: 4_097,
        codec,
        config: config.to_vec(),
        codec_string: None,
        timescale: Timescale::new(scale).unwrap(),
        start: 0,
        end: 10 * i64::from(scale),
        cadence: None,
        count: None,
        bytes: None,
        language: None,
        title: None,
        roles: Roles::default(),
        detail,
        framing: Framing::Plain,
        keys: Vec::new(),
        samples: Samples::None,
    }
}

fn film() -> Track {
    let detail = Detail::Video(Video { width: 1920, height: 1080, ..Video::default() });
    track(Codec::H264, AVCC, 24_000, detail)
}

fn sound() -> Track {
    let audio = Audio { sample_rate: 48_000, channels: 2, ..Audio::default() };
    track(Codec::Aac, &[0x11, 0x90], 48_000, Detail::Audio(audio))
}

fn of_kind(codec: Codec, config: &[u8]) -> Track {
    let detail = match codec {
        Codec::H264 | Codec::Hevc | Codec::Av1 | Codec::Vp8 | Codec::Vp9 => film().detail,
        Codec::Tx3g
        | Codec::WvttBoxes
        | Codec::WebVtt
        | Codec::Srt
        | Codec::Ass
        | Codec::Stpp
        | Codec::Pgs
        | Codec::VobSub
        | Codec::DvbSub
        | Codec::Teletext => Detail::Text,
        _ => sound().detail,
    };
    track(codec, config, 48_000, detail)
}

/// I P b b, over and over.
fn pictures(track: &mut Track, count: i64) -> Vec<Sample> {
    let shown = |number: i64| match number % 3 {
        _ if number == 0 => 0,
        1 => number + 2,
        _ => number - 1,
    };
    let raws: Vec<_> = (0..count)
        .map(|number| Raw {
            size: u32::try_from(1_000 + number).unwrap(),
            time: shown(number) * 1001,
            key: number == 0,
            ..Raw::default()
        })
        .collect();
    let (table, _) = SampleTable::build(&raws, 1001).unwrap();
    let samples = table.samples(0..u32::MAX);
    track.samples = Samples::Table(table);
    samples
}

fn frames(track: &Track, begin: i64, count: i64) -> Vec<Sample> {
    let frame = |number| Sample {
        offset: 0,
        size: 300,
        skip: 0,
        decode: track.start + (begin + number) * 1024,
        duration: 1024,
        composition: 0,
        key: true,
    };
    (0..count).map(frame).collect()
}

/// The boxes of a file as an independent reader sees them.
fn boxes(mut bytes: &[u8]) -> Vec<Any> {
    let mut all = Vec::new();
    while let Some(one) = Any::decode_maybe(&mut bytes).unwrap() {
        all.push(one);
    }
    all
}

fn moov(bytes: &[u8]) -> Moov {
    boxes(bytes)
        .into_iter()
        .find_map(|one| if let Any::Moov(it) = one { Some(it) } else { None })
        .unwrap()
}

fn moof(bytes: &[u8]) -> Moof {
    boxes(bytes)
        .into_iter()
        .find_map(|one| if let Any::Moof(it) = one { Some(it) } else { None })
        .unwrap()
}

fn has(bytes: &[u8], kind: &[u8]) -> bool {
    bytes.windows(kind.len()).any(|four| four == kind)
}

/// What follows the first such name.
fn after(bytes: &[u8], kind: [u8; 4]) -> &[u8] {
    let at = bytes.windows(4).position(|four| *four == kind).unwrap();
    &bytes[at + 4..]
}

#[test]
fn an_independent_reader_understands_the_init() {
    let mut track = film();
    track.language = Language::parse("pt-BR");
    track.title = Some("Câmera".to_owned());
    let moov = moov(&init(&track).unwrap());
    assert_eq!(moov.mvhd.timescale, 24_000);
    let [trak] = &moov.trak[..] else { panic!("one track") };
    assert_eq!(trak.tkhd.track_id, 1);
    assert_eq!(trak.tkhd.width.integer(), 1920);
    assert_eq!(trak.mdia.mdhd.language, "por");
    assert_eq!(trak.mdia.hdlr.name, "Câmera");
    assert!(trak.edts.is_none(), "its samples are for nobody");
    let mvex = moov.mvex.unwrap();
    assert_eq!(mvex.mehd.unwrap().fragment_duration, 240_000);
    assert_eq!(mvex.trex[0].track_id, 1);
    assert!(has(&init(&track).unwrap(), b"elng\0\0\0\0pt-BR\0"));
}

#[test]
fn sound_that_primes_its_decoder_is_shifted_and_shifted_back() {
    let mut track = sound();
    track.start = -2112;
    let edits = moov(&init(&track).unwrap()).trak[0].edts.clone().unwrap().elst.unwrap().entries;
    assert_eq!(edits.len(), 1);
    assert_eq!((edits[0].segment_duration, edits[0].media_time), (0, Some(2112)));
    let samples = frames(&track, 0, 94);
    let first = fragment(&Fragment { sequence: 1, track: &track, samples: &samples, skips: &[] });
    assert_eq!(moof(&first).traf[0].tfdt.as_ref().unwrap().base_media_decode_time, 0);
    let samples = frames(&track, 94, 94);
    let second = fragment(&Fragment { sequence: 2, track: &track, samples: &samples, skips: &[] });
    let moof = moof(&second);
    assert_eq!(moof.mfhd.sequence_number, 2);
    assert_eq!(moof.traf[0].tfdt.as_ref().unwrap().base_media_decode_time, 94 * 1024);
}

#[test]
fn a_segment_of_sound_says_everything_once() {
    let track = sound();
    let samples = frames(&track, 0, 94);
    let one = Fragment { sequence: 1, track: &track, samples: &samples, skips: &[] };
    let bytes = fragment(&one);
    assert_eq!(bytes.len(), 132, "however many samples there are");
    let traf = &moof(&bytes).traf[0];
    assert_eq!(traf.tfhd.default_sample_duration, Some(1024));
    assert_eq!(traf.tfhd.default_sample_size, Some(300));
    assert_eq!(traf.tfhd.default_sample_flags, Some(0x0200_0000));
    assert_eq!(traf.trun[0].samples.len(), 94);
    assert_eq!(traf.trun[0].data_offset, Some(i32::try_from(bytes.len() - 24).unwrap()));
    assert_eq!(
        &bytes[bytes.len() - 8..],
        [&(94u32 * 300 + 8).to_be_bytes(), &b"mdat"[..]].concat()
    );
}

#[test]
fn pictures_are_composed_after_they_are_decoded_and_an_edit_list_undoes_it() {
    let mut track = film();
    let samples = pictures(&mut track, 7);
    let edits = moov(&init(&track).unwrap()).trak[0].edts.clone().unwrap().elst.unwrap().entries;
    assert_eq!((edits[0].segment_duration, edits[0].media_time), (0, Some(1001)));
    let bytes =
        fragment(&Fragment { sequence: 1, track: &track, samples: &samples[1..], skips: &[] });
    let traf = &moof(&bytes).traf[0];
    let decode = traf.tfdt.as_ref().unwrap().base_media_decode_time;
    assert_eq!(decode, 1001, "that of the first sample, whatever the shift");
    let offsets: Vec<_> =
        traf.trun[0].samples.iter().map(|entry| entry.cts.unwrap() / 1001).collect();
    assert_eq!(offsets, [3, 0, 0, 3, 0, 0]);
}

#[test]
fn pictures_in_clusters_are_given_room_to_be_reordered() {
    let shift = |codec| {
        let track = Track { samples: Samples::Clusters, ..of_kind(codec, AVCC) };
        Shift::of(&track).total()
    };
    assert_eq!(shift(Codec::H264), 3 * 48_000 / 25);
    assert_eq!(shift(Codec::Vp9), 0);
    assert_eq!(shift(Codec::Opus), 0);
}

#[test]
fn only_the_first_picture_of_a_segment_is_a_sync_sample() {
    let mut track = film();
    let samples = pictures(&mut track, 7);
    let bytes = fragment(&Fragment { sequence: 1, track: &track, samples: &samples, skips: &[] });
    let traf = &moof(&bytes).traf[0];
    assert_eq!(traf.tfhd.default_sample_flags, Some(0x0101_0000));
    let flags = |number: usize| traf.trun[0].samples.iter().nth(number).unwrap().flags;
    assert_eq!((flags(0), flags(1)), (Some(0x0200_0000), None));
}

#[test]
fn pictures_say_how_they_are_to_be_seen() {
    let mut track = film();
    track.codec = Codec::Hevc;
    // One array of parameter sets that claims to be incomplete.
    track.config = [&[1; 22][..], &[1, 0x20, 0, 1, 0, 2, 7, 7]].concat();
    track.detail = Detail::Video(Video {
        width: 1440,
        height: 1080,
        pixel_aspect: Ratio::new(4, 3),
        rotation: 90,
        colour: Colour { primaries: 9, transfer: 18, matrix: 9, full_range: true },
        mastering: Some(vec![1; 24]),
        light_level: Some(vec![2; 4]),
        dolby_vision: Some(DolbyVision {
            profile: 8,
            level: 4,
            compatibility: 4,
            record: vec![3; 24],
        }),
        ..Video::default()
    });
    let bytes = init(&track).unwrap();
    let tkhd = &moov(&bytes).trak[0].tkhd;
    assert_eq!((tkhd.width.integer(), tkhd.height.integer()), (1920, 1080));
    let matrix = &tkhd.matrix;
    assert_eq!((matrix.a, matrix.b, matrix.c, matrix.d), (0, 1 << 16, -1 << 16, 0));
    assert_eq!((matrix.x, matrix.y), (1080 << 16, 0));
    assert!(
        has(&bytes, b"hvc1")
            && has(&bytes, b"dvvC")
            && has(&bytes, b"mdcv")
            && has(&bytes, b"clli")
    );
    assert!(after(&bytes, *b"colr").starts_with(b"nclx\0\x09\0\x12\0\x09\x80"));
    assert!(after(&bytes, *b"pasp").starts_with(&[0, 0, 0, 4, 0, 0, 0, 3]));
    assert_eq!(after(&bytes, *b"hvcC")[23], 0xA0, "complete, as hvc1 demands");
    if let Detail::Video(video) = &mut track.detail {
        let dolby = video.dolby_vision.as_mut().unwrap();
        (dolby.profile, dolby.compatibility) = (5, 0);
    }
    let bytes = init(&track).unwrap();
    assert!(has(&bytes, b"dvh1") && has(&bytes, b"dvcC"), "nothing for other players");
}

#[test]
fn roles_are_told_in_the_words_of_dash() {
    let mut track = of_kind(Codec::WebVtt, b"");
    track.roles = Roles { default: true, hearing_impaired: true, ..Roles::default() };
    let bytes = init(&track).unwrap();
    assert!(has(&bytes, b"urn:mpeg:dash:role:2011\0caption\0"));
    assert!(!has(&bytes, b"\0main\0") && !has(&bytes, b"\0subtitle\0"));
    assert!(has(&bytes, b"vttCWEBVTT") && has(&bytes, b"nmhd"));
}

#[test]
fn what_cannot_be_written_is_named_with_its_reason() {
    let said = |track: &Track| is_writable(track).unwrap_err().to_string();
    let track = of_kind(Codec::Other("dts".to_owned()), b"");
    let expected =
        "dts cannot be written to MP4: there is no way to write it that players agree on";
    assert_eq!(said(&track), expected);
    assert_eq!(init(&track), Err(is_writable(&track).unwrap_err()));
    let expected = "aac cannot be written to MP4: the file does not say how to set up its decoder";
    assert_eq!(said(&of_kind(Codec::Aac, b"")), expected);
    for codec in [Codec::Pgs, Codec::Srt, Codec::Ass, Codec::H264, Codec::Flac] {
        assert!(is_writable(&of_kind(codec.clone(), b"")).is_err(), "{codec:?}");
    }
    for codec in [Codec::Vp8, Codec::Vp9, Codec::Mp3, Codec::Tx3g, Codec::Stpp] {
        assert!(is_writable(&of_kind(codec.clone(), b"")).is_ok(), "{codec:?}");
    }
}

#[test]
fn cues_become_boxes() {
    assert_eq!(wvtt_sample(&[]), b"\0\0\0\x08vtte");
    let one = wvtt_sample(&[(Some("7"), Some("line:0"), "Hi"), (None, Some(""), "!")]);
    let expected = b"\0\0\0\x29vttc\0\0\0\x09iden7\0\0\0\x0esttgline:0\0\0\0\x0apaylHi\0\0\0\x11vttc\0\0\0\x09payl!";
    assert_eq!(one, expected);
}

#[test]
fn a_movie_has_its_tables_first_and_its_tracks_interleaved() {
    let mut film = film();
    let pictures = pictures(&mut film, 73);
    let sound = Track { start: -1024, ..sound() };
    let frames = frames(&sound, 0, 144);
    let tracks = vec![
        MovieTrack { track: &film, samples: &pictures, begin: 0, end: 73_073 },
        MovieTrack { track: &sound, samples: &frames, begin: 0, end: 146_146 },
    ];
    let layout = movie(&Movie { tracks, title: Some("Tests") }).unwrap();
    let order: Vec<_> = layout.chunks.iter().map(|chunk| chunk.track).collect();
    assert_eq!(order, [1, 0, 1, 0, 1, 0, 1, 0]);
    let moov = moov(&layout.header);
    assert_eq!(moov.mvhd.timescale, 48_000);
    assert_eq!(moov.mvhd.duration, 146_146);
    let [video, audio] = &moov.trak[..] else { panic!("two tracks") };
    assert!(video.edts.is_none(), "all of it from the beginning");
    let edits = &audio.edts.as_ref().unwrap().elst.as_ref().unwrap().entries;
    assert_eq!((edits[0].segment_duration, edits[0].media_time), (146_146, Some(1024)));
    let stbl = &video.mdia.minf.stbl;
    assert_eq!(stbl.stss.as_ref().unwrap().entries, [1]);
    assert_eq!(stbl.cslg.as_ref().unwrap().composition_to_dts_shift, 1001);
    // The first chunk is that of sound.
    let offsets = &audio.mdia.minf.stbl.stco.as_ref().unwrap().entries;
    assert_eq!(offsets[0] as usize, layout.header.len());
    let offsets = &stbl.stco.as_ref().unwrap().entries;
    let first = layout.header.len() as u64 + layout.chunks[0].bytes;
    assert_eq!(u64::from(offsets[0]), first);
    let media: u64 = pictures.iter().chain(&frames).map(|sample| u64::from(sample.size)).sum();
    assert_eq!((layout.media, layout.len()), (media, media + layout.header.len() as u64));
}

#[test]
fn a_movie_beyond_four_gigabytes_has_wide_offsets() {
    let track = sound();
    let mut frames = frames(&track, 0, 100);
    for frame in &mut frames {
        frame.size = 100_000_000;
    }
    let tracks = vec![MovieTrack { track: &track, samples: &frames, begin: 0, end: i64::MAX }];
    let layout = movie(&Movie { tracks, title: None }).unwrap();
    let stbl = &moov(&layout.header).trak[0].mdia.minf.stbl;
    assert!(stbl.stco.is_none());
    let offsets = &stbl.co64.as_ref().unwrap().entries;
    let last = layout.chunks.last().unwrap().bytes;
    assert_eq!(offsets.last(), Some(&(layout.len() - last)));
    assert_eq!(&layout.header[layout.header.len() - 16..][..8], b"\0\0\0\x01mdat");
}

#[test]
fn an_edit_takes_exactly_what_was_not_asked_for() {
    let mut film = film();
    let pictures = pictures(&mut film, 72);
    let edits = |begin, end| {
        let tracks = vec![MovieTrack { track: &film, samples: &pictures[24..], begin, end }];
        let moov = moov(&movie(&Movie { tracks, title: None }).unwrap().header);
        let edits = moov.trak[0].edts.clone().unwrap().elst.unwrap().entries;
        edits.iter().map(|edit| (edit.segment_duration, edit.media_time)).collect::<Vec<_>>()
    };
    let first = 24 * 1001 - 1001;
    assert_eq!(edits(30 * 1001, 40 * 1001), [(10_010, Some(30 * 1001 - first - 1001))]);
    let late = edits(0, 40 * 1001);
    assert_eq!((late.len(), late[0].1, late[1].1.is_some()), (2, None, true));
    assert_eq!(late[0].0 + late[1].0, 40_040);
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let numbers = (0..1u32 << 20, -1i64 << 40..1i64 << 40, 0..4u32, -3..3i32, any::<bool>());
    numbers.prop_map(|(size, decode, duration, composition, key)| Sample {
        offset: 0,
        size,
        skip: 0,
        decode,
        duration,
        composition,
        key,
    })
}

proptest! {
    #[test]
    fn a_fragment_is_as_long_as_foretold_and_says_what_it_was_told(
        samples in prop::collection::vec(any_sample(), 0..60), start in -3_000..3_000i64,
    ) {
        let track = Track { start, ..sound() };
        let one = Fragment { sequence: 9, track: &track, samples: &samples, skips: &[] };
        let bytes = fragment(&one);
        prop_assert_eq!(bytes.len(), fragment_len(&one));
        prop_assert_eq!(&bytes, &fragment(&one));
        let traf = &moof(&bytes).traf[0];
        let (tfhd, entries) = (&traf.tfhd, &traf.trun[0].samples);
        prop_assert_eq!(entries.len(), samples.len());
        for (entry, sample) in entries.iter().zip(&samples) {
            prop_assert_eq!(entry.size.or(tfhd.default_sample_size), Some(sample.size));
            prop_assert_eq!(entry.duration.or(tfhd.default_sample_duration), Some(sample.duration));
            prop_assert_eq!(entry.cts.unwrap_or(0), i64::from(sample.composition));
            let flags = entry.flags.or(tfhd.default_sample_flags).unwrap();
            prop_assert_eq!(flags & 0x0001_0000 == 0, sample.key);
        }
    }

    #[test]
    fn a_movie_contains_each_sample_once(
        ones in prop::collection::vec(any_sample(), 0..90),
        others in prop::collection::vec(any_sample(), 0..90),
        begin in any::<i64>(), end in any::<i64>(),
    ) {
        let (film, sound) = (film(), sound());
        let tracks = vec![
            MovieTrack { track: &film, samples: &ones, begin, end },
            MovieTrack { track: &sound, samples: &others, begin, end },
        ];
        let layout = movie(&Movie { tracks, title: None }).unwrap();
        for (number, samples) in [&ones, &others].into_iter().enumerate() {
            let ranges = layout.chunks.iter().filter(|chunk| chunk.track == number);
            let all: Vec<usize> = ranges.flat_map(|chunk| chunk.samples.clone()).collect();
            prop_assert_eq!(all, (0..samples.len()).collect::<Vec<_>>());
        }
        Moov::decode(&mut &after_header(&layout.header)[..]).unwrap();
    }

    #[test]
    fn no_configuration_makes_it_panic(config in prop::collection::vec(any::<u8>(), 0..80)) {
        for codec in [Codec::H264, Codec::Hevc, Codec::Av1, Codec::Vp9, Codec::Aac, Codec::Opus,
            Codec::Flac, Codec::Vorbis, Codec::Ac3, Codec::Tx3g, Codec::WvttBoxes, Codec::Stpp] {
            let _ = init(&of_kind(codec, &config));
        }
    }
}

/// What follows `ftyp`.
fn after_header(bytes: &[u8]) -> &[u8] {
    &bytes[u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize..]
}
