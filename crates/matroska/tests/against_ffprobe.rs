//! Every sample of every file, against what ffprobe finds in it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{
    fs::File,
    io::Read,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
};

use matroska::Want;
use media::{Budget, Framing, Index, Kind, Sample, Samples, Source, Timescale, rescale_round};

struct OnDisk(File);

impl Source for OnDisk {
    fn len(&self) -> u64 {
        self.0.metadata().unwrap().len()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
        self.0.read_at(buffer, offset)
    }
}

/// A packet as ffprobe shows it.
#[derive(Debug)]
struct Packet {
    nanos: Option<i64>,
    size: u32,
    crc: String,
    key: bool,
}

fn packets(path: &Path, tracks: usize) -> Option<Vec<Vec<Packet>>> {
    let out = Command::new("ffprobe")
        .args(["-v", "fatal", "-show_packets", "-show_data_hash", "crc32", "-show_entries"])
        .args(["packet=stream_index,pts_time,size,flags,data_hash", "-of", "compact=p=0"])
        .arg(path)
        .output()
        .ok()?;
    let mut found: Vec<Vec<Packet>> = (0..tracks).map(|_| Vec::new()).collect();
    for line in String::from_utf8(out.stdout).unwrap().lines() {
        let field = |name: &str| {
            line.split('|').find_map(|field| field.strip_prefix(name)?.strip_prefix('='))
        };
        let Some(stream) = field("stream_index").and_then(|at| at.parse::<usize>().ok()) else {
            continue;
        };
        // Covers become streams of their own, behind the tracks.
        let Some(list) = found.get_mut(stream) else { continue };
        #[allow(clippy::cast_possible_truncation)]
        let nanos = field("pts_time")
            .and_then(|time| time.parse::<f64>().ok())
            .map(|time| (time * 1e9).round() as i64);
        list.push(Packet {
            nanos,
            size: field("size").and_then(|size| size.parse().ok()).unwrap_or(0),
            crc: field("data_hash").unwrap_or_default().to_owned(),
            key: field("flags").is_some_and(|flags| flags.starts_with('K')),
        });
    }
    Some(found)
}

/// The bytes of a sample as they are sent.
fn bytes(source: &dyn Source, framing: &Framing, sample: &Sample) -> Vec<u8> {
    let stripped = if let Framing::Stripped(start) = framing { start.as_slice() } else { &[] };
    let mut bytes = vec![0; sample.size as usize - stripped.len()];
    media::read_exact_at(source, &mut bytes, sample.offset).unwrap();
    match framing {
        Framing::Zlib => {
            let mut out = Vec::new();
            flate2::read::ZlibDecoder::new(&bytes[..]).read_to_end(&mut out).unwrap();
            out
        }
        _ => [stripped, &bytes].concat(),
    }
}

fn everything(source: &dyn Source, index: &Index) -> Vec<Vec<Sample>> {
    let wants: Vec<Want> =
        (0..index.tracks.len()).map(|track| Want { track, range: i64::MIN..i64::MAX }).collect();
    matroska::samples(source, index, &wants, &Budget::default()).unwrap()
}

/// Compares all samples with what ffprobe finds.
fn compare(path: &Path) -> Index {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let source = OnDisk(File::open(path).unwrap());
    let index = matroska::read(&source, &Budget::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let all = everything(&source, &index);
    let clusters = index.clusters.as_ref().unwrap();
    for (at, packets) in packets(path, index.tracks.len()).unwrap().into_iter().enumerate() {
        let (track, samples) = (&index.tracks[at], &all[at]);
        if track.samples == Samples::None {
            continue;
        }
        let mut packets: Vec<_> = packets.iter().filter(|packet| packet.size > 0).collect();
        if track.kind() == Kind::Video {
            let first = packets.iter().position(|packet| packet.key).unwrap_or(packets.len());
            packets.drain(..first);
            let earliest = packets.first().and_then(|packet| packet.nanos);
            packets.retain(|packet| packet.nanos.is_none() || packet.nanos >= earliest);
        }
        let what = format!("{name}, track {at}, {}", track.codec.name());
        assert_eq!(samples.len(), packets.len(), "{what}");
        for (number, (sample, packet)) in samples.iter().zip(&packets).enumerate() {
            let bytes = bytes(&source, &track.framing, sample);
            let what = format!("{what}, sample {number} {sample:?} {packet:?}");
            assert_eq!(bytes.len(), packet.size as usize, "{what}");
            let mut crc = flate2::Crc::new();
            crc.update(&bytes);
            // It shows none for packets with side data.
            let crc = format!("CRC32:{:08x}", crc.sum());
            assert!(packet.crc.is_empty() || crc == packet.crc, "{what}");
            let nanos = rescale_round(sample.presentation(), track.timescale, Timescale::NANOS);
            if let Some(stated) = packet.nanos {
                let off = (nanos + clusters.origin).abs_diff(stated);
                // Twice a tick of the file: its times are rounded, and so is the delay.
                assert!(off <= 2 * clusters.tick.max(500_000), "{what}: off by {off} ns");
            }
        }
        let decodes: Vec<i64> = samples.iter().map(|sample| sample.decode).collect();
        if track.kind() != Kind::Text {
            assert!(decodes.windows(2).all(|pair| pair[0] < pair[1]), "{what}");
            let joined = samples
                .windows(2)
                .all(|pair| pair[0].decode + i64::from(pair[0].duration) == pair[1].decode);
            assert!(joined, "{what}");
            if let (Some(first), Some(last)) = (samples.first(), samples.last()) {
                let earliest = samples.iter().map(Sample::presentation).min();
                assert_eq!((Some(first.decode), Some(track.start)), (earliest, earliest), "{what}");
                assert_eq!(last.decode + i64::from(last.duration), track.end, "{what}");
            }
        }
        windows(&source, &index, at, samples, &what);
    }
    index
}

/// Windows that adjoin have each sample once, in whatever order they are asked for.
fn windows(source: &dyn Source, index: &Index, at: usize, all: &[Sample], what: &str) {
    let track = &index.tracks[at];
    let bounds: Vec<i64> = match track.kind() {
        Kind::Video => track.keys.iter().map(|key| key.time).collect(),
        _ => (0..40).map(|step| track.start + (track.end - track.start) * step / 40).collect(),
    };
    let ends = bounds.iter().copied().skip(1).chain([i64::MAX]);
    let mut ranges: Vec<_> = bounds.iter().copied().zip(ends).map(|(from, to)| from..to).collect();
    ranges.retain(|range| !range.is_empty());
    // Backwards.
    let mut found = Vec::new();
    for range in ranges.iter().rev() {
        let want = Want { track: at, range: range.clone() };
        let window = matroska::samples(source, index, &[want], &Budget::default()).unwrap();
        found.splice(..0, window.into_iter().flatten());
    }
    assert_eq!(found.len(), all.len(), "{what}: in windows");
    for (one, other) in found.iter().zip(all) {
        assert_eq!(one, other, "{what}: in windows");
    }
}

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/media");
    path.is_dir().then_some(path)
}

#[test]
fn samples_of_real_files_are_those_that_ffprobe_finds() {
    let Some(folder) = shared() else {
        eprintln!("skipped: there are no shared media");
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let extension = path.extension().unwrap_or_default();
        if name.starts_with("bad_") || !(extension == "mkv" || extension == "webm") {
            continue;
        }
        match std::panic::catch_unwind(|| compare(&path)) {
            Ok(index) => println!("{name}: {:#?}", index),
            Err(_) => println!("FAILED {name}"),
        }
    }
}
