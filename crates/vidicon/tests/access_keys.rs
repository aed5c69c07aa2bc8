//! `access.api_keys`: who may ask.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Server};

const FIRST: &str = "first-key-0123456789";
const SECOND: &str = "second-key-abcdefghi";

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.api_keys", &format!("{FIRST},{SECOND}"))
        .start();
    (server, folder)
}

#[test]
fn a_key_opens_the_door_in_each_of_three_ways() {
    let (server, _folder) = serve();
    for key in [FIRST, SECOND] {
        let bearer = format!("Bearer {key}");
        for route in ["/film.mp4", "/video/film.mp4", "/ready", "/metrics"] {
            for headers in [("X-API-Key", key), ("x-api-key", key), ("Authorization", &bearer)] {
                let response = server.request("GET", route, &[headers]);
                assert_eq!(response.status, 200, "{route} {headers:?}");
            }
            assert_eq!(server.get(&format!("{route}?api_key={key}")).status, 200, "{route}");
            assert_eq!(server.get(&format!("{route}?t=1&api_key={key}")).status, 200, "{route}");
        }
        // The scheme's name is compared without regard to case (RFC 9110 section 11.1).
        let lower = format!("bearer {key}");
        assert_eq!(server.request("GET", "/film.mp4", &[("Authorization", &lower)]).status, 200);
    }
    let target = format!("/film.mp4?api_key={FIRST}&download=1");
    assert!(server.get(&target).headers.has("content-disposition"));
}

#[test]
fn without_a_right_key_everything_but_health_answers_401() {
    let (server, folder) = serve();
    folder.write("health", "the file");
    assert_eq!(server.get("/health").status, 200);
    assert_eq!(server.head("/health").status, 200);
    for target in
        ["/film.mp4", "/video/film.mp4", "/video/health", "/missing.mp4", "/ready", "/metrics", "/"]
    {
        let response = server.get(target);
        response.expect_problem(401);
        assert!(response.headers.has("www-authenticate"), "RFC 9110 section 11.6.1");
        assert_eq!(server.head(target).status, 401);
        for method in ["PUT", "POST", "DELETE"] {
            let response = server.request(method, target, &[("Content-Length", "0")]);
            assert_eq!(response.status, 401, "{method} {target}");
        }
    }
}

#[test]
fn a_wrong_key_is_refused_logged_and_counted() {
    let (server, _folder) = serve();
    let long = "x".repeat(5000);
    let both = format!("{FIRST}, {SECOND}");
    for wrong in [
        "wrong",
        "",
        " ",
        "first-key-012345678",
        "first-key-01234567890",
        "FIRST-KEY-0123456789",
        "first-key-0123456789first-key-0123456789",
        &both,
        &long,
    ] {
        server.request("GET", "/film.mp4", &[("X-API-Key", wrong)]).expect_problem(401);
        let bearer = format!("Bearer {wrong}");
        server.request("GET", "/film.mp4", &[("Authorization", &bearer)]).expect_problem(401);
    }
    server.get("/film.mp4?api_key=wrong").expect_problem(401);
    server.get("/film.mp4?api_key=").expect_problem(401);
    server.get("/film.mp4?api_keys=wrong").expect_problem(401);
    let basic = format!("Basic {FIRST}");
    server.request("GET", "/film.mp4", &[("Authorization", &basic)]).expect_problem(401);
    server.wait_for_log(|line| {
        line["level"] == "WARN"
            && line["message"].as_str().is_some_and(|message| message.contains("key"))
            && line["remote"].as_str().is_some_and(|remote| remote.starts_with("127.0.0.1"))
    });
    let metrics = server.request("GET", "/metrics", &[("X-API-Key", FIRST)]).text();
    let counted = metrics.lines().any(|line| line.contains("reason=\"") && line.contains("key"));
    assert!(counted, "{metrics}");
}

#[test]
fn no_key_is_ever_written_to_the_log() {
    let (server, _folder) = serve();
    server.get(&format!("/film.mp4?api_key={FIRST}"));
    server.get("/film.mp4?x=1&api_key=guessed-secret");
    server.request("GET", "/film.mp4", &[("X-API-Key", SECOND)]);
    server.request("GET", "/film.mp4", &[("X-API-Key", "guessed-secret")]);
    server.head("/health");
    server.wait_for_access(|line| line["path"] == "/health");
    let printed = server.printed();
    for key in [FIRST, SECOND, "guessed-secret"] {
        assert!(!printed.contains(key), "{key} is in the log");
    }
}

#[test]
fn a_cached_answer_with_a_key_is_for_its_client_alone() {
    let (server, _folder) = serve();
    let response = server.request("GET", "/film.mp4", &[("X-API-Key", FIRST)]);
    let caching = response.headers.one("cache-control");
    assert!(!caching.contains("public"), "{caching}");
    let refused = server.get("/film.mp4");
    let caching = refused.headers.get("cache-control").unwrap_or("no-store");
    assert!(caching.contains("no-store") || caching.contains("private"), "{caching}");
}

#[test]
fn without_keys_in_the_configuration_nobody_is_asked() {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
    assert_eq!(server.get("/film.mp4").status, 200);
    let headers = [("X-API-Key", "anything"), ("Authorization", "Bearer else")];
    assert_eq!(server.request("GET", "/film.mp4", &headers).status, 200);
}
