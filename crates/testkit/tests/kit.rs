//! The kit itself: each tool is tried on something simpler than the server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::mpsc,
};

use testkit::{Dial, Http, Pattern, Server, Signal, multipart};

/// Answers every connection with these bytes and closes it; what each client sent comes out of
/// the channel.
fn canned(answer: &'static [u8]) -> (SocketAddr, mpsc::Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let (tx, rx) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.write_all(answer).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let mut sent = Vec::new();
            let _ = stream.read_to_end(&mut sent);
            let _ = tx.send(sent);
        }
    });
    (addr, rx)
}

#[test]
fn a_request_goes_out_exactly_as_given() {
    let (addr, sent) = canned(b"HTTP/1.1 204 No Content\r\n\r\n");
    let mut http = Http::connect(addr);
    assert_eq!(http.request("GET", b"/a/../\xff%00", &[("X-A", "b")]).status, 204);
    drop(http);
    let expected = format!(" HTTP/1.1\r\nHost: {addr}\r\nX-A: b\r\n\r\n");
    assert_eq!(sent.recv().unwrap(), [b"GET /a/../\xff%00", expected.as_bytes()].concat());
}

#[test]
fn bodies_are_read_by_length_by_chunks_and_to_the_end() {
    for (answer, body) in [
        (&b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"[..], &b"abc"[..]),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcd", b"abcd"),
    ] {
        let (addr, _sent) = canned(answer);
        let response = Http::connect(addr).get("/");
        assert_eq!((response.status, &response.body[..]), (200, body));
    }
}

#[test]
fn responses_on_one_connection_are_told_apart() {
    let (addr, _sent) = canned(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    );
    let mut http = Http::connect(addr);
    assert_eq!(http.read_response("GET").text(), "a");
    assert_eq!(http.read_response("GET").text(), "b");
    assert_eq!(http.read_response("GET").status, 304);
    http.wait_closed();
}

#[test]
fn a_body_that_is_cut_is_an_error() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
    ] {
        let (addr, _sent) = canned(answer);
        let error = Http::connect(addr).try_read_response("GET").unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{error}");
    }
}

#[test]
#[should_panic(expected = "comes more than once")]
fn a_header_that_comes_twice_is_noticed() {
    let (addr, _sent) = canned(b"HTTP/1.1 204 No Content\r\nETag: \"a\"\r\netag: \"a\"\r\n\r\n");
    Http::connect(addr).get("/").headers.one("ETag");
}

#[test]
fn a_client_can_have_another_address_of_this_machine() {
    let (addr, _sent) = canned(b"");
    let from = Ipv4Addr::new(127, 0, 0, 2);
    if cfg!(target_os = "linux") {
        assert_eq!(Dial::to(addr).from(from.into()).open().local_addr().ip(), from);
    }
}

#[test]
fn parts_of_a_multipart_body_are_told_apart() {
    let (addr, _sent) = canned(
        b"HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=b\r\nConnection: close\r\n\r\n--b\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-4/9\r\n\r\n\r\n--b\r\n--b\r\nContent-Range: bytes 8-8/9\r\n\r\nz\r\n--b--\r\n",
    );
    let parts = multipart::parts(&Http::connect(addr).get("/"));
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].body, b"\r\n--b");
    assert_eq!(parts[0].headers.one("content-type"), "video/mp4");
    assert_eq!(multipart::content_range(parts[1].headers.one("content-range")), (8, 8, 9));
}

#[test]
fn a_pattern_on_disk_can_be_checked_by_position() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("film.mp4");
    Pattern::new(3).write_file(&path, 600_001).unwrap();
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes.len(), 600_001);
    Pattern::new(3).check(0, &bytes);
}

/// A stand-in for the server: a shell that says the line, logs one request, and ends on SIGTERM.
fn shell(script: &str) -> testkit::server::Builder {
    Server::of("/bin/sh").verb(&["-c", script, "sh"])
}

const STAND_IN: &str = r#"
    trap 'exit 0' TERM
    echo 'Vidicon is serving at http://127.0.0.1:7/'
    echo "{\"message\":\"request\",\"path\":\"$HOME\"}" >&2
    while :; do sleep 0.05; done
"#;

#[test]
fn a_server_is_known_by_its_address_its_log_and_its_end() {
    let server = shell(STAND_IN).start();
    assert_eq!(server.url("/x"), "http://127.0.0.1:7/x");
    let line = server.wait_for_access(|fields| fields["path"].is_string());
    assert!(server.data().starts_with(line["path"].as_str().unwrap()));
    server.signal(Signal::TERM);
    assert_eq!(server.wait_exit().code(), Some(0));
}

#[test]
#[should_panic(expected = "it printed:\nno such folder")]
fn a_server_that_does_not_start_shows_what_it_said() {
    let _server = shell("echo no such folder >&2; exit 1").start();
}

#[test]
fn the_environment_of_the_caller_does_not_reach_the_server() {
    let server = shell("env >&2").spawn();
    server.wait_exit();
    assert!(!server.printed().contains("CARGO"), "{}", server.printed());
}

#[test]
fn films_can_be_generated() {
    let folder = tempfile::tempdir().unwrap();
    let clips = testkit::Clips::generated_in(folder.path());
    for container in testkit::clips::Container::ALL {
        let clip = clips.clip(container);
        assert!(clip.seconds > 10.0, "{clip:?}");
    }
}
