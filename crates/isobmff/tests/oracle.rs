//! Every MP4, MOV and 3GP among the shared clips, compared with what ffprobe says of each sample.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::{collections::BTreeMap, path::Path, process::Command};

use media::{Budget, Detail, Index, Kind, Track, Unreadable};

/// A packet as ffprobe shows it.
#[derive(Clone, Debug, PartialEq)]
struct Packet {
    pts: Option<i64>,
    size: u64,
    pos: Option<u64>,
    key: bool,
}

fn probe(path: &Path, options: &[&str]) -> Option<String> {
    let out =
        Command::new("ffprobe").args(["-v", "quiet"]).args(options).arg(path).output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// The packets of each track, by its number.
fn packets(path: &Path, edits: bool) -> Option<BTreeMap<u32, Vec<Packet>>> {
    let ids = probe(path, &["-show_entries", "stream=index,id", "-of", "csv=p=0"])?;
    let ids: BTreeMap<&str, u32> = ids
        .lines()
        .filter_map(|line| {
            let (index, id) = line.split_once(",0x")?;
            Some((index, u32::from_str_radix(id.trim_end_matches(','), 16).ok()?))
        })
        .collect();
    let ignore = if edits { "0" } else { "1" };
    let entries = "packet=stream_index,pts,size,pos,flags";
    let shown =
        probe(path, &["-ignore_editlist", ignore, "-show_entries", entries, "-of", "csv=p=0"])?;
    let mut tracks = BTreeMap::<u32, Vec<Packet>>::new();
    for line in shown.lines() {
        let fields: Vec<&str> = line.split(',').collect();
        let [index, pts, size, pos, flags, ..] = fields[..] else { continue };
        let Some(id) = ids.get(index) else { continue };
        tracks.entry(*id).or_default().push(Packet {
            pts: pts.parse().ok(),
            size: size.parse().unwrap(),
            pos: pos.parse().ok(),
            key: flags.starts_with('K'),
        });
    }
    Some(tracks)
}

fn clips() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/media");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: there is no {}", folder.display());
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|ext| ["mp4", "mov", "m4v", "3gp"].iter().any(|e| ext == *e))
        })
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Result<Index, Unreadable> {
    isobmff::read::read(&std::fs::read(path).unwrap(), &Budget::default())
}

#[test]
fn every_sample_is_where_and_when_ffprobe_says() {
    for path in clips() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(index) = read(&path) else { continue };
        let Some(theirs) = packets(&path, false) else { return };
        for track in &index.tracks {
            if let (Some(table), Some(theirs)) = (track.table(), theirs.get(&track.number)) {
                compare(&format!("{name} track {}", track.number), track, table, theirs);
            }
        }
    }
}

fn compare(what: &str, track: &Track, table: &media::SampleTable, theirs: &[Packet]) {
    let ours = table.samples(0..u32::MAX);
    assert_eq!(ours.len() as u64, track.count.unwrap(), "{what}");
    // What no edit shows was left out at either end.
    let first = theirs.iter().position(|packet| packet.pos == Some(ours[0].offset));
    let first = first.unwrap_or_else(|| panic!("{what}: {:?} is unknown to ffprobe", ours[0]));
    assert!(ours.len() <= theirs.len() - first, "{what}: more than ffprobe has");
    let shift = ours[0].presentation() - theirs[first].pts.unwrap();
    for (sample, packet) in ours.iter().zip(&theirs[first..]) {
        assert_eq!(Some(sample.offset), packet.pos, "{what}: {sample:?}");
        assert_eq!(u64::from(sample.size), packet.size, "{what}: {sample:?}");
        assert_eq!(sample.presentation(), packet.pts.unwrap() + shift, "{what}: {sample:?}");
        if track.kind() == Kind::Video && !what.starts_with("bad_") {
            assert_eq!(sample.key, packet.key, "{what}: {sample:?}");
        }
    }
}

#[test]
fn tracks_keep_their_distance_in_time() {
    for path in clips() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(index) = read(&path) else { continue };
        let Some(theirs) = packets(&path, true) else { return };
        let mut shifts = Vec::new();
        for track in &index.tracks {
            let (Some(table), Some(theirs)) = (track.table(), theirs.get(&track.number)) else {
                continue;
            };
            let common = table.samples(0..u32::MAX).into_iter().find_map(|sample| {
                let packet = theirs.iter().find(|packet| packet.pos == Some(sample.offset))?;
                Some(sample.presentation() - packet.pts?)
            });
            if let Some(common) = common {
                shifts.push(track.timescale.seconds(common));
            }
        }
        let spread = shifts.iter().copied().fold(f64::NEG_INFINITY, f64::max)
            - shifts.iter().copied().fold(f64::INFINITY, f64::min);
        // ffprobe moves the first picture of an edit to its beginning.
        assert!(shifts.is_empty() || spread < 0.02, "{name}: {shifts:?}");
    }
}

#[test]
fn every_clip_that_ffprobe_plays_has_an_index() {
    for path in clips() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match (read(&path), name.as_str()) {
            (Err(Unreadable::Damaged(why)), "bad_truncated_no_moov.mp4") => {
                assert!(why.contains("no moov box"), "{why}");
            }
            (Err(Unreadable::Damaged(why)), "bad_emptyrange.mp4") => {
                assert!(why.contains("no samples"), "{why}");
            }
            (Err(error), _) => panic!("{name}: {error}"),
            (Ok(index), _) => {
                assert!(
                    name.starts_with("bad_") || index.notes.is_empty(),
                    "{name}: {:?}",
                    index.notes
                );
            }
        }
    }
}

#[test]
fn what_devices_state_is_found() {
    let clips = clips();
    let index =
        |name: &str| clips.iter().find(|path| path.ends_with(name)).map(|p| read(p).unwrap());
    if let Some(phone) = index("phone_iphone_hlg_dv84_rotated.mp4") {
        let video = phone.tracks.iter().find_map(Track::video).unwrap();
        assert_eq!((video.rotation, video.colour.transfer), (90, 18));
        let dolby = video.dolby_vision.as_ref().unwrap();
        assert_eq!((dolby.profile, dolby.compatibility), (8, 4));
        let others = phone.tracks.iter().filter(|track| track.detail == Detail::Other).count();
        assert_eq!(others, 2, "tracks of telemetry");
    }
    if let Some(truck) = index("sar_truck_352x288.mp4") {
        let shape = truck.tracks.iter().find_map(Track::video).unwrap().pixel_aspect.unwrap();
        assert!((shape.to_f64() - 525.0 / 352.0).abs() < 0.001, "{shape:?}");
    }
    if let Some(bunny) = index("bbb_fragmented_avc.mp4") {
        assert_eq!(bunny.tracks.iter().find_map(Track::audio).unwrap().priming, 1024);
        assert!(bunny.fast_start);
    }
}
