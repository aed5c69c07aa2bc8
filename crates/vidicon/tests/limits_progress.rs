//! A connection that makes no progress is closed; one that makes a little is not.
//!
//! Seconds are the subject here, so these tests take some.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::{Duration, Instant};

use testkit::{Dial, Folder, Pattern, Server};

/// More than the socket buffers of both ends hold together.
const LEN: u64 = 64 << 20;

/// The limit of these tests.
const STALL: Duration = Duration::from_secs(1);

/// What a client of these tests lets the kernel hold for it.
const WINDOW: usize = 16 << 10;

fn serve(folder: &Folder) -> Server {
    folder.pattern("film.mp4", 1, LEN);
    Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("limits.stall_timeout", "1s")
        .start()
}

#[test]
fn a_reader_that_stops_is_closed() {
    let folder = Folder::new();
    let server = serve(&folder);
    let mut http = Dial::to(server.addr()).receive_buffer(WINDOW).open();
    http.send_request("GET", "/film.mp4", &[]);
    assert_eq!(http.read_head("GET").status, 200);
    let started = Instant::now();
    let line = server.wait_for_access(|line| line["path"] == "/film.mp4");
    assert_eq!(line["outcome"], "aborted");
    assert!(line["bytes"].as_u64().unwrap() < LEN);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let (got, whole) = http.drain_body(|_| {});
    assert!(whole.is_err() && got < LEN, "{got} bytes, {whole:?}");
    assert!(server.refused("stalled") >= 1.0);
}

#[test]
fn a_slow_reader_that_reads_a_little_is_never_closed() {
    let folder = Folder::new();
    let server = serve(&folder);
    let mut http = Dial::to(server.addr()).receive_buffer(WINDOW).open();
    http.send_request("GET", "/film.mp4", &[]);
    assert_eq!(http.read_head("GET").status, 200);
    let started = Instant::now();
    let mut at = 0;
    while started.elapsed() < STALL * 4 {
        let bytes = http.read_body_exact(WINDOW * 2).expect("still served");
        Pattern::new(1).check(at, &bytes);
        at += bytes.len() as u64;
        std::thread::sleep(STALL / 4);
    }
    assert!(at < LEN / 4, "it was slow: {at} bytes");
    // And then it reads on, to the end.
    let (_, whole) = http.drain_body(|bytes| {
        Pattern::new(1).check(at, bytes);
        at += bytes.len() as u64;
    });
    whole.unwrap();
    assert_eq!(at, LEN);
    let line = server.wait_for_access(|line| line["path"] == "/film.mp4");
    assert_eq!((&line["outcome"], &line["bytes"]), (&"complete".into(), &LEN.into()));
}

#[test]
fn a_connection_that_asks_for_nothing_more_is_closed() {
    let folder = Folder::new();
    let server = serve(&folder);
    let mut http = server.http();
    assert_eq!(http.head("/film.mp4").status, 200);
    http.wait_closed();
    // Also after a whole film, however it was sent.
    let mut http = server.http();
    assert_eq!(http.get("/film.mp4").body.len() as u64, LEN);
    http.wait_closed();
    let mut silent = server.http();
    silent.wait_closed();
}
