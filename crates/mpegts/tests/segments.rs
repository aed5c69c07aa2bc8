//! Segments that this room writes itself: what comes back of them, and of what is left of them
//! after damage.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::{cell::RefCell, io};

use media::{
    Audio, Budget, Codec, Detail, Framing, Index, Language, Roles, Sample, Samples, Timescale,
    Track, Video,
};
use mpegts::mux::{Continuity, Program, Segment, plan};
use proptest::prelude::*;

const SPS: [u8; 23] = [
    0x67, 0x42, 0xc0, 0x0a, 0xd9, 0x04, 0x26, 0xc0, 0x44, 0, 0, 3, 0, 4, 0, 0, 3, 0, 0xc8, 0x3c,
    0x48, 0x99, 0x20,
];
const PPS: [u8; 5] = [0x68, 0xcb, 0x83, 0xcb, 0x20];

fn track(codec: Codec, config: Vec<u8>, scale: u32, detail: Detail) -> Track {
    Track {
        number: 1,
        codec,
        config,
        codec_string: None,
        timescale: Timescale::new(scale).unwrap(),
        start: 0,
        end: 0,
        cadence: None,
        count: None,
        bytes: None,
        language: Language::parse("de"),
        title: None,
        roles: Roles::default(),
        detail,
        framing: Framing::Plain,
        keys: Vec::new(),
        samples: Samples::None,
    }
}

fn pictures() -> Track {
    let config = bitstream::records::avcc(&[&SPS], &[&PPS]);
    track(Codec::H264, config, 90_000, Detail::Video(Video::default()))
}

fn sound() -> Track {
    let audio = Audio { sample_rate: 48_000, channels: 2, ..Audio::default() };
    track(Codec::Aac, vec![0x11, 0x90], 48_000, Detail::Audio(audio))
}

/// Pictures of 25 a second, each of whose numbers its bytes are made of; a key picture every 25.
fn picture_samples(from: u32, count: u32) -> Vec<Sample> {
    (from..from + count)
        .map(|number| Sample {
            offset: u64::from(number),
            size: 4 + 6 + number * 97 % 3000,
            skip: 0,
            decode: i64::from(number) * 3600,
            duration: 3600,
            composition: 0,
            key: number.is_multiple_of(25),
        })
        .collect()
}

fn sound_samples(from: u32, count: u32) -> Vec<Sample> {
    (from..from + count)
        .map(|number| Sample {
            offset: u64::from(number),
            size: 10 + number * 31 % 700,
            skip: 0,
            decode: i64::from(number) * 1024,
            duration: 1024,
            composition: 0,
            key: true,
        })
        .collect()
}

#[allow(clippy::unnecessary_wraps)] // as it is called
fn fetch(is_video: bool, sample: &Sample, out: &mut Vec<u8>) -> io::Result<()> {
    let size = sample.size as usize;
    let end = out.len() + size;
    if is_video {
        out.extend_from_slice(&(sample.size - 4).to_be_bytes());
        // An IDR slice, or one that refers to others; frame_num 0 or odd and even in turn.
        let slice: &[u8] = if sample.key { &[0x65, 0x88, 0x84] } else { &[0x41, 0x9a, 0x24] };
        out.extend_from_slice(slice);
    }
    out.resize(end, u8::try_from(1 + sample.offset % 250).unwrap());
    Ok(())
}

fn segment(number: u64, video: &[Sample], audio: &[Sample]) -> Segment {
    let (pictures, sound) = (pictures(), sound());
    let program = Program {
        video: Some(&pictures).filter(|_| !video.is_empty()),
        audio: Some(&sound).filter(|_| !audio.is_empty()),
    };
    plan(&program, video, audio, Continuity { number }).unwrap()
}

fn bytes(segment: &Segment) -> Vec<u8> {
    let bytes = segment.make(&fetch, 0, usize::MAX).unwrap();
    assert_eq!(bytes.len() as u64, segment.len());
    bytes
}

fn stream() -> Vec<u8> {
    let mut all = bytes(&segment(0, &picture_samples(0, 50), &sound_samples(0, 94)));
    all.extend(bytes(&segment(1, &picture_samples(50, 25), &sound_samples(94, 47))));
    all
}

#[allow(clippy::ptr_arg)] // a source must have a size
fn read(bytes: &Vec<u8>) -> Index {
    mpegts::read(bytes, &Budget::default()).unwrap()
}

/// All samples, each gathered to the byte.
#[allow(clippy::ptr_arg)] // a source must have a size
fn gathered(bytes: &Vec<u8>, index: &Index) -> Vec<Vec<(Sample, Vec<u8>)>> {
    let tables = index.tracks.iter().filter_map(|track| Some((track, track.table()?)));
    tables
        .map(|(track, table)| {
            let samples = table.samples(0..table.len()).into_iter();
            samples
                .map(|sample| {
                    let mut out = Vec::new();
                    mpegts::gather(bytes, track, &sample, &mut out).unwrap();
                    assert_eq!(out.len(), sample.size as usize);
                    (sample, out)
                })
                .collect()
        })
        .collect()
}

#[test]
fn what_is_written_is_read_to_the_byte_and_the_tick() {
    let stream = stream();
    let index = read(&stream);
    assert_eq!(index.notes, []);
    assert_eq!(index.tracks[1].language, Language::parse("de"));
    let found = gathered(&stream, &index);
    let expected = [(true, picture_samples(0, 75)), (false, sound_samples(0, 141))];
    for (found, (is_video, expected)) in found.iter().zip(expected) {
        assert_eq!(found.len(), expected.len());
        for ((found, bytes), expected) in found.iter().zip(expected) {
            let mut out = Vec::new();
            fetch(is_video, &expected, &mut out).unwrap();
            assert_eq!(&out, bytes);
            assert_eq!((found.decode, found.key), (expected.decode, expected.key));
        }
    }
}

/// Payload packets of each PID by their counters.
fn counters(bytes: &[u8], pid: u16) -> Vec<u8> {
    let packets = bytes.chunks(188).filter(|packet| {
        assert_eq!(packet[0], 0x47);
        u16::from_be_bytes([packet[1], packet[2]]) & 0x1fff == pid && packet[3] & 0x10 != 0
    });
    packets.map(|packet| packet[3] & 15).collect()
}

#[test]
fn counters_go_on_from_segment_to_segment() {
    let stream = stream();
    for pid in [0, 0x1000, 0x100, 0x101] {
        for (at, counter) in counters(&stream, pid).iter().enumerate() {
            assert_eq!(usize::from(*counter), at % 16, "{pid:#x}");
        }
    }
    assert!(counters(&stream, 0x101).len().is_multiple_of(16));
}

#[test]
fn the_clock_comes_every_100_ms_and_is_never_ahead() {
    // A picture every second; and sound alone.
    let mut slow = picture_samples(0, 5);
    for (sample, number) in slow.iter_mut().zip(0..) {
        sample.decode = number * 90_000;
    }
    for (video, audio) in [(slow, sound_samples(0, 200)), (vec![], sound_samples(0, 200))] {
        let bytes = bytes(&segment(0, &video, &audio));
        let clocks: Vec<u64> = bytes
            .chunks(188)
            .filter(|packet| packet[3] & 0x20 != 0 && packet[4] > 0 && packet[5] & 0x10 != 0)
            .map(|packet| u64::from(u32::from_be_bytes(packet[6..10].try_into().unwrap())) * 2)
            .collect();
        assert!(clocks.len() > 30);
        assert!(clocks.windows(2).all(|pair| pair[0] <= pair[1] && pair[1] - pair[0] <= 9002));
        assert!(clocks[0] < 900_000 - 9_000);
    }
}

#[test]
fn any_part_of_a_segment_is_the_same_as_that_part_of_the_whole() {
    let segment = segment(3, &picture_samples(25, 25), &sound_samples(47, 47));
    let whole = bytes(&segment);
    for max in [1, 188, 1000, 70_000] {
        for offset in (0..whole.len()).step_by(397) {
            let part = segment.make(&fetch, offset as u64, max).unwrap();
            assert!(!part.is_empty());
            assert_eq!(part, whole[offset..offset + part.len()]);
        }
    }
    assert!(segment.make(&fetch, segment.len(), 1).unwrap().is_empty());
}

#[test]
fn what_is_fetched_is_known_before() {
    let segment = segment(3, &picture_samples(25, 25), &sound_samples(47, 47));
    let length = usize::try_from(segment.len()).unwrap();
    for max in [1, 188, 1000, 70_000, usize::MAX] {
        for offset in (0..length + 400).step_by(397) {
            let fetched = RefCell::new(Vec::new());
            let listen = |is_video: bool, sample: &Sample, out: &mut Vec<u8>| {
                fetched.borrow_mut().push((is_video, *sample));
                fetch(is_video, sample, out)
            };
            segment.make(&listen, offset as u64, max).unwrap();
            assert_eq!(segment.samples(offset as u64, max), fetched.into_inner());
        }
    }
}

#[test]
fn what_clients_do_not_know_is_refused_by_name() {
    let opus = track(Codec::Opus, vec![], 48_000, Detail::Audio(Audio::default()));
    let program = Program { video: None, audio: Some(&opus) };
    let refused = plan(&program, &[], &[], Continuity::default()).unwrap_err();
    assert_eq!(refused.codec, "opus");
    let mut short = pictures();
    short.config[4] = 0xfd;
    let program = Program { video: Some(&short), audio: None };
    assert!(plan(&program, &[], &[], Continuity::default()).is_err());
}

#[test]
fn a_recording_that_begins_anew_goes_on_without_a_gap() {
    let one = bytes(&segment(0, &picture_samples(0, 50), &sound_samples(0, 94)));
    let twice = [one.clone(), one].concat();
    let index = read(&twice);
    assert!(index.notes.iter().any(|note| note.text.contains("jump")), "{:?}", index.notes);
    let found = gathered(&twice, &index);
    let ends: Vec<i64> = found[0].windows(2).map(|two| two[1].0.decode - two[0].0.decode).collect();
    assert_eq!(found[0].len(), 100);
    // The sound is 480 ticks longer than the pictures.
    assert!(ends.iter().all(|step| [3600, 4080].contains(step)), "{ends:?}");
    assert_eq!(found[1].len(), 188);
}

#[test]
fn a_lost_packet_costs_what_was_in_it_and_a_repeated_one_nothing() {
    let stream = stream();
    let mut repeated = stream.clone();
    let copy = stream[188 * 40..188 * 41].to_vec();
    repeated.splice(188 * 40..188 * 40, copy);
    let index = read(&repeated);
    assert_eq!(index.notes, []);
    assert_eq!(gathered(&repeated, &index)[0].len(), 75);
    let mut lost = stream;
    lost.drain(188 * 40..188 * 41);
    let index = read(&lost);
    assert!(index.notes.iter().any(|note| note.loss));
    let found = gathered(&lost, &index);
    assert!(found[0].len() >= 74 && found[1].len() >= 136);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damage_never_makes_a_sample_that_cannot_be_gathered(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..8u8), 1..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut stream = stream();
        for (at, byte, what) in edits {
            // Headers of packets more often than payload.
            let at = at.index(stream.len());
            let head = at - at % 188 + usize::from(byte % 24);
            match what {
                0 => drop(stream.drain(at..(at + usize::from(byte)).min(stream.len()))),
                1 => stream.insert(at, byte),
                2 => stream[at] = byte,
                3 => {
                    let packet = at - at % 188;
                    let end = (packet + 188).min(stream.len());
                    let copy = stream[packet..end].to_vec();
                    stream.splice(packet..packet, copy);
                }
                4 => drop(stream.drain(at - at % 188..(at - at % 188 + 188).min(stream.len()))),
                _ if head < stream.len() => stream[head] = stream[head].wrapping_add(1 << (byte % 8)),
                _ => {}
            }
        }
        stream.truncate(cut.index(stream.len()) + stream.len() / 4);
        if let Ok(index) = mpegts::read(&stream, &Budget::default()) {
            gathered(&stream, &index);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        let _ = mpegts::read(&bytes, &Budget::default());
    }
}
