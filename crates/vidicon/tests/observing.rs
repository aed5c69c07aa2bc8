//! What an operator sees of a running server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use serde_json::Value;
use testkit::{Dial, Folder, Server, until};

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("film.mp4", vec![7; 32 << 20]);
    (Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start(), folder)
}

fn get(server: &Server, target: &str) -> Value {
    let answer = server.get(target);
    answer.expect_status(200);
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn who_watches_what_is_seen_while_it_is_watched() {
    let (server, _folder) = serve();
    // A client that reads slowly: its answer is under way for as long as it likes.
    let mut player = Dial::to(server.addr()).receive_buffer(64 << 10).open();
    player.send_request("GET", "/video/film.mp4", &[("User-Agent", "a player")]);
    player.read_head("GET");
    let status = get(&server, "/api/v1/admin/status");
    let streams = status["streams"].as_array().unwrap();
    assert_eq!(streams.len(), 1, "{status}");
    let stream = &streams[0];
    assert_eq!((&stream["what"], &stream["agent"]), (&"film.mp4".into(), &"a player".into()));
    assert_eq!((&stream["open"], &stream["requests"]), (&1.into(), &1.into()));
    assert_eq!(stream["address"], "127.0.0.1");
    assert!(stream["bytes"].as_u64().unwrap() > 0, "{stream}");

    // A second range of the same film is the same stream.
    let range = [("User-Agent", "a player"), ("Range", "bytes=0-99999")];
    server.request("GET", "/film.mp4", &range).expect_status(206);
    let (read, whole) = player.drain_body(|_| {});
    whole.unwrap();
    assert_eq!(read, 32 << 20);
    until("the answer is over", || {
        let streams = get(&server, "/api/v1/admin/status")["streams"].clone();
        let stream = &streams[0];
        let over = stream["open"] == 0 && stream["requests"] == 2;
        (over && stream["bytes"] == (32 << 20) + 100_000).then_some(())
    });
}

#[test]
fn requests_and_their_latencies_are_seen_by_route() {
    let (server, _folder) = serve();
    for _ in 0..20 {
        server.request("GET", "/film.mp4", &[("Range", "bytes=0-9")]).expect_status(206);
    }
    until("the second is over in which they were answered", || {
        let status = get(&server, "/api/v1/admin/status");
        let routes = status["routes"].as_array().unwrap();
        let files = routes.iter().find(|route| route["route"] == "files");
        files
            .filter(|files| {
                let minute = &files["last_minute"];
                minute["requests"] == 20
                    && minute["bytes"] == 200
                    && minute["p50_us"].as_u64() <= minute["p99_us"].as_u64()
                    && minute["p99_us"].as_u64() <= minute["max_us"].as_u64()
                    && minute["max_us"].as_u64() > Some(0)
            })
            .map(|_| ())
    });
    let status = get(&server, "/api/v1/admin/status");
    assert!(status["memory"]["resident"].as_u64().unwrap() > 1 << 20, "{status}");
    assert_eq!(status["disks"].as_array().unwrap().len(), 2, "{status}");
    let seconds = status["history"]["seconds"].as_array().unwrap();
    let last = seconds.last().unwrap()["at"].as_str().unwrap();
    let since = get(&server, &format!("/api/v1/admin/status?since={last}"));
    assert!(since["history"]["seconds"].as_array().unwrap().len() < seconds.len().max(2));
}

#[test]
fn what_went_wrong_is_seen_with_its_reason() {
    let (server, _folder) = serve();
    let evil = [("Origin", "https://evil.example")];
    server.request("DELETE", "/api/v1/session", &evil).expect_problem(403);
    let status = get(&server, "/api/v1/admin/status");
    let trouble = &status["troubles"][0];
    assert_eq!(trouble["reason"], "foreign_page", "{status}");
    assert_eq!(
        (&trouble["method"], &trouble["path"]),
        (&"DELETE".into(), &"/api/v1/session".into())
    );
}

#[test]
fn the_log_is_read_on_from_where_one_was_without_secrets() {
    let (server, _folder) = serve();
    let first = get(&server, "/api/v1/admin/logs");
    assert!(!first["items"].as_array().unwrap().is_empty(), "{first}");
    let evil = [("Origin", "https://evil.example")];
    server.request("DELETE", "/api/v1/session?api_key=s3cret", &evil).expect_problem(403);
    let next = get(&server, &format!("/api/v1/admin/logs?after={}", first["next"]));
    // Beside it may stand what the server does of its own accord, such as its first backup.
    let all = next["items"].as_array().unwrap();
    assert!(all.iter().all(|item| item["number"].as_u64() > first["next"].as_u64()), "{next}");
    let of_us: Vec<_> = all.iter().filter(|item| item["message"] == "request refused").collect();
    assert_eq!(of_us.len(), 1, "{next}");
    assert_eq!(of_us[0]["level"], "warn");
    assert!(!next.to_string().contains("s3cret"));
    let none = get(&server, &format!("/api/v1/admin/logs?after={}&level=error", first["next"]));
    assert_eq!(none["items"].as_array().unwrap().len(), 0, "{none}");
    assert!(none["next"].as_u64() >= next["next"].as_u64(), "{none}");
    for query in ["limit=0", "limit=501", "level=loud", "after=-1", "afte=1"] {
        let answer = server.get(&format!("/api/v1/admin/logs?{query}"));
        assert!([400, 422].contains(&answer.status), "{query}: {}", answer.status);
    }
    server.get("/api/v1/admin/status?since=yesterday").expect_problem(400);
}
