//! A track as ffprobe sees it, so that what is written can be compared with what was there without
//! trusting a reader of our own.

use std::{path::Path, process::Command};

use media::{
    Audio, Codec, Detail, Framing, Kind, Ratio, Raw, Sample, SampleTable, Samples, Timescale,
    Track, Video,
    timeline::{RawTrack, Zero, settle},
};

/// A track with its samples and the file that has their bytes.
pub(crate) struct Probed {
    pub(crate) track: Track,
    pub(crate) samples: Vec<Sample>,
    pub(crate) file: Vec<u8>,
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The streams of an MP4 or MOV file, settled together.
pub(crate) fn probe(path: &Path, streams: &[&str]) -> Vec<Probed> {
    let file = std::fs::read(path).unwrap();
    let name = path.to_str().unwrap();
    let fields: Vec<_> = streams.iter().map(|stream| fields(name, stream)).collect();
    let mut raws: Vec<_> = streams.iter().zip(&fields).map(|(s, f)| raw(name, s, f)).collect();
    settle(&mut raws, Zero::Stated);
    raws.iter().zip(&fields).map(|(raw, fields)| probed(raw, fields, &file)).collect()
}

struct Fields(Vec<(String, String)>, Vec<u8>);

impl Fields {
    fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(k, _)| k == key).map_or("", |(_, value)| value)
    }

    fn number(&self, key: &str) -> u32 {
        self.get(key).parse().unwrap_or(0)
    }

    fn timescale(&self) -> Timescale {
        let (_, scale) = self.get("time_base").split_once('/').unwrap();
        Timescale::new(scale.parse().unwrap()).unwrap()
    }
}

fn fields(name: &str, stream: &str) -> Fields {
    let of = ["-v", "error", "-select_streams", stream, "-show_streams", "-show_data", name];
    let text = run("ffprobe", &of);
    let mut extradata = Vec::new();
    let mut pairs = Vec::new();
    for line in text.lines() {
        let dump = line.get(8..10).filter(|colon| *colon == ": ").and_then(|_| line.get(10..));
        if let Some(dump) = dump {
            if pairs.last().is_none_or(|(key, _)| key != "extradata") {
                continue;
            }
            // Four digits and a blank, eight times, then the same as characters.
            let hex: String = dump.chars().take(39).filter(|c| !c.is_whitespace()).collect();
            let bytes = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            extradata.extend(bytes.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
        } else if let Some((key, value)) = line.split_once('=') {
            pairs.push((key.to_owned(), value.to_owned()));
        }
    }
    Fields(pairs, extradata)
}

fn raw(name: &str, stream: &str, fields: &Fields) -> RawTrack {
    let entries = "packet=pts,duration,size,pos,flags";
    let of = ["-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "csv=p=0"];
    let text = run("ffprobe", &[&of[..], &[name]].concat());
    let mut last = 0;
    // Lines of side data stand between.
    let lines = text.lines().filter(|line| line.split(',').count() >= 5);
    let samples = lines.map(|line| {
        let columns: Vec<_> = line.split(',').collect();
        last = columns[1].parse().unwrap_or(1);
        let key = columns[4].starts_with('K');
        Raw {
            offset: columns[3].parse().unwrap(),
            size: columns[2].parse().unwrap(),
            skip: 0,
            time: columns[0].parse().unwrap(),
            key,
            closed: true,
        }
    });
    let samples = samples.collect();
    let kind = match fields.get("codec_type") {
        "video" => Kind::Video,
        "audio" => Kind::Audio,
        _ => Kind::Text,
    };
    RawTrack { kind, timescale: fields.timescale(), samples, last_duration: last }
}

fn probed(raw: &RawTrack, fields: &Fields, file: &[u8]) -> Probed {
    let (table, keys) = SampleTable::build(&raw.samples, raw.last_duration).unwrap();
    let samples = table.samples(0..u32::MAX);
    let record = |kind: &[u8; 4], skip: usize| {
        let at = file.windows(4).position(|four| four == kind).expect("a configuration");
        let size = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
        file[at + 4 + skip..at - 4 + size].to_vec()
    };
    let pcm = |bits, big_endian, float, signed| Codec::Pcm { bits, big_endian, float, signed };
    let (codec, config) = match fields.get("codec_name") {
        "h264" => (Codec::H264, record(b"avcC", 0)),
        "hevc" => (Codec::Hevc, record(b"hvcC", 0)),
        "av1" => (Codec::Av1, record(b"av1C", 0)),
        "vp8" => (Codec::Vp8, Vec::new()),
        "vp9" => (Codec::Vp9, record(b"vpcC", 4)),
        "aac" => (Codec::Aac, fields.1.clone()),
        "mp3" => (Codec::Mp3, Vec::new()),
        "mp2" => (Codec::Mp2, Vec::new()),
        "ac3" => (Codec::Ac3, record(b"dac3", 0)),
        "eac3" => (Codec::Eac3, record(b"dec3", 0)),
        "opus" => (Codec::Opus, record(b"dOps", 0)),
        "vorbis" => (Codec::Vorbis, fields.1.clone()),
        "flac" => (Codec::Flac, record(b"dfLa", 4)),
        "pcm_u8" => (pcm(8, false, false, false), Vec::new()),
        "pcm_s8" => (pcm(8, false, false, true), Vec::new()),
        "pcm_s16le" => (pcm(16, false, false, true), Vec::new()),
        "pcm_s16be" => (pcm(16, true, false, true), Vec::new()),
        "pcm_s24le" => (pcm(24, false, false, true), Vec::new()),
        "pcm_s24be" => (pcm(24, true, false, true), Vec::new()),
        "pcm_s32le" => (pcm(32, false, false, true), Vec::new()),
        "pcm_f32le" => (pcm(32, false, true, true), Vec::new()),
        "pcm_f64be" => (pcm(64, true, true, true), Vec::new()),
        "mov_text" => (Codec::Tx3g, fields.1.clone()),
        other => (Codec::Other(other.to_owned()), Vec::new()),
    };
    let ratio = |text: &str, by: char| {
        let (num, den) = text.split_once(by)?;
        Ratio::new(num.parse().ok()?, den.parse().ok()?)
    };
    let turned: i32 = fields.get("rotation").parse().unwrap_or(0);
    let detail = match raw.kind {
        Kind::Video => Detail::Video(Video {
            width: fields.number("width"),
            height: fields.number("height"),
            pixel_aspect: ratio(fields.get("sample_aspect_ratio"), ':')
                .filter(|ratio| ratio.num != ratio.den),
            frame_rate: ratio(fields.get("avg_frame_rate"), '/'),
            rotation: u16::try_from((-turned).rem_euclid(360)).unwrap(),
            bit_depth: 8,
            ..Video::default()
        }),
        Kind::Audio => Detail::Audio(Audio {
            sample_rate: fields.number("sample_rate"),
            channels: u16::try_from(fields.number("channels")).unwrap(),
            ..Audio::default()
        }),
        _ => Detail::Text,
    };
    let track = Track {
        number: 7,
        codec,
        config,
        codec_string: None,
        timescale: raw.timescale,
        start: samples.iter().map(Sample::presentation).min().unwrap_or(0),
        end: table.end(),
        cadence: None,
        count: Some(u64::from(table.len())),
        bytes: Some(table.total_bytes()),
        language: media::Language::parse(fields.get("TAG:language")),
        title: None,
        roles: media::Roles::default(),
        detail,
        framing: Framing::Plain,
        keys,
        samples: Samples::Table(table),
    };
    Probed { track, samples, file: file.to_vec() }
}

impl Probed {
    pub(crate) fn media(&self, sample: &Sample) -> &[u8] {
        let at = usize::try_from(sample.offset).unwrap();
        &self.file[at..at + sample.size as usize]
    }
}
