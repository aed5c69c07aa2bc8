//! Every film that can be had, packaged and judged: HLS, DASH, HLS in transport streams, clips.
//!
//! The shared media lie beside the repository; where they do not, the oddities that ffmpeg makes
//! are all there is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;
use testkit::{
    Judge, Server,
    oddities::{self, Oddity, Playable},
};

/// What is to be expected of a shared file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Expect {
    /// All of it is packaged.
    Whole,
    /// It is damaged, and packaged as far as it goes.
    Damaged,
    /// Pictures or sound must be coded anew; what need not be may be packaged.
    Transcoding,
    /// Its container is not one of ours.
    Preparation,
    /// Damaged: either it is refused with a reason, or packaged as far as it goes.
    Anything,
}
use Expect::{Anything, Damaged, Preparation, Transcoding, Whole};

const SHARED: &[(&str, Expect)] = &[
    ("3gp_h263_desks.3gp", Transcoding),
    ("avchd_sony_a7m3_cut.mts", Damaged),
    ("avi_canon_mjpeg_pcm.avi", Preparation),
    ("avi_earth_h264_aac.avi", Preparation),
    ("bad_block_beyond_cluster.mkv", Anything),
    ("bad_emptyrange.mp4", Anything),
    ("bad_fuzz_1257700_2873x5115.webm", Anything),
    ("bad_fuzz_1833896.mp4", Anything),
    ("bad_fuzz_1840002_huge_duration.webm", Anything),
    ("bad_no_keyframe_start.ts", Damaged),
    ("bad_truncated_mdat_bbb.mp4", Damaged),
    ("bad_truncated_no_moov.mp4", Anything),
    ("bad_video-crash.webm", Anything),
    ("bad_zero_dimensions.mp4", Anything),
    ("bad_zero_empty_stsc.mp4", Anything),
    ("bbb_720p60_no_rai.ts", Whole),
    ("bbb_fragmented_avc.mp4", Whole),
    ("bbb_fragmented_hevc.mp4", Whole),
    ("bbb_mp2audio_1080p.ts", Transcoding),
    ("bbb_trailer_vp8.webm", Transcoding),
    ("cam_cars_overhead.mp4", Whole),
    ("cam_hand_gesture.mkv", Whole),
    ("cctv_plaza_vtest.avi", Preparation),
    ("dashcam_mapillary_1080p.mp4", Whole),
    ("drone_gopro_karma.mp4", Whole),
    ("film_sintel_trailer_720p.mp4", Whole),
    ("flv_webcam.flv", Preparation),
    ("lego_gizmo_vp9_opus.webm", Whole),
    ("long_bbb_full_252p.mp4", Whole),
    ("longgop_60s_vtest.mp4", Whole),
    ("mkv_pgs.mkv", Whole),
    ("mkv_srt.mkv", Whole),
    ("mkv_ssa.mkv", Whole),
    ("mkv_vobsub.mkv", Whole),
    ("nasa_multitrack_subs.mp4", Whole),
    ("odd_dims_bear_161x121_vp9.webm", Whole),
    ("phone_gopher_270x480.mp4", Whole),
    ("phone_hdr10_av1_portrait.mp4", Whole),
    ("phone_iphone_hlg_dv84_rotated.mp4", Whole),
    ("phone_portrait_4k60.mp4", Whole),
    ("phone_rotated_gps.mov", Whole),
    ("phone_selfie_cycling.mp4", Whole),
    ("phone_street_fragmented.mp4", Whole),
    ("rich_sintel_15s.mkv", Whole),
    ("sar_truck_352x288.mp4", Damaged),
    ("screen_uneven_frame_durations.mp4", Whole),
    ("theora_VID_0001.ogg", Preparation),
    ("toy_crystal_480p.mp4", Whole),
    ("toy_monster_vp8.webm", Transcoding),
    ("ts_duplicate_audio_dts.ts", Damaged),
    ("ts_portrait_restream.ts", Whole),
];

/// Files whose pictures take long to decode: players are left to their segments.
const LONG: &[&str] = &["long_bbb_full_252p.mp4"];

fn shared() -> Option<PathBuf> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = repository.join("../shared/media").canonicalize().ok();
    if folder.is_none() {
        eprintln!("there are no shared media: only what ffmpeg makes is judged");
    }
    folder
}

fn serve(folder: &Path) -> Server {
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder).start()
}

/// A path of a file as it stands in a URL.
fn escaped(path: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
    }
    out
}

/// Judges everything that the server makes of one file; what was found.
fn judge(server: &Server, path: &Path, name: &str, expect: Expect) -> Vec<String> {
    let url = escaped(name);
    let master = format!("/hls/{url}/master.m3u8");
    let answer = server.get(&master);
    let packaged = answer.status == 200;
    match expect {
        Whole | Damaged if !packaged => {
            let why = String::from_utf8_lossy(&answer.body).into_owned();
            return vec![format!("it is not packaged: {} {why}", answer.status)];
        }
        Preparation if packaged => return vec!["it is packaged".into()],
        _ if !packaged => return refused(server, &url, expect),
        _ => {}
    }
    let mut judge = Judge::new(path, server.addr());
    if expect == Anything {
        judge.fetch_hls(&master);
        return judge.finish().findings;
    }
    if expect == Damaged {
        judge = judge.damaged();
    }
    if expect == Transcoding {
        judge = judge.partial();
    }
    if LONG.contains(&name) {
        judge = judge.brief();
    }
    judge.hls(&master);
    judge.dash(&format!("/dash/{url}/manifest.mpd"));
    let in_ts = format!("/hls-ts/{url}/master.m3u8");
    if server.head(&in_ts).status == 200 {
        judge.hls_ts(&in_ts);
    }
    let report = judge.finish();
    eprintln!(
        "{name}: {} pictures, {} packets of sound, {} segments, {} lines of text",
        report.pictures, report.packets, report.segments, report.cues
    );
    report.findings
}

/// A refusal says why, in HLS, DASH and as an answer to how it can be played.
fn refused(server: &Server, url: &str, expect: Expect) -> Vec<String> {
    let mut findings = Vec::new();
    for target in [
        format!("/hls/{url}/master.m3u8"),
        format!("/dash/{url}/manifest.mpd"),
        format!("/hls-ts/{url}/master.m3u8"),
    ] {
        let answer = server.get(&target);
        let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let detail = problem["detail"].as_str().unwrap_or_default();
        if !(400..500).contains(&answer.status) || detail.is_empty() {
            findings.push(format!("{target}: {} without a reason: {problem}", answer.status));
        }
        if expect == Preparation && !detail.contains("prepar") {
            findings.push(format!("{target}: it does not say that preparation helps: {detail}"));
        }
    }
    findings
}

/// What the judge finds in a file and what is not held against it: parts of the texts, each of
/// which must be found again, and why. A file that is not here has nothing to be found.
const KNOWN: &[(&str, &[&str], &str)] = &[(
    "bad_truncated_mdat_bbb.mp4",
    &["TS /hls-ts/bad_truncated_mdat_bbb.mp4/main.m3u8: no packet came at all"],
    "one packet of sound is left of it, too little for ffmpeg to see sound in a transport stream",
)];

/// What is found of a file beyond what is known, or is not found any more.
fn beyond(name: &str, findings: Vec<String>) -> Vec<String> {
    let file = name.split(' ').next().unwrap_or_default();
    let Some((_, texts, why)) = KNOWN.iter().find(|(known, ..)| *known == file) else {
        return findings;
    };
    eprintln!("{name}, known ({why}):\n  {}", findings.join("\n  "));
    let gone = texts.iter().filter(|text| !findings.iter().any(|found| found.contains(**text)));
    let gone: Vec<String> =
        gone.map(|text| format!("is mended, take it from KNOWN: {text}")).collect();
    let is_known = |found: &String| texts.iter().any(|text| found.contains(text));
    findings.into_iter().filter(|found| !is_known(found)).chain(gone).collect()
}

#[track_caller]
fn expect_none(findings: impl Iterator<Item = (String, Vec<String>)>) {
    let failed: Vec<String> = findings
        .map(|(name, findings)| (beyond(&name, findings), name))
        .filter(|(findings, _)| !findings.is_empty())
        .map(|(list, name)| format!("{name}: {} findings\n  {}\n", list.len(), list.join("\n  ")))
        .collect();
    assert!(failed.is_empty(), "\n{}", failed.concat());
}

/// Judges one part of several of the shared files.
fn shared_part(part: usize, parts: usize) {
    let Some(folder) = shared() else { return };
    let server = serve(&folder);
    let mine = SHARED.iter().skip(part - 1).step_by(parts);
    let findings = mine.map(|(name, expect)| {
        ((*name).to_owned(), judge(&server, &folder.join(name), name, *expect))
    });
    expect_none(findings);
}

/// Judges one part of several of a group of oddities.
fn oddities_part(all: &'static [Oddity], part: usize, parts: usize) {
    let mine: Vec<&Oddity> = all.iter().skip(part - 1).step_by(parts).collect();
    let paths: Vec<PathBuf> = mine.iter().map(|oddity| oddity.path()).collect();
    let server = serve(&oddities::folder());
    let findings = mine.iter().zip(&paths).map(|(oddity, path)| {
        let expect = match oddity.playable {
            Playable::Packaged => Whole,
            Playable::Transcoded => Transcoding,
            Playable::Prepared => Preparation,
        };
        (format!("{} ({})", oddity.file, oddity.what), judge(&server, path, oddity.file, expect))
    });
    expect_none(findings);
}

macro_rules! parts {
    ($($name:ident = $judge:expr;)*) => {
        $(#[test]
        fn $name() {
            $judge;
        })*
    };
}

parts! {
    shared_files_show_what_they_have_1 = shared_part(1, 6);
    shared_files_show_what_they_have_2 = shared_part(2, 6);
    shared_files_show_what_they_have_3 = shared_part(3, 6);
    shared_files_show_what_they_have_4 = shared_part(4, 6);
    shared_files_show_what_they_have_5 = shared_part(5, 6);
    shared_files_show_what_they_have_6 = shared_part(6, 6);
    odd_pictures_are_all_shown_1 = oddities_part(oddities::pictures(), 1, 3);
    odd_pictures_are_all_shown_2 = oddities_part(oddities::pictures(), 2, 3);
    odd_pictures_are_all_shown_3 = oddities_part(oddities::pictures(), 3, 3);
    odd_times_are_kept_1 = oddities_part(oddities::times(), 1, 3);
    odd_times_are_kept_2 = oddities_part(oddities::times(), 2, 3);
    odd_times_are_kept_3 = oddities_part(oddities::times(), 3, 3);
    odd_sound_is_all_heard_1 = oddities_part(oddities::sounds(), 1, 3);
    odd_sound_is_all_heard_2 = oddities_part(oddities::sounds(), 2, 3);
    odd_sound_is_all_heard_3 = oddities_part(oddities::sounds(), 3, 3);
    odd_containers_give_the_same_1 = oddities_part(oddities::containers(), 1, 3);
    odd_containers_give_the_same_2 = oddities_part(oddities::containers(), 2, 3);
    odd_containers_give_the_same_3 = oddities_part(oddities::containers(), 3, 3);
    languages_and_lines_of_text_are_all_there = oddities_part(oddities::texts(), 1, 1);
}

#[test]
fn every_shared_file_has_its_expectation() {
    let Some(folder) = shared() else { return };
    let known: BTreeSet<&str> = SHARED.iter().map(|(name, _)| *name).collect();
    let others = fs::read_dir(folder).unwrap().filter_map(|entry| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let kind = name.rsplit('.').next().unwrap();
        let is_film =
            entry.file_type().unwrap().is_file() && !["md", "srt", "ass", "vtt"].contains(&kind);
        (is_film && !known.contains(name.as_str())).then_some(name)
    });
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
}

/// Clips of films whose times are simple, odd, and begin somewhere else.
#[test]
fn clips_show_the_stretch_that_was_asked_for() {
    let files =
        ["clean.mp4", "edit_mid_group.mp4", "film_23976.mkv", "begins_at_hours.ts", "av1.mp4"];
    let paths = files.map(|name| oddities::named(name).path());
    let server = serve(&oddities::folder());
    let findings = files.iter().zip(&paths).map(|(name, path)| {
        let mut judge = Judge::new(path, server.addr());
        for (start, end) in [(0.0, 2.5), (3.3, 5.1), (1.0, 1.5), (4.0, 100.0)] {
            let target = format!("/clip/{}.mp4?start={start}&end={end}", escaped(name));
            judge.clip(&target, start, end, false);
            judge.clip(&format!("{target}&exact=1"), start, end, true);
        }
        ((*name).to_owned(), judge.finish().findings)
    });
    expect_none(findings);
}

/// The answer to how a file can be played, and its reasons.
fn playback(server: &Server, name: &str, query: &str) -> (String, String) {
    let answer = server.get(&format!("/playback/{}{query}", escaped(name)));
    answer.expect_status(200);
    let json: Value = serde_json::from_slice(&answer.body).unwrap();
    let reasons = json["reasons"].as_array().unwrap();
    assert!(!reasons.is_empty(), "{json}");
    let reasons: Vec<&str> = reasons.iter().map(|reason| reason.as_str().unwrap()).collect();
    (json["method"].as_str().unwrap().to_owned(), reasons.join("; "))
}

#[test]
fn how_a_file_can_be_played_is_said_with_reasons() {
    for name in ["clean.mp4", "merged.mkv", "vorbis.mkv", "mpeg4_part2.mp4", "hevc_hdr10.mkv"] {
        oddities::named(name).path();
    }
    let server = serve(&oddities::folder());
    let browser = "?video=avc1.640028,vp09&audio=mp4a.40.2,opus&containers=mp4,webm,hls,dash";
    for (name, query, method) in [
        ("clean.mp4", browser, "direct"),
        ("merged.mkv", browser, "copy"),
        ("merged.mkv", "?video=avc1&audio=mp4a.40.2&containers=matroska", "direct"),
        ("mpeg4_part2.mp4", browser, "needs-transcoding"),
        ("hevc_hdr10.mkv", browser, "needs-transcoding"),
        ("hevc_hdr10.mkv", "?video=hvc1.2.4.L120.90&audio=mp4a.40.2&containers=hls", "copy"),
        ("vorbis.mkv", browser, "needs-transcoding"),
    ] {
        let (found, reasons) = playback(&server, name, query);
        assert_eq!(found, method, "{name}{query}: {reasons}");
    }
}
