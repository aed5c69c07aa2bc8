//! Every real file: what its configurations say agrees with what ffprobe says.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bitstream::{RandomAccess, aac::Adts, ac3, describe, mpeg_audio, nal, records};
use media::Codec;
use serde_json::Value;

#[test]
fn real_files_are_described_as_ffprobe_does() {
    let mut strings = Vec::new();
    for file in files() {
        let probed = probe(&file);
        for stream in probed["streams"].as_array().into_iter().flatten() {
            strings.extend(check(&file, stream, &probed["packets"]));
        }
    }
    if strings.is_empty() {
        return;
    }
    // Known from other packagers and from MediaInfo.
    for (file, string) in [
        ("film_sintel_trailer_720p.mp4", "avc1.64001f"),
        ("phone_iphone_hlg_dv84_rotated.mp4", "hvc1.2.4.L120.B0"),
        ("bbb_fragmented_hevc.mp4", "hvc1.1.6.L153.90"),
        ("phone_hdr10_av1_portrait.mp4", "av01.0.31M.10.0.111.09.16.09.0"),
        ("odd_dims_bear_161x121_vp9.webm", "vp09.00.10.08"),
        ("toy_monster_vp8.webm", "vp08.00.30.08"),
        ("film_sintel_trailer_720p.mp4", "mp4a.40.2"),
        ("rich_sintel_15s.mkv", "ac-3"),
        ("rich_sintel_15s.mkv", "opus"),
        ("bbb_mp2audio_1080p.ts", "mp4a.40.33"),
    ] {
        let found = strings.iter().any(|(of, is)| of == file && is == string);
        assert!(found, "{file}: {string} not among {strings:#?}");
    }
}

/// Name of the file and codec string, for streams that could be read.
fn check(file: &Path, stream: &Value, packets: &Value) -> Option<(String, String)> {
    let name = file.file_name().unwrap().to_str().unwrap();
    let at = format!("{name} stream {}", stream["index"]);
    let codec = codec(stream["codec_name"].as_str()?)?;
    if name.starts_with("bad_") {
        return None;
    }
    let mut packets = packets.as_array()?.iter();
    let first = bytes(&packets.find(|packet| packet["stream_index"] == stream["index"])?["data"]);
    let config = config(&codec, stream, &first);
    let config = bitstream::complete(&codec, &config, &first).unwrap_or(config);
    let described = describe(&codec, &config);
    if let Some(video) = described.video {
        if video.width > 0 {
            // The drone's container shows ten columns less than are coded; ffprobe believes it.
            let hidden = if name == "drone_gopro_karma.mp4" { 10 } else { 0 };
            assert_eq!(Value::from(video.width - hidden), stream["width"], "{at}");
            assert_eq!(Value::from(video.height), stream["height"], "{at}");
            if let Some(ours) = video.pixel_aspect {
                let said = stream["sample_aspect_ratio"].as_str().unwrap();
                let (num, den) = said.split_once(':').unwrap();
                let theirs: f64 = num.parse::<f64>().unwrap() / den.parse::<f64>().unwrap();
                // Containers round it.
                assert!((ours.to_f64() - theirs).abs() < 0.01, "{at}: {ours:?}, {said}");
            }
        }
        let depth = if stream["pix_fmt"].as_str().unwrap().contains("10le") { 10 } else { 8 };
        assert_eq!(video.bit_depth, depth, "{at}");
        let of = |key: &str| stream[key].as_str().unwrap_or("unknown").to_owned();
        for (code, key) in [
            (video.colour.primaries, "color_primaries"),
            (video.colour.transfer, "color_transfer"),
            (video.colour.matrix, "color_space"),
        ] {
            let words = of(key);
            let agrees = match code {
                1 => words == "bt709",
                9 => words.starts_with("bt2020"),
                16 => words == "smpte2084",
                18 => words == "arib-std-b67",
                5 => words == "bt470bg",
                6 => words == "smpte170m",
                _ => true,
            };
            assert!(agrees, "{at}: {key} {code} is {words}");
        }
        let interlaced = matches!(of("field_order").as_str(), "tt" | "bb" | "tb" | "bt");
        assert!(!interlaced || video.interlaced, "{at}");
        assert_eq!(video.colour.full_range, of("color_range") == "pc", "{at}");
        let start = &first[..first.len().min(4096)];
        if !name.ends_with("ts") {
            let access = bitstream::random_access(&codec, &config, start);
            assert_eq!(access, RandomAccess::Closed, "{at}");
        }
    }
    if let Some(audio) = described.audio {
        assert_eq!(Value::from(audio.sample_rate.to_string()), stream["sample_rate"], "{at}");
        assert_eq!(Value::from(audio.channels), stream["channels"], "{at}");
    }
    Some((name.to_owned(), described.codec_string.unwrap_or_else(|| panic!("{at}: no string"))))
}

/// The configuration in our layout.
fn config(codec: &Codec, stream: &Value, first: &[u8]) -> Vec<u8> {
    let extra = bytes(&stream["extradata"]);
    match codec {
        Codec::H264 if extra.first() != Some(&1) => {
            let units: Vec<_> =
                nal::annex_b(if extra.is_empty() { first } else { &extra }).collect();
            let of = |kind| -> Vec<&[u8]> {
                units.iter().copied().filter(|unit| unit[0] & 0x1f == kind).collect()
            };
            records::avcc(&of(7), &of(8))
        }
        Codec::Aac if extra.is_empty() => Adts::parse(first).unwrap().config.to_vec(),
        Codec::Ac3 => {
            assert_eq!(ac3::Header::parse(first).unwrap().frame_len, first.len());
            ac3::dac3(first).unwrap()
        }
        Codec::Mp3 | Codec::Mp2 => {
            assert_eq!(mpeg_audio::Header::parse(first).unwrap().frame_len, first.len());
            first[..4].to_vec()
        }
        Codec::Vp8 | Codec::Vp9 => {
            let size = |key: &str| u32::try_from(stream[key].as_u64().unwrap()).unwrap();
            bitstream::vpc_config(codec, first, size("width"), size("height"), None)
        }
        _ => extra,
    }
}

fn codec(name: &str) -> Option<Codec> {
    Some(match name {
        "h264" => Codec::H264,
        "hevc" => Codec::Hevc,
        "av1" => Codec::Av1,
        "vp8" => Codec::Vp8,
        "vp9" => Codec::Vp9,
        "aac" => Codec::Aac,
        "mp3" => Codec::Mp3,
        "mp2" => Codec::Mp2,
        "ac3" => Codec::Ac3,
        "opus" => Codec::Opus,
        "vorbis" => Codec::Vorbis,
        "flac" => Codec::Flac,
        _ => return None,
    })
}

/// Streams, and the packets of the first moments.
fn probe(file: &Path) -> Value {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-of", "json", "-show_data", "-show_streams", "-show_packets"]);
    command.args(["-read_intervals", "%+#24"]).arg(file);
    serde_json::from_slice(&command.output().unwrap().stdout).unwrap_or_default()
}

/// The bytes of a dump as ffprobe writes it.
fn bytes(dump: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    for line in dump.as_str().unwrap_or_default().lines().filter(|line| line.len() > 10) {
        let digits: String = line[10..50].chars().filter(|digit| *digit != ' ').collect();
        for pair in digits.as_bytes().chunks_exact(2) {
            out.push(u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        }
    }
    out
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/media");
    let probes = Command::new("ffprobe").arg("-version").output().is_ok();
    let (Ok(entries), true) = (fs::read_dir(&folder), probes) else {
        eprintln!("skipped: there is no {} or no ffprobe", folder.display());
        return Vec::new();
    };
    let known = ["mp4", "mov", "mkv", "webm", "ts", "mts"];
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| {
        file.extension().is_some_and(|end| known.contains(&end.to_str().unwrap_or_default()))
    });
    files.sort();
    files
}
