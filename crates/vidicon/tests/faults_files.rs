//! Files that change while they are being sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs::{self, File},
    io::Write,
};

use testkit::{Dial, Folder, Http, Pattern, Response, Server};

/// More than the socket buffers of both ends hold together.
const LEN: u64 = 64 << 20;

/// What is left of a file that is cut: more than the buffers hold, so that the server is still
/// before it when it happens.
const LEFT: u64 = 32 << 20;

fn serve(folder: &Folder) -> Server {
    folder.pattern("film.mp4", 1, LEN).pattern("other.mp4", 2, 100_000);
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start()
}

/// Begins to take the film: the head, and the first MiB.
fn begin(server: &Server) -> (Http, Response) {
    let mut http = Dial::to(server.addr()).receive_buffer(64 << 10).open();
    http.send_request("GET", "/film.mp4", &[]);
    let head = http.read_head("GET");
    assert_eq!(head.headers.one("content-length"), LEN.to_string());
    Pattern::new(1).check(0, &http.read_body_exact(1 << 20).unwrap());
    (http, head)
}

/// Reads the rest, checking each byte; how many bytes came in all, and whether it was whole.
fn rest(http: &mut Http) -> (u64, std::io::Result<()>) {
    let mut at = 1 << 20;
    let (_, whole) = http.drain_body(|bytes| {
        Pattern::new(1).check(at, bytes);
        at += bytes.len() as u64;
    });
    (at, whole)
}

#[track_caller]
fn serves_on(server: &Server) {
    let response = server.get("/other.mp4");
    response.expect_status(200);
    Pattern::new(2).check(0, &response.body);
}

#[test]
fn a_file_truncated_mid_body_ends_that_answer_and_no_other() {
    let folder = Folder::new();
    let server = serve(&folder);
    let (mut http, _) = begin(&server);
    let film = File::options().write(true).open(folder.join("film.mp4")).unwrap();
    film.set_len(LEFT).unwrap();
    serves_on(&server);
    let (got, whole) = rest(&mut http);
    assert!(whole.is_err(), "the announced length cannot come any more");
    assert!(got <= LEFT, "{got} bytes, though {LEFT} are left");
    let line = server.wait_for_access(|line| line["path"] == "/film.mp4");
    assert_eq!(line["outcome"], "failed");
    assert!(line["bytes"].as_u64().unwrap() <= LEFT);
    // The reason is in the log, in words.
    server.wait_for_log(|line| {
        let text = line.to_string();
        text.contains("film.mp4") && text.contains("shrank")
    });
    serves_on(&server);
    let short = server.get("/film.mp4");
    assert_eq!((short.status, short.body.len() as u64), (200, LEFT), "its new length");
}

#[test]
fn a_file_truncated_to_nothing_mid_body_ends_that_answer() {
    let folder = Folder::new();
    let server = serve(&folder);
    let (mut http, _) = begin(&server);
    File::options().write(true).open(folder.join("film.mp4")).unwrap().set_len(0).unwrap();
    let (got, whole) = http.drain_body(|_| {});
    assert!(whole.is_err() && got < LEN);
    serves_on(&server);
    assert!(server.is_running());
}

#[test]
fn a_file_deleted_mid_body_is_sent_to_its_end() {
    let folder = Folder::new();
    let server = serve(&folder);
    let (mut http, _) = begin(&server);
    fs::remove_file(folder.join("film.mp4")).unwrap();
    let (got, whole) = rest(&mut http);
    whole.unwrap();
    assert_eq!(got, LEN);
    http.get("/film.mp4").expect_problem(404);
}

#[test]
fn a_file_replaced_mid_body_is_sent_as_it_was() {
    let folder = Folder::new();
    let server = serve(&folder);
    let (mut http, head) = begin(&server);
    folder.pattern("new.mp4", 3, 1000);
    fs::rename(folder.join("new.mp4"), folder.join("film.mp4")).unwrap();
    let (got, whole) = rest(&mut http);
    whole.unwrap();
    assert_eq!(got, LEN);
    let new = http.get("/film.mp4");
    assert_eq!(new.body.len(), 1000);
    Pattern::new(3).check(0, &new.body);
    assert_ne!(new.headers.one("etag"), head.headers.one("etag"));
}

#[test]
fn a_file_that_grows_is_served_to_the_length_announced() {
    let folder = Folder::new();
    let server = serve(&folder);
    let (mut http, _) = begin(&server);
    let mut film = File::options().append(true).open(folder.join("film.mp4")).unwrap();
    film.write_all(b"more, as a recording goes on").unwrap();
    let (got, whole) = rest(&mut http);
    whole.unwrap();
    assert_eq!(got, LEN);
    // The connection is in step: the next answer has the new length.
    let head = http.head("/film.mp4");
    assert_eq!(head.headers.one("content-length"), (LEN + 28).to_string());
}

#[test]
fn a_file_that_appears_and_goes_is_there_and_not_there() {
    let folder = Folder::new();
    let server = serve(&folder);
    let mut http = server.http();
    for _ in 0..3 {
        http.get("/new/clip.mp4").expect_problem(404);
        folder.write("new/clip.mp4", "clip");
        assert_eq!(http.get("/new/clip.mp4").text(), "clip");
        fs::remove_dir_all(folder.join("new")).unwrap();
    }
}
