//! The page at `/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Server};

/// What stands between two texts, the first time.
#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
    rest.split_once(after).unwrap().0
}

#[test]
fn the_page_lets_nothing_in_but_its_own_style_and_script() {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    let response = server.get("/");
    response.expect_status(200);
    assert_eq!(response.headers.one("content-type"), "text/html; charset=utf-8");
    let policy = response.headers.one("content-security-policy");
    let nonce = between(policy, "script-src 'nonce-", "'");
    assert!(nonce.len() >= 16, "{policy}");
    for rule in [
        "default-src 'self'",
        &format!("style-src 'nonce-{nonce}'"),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.split("; ").any(|part| part == rule), "{rule} is not in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(response.headers.one("x-content-type-options"), "nosniff");
    // Its address may carry a key.
    assert_eq!(response.headers.one("referrer-policy"), "no-referrer");

    let page = response.text();
    for element in ["<style", "<script"] {
        assert_eq!(page.matches(element).count(), 1);
        assert!(between(&page, element, ">").contains(&format!("nonce=\"{nonce}\"")), "{element}");
    }
    assert!(!page.contains("{{"), "everything is filled in");
    for inline in [" onclick=", " onload=", " style="] {
        assert!(!page.contains(inline), "the policy would refuse{inline}");
    }
    assert!(!page.contains("film.mp4"), "nothing is listed");
    assert_eq!(
        server.head("/").headers.comparable(&["date"]),
        response.headers.comparable(&["date"])
    );
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
