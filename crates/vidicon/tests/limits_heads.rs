//! Limits on the head of a request: its size, its time, its form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Server, server::Builder, until};

fn server(folder: &Folder) -> Builder {
    folder.write("film.mp4", "film");
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path())
}

#[test]
fn a_head_that_is_too_large_gets_431_and_is_counted() {
    let folder = Folder::new();
    let server = server(&folder).set("limits.header_size", "16KiB").start();
    let mut http = server.http();
    http.send_request("GET", "/film.mp4", &[("X-Fill", &"a".repeat(12_000))]);
    assert_eq!(http.read_response("GET").status, 200, "12 kB are within 16 KiB");
    let mut http = server.http();
    let head = http.head_of("GET", "/film.mp4", &[("X-Fill", &"a".repeat(200_000))]);
    let _ = http.try_send(head);
    let response = http.read_response("GET");
    let problem = response.expect_problem(431);
    assert!(problem["detail"].as_str().unwrap().contains("limits.header_size"), "{problem}");
    assert!(server.refused("header_size") >= 1.0);
    assert_eq!(server.get("/film.mp4").text(), "film");
}

#[test]
fn a_head_of_very_many_fields_gets_431() {
    let folder = Folder::new();
    let server = server(&folder).start();
    let fields: Vec<String> = (0..1000).map(|n| format!("X-{n}")).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|name| (name.as_str(), "1")).collect();
    server.request("GET", "/film.mp4", &fields).expect_problem(431);
}

#[test]
fn a_head_that_takes_too_long_is_ended_even_when_bytes_trickle() {
    let folder = Folder::new();
    let server = server(&folder).set("limits.header_timeout", "1s").start();
    let mut silent = server.http();
    silent.send("GET /film.mp4 HTTP/1.1\r\nHost: a\r\n");
    let mut trickling = server.http();
    trickling.send("GET /film.mp4 HTTP/1.1\r\nHost: a\r\n");
    // Here time itself is the subject: a byte now and then until the server has had enough.
    let mut sent = 0;
    until("the end of a head that trickles", || {
        sent += 1;
        std::thread::sleep(std::time::Duration::from_millis(100));
        trickling.try_send("x").is_err().then_some(())
    });
    assert!(sent < 60, "{sent} bytes in {} s", sent / 10);
    silent.read_response("GET").expect_problem(408);
    silent.wait_closed();
    assert!(server.refused("header_timeout") >= 2.0);
    assert_eq!(server.get("/film.mp4").text(), "film");
}

#[test]
fn what_is_not_http_gets_400() {
    let folder = Folder::new();
    let server = server(&folder).start();
    for (what, bytes) in [
        ("no version", &b"GET /film.mp4\r\n\r\n"[..]),
        ("another protocol", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        ("words", b"hello, is this a video server?\r\n\r\n"),
        ("a space before the colon", b"GET /film.mp4 HTTP/1.1\r\nHost : a\r\n\r\n"),
        ("NUL in a value", b"GET /film.mp4 HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"),
        (
            "two lengths",
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        ),
        ("a length that is none", b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
        ("version 3", b"GET /film.mp4 HTTP/3.0\r\nHost: a\r\n\r\n"),
    ] {
        let mut http = server.http();
        http.send(bytes);
        let response = http.read_response("GET");
        assert!([400, 505].contains(&response.status), "{what}: {}", response.status);
        response.expect_problem(response.status);
    }
    assert!(server.refused("malformed") >= 6.0);
    assert_eq!(server.get("/film.mp4").text(), "film");
}

#[test]
fn nobody_hides_a_request_in_the_body_of_another() {
    let folder = Folder::new();
    let server = server(&folder).start();
    let mut http = server.http();
    // By its length the body would hold the second request; by its chunks it ends before it.
    http.send(
        "GET /film.mp4 HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n\
         0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(http.read_response("GET").status, 200);
    // RFC 9112 section 6.3: what follows on this connection is not trusted.
    http.wait_closed();
    assert_eq!(server.get("/film.mp4").text(), "film");
}

#[test]
fn random_bytes_do_not_end_the_server() {
    let folder = Folder::new();
    let server = server(&folder).set("limits.header_timeout", "1s").start();
    for seed in 0..200 {
        let bytes = testkit::Pattern::new(seed).bytes(0..1 + seed * 13);
        let mut http = server.http();
        let _ = http.try_send(&bytes);
        http.finish_sending();
        let _ = http.try_read_response("GET");
    }
    assert!(server.is_running());
    assert_eq!(server.get("/film.mp4").text(), "film");
}
