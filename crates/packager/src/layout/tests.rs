#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use media::{Budget, Codec, Detail, Source, Timescale, Video};
use proptest::prelude::*;

use super::*;
use crate::{Piece, media_segment};

fn pictures() -> Track {
    Track {
        codec: Codec::Vp9,
        config: vec![1, 0, 0, 0, 0, 31, 0x80, 2, 2, 2, 0, 0],
        timescale: Timescale::MILLIS,
        end: 1_000_000,
        detail: Detail::Video(Video { width: 320, height: 180, ..Video::default() }),
        ..crate::testing::track()
    }
}

/// Samples of these sizes, each so far behind the one before it in the file.
fn samples(places: &[(u64, u32)]) -> Vec<Sample> {
    let mut end = 1_000;
    let place = |(number, (gap, size)): (i64, &(u64, u32))| {
        let offset = end + gap;
        end = offset + u64::from(*size);
        Sample {
            offset,
            size: *size,
            skip: 0,
            decode: number * 40,
            duration: 40,
            composition: 0,
            key: number == 0,
        }
    };
    (0..).zip(places).map(place).collect()
}

fn sent(pieces: &[Piece], source: &dyn Source, track: &Track) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in pieces {
        let before = bytes.len();
        match piece {
            Piece::Bytes(some) => bytes.extend_from_slice(some),
            Piece::File(range) => {
                bytes.resize(before + piece.len() as usize, 0);
                media::read_exact_at(source, &mut bytes[before..], range.start).unwrap();
            }
            Piece::Gathered(gather) => {
                let len = gather.len() as usize;
                if len > 0 {
                    bytes.extend_from_slice(&gather.make(source, track, 0, len).unwrap());
                }
            }
        }
        assert_eq!((bytes.len() - before) as u64, piece.len());
    }
    bytes
}

#[test]
fn pictures_with_a_little_sound_between_them_are_one_stretch() {
    let samples = samples(&[(0, 20_000), (340, 20_000), (700, 20_000), (340, 20_000)]);
    let layout = Layout::of_fragment(&pictures(), &samples);
    assert_eq!(layout.stretches.len(), 1);
    assert_eq!(layout.stretches[0], samples[0].offset..samples[3].end());
    let skips = [(1, 340), (2, 700), (3, 340)].map(|(before, bytes)| Skip { before, bytes });
    assert_eq!(layout.skips, skips);
}

#[test]
fn what_is_far_apart_is_two_stretches() {
    let samples = samples(&[(0, 300_000), (340, 200_000), (17_000, 300_000), (340, 200_000)]);
    let layout = Layout::of_fragment(&pictures(), &samples);
    let ends = [samples[0].offset..samples[1].end(), samples[2].offset..samples[3].end()];
    assert_eq!(layout.stretches, ends);
    assert_eq!(layout.skips.iter().map(|skip| skip.before).collect::<Vec<_>>(), [1, 3]);
}

#[test]
fn the_smallest_gaps_are_sent_along_and_no_more_than_allowed() {
    let mut places = [(0, 100_000); 20];
    for (number, place) in places.iter_mut().enumerate().skip(1) {
        place.0 = number as u64 * 1_000;
    }
    let samples = samples(&places);
    let layout = Layout::of_fragment(&pictures(), &samples);
    // 1,000 + … + 12,000 and twelve boxes of 20 bytes; one more would exceed 80,000.
    assert_eq!(layout.skips.len(), 12);
    assert_eq!(layout.stretches.len(), 8);
}

#[test]
fn samples_with_more_between_them_than_allowed_are_gathered_alone() {
    let far = samples(&[(4_000, 5_000); 3]);
    assert_eq!(Layout::of_fragment(&pictures(), &far), Layout::default());
    let near = samples(&[(0, 5_000), (50, 5_000), (50, 5_000)]);
    assert_eq!(Layout::bare(&pictures(), &near), Layout::default(), "a clip skips nothing");
    let sound = crate::testing::track();
    assert_eq!(Layout::of_fragment(&sound, &near), Layout::default(), "nor does sound");
}

#[test]
fn a_sample_before_the_one_that_it_follows_begins_a_stretch() {
    let mut samples = samples(&[(0, 100_000), (0, 100_000), (0, 100_000)]);
    samples[1].offset = 500;
    let layout = Layout::of_fragment(&pictures(), &samples);
    assert_eq!(layout.stretches.len(), 3);
    assert!(layout.skips.is_empty());
}

fn places() -> impl Strategy<Value = Vec<(u64, u32)>> {
    let gap = prop_oneof![4 => Just(0u64), 8 => 1..900u64, 1 => 900..40_000u64];
    let size = prop_oneof![1 => Just(0u32), 9 => 1..40_000u32];
    (proptest::collection::vec((gap, size), 0..60), 1..40_000u32).prop_map(|(mut places, first)| {
        places.insert(0, (0, first));
        places
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_reader_finds_in_a_segment_the_samples_that_went_into_it(places in places(), back in 0..80usize) {
        let track = pictures();
        let mut samples = samples(&places);
        if let Some(sample) = samples.get_mut(back) {
            sample.offset = 7;
        }
        let length = samples.iter().map(Sample::end).max().unwrap() as usize;
        let file: Vec<u8> = (0..length).map(|at| (at * 31 % 251) as u8).collect();
        let layout = Layout::of_fragment(&track, &samples);
        let pieces = media_segment(&track, 1, samples.clone());
        let segment = sent(&pieces, &file, &track);
        prop_assert_eq!(segment.len() as u64, layout.bytes(&track, &samples));
        let media: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
        let spent: u64 = layout.skips.iter().map(|skip| skip.bytes + Skip::HEADER).sum();
        prop_assert!(media + spent <= Layout::at_most(media));

        let whole = [&crate::init(&track).unwrap()[..], &segment].concat();
        let index = isobmff::read::read(&whole, &Budget::default()).unwrap();
        let found = index.tracks[0].table().unwrap();
        let found = found.samples(0..found.len());
        // A sample without bytes is none to the reader.
        let kept: Vec<&Sample> = samples.iter().filter(|sample| sample.size > 0).collect();
        prop_assert_eq!(found.len(), kept.len());
        for (one, other) in found.iter().zip(kept) {
            prop_assert_eq!((one.decode, one.key), (other.decode, other.key));
            let own = &whole[one.offset as usize..one.end() as usize];
            prop_assert!(own == &file[other.offset as usize..other.end() as usize]);
        }
    }
}
