//! CORS: what pages of other origins may read, and that they may not write.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Server};

const ORIGIN: (&str, &str) = ("Origin", "https://example.org");

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    (Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start(), folder)
}

#[test]
fn a_preflight_for_a_write_is_not_granted() {
    let (server, _folder) = serve();
    for method in ["PUT", "POST", "DELETE", "PATCH"] {
        let headers = [ORIGIN, ("Access-Control-Request-Method", method)];
        let response = server.request("OPTIONS", "/film.mp4", &headers);
        let allowed: Vec<_> = response.headers.all("access-control-allow-methods").collect();
        let granted = allowed.iter().any(|list| list.contains(method) || list.contains('*'));
        assert!(!granted, "{method}: {allowed:?}");
    }
}

#[test]
fn credentials_are_never_shared_with_any_origin() {
    let (server, _folder) = serve();
    for method in ["GET", "HEAD", "OPTIONS"] {
        let headers = [ORIGIN, ("Access-Control-Request-Method", "GET")];
        let response = server.request(method, "/film.mp4", &headers);
        let origin = response.headers.get("access-control-allow-origin");
        let credentials = response.headers.has("access-control-allow-credentials");
        assert!(!(origin.is_some() && credentials), "{method}: {origin:?}");
    }
}

/// What pages of other sites may do with the answer to a GET, when these origins are configured.
fn allowed(origins: &str, origin: Option<&str>) -> testkit::Response {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.cors.origins", origins)
        .start();
    let headers: Vec<_> = origin.map(|origin| ("Origin", origin)).into_iter().collect();
    server.request("GET", "/film.mp4", &headers)
}

#[test]
fn pages_of_every_site_may_read_by_default() {
    let (server, _folder) = serve();
    for (target, headers, status) in [
        ("/film.mp4", &[ORIGIN][..], 200),
        // A browser may keep what <video> fetched without an origin, and give it to a script later.
        ("/film.mp4", &[], 200),
        ("/film.mp4", &[ORIGIN, ("Range", "bytes=0-1")], 206),
        ("/film.mp4", &[ORIGIN, ("Range", "bytes=9-")], 416),
        ("/missing.mp4", &[ORIGIN], 404),
        ("/health", &[ORIGIN], 200),
    ] {
        let response = server.request("GET", target, headers);
        response.expect_status(status);
        assert_eq!(response.headers.one("access-control-allow-origin"), "*", "{target}");
        let readable = response.headers.one("access-control-expose-headers");
        for name in ["content-range", "content-length", "accept-ranges", "etag"] {
            assert!(readable.contains(name), "a player that seeks reads {name}: {readable}");
        }
    }
}

#[test]
fn what_the_household_has_is_read_by_no_site_that_is_not_named() {
    let (server, _folder) = serve();
    for target in ["/api/v1/videos", "/api/v1/history", "/api/v1/events", "/get_views", "/tags"] {
        let refused = server.request("GET", target, &[ORIGIN]);
        refused.expect_problem(403);
        assert!(!refused.headers.has("access-control-allow-origin"), "{target}");
    }
    let preflight = [ORIGIN, ("Access-Control-Request-Method", "GET")];
    let answer = server.request("OPTIONS", "/api/v1/videos", &preflight);
    assert!(!answer.headers.has("access-control-allow-origin"));
    // Programs name no origin, and our own pages none or their own.
    let own = format!("http://{}", server.addr());
    for headers in [&[][..], &[("Origin", own.as_str()), ("Sec-Fetch-Site", "same-origin")]] {
        let answer = server.request("GET", "/api/v1/session", headers);
        answer.expect_status(200);
        assert!(!answer.headers.has("access-control-allow-origin"));
    }
    // What plays is for every page.
    for target in ["/hls/film.mp4/master.m3u8", "/playback/film.mp4"] {
        let answer = server.request("GET", target, &[ORIGIN]);
        assert_ne!(answer.status, 403, "{target}");
        assert_eq!(answer.headers.one("access-control-allow-origin"), "*", "{target}");
    }

    let folder = Folder::new();
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.cors.origins", "*,https://example.org")
        .start();
    let answer = server.request("GET", "/api/v1/session", &[ORIGIN]);
    answer.expect_status(200);
    assert_eq!(answer.headers.one("access-control-allow-origin"), "https://example.org");
    server
        .request("GET", "/api/v1/videos", &[("Origin", "https://evil.example")])
        .expect_problem(403);
}

#[test]
fn with_origins_named_only_their_pages_may_read() {
    let origins = "https://a.example,https://b.example";
    let named = allowed(origins, Some("https://b.example"));
    assert_eq!(named.headers.one("access-control-allow-origin"), "https://b.example");
    for origin in [Some("https://c.example"), Some("null"), Some("http://a.example"), None] {
        let response = allowed(origins, origin);
        response.expect_status(200);
        assert!(!response.headers.has("access-control-allow-origin"), "{origin:?}");
        let vary: Vec<_> = response.headers.all("vary").map(str::to_lowercase).collect();
        assert!(vary.iter().any(|field| field.contains("origin")), "{vary:?}");
    }
}

#[test]
fn without_origins_no_page_of_another_site_may_read() {
    let response = allowed("[]", Some("https://a.example"));
    response.expect_status(200);
    assert!(!response.headers.has("access-control-allow-origin"));
}
