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

/// A way of reading slowly: the client's receive buffer, the segments of its network, how much it
/// takes at a time, and how often.
struct Pace {
    window: usize,
    segment: Option<u32>,
    bite: usize,
    pause: Duration,
}

/// Players that take a film as slowly as it plays, over Ethernet and over the loopback. Each takes
/// something at least four times within the limit.
const PACES: [Pace; 4] = [
    Pace {
        window: 16 << 10,
        segment: Some(1448),
        bite: 32 << 10,
        pause: Duration::from_millis(250),
    },
    Pace {
        window: 16 << 10,
        segment: Some(1448),
        bite: 8 << 10,
        pause: Duration::from_millis(200),
    },
    Pace { window: 16 << 10, segment: None, bite: 32 << 10, pause: Duration::from_millis(250) },
    Pace { window: 128 << 10, segment: None, bite: 256 << 10, pause: Duration::from_millis(250) },
];

/// Reads at this pace for four times the limit, then the rest at full speed; checks every byte.
fn read_slowly(server: &Server, pace: &Pace, target: &str) {
    let dial = Dial::to(server.addr()).receive_buffer(pace.window);
    let dial = pace.segment.map_or(dial, |segment| dial.segment(segment));
    let mut http = dial.open();
    http.send_request("GET", target, &[]);
    assert_eq!(http.read_head("GET").status, 200);
    let started = Instant::now();
    let mut at = 0;
    while started.elapsed() < STALL * 4 {
        let bytes = http.read_body_exact(pace.bite).unwrap_or_else(|error| {
            panic!("{target} was closed after {:?} and {at} bytes: {error}", started.elapsed())
        });
        Pattern::new(1).check(at, &bytes);
        at += bytes.len() as u64;
        std::thread::sleep(pace.pause);
    }
    assert!(at < LEN / 4, "it was slow: {at} bytes");
    let (_, whole) = http.drain_body(|bytes| {
        Pattern::new(1).check(at, bytes);
        at += bytes.len() as u64;
    });
    whole.unwrap();
    assert_eq!(at, LEN);
    let line = server.wait_for_access(|line| line["path"] == target);
    assert_eq!((&line["outcome"], &line["bytes"]), (&"complete".into(), &LEN.into()));
}

#[test]
fn a_slow_reader_that_reads_a_little_is_never_closed() {
    let folder = Folder::new();
    let server = serve(&folder);
    for n in 0..PACES.len() * 3 {
        folder.link(format!("film{n}.mp4"), "film.mp4");
    }
    std::thread::scope(|scope| {
        for (n, pace) in PACES.iter().cycle().take(PACES.len() * 3).enumerate() {
            let server = &server;
            scope.spawn(move || read_slowly(server, pace, &format!("/film{n}.mp4")));
        }
    });
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
