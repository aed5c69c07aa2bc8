//! What is written plays: ffmpeg decodes from it what it decodes from the source, picture by
//! picture and sample by sample, at the same times.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::panic)]

mod probed;

use std::path::{Path, PathBuf};

use isobmff::write::{Fragment, Movie, MovieTrack, fragment, fragment_len, init, movie};
use media::{Kind, Sample, Timescale, Track, rescale_round};
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
            let one = Fragment { sequence, track, samples, skips: &[] };
            let header = fragment(&one);
            assert_eq!(header.len(), fragment_len(&one));
            out.extend(header);
            for sample in samples {
                out.extend_from_slice(probed.media(sample));
            }
            (begin, sequence) = (end, sequence + 1);
        }
    }
    out
}

/// The movie of `begin..end` in microseconds, from the key picture before it on.
fn clip(tracks: &[Probed], span: Option<(i64, i64)>) -> Vec<u8> {
    let mut cut = Vec::new();
    for Probed { track, samples, .. } in tracks {
        let ticks = |micros| rescale_round(micros, Timescale::MICROS, track.timescale);
        let (begin, end) = span.map_or((0, i64::MAX), |(b, e)| (ticks(b), ticks(e)));
        let first = samples.iter().rposition(|s| s.key && s.presentation() <= begin).unwrap_or(0);
        // Sound is primed by what comes before it.
        let first = if track.kind() == Kind::Audio { first.saturating_sub(2) } else { first };
        let last = samples.iter().rposition(|s| s.presentation() < end).unwrap() + 1;
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
fn decoded(path: &Path, stream: &str) -> Vec<(i64, String)> {
    // Before version 9, ffmpeg lets be heard what primes the decoder where a file has fragments.
    decoded_from(path, stream, "atrim=start=0")
}

/// The same of sound that passes this filter.
fn decoded_from(path: &Path, stream: &str, filter: &str) -> Vec<(i64, String)> {
    let map = format!("0:{stream}");
    let mut arguments = vec!["-v", "error", "-copyts", "-i", path.to_str().unwrap(), "-map", &map];
    if stream.starts_with('v') {
        arguments.extend([
            "-vsync",
            "passthrough",
            "-enc_time_base",
            "1:1000000",
            "-f",
            "framemd5",
        ]);
    } else if stream.starts_with('a') {
        arguments.extend(["-af", filter, "-f", "md5"]);
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
        let (expected, kind) = (decoded(source, stream), &stream[..1]);
        let first = format!("{kind}:0");
        assert_same(&decoded(&path, &first), &expected, &format!("{label} in segments"));
        assert_same(&decoded(&movie, &first), &expected, &format!("{label} in a movie"));
    }
}

#[test]
fn real_films_decode_the_same() {
    for (name, streams) in [
        ("phone_rotated_gps.mov", &["v:0", "a:0"][..]),
        ("screen_uneven_frame_durations.mp4", &["v:0"]),
    ] {
        if let Some(path) = shared(name) {
            the_same_comes_out(&path, streams);
        }
    }
}

#[test]
#[ignore = "minutes of decoding"]
fn large_real_films_decode_the_same() {
    for (name, streams) in [
        ("film_sintel_trailer_720p.mp4", &["v:0", "a:0"][..]),
        ("bbb_fragmented_hevc.mp4", &["v:0", "a:0"]),
        ("bbb_fragmented_avc.mp4", &["v:0", "a:0"]),
    ] {
        if let Some(path) = shared(name) {
            the_same_comes_out(&path, streams);
        }
    }
}

#[test]
#[ignore = "minutes of decoding"]
// Not all: where an edit begins between key pictures ours begin earlier than with ffmpeg, and where
// one ends before the media they end later.
fn all_real_films_decode_the_same() {
    for (name, streams) in [
        ("cam_cars_overhead.mp4", &["v:0", "a:0"][..]),
        ("drone_gopro_karma.mp4", &["v:0", "a:0"]),
        ("toy_crystal_480p.mp4", &["v:0", "a:0"]),
        ("dashcam_mapillary_1080p.mp4", &["v:0", "a:0"]),
        ("longgop_60s_vtest.mp4", &["v:0"]),
        ("nasa_multitrack_subs.mp4", &["v:0"]),
        ("phone_gopher_270x480.mp4", &["v:0", "a:0"]),
        ("phone_hdr10_av1_portrait.mp4", &["v:0", "a:0"]),
        ("phone_portrait_4k60.mp4", &["v:0", "a:0"]),
        ("phone_selfie_cycling.mp4", &["v:0", "a:0"]),
        ("phone_street_fragmented.mp4", &["v:0", "a:0"]),
    ] {
        if let Some(path) = shared(name) {
            the_same_comes_out(&path, streams);
        }
    }
}

/// A second of a picture that moves and a sound that rises, coded by ffmpeg in this way.
fn generated(scratch: &Scratch, name: &str, coding: &[&str]) -> PathBuf {
    let path = scratch.path(name);
    let mut arguments = vec!["-v", "error", "-y", "-f", "lavfi"];
    let picture = "testsrc2=size=192x108:rate=30000/1001";
    let sound = "aevalsrc=sin(600*t*t)|cos(500*t*t):s=48000";
    arguments.extend(["-i", if coding[0] == "-c:v" { picture } else { sound }, "-t", "1"]);
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
        ("s16le.mov", &["-c:a", "pcm_s16le"]),
        ("s16be-96.mov", &["-c:a", "pcm_s16be", "-ar", "96000"]),
        ("s24le.mov", &["-c:a", "pcm_s24le"]),
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
            &["-c:v", "libx264", "-g", "10", "-bf", "3", "-x264-params", "b-pyramid=normal"][..],
        ),
        (
            "h264-odd.mp4",
            &["-c:v", "libx264", "-vf", "scale=161:89,setsar=4/3", "-pix_fmt", "yuv444p"],
        ),
        ("hevc.mp4", &["-c:v", "libx265", "-g", "10", "-x265-params", "log-level=none"]),
        ("vp9.mp4", &["-c:v", "libvpx-vp9", "-g", "10", "-cpu-used", "8", "-deadline", "realtime"]),
        ("av1.mp4", &["-c:v", "libsvtav1", "-g", "10", "-preset", "10"]),
    ] {
        the_same_comes_out(&generated(&scratch, name, coding), &["v:0"]);
    }
}

/// Pictures with B-pyramids and sound, with key pictures 1.6 seconds apart.
fn film(scratch: &Scratch) -> PathBuf {
    let path = scratch.path("film.mp4");
    let picture = "testsrc2=size=192x108:rate=30000/1001";
    let sound = "aevalsrc=sin(600*t*t)|cos(500*t*t):s=48000";
    let inputs = ["-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound];
    let coding = ["-t", "8", "-c:v", "libx264", "-g", "48", "-bf", "3", "-c:a", "aac"];
    // Noise that decoders make up would differ from one beginning to another.
    let more = ["-x264-params", "b-pyramid=normal", "-aac_pns", "0", path.to_str().unwrap()];
    run("ffmpeg", &[&inputs[..], &coding, &more].concat());
    path
}

#[test]
fn a_clip_shows_exactly_the_stretch_that_was_asked_for() {
    let scratch = Scratch::new();
    let source = film(&scratch);
    let tracks = probe(&source, &["v:0", "a:0"]);
    let pictures = decoded(&source, "v:0");
    // From one picture to another: ffmpeg has the first one begin at once, whenever it is due.
    for (first, last) in [(0, 90), (70, 183), (165, 240)] {
        let micros = |picture: i64| (picture * 1_001_000_000 + 15_000) / 30_000;
        let (begin, end) = (micros(first), micros(last));
        let path = scratch.keep("clip.mp4", &clip(&tracks, Some((begin, end))));
        let clipped = decoded(&path, "v:0");
        let expected: Vec<_> =
            pictures.iter().filter(|(at, _)| (begin - 1..end - 1).contains(at)).collect();
        assert_eq!(clipped.len(), expected.len(), "{first}");
        for ((shown, hash), (at, source)) in clipped.iter().zip(&expected) {
            assert_eq!(hash, source, "{first}: {at}");
            assert!((shown - (at - begin)).abs() <= 2, "{first}: {at} at {shown}");
        }
        // It reads ends of sound to the packet only.
        let end = end - 50_000;
        let filter = |from: i64, to: i64| format!("atrim=start={from}us:end={to}us");
        let clipped = decoded_from(&path, "a:0", &filter(0, end - begin));
        assert_eq!(clipped, decoded_from(&source, "a:0", &filter(begin, end)), "{first}");
    }
}

#[test]
fn a_track_that_begins_late_begins_late_in_a_movie_too() {
    let scratch = Scratch::new();
    let source = film(&scratch);
    let mut tracks = probe(&source, &["v:0", "a:0"]);
    tracks[1].samples.drain(..60);
    let late = tracks[1].samples[0].presentation() * 1_000_000 / 48_000;
    let path = scratch.keep("late.mp4", &clip(&tracks, None));
    let name = path.to_str().unwrap();
    let of = ["-v", "error", "-select_streams", "a", "-show_entries", "stream=start_time"];
    let text = run("ffprobe", &[&of[..], &["-of", "csv=p=0", name]].concat());
    let start: f64 = text.trim().parse().unwrap();
    let expected = f64::from(i32::try_from(late).unwrap()) / 1e6;
    assert!((start - expected).abs() < 0.001, "{start} instead of {expected}");
}

/// What our reader finds of a file: of each sample its size, times and whether it is a key.
fn read(bytes: &[u8]) -> Vec<(Track, Vec<Sample>)> {
    let index = isobmff::read::read(&bytes.to_vec(), &media::Budget::default()).unwrap();
    let tracks = index.tracks.into_iter();
    let known = tracks.filter_map(|track| {
        let samples = track.table()?.samples(0..u32::MAX);
        Some((track, samples))
    });
    known.collect()
}

#[test]
fn our_reader_finds_again_what_was_written() {
    let scratch = Scratch::new();
    let mut sources = vec![film(&scratch)];
    sources.extend(shared("phone_rotated_gps.mov"));
    sources.extend(shared("phone_iphone_hlg_dv84_rotated.mp4"));
    sources.extend(shared("nasa_multitrack_subs.mp4"));
    for path in sources {
        let file = std::fs::read(&path).unwrap();
        let mut tracks = read(&file);
        tracks.retain(|(track, _)| track.kind() != Kind::Other);
        let probed = tracks.iter().map(|(track, samples)| Probed {
            track: track.clone(),
            samples: samples.clone(),
            file: file.clone(),
        });
        let probed: Vec<_> = probed.collect();
        let label = path.display();
        for one in &probed {
            let again = read(&segments(one));
            assert_alike(&again[0], (&one.track, &one.samples), &format!("{label} in segments"));
        }
        let again = read(&clip(&probed, None));
        assert_eq!(again.len(), probed.len());
        for (again, one) in again.iter().zip(&probed) {
            assert_alike(again, (&one.track, &one.samples), &format!("{label} in a movie"));
        }
    }
}

fn assert_alike(
    (track, samples): &(Track, Vec<Sample>),
    (expected, all): (&Track, &[Sample]),
    label: &str,
) {
    let label = format!("{label}: {}", expected.codec.name());
    assert_eq!(track.codec, expected.codec, "{label}");
    assert_eq!(track.config, expected.config, "{label}");
    assert_eq!(track.detail, expected.detail, "{label}");
    assert_eq!(track.language, expected.language, "{label}");
    // Of one track alone there is no other to choose.
    let roles = media::Roles { default: expected.roles.default, ..track.roles };
    assert_eq!(roles, expected.roles, "{label}");
    assert_eq!((track.start, track.end), (expected.start, expected.end), "{label}");
    assert_eq!(samples.len(), all.len(), "{label}");
    for (one, other) in samples.iter().zip(all) {
        let one = Sample { offset: other.offset, ..*one };
        assert_eq!(&one, other, "{label}");
    }
}
