//! The pages, whether they were built or not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Server};

const PAGE: &[(&str, &str)] = &[("accept", "text/html,*/*;q=0.8")];

#[test]
fn the_pages_let_nothing_in_but_what_comes_from_here() {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    for path in [
        "/",
        "/library",
        "/watch/film.mp4",
        "/favorites",
        "/tags",
        "/history",
        "/playlists/3",
        "/admin",
    ] {
        let response = server.request("GET", path, PAGE);
        response.expect_status(200);
        assert_eq!(response.headers.one("content-type"), "text/html; charset=utf-8", "{path}");
        let policy = response.headers.one("content-security-policy");
        for rule in [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.split(';').any(|part| part.trim() == rule), "{rule} is not in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(response.headers.one("x-content-type-options"), "nosniff");
        // Its address may carry a key.
        assert_eq!(response.headers.one("referrer-policy"), "no-referrer");
        let page = response.text();
        for inline in ["<style", " onclick=", " onload=", " style="] {
            assert!(!page.contains(inline), "the policy would refuse {inline}");
        }
        assert_eq!(
            server.request("HEAD", path, PAGE).headers.comparable(&["date"]),
            response.headers.comparable(&["date"])
        );
    }
    server.request("DELETE", "/library", PAGE).expect_problem(405);
}

#[test]
fn a_file_that_is_called_like_a_page_is_under_video() {
    let folder = Folder::new();
    folder.write("library", "a file").write("settings", "another");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    assert_eq!(server.get("/video/library").text(), "a file");
    assert_eq!(server.get("/library").text(), "a file", "who does not want a page gets the file");
}

#[test]
fn the_page_asks_for_a_key_like_everything_else() {
    let folder = Folder::new();
    let key = "first-key-0123456789";
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.api_keys", key)
        .start();
    server.get("/").expect_problem(401);
    let page = server.get(&format!("/?api_key={key}"));
    page.expect_status(200);
    assert!(!page.text().contains(key), "the page is the same for everybody");
}
