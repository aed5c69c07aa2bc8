//! What is written plays: ffmpeg decodes from it what it decodes from the source, picture by
//! picture and sample by sample, at the same times.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod probed;

use std::path::{Path, PathBuf};

use isobmff::write::{Fragment, Movie, MovieTrack, fragment, fragment_len, init, movie};
use media::Kind;
use probed::{Probed, probe, run};

/// Init and segments one after the other: at key pictures, else about three seconds long.
fn segments(probed: &Probed) -> Vec<u8> {
    let Probed { track, samples, .. } = probed;
    let mut out = init(track).unwrap();
    let mut begin = 0;
    let mut sequence = 1;
    for end in 1..=samples.len() {
        let long = i64::from(track.timescale.get()) * 3;
        let over = samples.get(end).is_none_or(|next| {
            next.key && (track.video().is_some() || next.decode - samples[begin].decode > long)
        });
        if over {
            let samples = &samples[begin..end];
            let header = fragment(&Fragment { sequence, track, samples });
            assert_eq!(header.len(), fragment_len(samples));
            out.extend(header);
            samples.iter().for_each(|sample| out.extend_from_slice(probed.media(sample)));
            (begin, sequence) = (end, sequence + 1);
        }
    }
    out
}

/// The movie of `begin..end` seconds.
fn clip(tracks: &[Probed], span: Option<(i64, i64)>) -> Vec<u8> {
    let mut cut = Vec::new();
    for Probed { track, samples, .. } in tracks {
        let scale = i64::from(track.timescale.get());
        let (begin, end) = span.map_or((0, i64::MAX), |(b, e)| (b * scale, e * scale));
        let first = samples.iter().rposition(|s| s.key && s.presentation() <= begin).unwrap_or(0);
        // Sound is primed by what comes before it.
        let first = if track.kind() == Kind::Audio { first.saturating_sub(2) } else { first };
        let last = samples.partition_point(|s| s.decode < end);
        cut.push(MovieTrack { track, samples: &samples[first..last], begin, end });
    }
    let layout = movie(&Movie { tracks: cut.clone(), title: Some("Clip") }).unwrap();
    let mut out = layout.header.clone();
    for chunk in &layout.chunks {
        for sample in &cut[chunk.track].samples[chunk.samples.clone()] {
            out.extend_from_slice(tracks[chunk.track].media(sample));
        }
    }
    assert_eq!(out.len() as u64, layout.len());
    out
}

/// When each decoded picture is shown in microseconds, and its hash; or the hash of all sound.
fn decoded(path: &Path, stream: &str, more: &[&str]) -> Vec<(i64, String)> {
    let map = format!("0:{stream}");
    let mut arguments = vec!["-v", "error", "-copyts", "-i", path.to_str().unwrap(), "-map", &map];
    arguments.extend(more);
    if stream.starts_with('v') {
        arguments.extend([
            "-vsync",
            "passthrough",
            "-enc_time_base",
            "1:1000000",
            "-f",
            "framemd5",
        ]);
    } else {
        arguments.extend(["-f", "md5"]);
    }
    arguments.push("-");
    let text = run("ffmpeg", &arguments);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let entries = lines.map(|line| {
        let columns: Vec<_> = line.split(',').map(str::trim).collect();
        let time = columns.get(2).map_or(0, |time| time.parse().unwrap());
        (time, (*columns.last().unwrap()).to_owned())
    });
    entries.collect()
}

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn keep(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }
}

fn shared(name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/media");
    let path = root.join(name);
    if !path.exists() {
        eprintln!("left out, not there: {}", path.display());
    }
    path.exists().then_some(path)
}

/// Says where two outputs part, rather than all of both.
fn assert_same(one: &[(i64, String)], other: &[(i64, String)], label: &str) {
    assert!(!other.is_empty(), "{label}: nothing to compare with");
    if let Some(at) = (0..one.len().max(other.len())).find(|at| one.get(*at) != other.get(*at)) {
        let (lens, pair) = ((one.len(), other.len()), (one.get(at), other.get(at)));
        panic!("{label}: number {at} of {lens:?} differs: {pair:?}");
    }
}

/// Compares segments and movie with the source. Streams are `v:0` and so on, in this order.
fn the_same_comes_out(source: &Path, streams: &[&str]) {
    let scratch = Scratch::new();
    let tracks = probe(source, streams);
    let movie = scratch.keep("movie.mp4", &clip(&tracks, None));
    for (stream, track) in streams.iter().zip(&tracks) {
        let path = scratch.keep("segments.mp4", &segments(track));
        let label = format!("{} {stream}", source.display());
        let (expected, kind) = (decoded(source, stream, &[]), &stream[..1]);
        let first = format!("{kind}:0");
        assert_same(&decoded(&path, &first, &[]), &expected, &format!("{label} in segments"));
        assert_same(&decoded(&movie, &first, &[]), &expected, &format!("{label} in a movie"));
    }
}

#[test]
fn real_films_decode_the_same() {
    for (name, streams) in [
        ("drone_gopro_karma.mp4", &["v:0", "a:0"][..]),
        ("phone_rotated_gps.mov", &["v:0", "a:0"]),
        ("screen_uneven_frame_durations.mp4", &["v:0"]),
        ("toy_crystal_480p.mp4", &["v:0", "a:0"]),
    ] {
        if let Some(path) = shared(name) {
            the_same_comes_out(&path, streams);
        }
    }
}

#[test]
#[ignore = "minutes of decoding"]
fn all_real_films_decode_the_same() {
    for (name, streams) in [
        ("film_sintel_trailer_720p.mp4", &["v:0", "a:0"][..]),
        ("bbb_fragmented_hevc.mp4", &["v:0", "a:0"]),
        ("bbb_fragmented_avc.mp4", &["v:0", "a:0"]),
        ("cam_cars_overhead.mp4", &["v:0", "a:0"]),
        ("dashcam_mapillary_1080p.mp4", &["v:0", "a:0"]),
        ("longgop_60s_vtest.mp4", &["v:0"]),
        ("nasa_multitrack_subs.mp4", &["v:0", "a:0", "s:0"]),
        ("phone_gopher_270x480.mp4", &["v:0", "a:0"]),
        ("phone_hdr10_av1_portrait.mp4", &["v:0", "a:0"]),
        ("phone_iphone_hlg_dv84_rotated.mp4", &["v:0", "a:0"]),
        ("phone_portrait_4k60.mp4", &["v:0", "a:0"]),
        ("phone_selfie_cycling.mp4", &["v:0", "a:0"]),
        ("phone_street_fragmented.mp4", &["v:0", "a:0"]),
        ("sar_truck_352x288.mp4", &["v:0"]),
    ] {
        if let Some(path) = shared(name) {
            eprintln!("{name}");
            the_same_comes_out(&path, streams);
        }
    }
}

/// Three seconds of a picture that moves and a sound that rises, coded by ffmpeg in this way.
fn generated(scratch: &Scratch, name: &str, coding: &[&str]) -> PathBuf {
    let path = scratch.path(name);
    let mut arguments = vec!["-v", "error", "-y", "-f", "lavfi"];
    let picture = "testsrc2=size=192x108:rate=30000/1001";
    let sound = "aevalsrc=sin(600*t*t)|cos(500*t*t):s=48000";
    arguments.extend(["-i", if coding[0] == "-c:v" { picture } else { sound }, "-t", "3"]);
    arguments.extend(coding);
    arguments.extend(["-strict", "-2", path.to_str().unwrap()]);
    run("ffmpeg", &arguments);
    path
}

#[test]
fn every_coding_of_sound_decodes_the_same() {
    let scratch = Scratch::new();
    for (name, coding) in [
        ("aac.mp4", &["-c:a", "aac"][..]),
        ("mp3.mp4", &["-c:a", "libmp3lame"]),
        ("mp3-low.mp4", &["-c:a", "libmp3lame", "-ar", "22050"]),
        ("mp2.mp4", &["-c:a", "mp2"]),
        ("ac3.mp4", &["-c:a", "ac3"]),
        ("eac3.mp4", &["-c:a", "eac3"]),
        ("opus.mp4", &["-c:a", "libopus"]),
        ("vorbis.mp4", &["-c:a", "libvorbis"]),
        ("flac.mp4", &["-c:a", "flac"]),
        ("flac-96.mp4", &["-c:a", "flac", "-ar", "96000", "-sample_fmt", "s32"]),
        ("u8.mov", &["-c:a", "pcm_u8"]),
        ("s8.mov", &["-c:a", "pcm_s8"]),
        ("s16le.mov", &["-c:a", "pcm_s16le"]),
        ("s16be.mov", &["-c:a", "pcm_s16be"]),
        ("s16be-96.mov", &["-c:a", "pcm_s16be", "-ar", "96000"]),
        ("s24le.mov", &["-c:a", "pcm_s24le"]),
        ("s24be.mov", &["-c:a", "pcm_s24be"]),
        ("s32le.mov", &["-c:a", "pcm_s32le"]),
        ("f32le.mov", &["-c:a", "pcm_f32le"]),
        ("f64be.mov", &["-c:a", "pcm_f64be"]),
    ] {
        the_same_comes_out(&generated(&scratch, name, coding), &["a:0"]);
    }
}

#[test]
fn every_coding_of_pictures_decodes_the_same() {
    let scratch = Scratch::new();
    for (name, coding) in [
        (
            "h264.mp4",
            &["-c:v", "libx264", "-g", "20", "-bf", "3", "-x264-params", "b-pyramid=normal"][..],
        ),
        (
            "h264-odd.mp4",
            &["-c:v", "libx264", "-vf", "scale=161:89,setsar=4/3", "-pix_fmt", "yuv444p"],
        ),
        ("hevc.mp4", &["-c:v", "libx265", "-g", "20", "-x265-params", "log-level=none"]),
        ("vp9.mp4", &["-c:v", "libvpx-vp9", "-g", "20", "-cpu-used", "8", "-deadline", "realtime"]),
        ("av1.mp4", &["-c:v", "libsvtav1", "-g", "20", "-preset", "10"]),
    ] {
        the_same_comes_out(&generated(&scratch, name, coding), &["v:0"]);
    }
}
