//! The description of the API, for programs and for people.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::process::Command;

use serde_json::Value;
use testkit::{Folder, Server};

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    (server, folder)
}

#[test]
fn the_server_describes_itself_as_the_command_does() {
    let (server, _folder) = serve();
    let served = server.get("/api/v1/openapi.json");
    served.expect_status(200);
    assert_eq!(served.headers.one("content-type"), "application/json");
    let printed = Command::new(env!("CARGO_BIN_EXE_vidicon")).arg("openapi").output().unwrap();
    assert!(printed.status.success());
    assert_eq!(printed.stdout, served.body);
    let document: Value = serde_json::from_slice(&served.body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let etag = served.headers.one("etag");
    server.request("GET", "/api/v1/openapi.json", &[("if-none-match", etag)]).expect_status(304);
}

#[test]
fn the_page_about_it_lets_nothing_in_but_its_own_style_and_script() {
    let (server, _folder) = serve();
    let page = server.get("/api/docs");
    page.expect_status(200);
    assert_eq!(page.headers.one("content-type"), "text/html; charset=utf-8");
    let policy = page.headers.one("content-security-policy");
    assert!(policy.contains("script-src 'nonce-") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.text().contains("{{"), "everything is filled in");
}

#[test]
fn what_is_no_route_is_a_problem() {
    let (server, _folder) = serve();
    server.get("/api/v1/nothing").expect_problem(404);
    server.get("/api/").expect_problem(404);
    let refused = server.request("DELETE", "/api/v1/openapi.json", &[]);
    refused.expect_problem(405);
    assert_eq!(refused.headers.one("allow"), "GET,HEAD");
}

/// What `web/` generates its client from; `vidicon openapi > web/openapi.json` brings it up to date.
#[test]
fn the_copy_that_the_pages_are_built_against_is_not_stale() {
    let copy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/openapi.json");
    let printed = Command::new(env!("CARGO_BIN_EXE_vidicon")).arg("openapi").output().unwrap();
    let copy = std::fs::read(copy).expect("web/openapi.json is there");
    assert!(
        copy == printed.stdout,
        "web/openapi.json is stale; mend it with: vidicon openapi > web/openapi.json"
    );
}
