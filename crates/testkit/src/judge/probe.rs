//! What ffmpeg and ffprobe say about an input: pictures by their hashes, packets by theirs, times.

use std::{
    ffi::OsString,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use serde_json::Value;

use crate::tools;

/// Nanoseconds; every time of the judge is in them.
pub(super) type Nanos = i64;

pub(super) const MILLI: Nanos = 1_000_000;

/// An input of ffmpeg: its options and its name, and what is to be seen of its pictures.
#[derive(Clone, Debug)]
pub(super) struct Input {
    words: Vec<OsString>,
    crop: Crop,
}

/// Width and height that are to be seen of pictures, where these are larger: a transport stream
/// cannot say what the header of a file can.
pub(super) type Crop = Option<(i64, i64)>;

impl Input {
    pub(super) fn file(path: &Path) -> Self {
        Self { words: vec!["-i".into(), path.into()], crop: None }
    }

    pub(super) fn url(url: &str) -> Self {
        Self { words: vec!["-i".into(), url.into()], crop: None }
    }

    /// With options before it.
    pub(super) fn with(mut self, options: &[&str]) -> Self {
        self.words.splice(0..0, options.iter().map(Into::into));
        self
    }

    pub(super) fn cropped(self, crop: Crop) -> Self {
        Self { crop, ..self }
    }
}

/// Something that is shown or heard at a time, known by its hash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Unit {
    /// When, if that is known.
    pub(super) at: Option<Nanos>,
    /// How long, if that is known.
    pub(super) lasts: Nanos,
    pub(super) hash: u128,
}

/// Units in order, the unit of their times, and what ffmpeg complained of.
#[derive(Clone, Debug, Default)]
pub(super) struct Units {
    pub(super) list: Vec<Unit>,
    pub(super) tick: Nanos,
    pub(super) complaints: String,
}

/// The decoded pictures of a stream in the order in which they are shown, unturned, with the times
/// they have in the input. `map` chooses the stream.
#[track_caller]
pub(super) fn pictures(input: &Input, map: &str) -> Units {
    let mut ffmpeg = ffmpeg();
    ffmpeg.args(["-noautorotate", "-copyts"]).args(&input.words).args(["-map", map]);
    ffmpeg.args(["-fps_mode", "passthrough", "-enc_time_base", "-1"]);
    if let Some((width, height)) = input.crop {
        ffmpeg.args(["-vf", &format!("crop={width}:{height}:0:0")]);
    }
    hashes(ffmpeg.args(["-f", "framemd5", "-"]))
}

/// The first picture at a time or after it, as ffmpeg seeks to it.
#[track_caller]
pub(super) fn picture_at(input: &Input, map: &str, at: Nanos) -> Units {
    let mut ffmpeg = ffmpeg();
    ffmpeg.args(["-noautorotate", "-ss", &seconds(at)]).args(&input.words).args(["-map", map]);
    ffmpeg.args(["-frames:v", "1", "-fps_mode", "passthrough", "-enc_time_base", "-1"]);
    hashes(ffmpeg.args(["-f", "framemd5", "-"]))
}

/// The packets of a stream as they are stored, in their order. ADTS headers are taken off AAC.
#[track_caller]
pub(super) fn packets(input: &Input, map: &str, adts: bool) -> Units {
    let mut ffmpeg = ffmpeg();
    ffmpeg.arg("-copyts").args(&input.words).args(["-map", map, "-c", "copy"]);
    if adts {
        ffmpeg.args(["-bsf", "aac_adtstoasc"]);
    }
    hashes(ffmpeg.args(["-f", "framemd5", "-"]))
}

/// Lines of text with their times, as WebVTT.
#[track_caller]
pub(super) fn text(input: &Input, map: &str) -> String {
    let mut ffmpeg = ffmpeg();
    ffmpeg.arg("-copyts").args(&input.words).args(["-map", map, "-f", "webvtt", "-"]);
    String::from_utf8_lossy(&run(&mut ffmpeg).stdout).into_owned()
}

/// Decoding a long film takes its time where tests run side by side.
#[track_caller]
fn run(command: &mut Command) -> Output {
    tools::run_within(Duration::from_mins(3), command)
}

fn ffmpeg() -> Command {
    let mut ffmpeg = tools::require("ffmpeg", "ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin"]);
    ffmpeg
}

#[track_caller]
fn hashes(command: &mut Command) -> Units {
    let output = run(command);
    let mut found = Units {
        complaints: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ..Units::default()
    };
    let mut scale = (1, 1);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Some(base) = line.strip_prefix("#tb 0: ") {
            let (numerator, denominator) = base.split_once('/').unwrap();
            scale = (numerator.parse().unwrap(), denominator.parse().unwrap());
            found.tick = nanos(1, scale);
        }
        if line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let at = fields[2].parse::<i64>().ok().filter(|at| *at != i64::MIN);
        found.list.push(Unit {
            at: at.map(|at| nanos(at, scale)),
            lasts: nanos(fields[3].parse().unwrap_or(0), scale),
            hash: u128::from_str_radix(fields[5], 16).unwrap(),
        });
    }
    found
}

/// Ticks of a time base as nanoseconds, rounded.
pub(super) fn nanos(ticks: i64, (numerator, denominator): (i64, i64)) -> Nanos {
    let exact = i128::from(ticks) * i128::from(numerator) * 1_000_000_000;
    let half = i128::from(denominator) / 2;
    i64::try_from((exact + half).div_euclid(i128::from(denominator.max(1)))).unwrap_or(i64::MAX)
}

/// Nanoseconds as seconds with a point.
pub(super) fn seconds(at: Nanos) -> String {
    let sign = if at < 0 { "-" } else { "" };
    format!("{sign}{}.{:09}", at.abs() / 1_000_000_000, at.abs() % 1_000_000_000)
}

/// The number of seconds in a text, as nanoseconds.
pub(super) fn from_seconds(text: &str) -> Option<Nanos> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: String = part.chars().chain("000000000".chars()).take(9).collect();
    let all = whole.parse::<i64>().ok()?.checked_mul(1_000_000_000)?;
    let all = all.checked_add(part.parse::<i64>().ok()?)?;
    Some(if negative { -all } else { all })
}

/// One packet, as ffprobe reads it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet {
    pub(super) at: Option<Nanos>,
    pub(super) lasts: Nanos,
    /// Where it lies in the input, if that is known.
    pub(super) position: Option<u64>,
    pub(super) key: bool,
    /// Not to be shown, says an edit list.
    pub(super) discard: bool,
}

/// The packets of one stream.
#[track_caller]
pub(super) fn probe_packets(path: &Path, stream: &str) -> Vec<Packet> {
    let json = probe(path, &["-select_streams", stream, "-show_streams", "-show_packets"]);
    let base = json["streams"][0]["time_base"].as_str().unwrap_or("1/1");
    let (numerator, denominator) = base.split_once('/').unwrap();
    let scale = (numerator.parse().unwrap(), denominator.parse().unwrap());
    let none = Vec::new();
    let packets = json["packets"].as_array().unwrap_or(&none);
    packets
        .iter()
        .map(|packet| {
            let flags = packet["flags"].as_str().unwrap_or_default();
            let number = |name: &str| packet[name].as_str().and_then(|text| text.parse().ok());
            Packet {
                at: packet["pts"].as_i64().map(|at| nanos(at, scale)),
                lasts: nanos(packet["duration"].as_i64().unwrap_or(0), scale),
                position: number("pos"),
                key: flags.contains('K'),
                discard: flags.contains('D'),
            }
        })
        .collect()
}

/// What ffprobe says about a file, as JSON; null where it cannot read it.
#[track_caller]
pub(super) fn probe(path: &Path, show: &[&str]) -> Value {
    let mut ffprobe = tools::require("ffprobe", "ffmpeg");
    ffprobe.args(["-v", "error", "-of", "json"]).args(show).arg("-i").arg(path);
    serde_json::from_slice(&run(&mut ffprobe).stdout).unwrap_or_default()
}
