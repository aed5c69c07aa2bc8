//! What a file's answer carries: bytes, headers, HEAD, methods, and where it can be found.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{fs, os::unix::fs::FileExt};

use testkit::{Folder, Pattern, Server};

/// 2 January 2020, 03:04:05 UTC, and how HTTP writes it.
const THEN: u64 = 1_577_934_245;
const THEN_HTTP: &str = "Thu, 02 Jan 2020 03:04:05 GMT";

const LEN: u64 = 100_000;

/// Header fields of a request.
type Fields<'a> = [(&'a str, &'a str)];

fn folder() -> Folder {
    let folder = Folder::new();
    folder.pattern("film.mp4", 1, LEN).modified("film.mp4", THEN);
    folder
}

fn serve(folder: &Folder) -> Server {
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start()
}

#[test]
fn a_file_is_served_whole_under_both_routes() {
    let folder = folder();
    let server = serve(&folder);
    for target in ["/film.mp4", "/video/film.mp4"] {
        let response = server.get(target);
        response.expect_status(200);
        assert_eq!(response.body.len() as u64, LEN);
        Pattern::new(1).check(0, &response.body);
        let headers = &response.headers;
        assert_eq!(headers.one("content-length"), LEN.to_string());
        assert_eq!(headers.one("content-type"), "video/mp4");
        assert_eq!(headers.one("last-modified"), THEN_HTTP);
        assert_eq!(headers.one("accept-ranges"), "bytes");
        assert!(headers.has("cache-control"));
        assert!(headers.one("date").ends_with(" GMT"));
        let etag = headers.one("etag");
        assert!(etag.len() > 2 && etag.starts_with('"') && etag.ends_with('"'), "strong: {etag}");
        for absent in ["content-range", "content-encoding", "transfer-encoding"] {
            assert!(!headers.has(absent), "{absent}");
        }
    }
    let [short, long] = ["/film.mp4", "/video/film.mp4"].map(|target| server.get(target));
    assert_eq!(short.headers.comparable(&["date"]), long.headers.comparable(&["date"]));
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let folder = folder();
    folder.write("text.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n".repeat(100));
    folder.write("empty.mp4", "");
    let server = serve(&folder);
    let etag = server.head("/film.mp4").headers.one("etag").to_owned();
    let cases: [(&str, &Fields<'_>, u16); 10] = [
        ("/film.mp4", &[], 200),
        ("/video/film.mp4", &[], 200),
        ("/film.mp4?download=1", &[], 200),
        ("/empty.mp4", &[], 200),
        ("/text.srt", &[], 200),
        ("/text.srt", &[("Accept-Encoding", "gzip")], 200),
        ("/film.mp4", &[("If-None-Match", &etag)], 304),
        ("/film.mp4", &[("If-Match", "\"other\"")], 412),
        ("/missing.mp4", &[], 404),
        ("/health", &[], 200),
    ];
    let mut http = server.http();
    for (target, headers, status) in cases {
        let get = http.request("GET", target, headers);
        let head = http.request("HEAD", target, headers);
        assert_eq!((get.status, head.status), (status, status), "{target}");
        assert_eq!(
            get.headers.comparable(&["date"]),
            head.headers.comparable(&["date"]),
            "{target} {headers:?}"
        );
    }
}

#[test]
fn head_knows_no_ranges() {
    // RFC 9110 section 14.2: Range is defined for GET alone.
    let folder = folder();
    let server = serve(&folder);
    let head = server.request("HEAD", "/film.mp4", &[("Range", "bytes=0-9")]);
    assert_eq!(head.status, 200);
    assert_eq!(head.headers.one("content-length"), LEN.to_string());
    let head = server.request("HEAD", "/film.mp4", &[("Range", "bytes=900000-")]);
    assert_eq!(head.status, 200);
}

#[test]
fn an_empty_file_is_an_empty_answer() {
    let folder = Folder::new();
    folder.write("empty.mp4", "");
    let server = serve(&folder);
    let response = server.get("/empty.mp4");
    assert_eq!((response.status, response.body.len()), (200, 0));
    assert_eq!(response.headers.one("content-length"), "0");
    for range in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
        let response = server.request("GET", "/empty.mp4", &[("Range", range)]);
        response.expect_status(416);
        assert_eq!(response.headers.one("content-range"), "bytes */0");
    }
}

#[test]
fn nothing_is_written_by_http() {
    let folder = folder();
    let server = serve(&folder);
    for target in ["/film.mp4", "/video/film.mp4", "/new.mp4", "/video/new.mp4"] {
        for method in ["PUT", "POST", "DELETE", "PATCH", "MKCOL", "PROPFIND"] {
            let response = server.request(method, target, &[("Content-Length", "0")]);
            response.expect_problem(405);
            let mut allowed: Vec<_> = response.headers.one("allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed, ["GET", "HEAD"], "{method} {target}");
        }
    }
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["film.mp4"]);
    assert_eq!(fs::metadata(folder.join("film.mp4")).unwrap().len(), LEN);
}

#[test]
fn a_body_with_a_refused_method_does_not_disturb_the_connection() {
    let folder = folder();
    let server = serve(&folder);
    let mut http = server.http();
    http.send_request("PUT", "/film.mp4", &[("Content-Length", "3")]);
    http.send("abc");
    assert_eq!(http.read_response("PUT").status, 405);
    // The server may close instead of reading what it does not want; it may not misread it.
    if http.try_send(http.head_of("GET", "/film.mp4", &[])).is_ok()
        && let Ok(response) = http.try_read_response("GET")
    {
        assert_eq!(response.status, 200);
    }
}

#[test]
fn a_file_that_changes_has_another_etag() {
    let folder = Folder::new();
    folder.pattern("film.mp4", 1, LEN).modified("film.mp4", THEN);
    let server = serve(&folder);
    let first = server.get("/film.mp4").headers.one("etag").to_owned();
    assert_eq!(server.get("/film.mp4").headers.one("etag"), first, "the same file");
    folder.pattern("film.mp4", 2, LEN).modified("film.mp4", THEN + 1);
    let second = server.get("/film.mp4").headers.one("etag").to_owned();
    assert_ne!(first, second, "another time");
    folder.pattern("film.mp4", 2, LEN + 1).modified("film.mp4", THEN + 1);
    let third = server.get("/film.mp4").headers.one("etag").to_owned();
    assert_ne!(second, third, "another length");
}

#[test]
fn a_file_written_twice_in_one_second_has_two_etags() {
    let folder = Folder::new();
    let server = serve(&folder);
    let mut etags = std::collections::BTreeSet::new();
    for seed in 0..5 {
        folder.pattern("new.mp4", seed, LEN);
        let file = fs::File::options().write(true).open(folder.join("new.mp4")).unwrap();
        let nanos = std::time::Duration::new(THEN, u32::try_from(seed).unwrap() * 1_000_000 + 1);
        file.set_modified(std::time::SystemTime::UNIX_EPOCH + nanos).unwrap();
        etags.insert(server.get("/new.mp4").headers.one("etag").to_owned());
    }
    assert_eq!(etags.len(), 5, "{etags:?}");
}

#[test]
fn an_etag_outlives_a_restart() {
    let folder = folder();
    let etag = || serve(&folder).head("/film.mp4").headers.one("etag").to_owned();
    assert_eq!(etag(), etag());
}

#[test]
fn a_name_that_is_also_a_route_stays_reachable_under_video() {
    let folder = Folder::new();
    for name in ["health", "ready", "metrics", "video/film.mp4"] {
        folder.write(name, format!("the file {name}"));
    }
    let server = serve(&folder);
    for name in ["health", "ready", "metrics"] {
        assert_eq!(server.get(&format!("/video/{name}")).text(), format!("the file {name}"));
        let route = server.get(&format!("/{name}"));
        assert!(!route.text().contains("the file"), "/{name} is the route");
    }
    assert_eq!(server.get("/video/video/film.mp4").text(), "the file video/film.mp4");
}

#[test]
fn a_directory_answers_404_and_is_never_listed() {
    let folder = Folder::new();
    folder.write("films/secret-name.mp4", "x").write("index.html", "<p>a file like others</p>");
    let server = serve(&folder);
    for target in ["/films", "/films/", "/video/films", "/video/films/", "/video", "/video/"] {
        let response = server.get(target);
        response.expect_problem(404);
        assert!(!response.text().contains("secret-name"), "{target}");
    }
    // No index file stands in for a listing either.
    folder.write("films/index.html", "<p>films</p>");
    server.get("/films/").expect_problem(404);
    assert_eq!(server.get("/films/index.html").status, 200);
}

#[test]
fn a_file_is_not_a_directory() {
    let folder = folder();
    let server = serve(&folder);
    for target in ["/film.mp4/", "/film.mp4/x", "/video/film.mp4/", "/film.mp4/../film.mp4/x"] {
        assert_eq!(server.get(target).status / 100, 4, "{target}");
    }
}

#[test]
fn hidden_files_do_not_exist() {
    let folder = Folder::new();
    folder
        .write(".hidden.mp4", "SECRET")
        .write(".git/config", "SECRET")
        .write("a/.b/c.mp4", "SECRET");
    let server = serve(&folder);
    for name in [".hidden.mp4", ".git/config", "a/.b/c.mp4", "%2ehidden.mp4", "%2Egit/config"] {
        for route in ["", "/video"] {
            let response = server.get(&format!("{route}/{name}"));
            response.expect_problem(404);
            assert!(!response.text().contains("SECRET"));
        }
    }
}

#[test]
fn several_folders_are_one() {
    let (first, second) = (Folder::new(), Folder::new());
    first.write("both.mp4", "first").write("films/a.mp4", "a");
    second.write("both.mp4", "second").write("films/b.mp4", "b").write("only.mp4", "only");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(first.path())
        .folder(second.path())
        .start();
    for (name, text) in
        [("both.mp4", "first"), ("films/a.mp4", "a"), ("films/b.mp4", "b"), ("only.mp4", "only")]
    {
        assert_eq!(server.get(&format!("/{name}")).text(), text);
        assert_eq!(server.get(&format!("/video/{name}")).text(), text);
    }
    server.get("/films/c.mp4").expect_problem(404);
}

#[test]
fn a_file_of_5_gib_has_ranges_beyond_4_gib() {
    const GIB: u64 = 1 << 30;
    let len = 5 * GIB + 7;
    let folder = Folder::new();
    let film = folder.sparse("big.mp4", len);
    for start in [4 * GIB - 500, len - 1000] {
        Pattern::new(9).write_at(&film, start..start + 1000).unwrap();
    }
    let server = serve(&folder);
    assert_eq!(server.head("/big.mp4").headers.one("content-length"), len.to_string());
    let mut http = server.http();
    for (range, first, last) in [
        (format!("bytes={}-{}", 4 * GIB - 500, 4 * GIB + 499), 4 * GIB - 500, 4 * GIB + 499),
        ("bytes=-1000".to_owned(), len - 1000, len - 1),
        (format!("bytes={}-", len - 1), len - 1, len - 1),
        (format!("bytes={}-{}", len - 10, 6 * GIB), len - 10, len - 1),
    ] {
        let response = http.request("GET", "/big.mp4", &[("Range", &range)]);
        response.expect_status(206);
        let content_range = response.headers.one("content-range");
        assert_eq!(content_range, format!("bytes {first}-{last}/{len}"));
        assert_eq!(response.body.len() as u64, last - first + 1);
        Pattern::new(9).check(first, &response.body);
    }
    let beyond = http.request("GET", "/big.mp4", &[("Range", &format!("bytes={len}-"))]);
    beyond.expect_status(416);
    assert_eq!(beyond.headers.one("content-range"), format!("bytes */{len}"));
    // And a stretch that crosses 4 GiB, much longer than any buffer.
    let (first, last) = (4 * GIB - 32 * (1 << 20), 4 * GIB + 32 * (1 << 20));
    http.send_request("GET", "/big.mp4", &[("Range", &format!("bytes={first}-{last}"))]);
    assert_eq!(http.read_head("GET").status, 206);
    let (got, whole) = http.drain_body(|_| {});
    whole.unwrap();
    assert_eq!(got, last - first + 1);
    let mut there = [0; 8];
    film.read_exact_at(&mut there, 4 * GIB).unwrap();
    Pattern::new(9).check(4 * GIB, &there);
}

#[test]
fn requests_in_one_write_are_answered_in_order_on_one_connection() {
    let folder = folder();
    folder.pattern("other.mkv", 2, 5000);
    let server = serve(&folder);
    let mut http = server.http();
    let mut requests = Vec::new();
    for _ in 0..20 {
        requests.extend(http.head_of("GET", "/film.mp4", &[]));
        requests.extend(http.head_of("HEAD", "/film.mp4", &[]));
        requests.extend(http.head_of("GET", "/missing.mp4", &[]));
        requests.extend(http.head_of("GET", "/other.mkv", &[("Range", "bytes=100-199")]));
    }
    http.send(requests);
    for _ in 0..20 {
        let film = http.read_response("GET");
        assert_eq!((film.status, film.body.len() as u64), (200, LEN));
        Pattern::new(1).check(0, &film.body);
        assert_eq!(http.read_response("HEAD").status, 200);
        http.read_response("GET").expect_problem(404);
        let range = http.read_response("GET");
        assert_eq!(range.status, 206);
        Pattern::new(2).check(100, &range.body);
    }
}

#[test]
fn a_connection_is_closed_when_the_client_asks_and_with_http_1_0() {
    let folder = folder();
    let server = serve(&folder);
    let mut http = server.http();
    let response = http.request("GET", "/film.mp4", &[("Connection", "close")]);
    assert_eq!((response.status, response.body.len() as u64), (200, LEN));
    http.wait_closed();
    let mut http = server.http();
    http.send("GET /film.mp4 HTTP/1.0\r\n\r\n");
    let response = http.read_response("GET");
    assert_eq!((response.status, response.body.len() as u64), (200, LEN));
    http.wait_closed();
}

#[test]
fn a_query_does_not_change_which_file_it_is() {
    let folder = folder();
    let server = serve(&folder);
    let plain = server.get("/film.mp4");
    for query in ["?", "?t=10", "?a=%2F..%2F", "?x=y&x=z"] {
        let response = server.get(&format!("/film.mp4{query}"));
        assert_eq!(response.status, 200, "{query}");
        assert_eq!(response.headers.one("etag"), plain.headers.one("etag"), "{query}");
    }
}

#[test]
fn what_is_missing_gets_a_problem_document() {
    let folder = folder();
    let server = serve(&folder);
    for target in ["/missing.mp4", "/video/missing.mp4", "/no/such/folder/film.mp4"] {
        let response = server.get(target);
        response.expect_problem(404);
        assert!(
            !response.text().contains(folder.path().to_str().unwrap()),
            "no path of the machine"
        );
        assert!(!response.headers.has("etag"));
    }
}

#[test]
fn an_access_line_says_what_was_asked_and_what_was_sent() {
    let folder = folder();
    let server = serve(&folder);
    server.request("GET", "/film.mp4?x=1", &[("Range", "bytes=10-19")]);
    let line = server.wait_for_access(|line| line["range"].is_string());
    assert_eq!(line["method"], "GET");
    assert!(line["path"].as_str().unwrap().starts_with("/film.mp4"));
    assert_eq!(line["status"], 206);
    assert_eq!(line["bytes"], 10);
    assert_eq!(line["range"], "bytes=10-19");
    assert_eq!(line["outcome"], "complete");
    assert!(line["duration_ms"].is_number());
    assert!(line["remote"].as_str().unwrap().starts_with("127.0.0.1"));
    assert!(line["route"].is_string());
    server.head("/missing.mp4");
    let line = server.wait_for_access(|line| line["path"] == "/missing.mp4");
    assert_eq!(
        (&line["method"], &line["status"], &line["bytes"]),
        (&"HEAD".into(), &404.into(), &0.into())
    );
}
