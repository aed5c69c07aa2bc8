//! The clients that people use: curl, ffmpeg and mpv, over real films.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use testkit::{
    Clips, Folder, Pattern, Server,
    clips::{Clip, Container},
    tools,
};

fn serve(folder: &Path) -> Server {
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder).start()
}

/// Every film there is, with a server for them.
fn films() -> (Server, Vec<Clip>) {
    let clips = Clips::open();
    let server = serve(clips.folder());
    (server, Container::ALL.map(|container| clips.clip(container)).into())
}

fn curl() -> Command {
    let mut curl = tools::require("curl", "curl");
    curl.args(["--silent", "--show-error", "--noproxy", "*", "--max-time", "30"]);
    curl
}

fn ffmpeg() -> Command {
    let mut ffmpeg = tools::require("ffmpeg", "ffmpeg");
    ffmpeg.args(["-v", "error", "-xerror", "-nostdin"]);
    ffmpeg
}

#[test]
fn curl_takes_ranges_and_resumes() {
    let folder = Folder::new();
    folder.pattern("film.mp4", 1, 3_000_000);
    let server = serve(folder.path());
    let url = server.url("/film.mp4");
    let printed = tools::run_clean(curl().args(["--range", "100-199"]).arg(&url));
    assert_eq!(printed, Pattern::new(1).bytes(100..200));
    let printed = tools::run_clean(curl().args(["--range", "-100"]).arg(&url));
    assert_eq!(printed, Pattern::new(1).bytes(2_999_900..3_000_000));
    // A download that was broken off goes on where it was.
    let out = folder.join("resumed");
    Pattern::new(1).write_file(&out, 1_234_567).unwrap();
    tools::run_clean(curl().args(["--fail", "--continue-at", "-", "--output"]).arg(&out).arg(&url));
    let bytes = fs::read(&out).unwrap();
    assert_eq!(bytes.len(), 3_000_000);
    Pattern::new(1).check(0, &bytes);
    let line = server.wait_for_access(|line| line["range"] == "bytes=1234567-");
    assert_eq!(line["status"], 206);
}

#[test]
fn curl_asks_again_only_for_what_is_new_and_saves_under_the_right_name() {
    let folder = Folder::new();
    folder.pattern("Фильм 1.mp4", 1, 100_000).write("a b.srt", "To be\n".repeat(1000));
    let server = serve(folder.path());
    let url = server.url("/%D0%A4%D0%B8%D0%BB%D1%8C%D0%BC%201.mp4");
    let (etag, out) = (folder.join("etag"), folder.join("out"));
    let ask = |code: &str| {
        let mut curl = curl();
        curl.arg("--etag-save").arg(&etag).arg("--output").arg(&out);
        if etag.exists() {
            curl.arg("--etag-compare").arg(&etag);
        }
        let printed = tools::run_clean(curl.args(["--write-out", "%{http_code}"]).arg(&url));
        assert_eq!(String::from_utf8(printed).unwrap(), code);
    };
    ask("200");
    ask("304");
    folder.pattern("Фильм 1.mp4", 2, 100_001);
    ask("200");
    let printed = tools::run_clean(curl().arg("--compressed").arg(server.url("/a%20b.srt")));
    assert_eq!(printed, "To be\n".repeat(1000).as_bytes());
    let saved = Folder::new();
    let mut remote = curl();
    remote.args(["--remote-name", "--remote-header-name"]).current_dir(saved.path());
    tools::run_clean(remote.arg(server.url("/a%20b.srt?download=1")));
    assert!(saved.join("a b.srt").is_file());
}

/// A digest of every packet, or of every decoded frame, of an input.
fn digests(input: &str, before: &[&str], after: &[&str]) -> Vec<String> {
    let printed = tools::run_clean(
        ffmpeg().args(before).args(["-i", input]).args(after).args(["-f", "framemd5", "-"]),
    );
    let text = String::from_utf8(printed).unwrap();
    let frames = text.lines().filter(|line| !line.starts_with('#'));
    frames.map(str::to_owned).collect()
}

#[test]
fn ffmpeg_reads_every_packet_as_from_disk() {
    let (server, films) = films();
    for film in films {
        let url = server.url(&format!("/{}", film.name()));
        let copy = ["-map", "0:v:0", "-map", "0:a:0?", "-c", "copy"];
        let over_http = digests(&url, &[], &copy);
        assert!(over_http.len() > 100, "{}: {} packets", film.name(), over_http.len());
        assert!(over_http == digests(film.path.to_str().unwrap(), &[], &copy), "{}", film.name());
    }
}

#[test]
fn ffmpeg_decodes_without_an_error() {
    let (server, films) = films();
    for film in films {
        let url = server.url(&format!("/video/{}", film.name()));
        let frames = digests(&url, &[], &["-map", "0:v:0", "-t", "6"]);
        assert!(frames.len() > 100, "{}: {} frames", film.name(), frames.len());
    }
}

#[test]
fn ffmpeg_seeks_to_the_same_frames_as_on_disk() {
    let (server, films) = films();
    for film in films {
        let target = format!("/{}", film.name());
        let seek = format!("{:.1}", film.seconds * 0.7);
        let after = ["-map", "0:v:0", "-t", "1"];
        let over_http = digests(&server.url(&target), &["-ss", &seek], &after);
        assert!(over_http.len() > 10, "{target}: {} frames", over_http.len());
        let on_disk = digests(film.path.to_str().unwrap(), &["-ss", &seek], &after);
        assert!(over_http == on_disk, "{target}: other frames than on disk");
        // It did not read up to there: it asked for the place.
        server.wait_for_access(|line| {
            line["path"] == target.as_str() && line["status"] == 206 && line["range"] != "bytes=0-"
        });
    }
}

#[test]
fn mpv_plays_and_seeks() {
    let probe = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients_probe.lua");
    let (server, films) = films();
    for film in films {
        let seek_to = (film.seconds * 0.6).floor();
        let output = tools::run(
            tools::require("mpv", "mpv")
                .args([
                    "--no-config",
                    "--vo=null",
                    "--ao=null",
                    "--ytdl=no",
                    "--msg-level=all=error",
                ])
                .arg(format!("--script={}", probe.display()))
                .arg(format!("--script-opts=seek_to={seek_to}"))
                .arg(server.url(&format!("/{}", film.name()))),
        );
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let all = format!("{}:\n{printed}{}", film.name(), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{all}");
        let events: Vec<Value> =
            printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let event = |name: &str| {
            let found = events.iter().find(|event| event["event"] == name);
            found.unwrap_or_else(|| panic!("no {name:?} of {all}"))
        };
        let loaded = event("loaded");
        assert_eq!(loaded["seekable"], true, "{all}");
        assert!((loaded["duration"].as_f64().unwrap() - film.seconds).abs() < 1.0, "{all}");
        assert!(event("playing")["time"].as_f64().unwrap() >= 0.5);
        let time = event("after seek")["time"].as_f64().unwrap();
        assert!((seek_to..seek_to + 5.0).contains(&time), "sought {seek_to}, is at {time}: {all}");
        assert_eq!(event("end")["reason"], "quit", "{all}");
        assert!(!all.to_lowercase().contains("error"), "{all}");
    }
}

#[test]
fn mpv_is_refused_without_a_key_and_plays_with_one_in_the_url() {
    let clips = Clips::open();
    let film = clips.clip(Container::Mp4);
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(clips.folder())
        .set("access.api_keys", "a-key-for-the-living-room")
        .start();
    let play = |query: &str| {
        let mut mpv = tools::require("mpv", "mpv");
        mpv.args(["--no-config", "--vo=null", "--ao=null", "--ytdl=no", "--frames=5"]);
        tools::run(mpv.arg(server.url(&format!("/{}{query}", film.name())))).status.success()
    };
    assert!(!play(""));
    assert!(play("?api_key=a-key-for-the-living-room"));
}
