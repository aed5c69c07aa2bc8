//! The judge is judged: what ffmpeg packages well passes, and what is then broken on purpose does
//! not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{fs, path::Path};

use testkit::{
    Folder, Judge, Server,
    judge::Report,
    oddities::{self, Oddity},
    tools,
};

/// HLS of a film as ffmpeg makes it, under the names that ours has.
fn package(oddity: &Oddity, folder: &Path) {
    let name = |kind: &str| folder.join(kind);
    tools::run_clean(
        tools::require("ffmpeg", "ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(oddity.path())
            .args(["-map", "0:v:0", "-map", "0:a:0", "-c", "copy", "-f", "hls"])
            .args(["-hls_segment_type", "fmp4", "-hls_time", "4", "-hls_playlist_type", "vod"])
            .args(["-var_stream_map", "v:0,agroup:a,name:video-1 a:0,agroup:a,name:audio-2"])
            .args(["-master_pl_name", "master.m3u8", "-hls_fmp4_init_filename", "%v-init.mp4"])
            .arg("-hls_segment_filename")
            .arg(name("%v-x-%d.m4s"))
            .arg(name("%v.m3u8")),
    );
}

fn package_in_ts(oddity: &Oddity, folder: &Path) {
    tools::run_clean(
        tools::require("ffmpeg", "ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(oddity.path())
            .args(["-map", "0:v:0", "-map", "0:a:0", "-c", "copy", "-f", "hls"])
            .args(["-hls_time", "4", "-hls_playlist_type", "vod", "-master_pl_name", "ts.m3u8"])
            .arg("-hls_segment_filename")
            .arg(folder.join("main-%d.ts"))
            .arg(folder.join("main.m3u8")),
    );
}

/// What the judge says of a folder after `spoil` has been at it.
fn judged(oddity: &str, spoil: impl Fn(&Folder)) -> Report {
    let oddity = oddities::named(oddity);
    let folder = Folder::new();
    package(oddity, folder.path());
    spoil(&folder);
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    let mut judge = Judge::new(&oddity.path(), server.addr()).of_another_packager();
    judge.hls("/master.m3u8");
    let mut report = judge.finish();
    // ffmpeg rounds the last frame of sound up, which is half a frame in the film.
    report.findings.retain(|finding| !finding.contains("lasts 0.010666667 s"));
    report
}

fn edit(folder: &Folder, name: &str, change: impl Fn(String) -> String) {
    let path = folder.join(name);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
}

#[track_caller]
fn expect(report: &Report, finding: &str) {
    assert!(
        report.findings.iter().any(|found| found.contains(finding)),
        "no {finding:?} in\n  {}",
        report.findings.join("\n  ")
    );
}

#[test]
fn what_is_packaged_well_passes() {
    for name in ["clean.mp4", "film_23976.mp4", "irregular_keys.mp4"] {
        let report = judged(name, |_| {});
        report.expect_clean(name);
        assert!(report.pictures >= 280 && report.packets > 400, "{report:?}");
        assert!(report.segments >= 6, "{report:?}");
    }
}

#[test]
fn a_transport_stream_that_is_packaged_well_passes() {
    let oddity = oddities::named("clean.mp4");
    let folder = Folder::new();
    package_in_ts(oddity, folder.path());
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    let mut judge = Judge::new(&oddity.path(), server.addr()).of_another_packager();
    judge.hls_ts("/ts.m3u8");
    let report = judge.finish();
    report.expect_clean("clean.mp4 in a transport stream");
    assert!(report.pictures == 300 && report.packets > 500, "{report:?}");
}

#[test]
fn a_segment_that_is_left_out_is_noticed() {
    let report = judged("clean.mp4", |folder| {
        edit(folder, "video-1.m3u8", |text| {
            text.replace("#EXTINF:4.000000,\nvideo-1-x-1.m4s\n", "")
        });
    });
    expect(&report, "pictures are missing before");
    expect(&report, "but the one before ends at");
    expect(&report, "by the playlist it would");
}

#[test]
fn segments_in_the_wrong_order_are_noticed() {
    let report = judged("clean.mp4", |folder| {
        edit(folder, "audio-2.m3u8", |text| {
            text.replace("x-1.m4s", "y").replace("x-2.m4s", "x-1.m4s").replace("y\n", "x-2.m4s\n")
        });
    });
    expect(&report, "packets are missing before");
    expect(&report, "audio-2-x-2.m4s begins at tick");
}

#[test]
fn a_wrong_duration_in_the_playlist_is_noticed() {
    let report = judged("clean.mp4", |folder| {
        edit(folder, "video-1.m3u8", |text| text.replacen("4.000000", "4.004000", 1));
    });
    expect(&report, "and the playlist says 4.004");
    expect(&report, "video-1-x-1.m4s begins at 4.080000000 s, by the playlist it would at 4.084");
}

/// Adds ticks to the decode times of a segment.
fn shift(folder: &Folder, name: &str, ticks: u64) {
    let mut bytes = fs::read(folder.join(name)).unwrap();
    let at = bytes.windows(4).position(|word| word == b"tfdt").unwrap() + 4;
    assert_eq!(bytes[at], 1, "a decode time of 64 bits");
    let time = u64::from_be_bytes(bytes[at + 4..at + 12].try_into().unwrap()) + ticks;
    bytes[at + 4..at + 12].copy_from_slice(&time.to_be_bytes());
    folder.write(name, bytes);
}

#[test]
fn a_shifted_segment_is_noticed() {
    let report = judged("clean.mp4", |folder| shift(folder, "video-1-x-1.m4s", 512));
    expect(&report, "0.040000000 s are missing");
    expect(&report, "pictures do not come when they are due");
    let report = judged("clean.mp4", |folder| shift(folder, "audio-2-x-1.m4s", 90));
    expect(&report, "packets do not come when they are due");
}

#[test]
fn sound_that_is_out_of_step_is_noticed() {
    let report = judged("clean.mp4", |folder| {
        for number in 0..4 {
            shift(folder, &format!("audio-2-x-{number}.m4s"), 4800);
        }
    });
    expect(&report, "at the start, the sound of audio-2 is out of step by 0.09933333");
    expect(&report, "at the end, the sound of audio-2 is out of step by 0.09933333");
}

#[test]
fn a_damaged_picture_is_noticed() {
    let report = judged("clean.mp4", |folder| {
        let mut bytes = fs::read(folder.join("video-1-x-1.m4s")).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 200].fill(0xa5);
        folder.write("video-1-x-1.m4s", bytes);
    });
    expect(&report, "is not the source's");
}

#[test]
fn a_segment_that_does_not_begin_with_a_key_picture_is_noticed() {
    // Cut every three seconds, where there are key pictures every two.
    let oddity = oddities::named("clean.mp4");
    let folder = Folder::new();
    tools::run_clean(
        tools::require("ffmpeg", "ffmpeg")
            .args(["-v", "error", "-nostdin", "-i"])
            .arg(oddity.path())
            .args(["-map", "0:v:0", "-c", "copy", "-f", "hls", "-hls_segment_type", "fmp4"])
            .args(["-hls_time", "3", "-hls_playlist_type", "vod", "-hls_flags", "split_by_time"])
            .args(["-master_pl_name", "master.m3u8", "-hls_segment_filename"])
            .arg(folder.join("video-1-%d.m4s"))
            .arg(folder.join("video-1.m3u8")),
    );
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    let mut judge = Judge::new(&oddity.path(), server.addr()).of_another_packager();
    judge.hls("/master.m3u8");
    let report = judge.finish();
    expect(&report, "does not begin with a key picture");
    expect(&report, "decodes by itself to");
    expect(&report, "track 2 of the source (aac) is not there");
}
