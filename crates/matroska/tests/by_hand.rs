//! Small files made here byte by byte: oddities that no muxer at hand writes, and damage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::ptr_arg)]

use std::sync::atomic::{AtomicU64, Ordering};

use matroska::Want;
use media::{Budget, Codec, Framing, Index, Sample, Samples, Source, Unreadable};
use proptest::prelude::*;

fn element(id: u32, data: &[u8]) -> Vec<u8> {
    let skip = id.leading_zeros() as usize / 8;
    let mut out = id.to_be_bytes()[skip..].to_vec();
    out.extend_from_slice(&(data.len() as u64 | 1 << 56).to_be_bytes());
    out.extend_from_slice(data);
    out
}

fn unknown_size(id: u32, data: &[u8]) -> Vec<u8> {
    [&id.to_be_bytes()[..], &[0x01, 255, 255, 255, 255, 255, 255, 255], data].concat()
}

fn uint(id: u32, value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn join(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.concat()
}

fn header() -> Vec<u8> {
    element(0x1A45_DFA3, &element(0x4282, b"matroska"))
}

fn video(more: &[u8]) -> Vec<u8> {
    let size = join(&[uint(0xB0, 320), uint(0xBA, 180)]);
    let fields = [uint(0xD7, 1), uint(0x83, 1), element(0x86, b"V_MPEG2"), element(0xE0, &size)];
    element(0xAE, &[join(&fields), more.to_vec()].concat())
}

fn audio(more: &[u8]) -> Vec<u8> {
    let sound = element(0xB5, &48_000_f64.to_be_bytes());
    let fields = [uint(0xD7, 2), uint(0x83, 2), element(0x86, b"A_MPEG/L3"), element(0xE1, &sound)];
    element(0xAE, &[join(&fields), more.to_vec()].concat())
}

fn tracks() -> Vec<u8> {
    let frame = uint(0x23_E383, 40_000_000);
    element(0x1654_AE6B, &join(&[video(&frame), audio(&[])]))
}

/// A block with this in it.
fn block(track: u8, time: i16, flags: u8, data: &[u8]) -> Vec<u8> {
    let [high, low] = time.to_be_bytes();
    element(0xA3, &[&[0x80 | track, high, low, flags], data].concat())
}

/// Almost a second of pictures, the first a key picture, and of sound.
fn second() -> Vec<u8> {
    let mut blocks = Vec::new();
    for frame in 0..24_i16 {
        let key = if frame == 0 { 0x80 } else { 0 };
        blocks.push((frame * 40, block(1, frame * 40, key, &[0x11; 30])));
    }
    for frame in 0..40_i16 {
        let time = frame * 24;
        blocks.push((time, block(2, time, 0x80, &[0x22; 20])));
    }
    blocks.sort_by_key(|(time, _)| *time);
    blocks.into_iter().flat_map(|(_, block)| block).collect()
}

fn cluster(number: u64, blocks: &[u8]) -> Vec<u8> {
    // 960 ms are 24 pictures and 40 frames of sound.
    element(0x1F43_B675, &[uint(0xE7, number * 960), blocks.to_vec()].concat())
}

fn clusters(count: u64) -> Vec<u8> {
    (0..count).flat_map(|number| cluster(number, &second())).collect()
}

fn file(parts: &[Vec<u8>]) -> Vec<u8> {
    [header(), element(0x1853_8067, &join(parts))].concat()
}

fn read(file: &Vec<u8>) -> Result<Index, Unreadable> {
    matroska::read(file, &Budget::default())
}

fn everything(file: &Vec<u8>, index: &Index, track: usize) -> Vec<Sample> {
    let want = Want { track, range: i64::MIN..i64::MAX };
    matroska::samples(file, index, &[want], &Budget::default()).unwrap().remove(0)
}

/// Where the data of the segment begin.
fn segment() -> u64 {
    header().len() as u64 + 12
}

fn seek(id: u32, at: u64) -> Vec<u8> {
    element(0x4DBB, &join(&[element(0x53AB, &id.to_be_bytes()), uint(0x53AC, at)]))
}

fn cue(time: u64, at: u64) -> Vec<u8> {
    let position = element(0xB7, &join(&[uint(0xF7, 1), uint(0xF1, at)]));
    element(0xBB, &join(&[uint(0xB3, time), position]))
}

#[test]
fn a_file_without_cues_has_keys_and_exact_ends() {
    let file = file(&[tracks(), clusters(3)]);
    assert!(matroska::sniff(&file[..64]));
    let index = read(&file).unwrap();
    let video = &index.tracks[0];
    assert_eq!(video.keys.len(), 3);
    assert_eq!((video.timescale.get(), video.cadence, video.start), (25_000, Some(1000), 0));
    assert_eq!(everything(&file, &index, 0).len(), 72);
    let audio = &index.tracks[1];
    assert_eq!((audio.cadence, audio.start, audio.end), (Some(1152), 0, 120 * 1152));
    assert_eq!(everything(&file, &index, 1).len(), 120);
    assert_eq!(index.notes, []);
}

/// A film with cues, with sound of the codec `A_VORBIS`, whose packets are of any length and which
/// ends with the cluster before `sound_until`; sound is stored 100 ms before its pictures.
fn uneven_sound(count: u64, sound_until: u64) -> Vec<u8> {
    let sound = element(0xB5, &48_000_f64.to_be_bytes());
    let fields = [uint(0xD7, 2), uint(0x83, 2), element(0x86, b"A_VORBIS"), element(0xE1, &sound)];
    let frame = uint(0x23_E383, 40_000_000);
    let tracks = element(0x1654_AE6B, &[video(&frame), element(0xAE, &join(&fields))].concat());
    let (mut clusters, mut places) = (Vec::new(), Vec::new());
    for number in 0..count {
        let mut blocks = Vec::new();
        for frame in 0..24_i16 {
            let key = if frame == 0 { 0x80 } else { 0 };
            let size = if number == 3 { 900 } else { 30 };
            blocks.push((frame * 40, block(1, frame * 40, key, &vec![0x11; size])));
        }
        let times = [0, 11, 20, 200, 213, 400, 600, 811, 940_i16];
        for time in times.iter().filter(|time| number < sound_until && (number > 0 || **time < 850))
        {
            let early = if number == 0 { 0 } else { 100 };
            blocks.push((*time, block(2, time - early + number as i16 % 3, 0x80, &[0x22; 20])));
        }
        blocks.sort_by_key(|(time, _)| *time);
        places.push((number, clusters.len()));
        let blocks: Vec<u8> = blocks.into_iter().flat_map(|(_, block)| block).collect();
        clusters.extend(cluster(number, &blocks));
    }
    let head = |at: usize| element(0x114D_9B74, &seek(0x1C53_BB6B, at as u64));
    let before = head(0).len() + tracks.len();
    let cue = |(number, place): (u64, usize)| cue(number * 960, (before + place) as u64);
    let cues: Vec<u8> = places.into_iter().flat_map(cue).collect();
    let head = head(before + clusters.len());
    file(&[head, tracks, clusters, element(0x1C53_BB6B, &cues)])
}

#[test]
fn of_sound_without_cadence_real_times_are_known_at_every_cue() {
    let file = uneven_sound(12, 12);
    let index = read(&file).unwrap();
    let audio = &index.tracks[1];
    assert!(audio.cadence.is_none() && audio.keys.len() >= 12);
    assert_eq!(index.tracks[0].keys.len(), 12);
    let all = everything(&file, &index, 1);
    let mut joined = Vec::new();
    for (number, key) in audio.keys.iter().enumerate() {
        let next = audio.keys.get(number + 1).map_or(i64::MAX, |next| next.time);
        let want = Want { track: 1, range: key.time..next };
        let part = matroska::samples(&file, &index, &[want], &Budget::default()).unwrap().remove(0);
        assert_eq!(part[0].decode, key.time, "a frame begins there");
        joined.extend(part);
    }
    assert!(joined == all, "segments of sound are all of it");
}

#[test]
fn sound_that_ends_before_the_pictures_ends_where_it_does() {
    for until in [1, 2, 7, 12] {
        let file = uneven_sound(12, until);
        let index = read(&file).unwrap();
        let last = everything(&file, &index, 1).pop().unwrap();
        assert_eq!(index.tracks[1].end, last.decode + i64::from(last.duration), "{until}");
        assert!(index.tracks[1].end < 48 * (960 * until as i64 + 150));
        assert_eq!(index.tracks[0].end, 12 * 24 * 1000);
    }
}

#[test]
fn pictures_have_no_more_bytes_than_the_index_says_and_not_much_less() {
    let file = uneven_sound(12, 12);
    let index = read(&file).unwrap();
    let spaces = &index.clusters.as_ref().unwrap().spaces;
    assert_eq!((spaces[0].len(), spaces[1].len()), (12, 0));
    let keys = &index.tracks[0].keys;
    for (number, space) in spaces[0].iter().enumerate() {
        let next = keys.get(number + 1).map_or(i64::MAX, |next| next.time);
        let want = Want { track: 0, range: keys[number].time..next };
        let samples = matroska::samples(&file, &index, &[want], &Budget::default()).unwrap();
        let bytes: u64 = samples[0].iter().map(|sample| u64::from(sample.size)).sum();
        assert!((bytes..bytes + 2_000).contains(space), "{number}: {space} for {bytes}");
    }
}

#[test]
fn seek_heads_may_be_chained_go_in_circles_or_point_nowhere() {
    let body = |second_at: u64, cues_at: u64| {
        let first = element(
            0x114D_9B74,
            &join(&[seek(0x114D_9B74, second_at), seek(0x1254_C367, 1 << 40), seek(0xEC, 1)]),
        );
        let clusters = clusters(3);
        let one = first.len() + tracks().len();
        let each = clusters.len() / 3;
        let cues: Vec<u8> =
            (0..3).flat_map(|n| cue(n * 960, (one + n as usize * each) as u64)).collect();
        let second =
            element(0x114D_9B74, &join(&[seek(0x114D_9B74, 0), seek(0x1C53_BB6B, cues_at)]));
        let second_at = one + clusters.len();
        let parts = [first, tracks(), clusters, second.clone(), element(0x1C53_BB6B, &cues)];
        (file(&parts), second_at as u64, (second_at + second.len()) as u64)
    };
    let (_, second, cues) = body(0, 0);
    let (file, ..) = body(second, cues);
    let index = read(&file).unwrap();
    assert_eq!(index.tracks[0].keys.len(), 3);
    // From the cues: nobody counted.
    assert_eq!(index.tracks[0].count, None);
    assert_eq!(everything(&file, &index, 0).len(), 72);
}

#[test]
fn wrong_cues_are_not_believed() {
    for (time, at) in [(0, 7), (500, 0), (0, 1 << 50), (960, 0)] {
        let cues = element(0x1C53_BB6B, &cue(time, at));
        let index = read(&file(&[cues, tracks(), clusters(3)])).unwrap();
        assert_eq!(index.tracks[0].keys.len(), 3, "{time} {at}");
        assert!(index.notes.iter().any(|note| note.text.contains("cues")), "{time} {at}");
    }
}

#[test]
fn unknown_sizes_end_where_the_next_begins() {
    let live =
        |number: u64| unknown_size(0x1F43_B675, &[uint(0xE7, number * 960), second()].concat());
    let body = join(&[tracks(), live(0), live(1), live(2)]);
    let file = [header(), unknown_size(0x1853_8067, &body)].concat();
    let index = read(&file).unwrap();
    assert_eq!(index.tracks[0].keys.len(), 3);
    assert_eq!(everything(&file, &index, 1).len(), 120);
    // Growing: the last block is half there.
    let file = file[..file.len() - 9].to_vec();
    let index = read(&file).unwrap();
    assert_eq!(everything(&file, &index, 1).len(), 119);
}

#[test]
fn a_file_that_is_cut_short_plays_up_to_there_and_says_so() {
    let mut file = file(&[tracks(), clusters(3)]);
    file.truncate(file.len() - 2000);
    let index = read(&file).unwrap();
    assert_eq!(index.tracks[0].keys.len(), 3);
    assert!(index.notes.iter().any(|note| note.loss), "{:?}", index.notes);
    let samples = everything(&file, &index, 0);
    assert!((48..72).contains(&samples.len()), "{}", samples.len());
}

#[test]
fn damage_costs_what_is_damaged_and_no_more() {
    let mut file = file(&[tracks(), clusters(3)]);
    let middle = file.len() - clusters(1).len() * 3 / 2;
    file[middle..middle + 100].fill(0);
    let index = read(&file).unwrap();
    assert_eq!(index.tracks[0].keys.len(), 3);
    assert!(index.notes.iter().any(|note| note.loss));
    assert!(everything(&file, &index, 0).len() > 55);
}

#[test]
fn a_block_that_ends_beyond_its_cluster_is_left_out() {
    let mut bad = second();
    let long = block(1, 950, 0, &[0; 30]);
    bad.extend_from_slice(&long[..long.len() - 10]);
    let file = file(&[tracks(), cluster(0, &bad), cluster(1, &second())]);
    let index = read(&file).unwrap();
    assert_eq!(everything(&file, &index, 0).len(), 48);
    assert!(index.notes.iter().any(|note| note.loss));
}

#[test]
fn frames_of_laced_blocks_follow_one_another() {
    let data: Vec<u8> = (1..=4).flat_map(|frame| vec![frame; 10]).collect();
    let xiph = block(2, 0, 0x82, &[&[3, 10, 10, 10], &data[..]].concat());
    let ebml = block(2, 96, 0x86, &[&[3, 0x8A, 0xBF, 0xBF], &data[..]].concat());
    let fixed = block(2, 192, 0x84, &[&[3], &data[..]].concat());
    let picture = block(1, 0, 0x80, &[1; 9]);
    let file = file(&[tracks(), cluster(0, &join(&[picture, xiph, ebml, fixed]))]);
    let index = read(&file).unwrap();
    let samples = everything(&file, &index, 1);
    assert_eq!(samples.len(), 12);
    for (number, sample) in samples.iter().enumerate() {
        assert_eq!(sample.decode, number as i64 * 1152);
        assert_eq!((sample.size, sample.duration), (10, 1152));
        assert_eq!(file[sample.offset as usize], number as u8 % 4 + 1);
    }
    // A range that begins within a block has the rest of it.
    let want = Want { track: 1, range: 2 * 1152..5 * 1152 };
    let found = matroska::samples(&file, &index, &[want], &Budget::default()).unwrap();
    assert_eq!(found[0], samples[2..5]);
}

#[test]
fn groups_tell_key_pictures_and_durations() {
    let group = |time: i16, more: Vec<u8>| {
        let [high, low] = time.to_be_bytes();
        let block = element(0xA1, &[&[0x81, high, low, 0], &[7_u8; 9][..]].concat());
        // Order is free, and voids may come anywhere.
        element(0xA0, &join(&[element(0xEC, &[0; 40]), more, block, element(0xBF, &[0; 4])]))
    };
    let blocks = join(&[
        group(0, Vec::new()),
        group(40, uint(0xFB, 1)),
        element(0xEC, &[0; 500]),
        group(80, join(&[uint(0xFB, 1), uint(0x9B, 120)])),
    ]);
    let file = file(&[element(0x1654_AE6B, &video(&[])), cluster(0, &blocks)]);
    let index = read(&file).unwrap();
    let samples = everything(&file, &index, 0);
    let keys: Vec<bool> = samples.iter().map(|sample| sample.key).collect();
    assert_eq!(keys, [true, false, false]);
    assert_eq!(index.tracks[0].end, 200 * 90);
}

#[test]
fn tracks_that_cannot_be_used_say_why() {
    let encoding = |fields: &[u8]| element(0x6D80, &element(0x6240, fields));
    let encrypted = encoding(&uint(0x5033, 1));
    let stripped =
        encoding(&element(0x5034, &join(&[uint(0x4254, 3), element(0x4255, &[0, 0, 1])])));
    let tracks = element(0x1654_AE6B, &join(&[video(&encrypted), audio(&stripped)]));
    let file = file(&[tracks, clusters(1)]);
    let index = read(&file).unwrap();
    assert_eq!(index.tracks[0].samples, Samples::None);
    assert_eq!(index.tracks[0].codec, Codec::Other("mpeg2video".into()));
    assert!(index.notes.iter().any(|note| note.text.contains("encrypted")));
    assert_eq!(index.tracks[1].framing, Framing::Stripped(vec![0, 0, 1]));
    assert!(everything(&file, &index, 1).iter().all(|sample| sample.size == 23));
}

#[test]
fn what_a_file_says_of_itself_is_told() {
    let atom = |start: u64, title: &str, more: Vec<u8>| {
        let display = join(&[element(0x85, title.as_bytes()), element(0x437C, b"ger")]);
        element(0xB6, &join(&[uint(0x91, start), element(0x80, &display), more]))
    };
    let chapters = element(
        0x1043_A770,
        &element(
            0x45B9,
            &join(&[
                atom(2_000_000_000, "Zwei", Vec::new()),
                atom(0, "Eins", Vec::new()),
                atom(1_000_000_000, "Versteckt", uint(0x98, 1)),
            ]),
        ),
    );
    let font =
        join(&[element(0x466E, b"a.ttf"), element(0x4660, b"font/ttf"), element(0x465C, &[0; 99])]);
    let attachments = element(0x1941_A469, &element(0x61A7, &font));
    let tag = element(0x67C8, &join(&[element(0x45A3, b"TITLE"), element(0x4487, b"A Film")]));
    let tags = element(0x1254_C367, &element(0x7373, &tag));
    let info = element(0x1549_A966, &element(0x4461, &0_i64.to_be_bytes()));
    let file = file(&[info, tracks(), clusters(3), chapters, attachments, tags]);
    let index = read(&file).unwrap();
    assert_eq!(index.title.as_deref(), Some("A Film"));
    assert_eq!(index.created, Some(978_307_200));
    let titles: Vec<_> = index.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    assert_eq!(titles, ["Eins", "Zwei"]);
    assert_eq!(index.chapters[1].start, 2_000_000);
    assert_eq!(index.chapters[1].language.as_ref().unwrap().as_str(), "de");
    let attachment = &index.attachments[0];
    assert_eq!((attachment.name.as_str(), attachment.size), ("a.ttf", 99));
}

#[test]
fn what_is_something_else_is_not_ours() {
    let other = element(0x1A45_DFA3, &element(0x4282, b"something"));
    for bytes in [&b""[..], b"RIFF", b"\x1A\x45\xDF", &other] {
        assert!(!matroska::sniff(bytes));
        assert!(matches!(read(&bytes.to_vec()), Err(Unreadable::Unknown(_))));
    }
    assert!(matches!(read(&header()), Err(Unreadable::Damaged(_))));
    assert!(matches!(read(&file(&[tracks()])), Err(Unreadable::Damaged(_))));
    let stop = Budget { stop: &|| true, ..Budget::default() };
    let long = file(&[tracks(), clusters(1)]);
    assert!(matches!(matroska::read(&long, &stop), Err(Unreadable::TooLarge(_))));
}

/// Counts reads.
struct Counting(Vec<u8>, AtomicU64);

impl Source for Counting {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.read_at(buffer, offset)
    }
}

#[test]
fn a_long_film_with_cues_takes_a_few_reads_and_so_does_a_window() {
    let each = clusters(1).len() as u64;
    let parts = |at: u64| -> Vec<Vec<u8>> {
        let cues: Vec<u8> = (0..3600).flat_map(|n| cue(n * 960, at + n * each)).collect();
        vec![element(0x1C53_BB6B, &cues), tracks(), clusters(3600)]
    };
    let before = parts(0).iter().take(2).map(Vec::len).sum::<usize>() as u64;
    let file = file(&parts(before));
    assert!(file.len() > 8 << 20);
    let source = Counting(file, AtomicU64::new(0));
    let index = matroska::read(&source, &Budget::default()).unwrap();
    assert_eq!(index.tracks[0].keys.len(), 3600);
    assert_eq!(index.tracks[0].keys[7].at, segment() + before + 7 * each);
    assert_eq!(index.clusters.as_ref().unwrap().points.len(), 3600);
    let reads = source.1.swap(0, Ordering::Relaxed);
    assert!(reads <= 40, "{reads} reads for the index");
    let at = |key: usize| index.tracks[0].keys[key].time;
    let wants = [
        Want { track: 0, range: at(1800)..at(1806) },
        Want { track: 1, range: at(1800) * 48 / 25..at(1806) * 48 / 25 },
    ];
    let found = matroska::samples(&source, &index, &wants, &Budget::default()).unwrap();
    assert_eq!(found[0].len(), 144);
    assert!((239..=241).contains(&found[1].len()), "{}", found[1].len());
    let reads = source.1.swap(0, Ordering::Relaxed);
    assert!(reads <= 12, "{reads} reads for a window");
}

/// Whatever comes of it, it ends, and quickly.
fn survive(bytes: &Vec<u8>) {
    let budget = Budget { samples: 10_000, memory: 1 << 20, ..Budget::default() };
    let Ok(index) = matroska::read(bytes, &budget) else { return };
    for (track, about) in index.tracks.iter().enumerate() {
        let middle = about.start / 2 + about.end / 2;
        let wants = [i64::MIN..i64::MAX, about.start..middle, middle..about.end]
            .map(|range| Want { track, range });
        let Ok(found) = matroska::samples(bytes, &index, &wants, &budget) else { continue };
        for sample in found.iter().flatten() {
            // Stripped headers are not in the file.
            assert!(sample.offset < bytes.len() as u64);
        }
    }
}

fn rich() -> Vec<u8> {
    let each = clusters(1).len() as u64;
    let laced = block(2, 0, 0x82, &[&[3, 10, 10, 10], &[5; 40][..]].concat());
    let tags = element(0x1254_C367, &element(0x7373, &element(0x63C0, &uint(0x63C5, 1))));
    let before = tracks().len() as u64;
    let cues: Vec<u8> = (0..2).flat_map(|n| cue(n * 960, before + n * each)).collect();
    file(&[tracks(), clusters(2), cluster(2, &laced), element(0x1C53_BB6B, &cues), tags])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_files_never_bring_it_down(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = rich();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        survive(&bytes);
    }

    #[test]
    fn damaged_headers_never_bring_it_down(
        changes in prop::collection::vec((0_usize..500, any::<u8>()), 1..6),
    ) {
        let mut bytes = rich();
        for (at, value) in changes {
            bytes[at] = value;
        }
        survive(&bytes);
    }
}
