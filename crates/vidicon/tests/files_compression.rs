//! Content codings: text is compressed, media never are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Response, Server, coding};

const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

fn text() -> String {
    "1\n00:00:01,000 --> 00:00:02,000\nTo be, or not to be\n\n".repeat(400)
}

/// Text files of the kinds that lie beside films.
const TEXTS: [&str; 6] = ["a.srt", "a.vtt", "a.json", "a.m3u8", "a.mpd", "a.txt"];

/// Kinds that are compressed already.
const MEDIA: [&str; 8] = ["a.mp4", "a.mkv", "a.webm", "a.ts", "a.ogv", "a.avi", "a.jpg", "a.mp3"];

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    for name in TEXTS.iter().chain(&MEDIA) {
        folder.write(name, text());
    }
    (Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start(), folder)
}

fn ask(server: &Server, target: &str, accept: &str) -> Response {
    server.request("GET", target, &[("Accept-Encoding", accept)])
}

fn varies(response: &Response) -> bool {
    let mut names = response.headers.all("vary").flat_map(|value| value.split(','));
    names.any(|name| name.trim().eq_ignore_ascii_case("accept-encoding"))
}

#[test]
fn text_is_compressed_in_the_coding_asked_for() {
    let (server, _folder) = serve();
    for name in TEXTS {
        let target = format!("/{name}");
        let plain = server.get(&target);
        assert_eq!(plain.text(), text());
        assert!(!plain.headers.has("content-encoding"));
        for wanted in CODINGS {
            let response = ask(&server, &target, wanted);
            response.expect_status(200);
            assert_eq!(response.headers.one("content-encoding"), wanted, "{name}");
            assert!(response.body.len() < plain.body.len() / 4, "{name} {wanted}");
            assert_eq!(coding::decode(wanted, &response.body), plain.body);
            assert!(varies(&response), "{name} {wanted}");
            assert_eq!(response.headers.one("content-type"), plain.headers.one("content-type"));
            assert!(
                !response.headers.has("content-length")
                    || response.headers.one("content-length") == response.body.len().to_string()
            );
        }
        assert!(varies(&plain), "a cache must know it of the plain one too");
    }
}

#[test]
fn the_metrics_are_compressed_too() {
    let (server, _folder) = serve();
    for wanted in CODINGS {
        let response = ask(&server, "/metrics", wanted);
        response.expect_status(200);
        assert_eq!(response.headers.one("content-encoding"), wanted);
        let plain = String::from_utf8(coding::decode(wanted, &response.body)).unwrap();
        assert!(plain.contains("# TYPE "), "{plain}");
    }
}

#[test]
fn media_are_never_compressed() {
    let (server, _folder) = serve();
    for name in MEDIA {
        for wanted in ["gzip", "br", "zstd", "gzip, deflate, br, zstd", "*"] {
            let response = ask(&server, &format!("/{name}"), wanted);
            response.expect_status(200);
            assert!(!response.headers.has("content-encoding"), "{name} {wanted}");
            assert_eq!(response.headers.one("accept-ranges"), "bytes");
            assert_eq!(response.headers.one("content-length"), text().len().to_string());
            assert_eq!(response.text(), text());
        }
    }
}

#[test]
fn each_coding_has_its_own_etag_and_can_be_asked_again() {
    let (server, _folder) = serve();
    let mut etags = vec![server.get("/a.srt").headers.one("etag").to_owned()];
    for wanted in CODINGS {
        let etag = ask(&server, "/a.srt", wanted).headers.one("etag").to_owned();
        let again = [("Accept-Encoding", wanted), ("If-None-Match", etag.as_str())];
        let response = server.request("GET", "/a.srt", &again);
        response.expect_status(304);
        assert!(varies(&response));
        assert_eq!(response.headers.one("etag"), etag);
        // What a cache holds in another coding is not what was asked for now.
        let other = server.request("GET", "/a.srt", &[("If-None-Match", etag.as_str())]);
        if !etag.starts_with("W/") {
            other.expect_status(200);
        }
        etags.push(etag);
    }
    etags.sort();
    etags.dedup();
    assert_eq!(etags.len(), 1 + CODINGS.len(), "{etags:?}");
}

#[test]
fn the_client_decides_among_codings() {
    let (server, _folder) = serve();
    for (accept, expected) in [
        ("gzip;q=0.5, br;q=1.0", Some("br")),
        ("gzip;q=1.0, br;q=0.2, zstd;q=0.3", Some("gzip")),
        ("br;q=0, gzip", Some("gzip")),
        ("GZIP", Some("gzip")),
        ("gzip;q=0", None),
        ("gzip;q=0, br;q=0, zstd;q=0", None),
        ("identity", None),
        ("identity;q=1, gzip;q=0.1", None),
        ("deflate", None),
        ("nonsense;;q=q", None),
        ("", None),
    ] {
        let response = ask(&server, "/a.srt", accept);
        response.expect_status(200);
        assert_eq!(response.headers.get("content-encoding"), expected, "{accept:?}");
    }
    let any = ask(&server, "/a.srt", "gzip, deflate, br, zstd");
    let found = any.headers.one("content-encoding").to_owned();
    assert!(CODINGS.contains(&found.as_str()));
    assert_eq!(coding::decode(&found, &any.body), text().as_bytes());
}

#[test]
fn a_range_of_text_is_a_range_of_what_the_etag_names() {
    let (server, _folder) = serve();
    let range = [("Range", "bytes=10-19"), ("Accept-Encoding", "gzip")];
    let response = server.request("GET", "/a.srt", &range);
    response.expect_status(206);
    if response.headers.has("content-encoding") {
        let whole = ask(&server, "/a.srt", "gzip");
        assert_eq!(response.headers.one("etag"), whole.headers.one("etag"));
        assert_eq!(response.body, &whole.body[10..20]);
    } else {
        assert_eq!(response.headers.one("etag"), server.get("/a.srt").headers.one("etag"));
        assert_eq!(response.body, &text().as_bytes()[10..20]);
    }
}

#[test]
fn a_range_is_not_given_for_the_etag_of_another_coding() {
    let (server, _folder) = serve();
    let coded = ask(&server, "/a.srt", "gzip").headers.one("etag").to_owned();
    let headers = [("Range", "bytes=10-19"), ("If-Range", coded.as_str())];
    let response = server.request("GET", "/a.srt", &headers);
    assert_eq!(response.status, 200, "bytes of the plain text do not continue the gzip");
    assert_eq!(response.text(), text());
}

#[test]
fn problems_can_be_read_by_whoever_accepts_codings() {
    let (server, _folder) = serve();
    let response = ask(&server, "/missing.srt", "gzip, br, zstd");
    response.expect_status(404);
    let body = match response.headers.get("content-encoding") {
        Some(coding) => coding::decode(coding, &response.body),
        None => response.body.clone(),
    };
    assert!(String::from_utf8(body).unwrap().contains("\"status\":404"));
}
