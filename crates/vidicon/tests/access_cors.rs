//! CORS: pages of other origins may not write.
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
