//! `/ready` and the log, as the person who runs the server reads them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use serde_json::Value;
use testkit::{Folder, Server};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    folder
}

fn server(folder: &Folder) -> testkit::server::Builder {
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path())
}

/// What `/ready` answers with this status.
#[track_caller]
fn ready(server: &Server, status: u16) -> Value {
    let response = server.get("/ready");
    response.expect_status(status);
    assert_eq!(response.headers.one("content-type"), "application/json");
    assert_eq!(response.headers.one("cache-control"), "no-store");
    serde_json::from_slice(&response.body).unwrap()
}

/// The condition that says this, if there is one.
fn condition<'a>(report: &'a Value, what: &str) -> Option<&'a Value> {
    let conditions = report["conditions"].as_array().unwrap();
    conditions.iter().find(|condition| condition["what"].as_str().unwrap().contains(what))
}

#[test]
fn ready_says_in_words_what_is_degraded_and_what_to_do() {
    let folder = folder();
    let server = server(&folder).env("PATH", "/none").start();
    let report = ready(&server, 200);
    assert_eq!(report["status"], "degraded");
    let ffmpeg = condition(&report, "ffmpeg is not installed").unwrap();
    assert_eq!(ffmpeg["state"], "degraded");
    assert!(ffmpeg["mend"].as_str().unwrap().contains("install ffmpeg"), "{ffmpeg}");
    assert_eq!(condition(&report, "media folder"), None);
    assert_eq!(server.head("/ready").status, 200);
}

#[test]
fn ready_answers_503_when_no_media_folder_is_there() {
    let folder = folder();
    folder.write("videos/film.mp4", "film");
    let videos = folder.join("videos");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(&videos).start();
    assert_eq!(condition(&ready(&server, 200), "media folder"), None);
    std::fs::rename(&videos, folder.join("away")).unwrap();
    let report = ready(&server, 503);
    assert_eq!(report["status"], "unavailable");
    let gone = condition(&report, &format!("the media folder {} cannot be read", videos.display()));
    assert!(gone.unwrap()["mend"].as_str().unwrap().contains("connect its drive"), "{report}");
    server.get("/film.mp4").expect_problem(503);
    std::fs::rename(folder.join("away"), &videos).unwrap();
    assert_eq!(condition(&ready(&server, 200), "media folder"), None);
    assert_eq!(server.get("/film.mp4").text(), "film");
}

#[test]
fn a_folder_that_is_missing_at_start_is_served_once_it_is_there() {
    let (folder, drives) = (folder(), Folder::new());
    let drive = drives.join("drive");
    let server = server(&folder).folder(&drive).start();
    server.wait_for_log(|line| {
        line["level"] == "WARN" && line.to_string().contains("plug in its drive")
    });
    let report = ready(&server, 200);
    assert_eq!(report["status"], "degraded");
    assert!(condition(&report, drive.to_str().unwrap()).is_some(), "{report}");
    assert_eq!(server.get("/film.mp4").text(), "film");
    // The drive may have it.
    server.get("/other.mp4").expect_problem(503);
    drives.write("drive/other.mp4", "other");
    assert_eq!(server.get("/other.mp4").text(), "other");
    server.get("/missing.mp4").expect_problem(404);
    assert_eq!(condition(&ready(&server, 200), "media folder"), None);
}

#[test]
fn a_request_for_too_many_ranges_is_counted_as_a_refusal() {
    let folder = folder();
    let server = server(&folder).set("files.max_ranges", "2").start();
    let ask = |ranges| server.request("GET", "/film.mp4", &[("Range", ranges)]);
    ask("bytes=0-0,2-2").expect_status(206);
    let before = server.refused("range");
    ask("bytes=0-0,2-2,3-3").expect_problem(416);
    assert!((server.refused("range") - before - 1.0).abs() < 1e-9);
}

#[test]
fn a_human_log_line_reads_alone() {
    let folder = folder();
    let server = server(&folder).set("log.format", "human").start();
    server.request("GET", "/film.mp4?t=1&api_key=hunter2", &[("Range", "bytes=1-2")]);
    let line = testkit::until("the line of the request", || {
        let printed = server.printed();
        printed.lines().find(|line| line.contains("path=\"/film.mp4\"")).map(str::to_owned)
    });
    assert!(serde_json::from_str::<Value>(&line).is_err(), "no JSON: {line}");
    for part in [
        "INFO",
        "vidicon::access",
        "request",
        "method=\"GET\"",
        "path=\"/film.mp4\"",
        "query=\"t=1&api_key=•••\"",
        "status=206",
        "bytes=2",
        "duration_ms=",
        "remote=127.0.0.1:",
        "range=\"bytes=1-2\"",
        "route=\"files\"",
        "outcome=\"complete\"",
    ] {
        assert!(line.contains(part), "{part} is not in: {line}");
    }
    assert!(!line.contains('\x1b'), "no colours where nobody watches: {line:?}");
    assert!(!server.printed().contains("hunter2"));
}
