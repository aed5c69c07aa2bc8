//! `/playback`: files that are not packaged.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use serde_json::{Value, json};
use testkit::{Folder, Server};

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("old.avi", b"RIFF\x00\x00\x00\x00AVI LIST");
    folder.write("notes.mp4", b"no film at all");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    (server, folder)
}

fn ask(server: &Server, target: &str) -> Value {
    let answer = server.get(target);
    answer.expect_status(200);
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn a_container_that_is_only_recognised_goes_to_whoever_opens_it() {
    let (server, _folder) = serve();
    let direct = ask(&server, "/playback/old.avi?containers=avi,mp4");
    assert_eq!(direct["method"], "direct");
    assert_eq!(direct["delivery"], "file");
    assert_eq!(direct["container"], "avi");
    assert_eq!(direct["duration_seconds"], Value::Null);
    assert_eq!(direct["urls"], json!({"file": "/video/old.avi"}));
    assert!(direct["reasons"].to_string().contains("not known"), "{direct}");
    let other = ask(&server, "/playback/old.avi");
    assert_eq!((&other["method"], &other["delivery"]), (&json!("needs-transcoding"), &Value::Null));
    assert!(other["reasons"].to_string().contains("need preparation"), "{other}");
    // It has an id like any other.
    let by_id = format!("/playback/{}?containers=avi", direct["id"].as_str().unwrap());
    assert_eq!(ask(&server, &by_id)["path"], "old.avi");
    server.get("/hls/old.avi/master.m3u8").expect_problem(422);
    server.get("/playback/notes.mp4?containers=*").expect_problem(422);
}

#[test]
fn no_film_is_a_problem_too() {
    let (server, _folder) = serve();
    server.get("/playback/").expect_problem(404);
    server.request("POST", "/playback/", &[]).expect_problem(404);
    server.get("/playback").expect_problem(404);
}
