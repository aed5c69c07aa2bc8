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
use media::{
    Budget, Codec, Framing, Index, Kind, Sample, Samples, Source, Timescale, rescale_round,
};

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
    /// Where its block is.
    place: Option<u64>,
}

fn packets(path: &Path, tracks: usize) -> Option<Vec<Vec<Packet>>> {
    let out = Command::new("ffprobe")
        .args(["-v", "fatal", "-show_packets", "-show_data_hash", "crc32", "-show_entries"])
        .args(["packet=stream_index,pts_time,size,pos,flags,data_hash", "-of", "compact=p=0"])
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
            place: field("pos").and_then(|at| at.parse().ok()),
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
        .map_err(|error| format!("{name}: {error}"))
        .unwrap();
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
                // Twice a tick of the file: its times are rounded, and so is the delay. To frames
                // within a block ffprobe counts on in whole ticks, but of Vorbis it knows how long
                // each frame is.
                let laced = number > 0 && packets[number - 1].place == packet.place;
                let most = match (laced, &track.codec) {
                    (true, Codec::Vorbis) => 60_000_000,
                    (true, _) => 8 * clusters.tick.max(500_000),
                    (false, _) => 2 * clusters.tick.max(500_000),
                };
                assert!(off <= most, "{what}: off by {off} ns");
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
        if !name.starts_with("bad_") && (extension == "mkv" || extension == "webm") {
            compare(&path);
        }
    }
}

/// A program at work on files of one folder, named by their names alone; none if it is not here.
fn run(folder: &Path, program: &str, line: &str) -> Option<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let out = Command::new(program).args(words).current_dir(folder).output().ok()?;
    // mkvmerge ends with 1 after a warning.
    let well = out.status.success() || program == "mkvmerge" && out.status.code() == Some(1);
    assert!(well, "{program} {line}: {}", String::from_utf8_lossy(&out.stdout));
    Some(())
}

const TEXT: &str = "1\n00:00:01,000 --> 00:00:02,500\nOne\n\n2\n00:00:04,000 --> 00:00:09,000\n\
                    Two\n\n3\n00:00:05,000 --> 00:00:06,000\nThree\n\n";

/// Pictures and sound in many codings, eight seconds of each.
fn sources(folder: &Path) -> Option<()> {
    std::fs::write(folder.join("text.srt"), TEXT).unwrap();
    let picture = |rate: &str| format!("-f lavfi -i testsrc2=s=160x90:r={rate}:d=8");
    let sound = "-f lavfi -i anoisesrc=d=8:r=48000:a=0.1,aformat=channel_layouts=stereo";
    for (name, rate, coding) in [
        ("film.mp4", "24000/1001", "-c:v libx264 -preset ultrafast -bf 3 -g 48"),
        ("pal.mp4", "25", "-c:v libx264 -preset fast -bf 3 -g 50"),
        ("fast.mp4", "60000/1001", "-c:v libx264 -preset ultrafast -g 120"),
        (
            "open.mp4",
            "25",
            "-c:v libx264 -preset fast -x264-params open-gop=1:b-adapt=0:bframes=3:keyint=26:scenecut=0",
        ),
        (
            "cra.mp4",
            "25",
            "-c:v libx265 -preset ultrafast -x265-params \
             open-gop=1:b-adapt=0:bframes=3:keyint=26:scenecut=0:log-level=0",
        ),
        (
            "idr.mp4",
            "25",
            "-c:v libx265 -preset ultrafast -x265-params \
             open-gop=0:radl=2:b-adapt=0:bframes=3:keyint=26:scenecut=0:log-level=0",
        ),
        ("old.mp4", "25", "-c:v mpeg4 -g 50"),
        ("vp9.webm", "30", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 60"),
    ] {
        run(folder, "ffmpeg", &format!("-v error -y {} {coding} {name}", picture(rate)))?;
    }
    for (name, coding) in [
        ("aac.m4a", "-c:a aac"),
        ("opus.ogg", "-c:a libopus"),
        ("vorbis.ogg", "-c:a libvorbis"),
        ("layer3.mp3", "-c:a libmp3lame"),
        ("dolby.ac3", "-c:a ac3"),
        ("dolby.eac3", "-c:a eac3"),
        ("lossless.flac", "-c:a flac -ar 44100"),
        ("plain.wav", "-c:a pcm_s16le"),
    ] {
        run(folder, "ffmpeg", &format!("-v error -y {sound} {coding} {name}"))?;
    }
    Some(())
}

#[test]
fn samples_of_every_way_to_write_a_file_are_those_that_ffprobe_finds() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if sources(folder).is_none() {
        eprintln!("skipped: ffmpeg is not here");
        return;
    }
    let sounds =
        "aac.m4a opus.ogg vorbis.ogg layer3.mp3 dolby.ac3 dolby.eac3 lossless.flac plain.wav";
    for (name, line) in [
        ("all", format!("film.mp4 {sounds} text.srt")),
        ("no-lacing", format!("--disable-lacing film.mp4 {sounds}")),
        ("no-cues", format!("--cues 0:none --no-cues film.mp4 {sounds}")),
        ("seek-head", "--clusters-in-meta-seek film.mp4 aac.m4a".into()),
        ("fine", "--timestamp-scale 10000 film.mp4 aac.m4a opus.ogg".into()),
        ("nanoseconds", "--timestamp-scale 1000 pal.mp4 aac.m4a opus.ogg".into()),
        ("zlib", "--compression 0:zlib pal.mp4 --compression 0:zlib dolby.ac3".into()),
        ("stripped", "--compression 0:mpeg4_p2 old.mp4 aac.m4a".into()),
        ("small-clusters", "--cluster-length 100ms pal.mp4 aac.m4a vorbis.ogg".into()),
        ("large-clusters", "--cluster-length 32000ms pal.mp4 aac.m4a vorbis.ogg".into()),
        ("late", "--sync 0:3210 aac.m4a pal.mp4".into()),
        ("drift", "--sync 0:0,1001/1000 aac.m4a pal.mp4".into()),
        ("sound-alone", "vorbis.ogg".into()),
        ("simple", "--engage no_simpleblocks pal.mp4 aac.m4a".into()),
    ] {
        let out = format!("{name}.mkv");
        if run(folder, "mkvmerge", &format!("-q -o {out} {line}")).is_none() {
            eprintln!("skipped: mkvmerge is not here");
            break;
        }
        compare(&folder.join(out));
    }
    for (name, line) in [
        ("film.mkv", "-i film.mp4 -i aac.m4a -i text.srt -map 0 -map 1 -map 2 -c copy -c:s srt"),
        ("live.mkv", "-i pal.mp4 -i aac.m4a -map 0 -map 1 -c copy -live 1"),
        ("front.mkv", "-i pal.mp4 -i aac.m4a -map 0 -map 1 -c copy -cues_to_front 1"),
        ("fast.mkv", "-i fast.mp4 -i dolby.eac3 -map 0 -map 1 -c copy"),
        ("open.mkv", "-i open.mp4 -c copy"),
        ("cra.mkv", "-i cra.mp4 -i aac.m4a -map 0 -map 1 -c copy"),
        ("idr.mkv", "-i idr.mp4 -c copy"),
        ("web.webm", "-i vp9.webm -i opus.ogg -map 0 -map 1 -c copy"),
        ("vorbis.webm", "-i vp9.webm -i vorbis.ogg -map 0 -map 1 -c copy"),
        ("dash.webm", "-i vp9.webm -c copy -dash 1 -dash_track_number 1"),
        ("hour.mkv", "-i pal.mp4 -i aac.m4a -map 0 -map 1 -c copy -output_ts_offset 3600"),
        ("block-limit.mkv", "-i pal.mp4 -i aac.m4a -map 0 -map 1 -c copy -cluster_size_limit 5000"),
    ] {
        run(folder, "ffmpeg", &format!("-v error -y {line} {name}")).unwrap();
        let index = compare(&folder.join(name));
        let keys = index.tracks.first().map(|track| track.keys.as_slice()).unwrap_or_default();
        // Pictures that lead a key picture can be decoded with IDR pictures, else not.
        let open = matches!(name, "open.mkv" | "cra.mkv");
        assert!(keys.iter().skip(1).take(3).all(|key| key.open == open), "{name}: {keys:?}");
    }
}
