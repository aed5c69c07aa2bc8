//! What small files come to.

use media::{Budget, Codec, Index, Sample, Track, Unreadable};

use super::build::{
    self, MEDIA, boxed, elst, film, fragments, full, mvhd, pictures, sound, stsd, table, words,
};
use crate::read::{read, sniff};

fn index(file: &[u8]) -> Index {
    read(&file.to_vec(), &Budget::default()).unwrap()
}

fn samples(track: &Track) -> Vec<Sample> {
    track.table().unwrap().samples(0..u32::MAX)
}

fn shown(track: &Track) -> Vec<i64> {
    samples(track).iter().map(Sample::presentation).collect()
}

fn with_tracks(traks: &[Vec<u8>]) -> Vec<u8> {
    let mut file = boxed(b"ftyp", &[b"isom\0\0\0\0mp42"]);
    file.extend(boxed(b"mdat", &[&[7; 8_000]]));
    file.extend(boxed(b"moov", &[&mvhd(), &traks.concat()]));
    file
}

#[test]
fn a_film_has_its_samples_where_and_when_the_tables_say() {
    let index = index(&film());
    assert_eq!(index.notes, []);
    let [video, audio, text] = &index.tracks[..] else { panic!() };
    assert_eq!(shown(video), [0, 120, 40, 80, 160, 200]);
    let places: Vec<_> =
        samples(video).iter().map(|s| (s.offset - u64::from(MEDIA), s.size)).collect();
    assert_eq!(places, [(0, 20), (20, 5), (25, 4), (60, 3), (80, 18), (100, 6)]);
    assert_eq!(
        video.keys.iter().map(|key| (key.at, key.time)).collect::<Vec<_>>(),
        [(0, 0), (4, 160)]
    );
    assert_eq!((video.start, video.end, video.cadence), (0, 240, Some(40)));
    assert_eq!((audio.start, audio.audio().unwrap().priming), (-1024, 1024));
    assert_eq!((audio.codec.clone(), &audio.config[..]), (Codec::Aac, &[0x11, 0x90][..]));
    assert_eq!(audio.end, 8 * 1024 + 500);
    assert_eq!((shown(text), text.title.as_deref()), (vec![0, 120], Some("Signs")));
    assert!(text.roles.forced);
}

#[test]
fn what_holds_for_the_file_is_found() {
    let index = index(&film());
    assert_eq!(index.title.as_deref(), Some("A film"));
    assert_eq!(index.created, Some(86_400));
    assert!(!index.fast_start);
    assert_eq!(index.chapters.len(), 2);
    assert_eq!((index.chapters[1].start, index.chapters[1].title.as_str()), (120_000, "Two"));
    assert_eq!((index.attachments[0].name.as_str(), index.attachments[0].size), ("cover.png", 12));
    let languages = index.tracks.iter().map(|track| track.language.clone().unwrap());
    assert!(languages.into_iter().all(|language| language.as_str() == "en"));
}

#[test]
fn fragments_are_read_with_their_fields_and_with_defaults() {
    let index = index(&fragments());
    assert_eq!(index.notes, []);
    let video = &index.tracks[0];
    assert_eq!(shown(video), [40, 120, 80, 121, 160, 200]);
    let sizes: Vec<_> = samples(video).iter().map(|sample| (sample.size, sample.key)).collect();
    assert_eq!(sizes, [(20, true), (5, false), (4, false), (7, true), (7, false), (7, false)]);
    let places: Vec<_> = samples(video).iter().map(|sample| sample.offset).collect();
    assert_eq!(places[1] - places[0], 20);
    assert_eq!(places[5] - places[3], 14);
    assert!(index.fast_start);
}

#[test]
fn a_file_that_ends_early_plays_as_far_as_it_goes() {
    let mut file = fragments();
    file.truncate(file.len() - 10);
    let index = index(&file);
    assert_eq!(index.tracks[0].count, Some(4));
    assert!(index.notes.iter().any(|note| note.loss), "{:?}", index.notes);
}

#[test]
fn a_file_without_moov_says_what_happened() {
    let why = |file: &[u8]| match read(&file.to_vec(), &Budget::default()) {
        Err(Unreadable::Damaged(why)) => why,
        other => panic!("{other:?}"),
    };
    let film = film();
    assert!(why(&film[..100]).contains("cut off before it was finished"));
    let fragments = fragments();
    let moof = fragments.windows(4).position(|four| four == b"moof").unwrap() - 4;
    assert!(why(&fragments[moof..]).contains("segment of a stream"));
    assert!(why(&[&film[..228][..], &[0; 64]].concat()).contains("byte 228"));
    assert!(why(b"").contains("no moov box"));
}

#[test]
fn uncompressed_sound_is_cut_into_pieces_of_a_thousand_samples() {
    let track = build::Track {
        id: 1,
        handler: b"soun",
        timescale: 8_000,
        edits: &[],
        more: &[],
        stbl: &[
            &stsd(&[&sound(b"sowt", 16, 8_000, &[])]),
            &table(b"stts", 2, &[1_500, 1]),
            &table(b"stsc", 3, &[1, 1_500, 1]),
            &full(b"stsz", &[&words(&[1, 1_500])]),
            &table(b"stco", 1, &[28]),
        ],
    };
    let index = index(&with_tracks(&[track.trak()]));
    let pieces: Vec<_> =
        samples(&index.tracks[0]).iter().map(|s| (s.offset, s.size, s.duration)).collect();
    assert_eq!(pieces, [(28, 4_096, 1_024), (28 + 4_096, 1_904, 476)]);
    let pcm = Codec::Pcm { bits: 16, big_endian: false, float: false, signed: true };
    assert_eq!(index.tracks[0].codec, pcm);
}

/// Pictures of one byte each, so many with each of the sample entries.
fn described(entries: &[&[u8]], runs: &[u32], edits: &[u8]) -> Vec<u8> {
    let count: u32 = runs.iter().sum();
    let chunks: Vec<u32> =
        (1..).zip(runs).flat_map(|(number, run)| [number, *run, number]).collect();
    let places: Vec<u32> = runs
        .iter()
        .scan(28, |at, run| {
            *at += run;
            Some(*at - run)
        })
        .collect();
    let track = build::Track {
        id: 1,
        handler: b"vide",
        timescale: 1_000,
        edits,
        more: &[],
        stbl: &[
            &stsd(entries),
            &table(b"stts", 2, &[count, 40]),
            &table(b"stsc", 3, &chunks),
            &full(b"stsz", &[&words(&[1, count])]),
            &table(b"stco", 1, &places),
        ],
    };
    with_tracks(&[track.trak()])
}

#[test]
fn of_two_codings_in_a_track_the_longer_is_kept_and_equal_ones_are_one() {
    let one = pictures(b"avc1", &boxed(b"avcC", &[&[1, 66, 0, 30, 0xFF]]));
    let two = pictures(b"avc1", &boxed(b"avcC", &[&[1, 77, 0, 30, 0xFF]]));
    let index_of = |entries: &[&[u8]]| index(&described(entries, &[3, 5], &[]));
    let same = index_of(&[&one, &one]);
    assert_eq!((same.tracks[0].count, same.notes.iter().any(|note| note.loss)), (Some(8), false));
    let mixed = index_of(&[&one, &two]);
    assert_eq!(mixed.tracks[0].count, Some(5));
    assert_eq!(mixed.tracks[0].config[1], 77);
    assert!(mixed.notes[0].loss, "{:?}", mixed.notes);
}

#[test]
fn what_an_edit_list_does_not_show_is_left_out_and_jumps_are_noted() {
    let entry = pictures(b"apch", &[]);
    let with = |edits: &[(u32, i32)]| index(&described(&[&entry], &[50], &elst(edits)));
    let all = with(&[(2_000, 0)]);
    assert_eq!((all.tracks[0].count, all.tracks[0].codec.name()), (Some(50), "prores"));
    let short = with(&[(1_000, 0)]);
    assert_eq!((short.tracks[0].count, short.notes.len()), (Some(25), 0));
    let jumping = with(&[(400, 0), (400, 1_200)]);
    assert_eq!(jumping.tracks[0].count, Some(10));
    assert!(jumping.notes[0].loss);
    let late = with(&[(500, -1), (2_000, 0)]);
    assert_eq!(late.tracks[0].start, 500);
}

#[test]
fn the_beginning_of_a_file_tells_what_it_is() {
    assert!(sniff(&film()) && sniff(&fragments()[..16]));
    assert!(sniff(b"\0\0\0\x08wide\0\0\0\0mdat"));
    assert!(!sniff(b"\x1A\x45\xDF\xA3matroska") && !sniff(b"RIFF....AVI ") && !sniff(b""));
}
