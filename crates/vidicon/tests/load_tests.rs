//! Load tests: by the command, and of a server by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::process::{Command, Output};

use serde_json::{Value, json};
use testkit::{
    Folder, Response, Server,
    clips::{Clips, Container},
    until,
};

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("a film.mp4", vec![7; 4 << 20]);
    (Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start(), folder)
}

fn command(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vidicon")).arg("loadtest").args(args).output().unwrap()
}

fn post(server: &Server, target: &str, body: &Value) -> Response {
    let body = body.to_string();
    let length = body.len().to_string();
    let mut http = server.http();
    let headers = [("Content-Type", "application/json"), ("Content-Length", length.as_str())];
    let mut request = http.head_of("POST", target, &headers);
    request.extend_from_slice(body.as_bytes());
    http.send(request);
    http.read_response("POST")
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

#[test]
fn the_command_reports_as_a_table_and_as_json() {
    let (server, _folder) = serve();
    let url = server.url("");
    let args = ["--seconds", "1", "--connections", "4", "--mode", "files", "--path", "a film.mp4"];
    let table = command(&[&[url.as_str()][..], &args].concat());
    let text = String::from_utf8(table.stdout).unwrap();
    assert!(table.status.success(), "{text} {}", String::from_utf8_lossy(&table.stderr));
    assert!(text.contains("4 users (files)") && text.contains("p99 ms"), "{text}");
    let json = command(&[&[url.as_str(), "--json"][..], &args].concat());
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&report["errors"], &report["mode"]), (&0.into(), &"files".into()), "{report}");
    assert_eq!(report["kinds"][0]["kind"], "range");
    assert!(report["requests"].as_u64().unwrap() > 0);
}

#[test]
fn a_server_elsewhere_is_left_alone_unless_it_is_ours() {
    // TEST-NET-1 (RFC 5737) is nobody's.
    let refused = command(&["http://192.0.2.1:9000", "--seconds", "1"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("--yes-it-is-mine"), "{said}");
    for args in [["--connections", "257"], ["--seconds", "61"], ["--mode", "all"]] {
        let refused = command(&[&["http://127.0.0.1:1"][..], &args].concat());
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn a_server_tests_itself_once_at_a_time_and_can_be_stopped() {
    let (server, _folder) = serve();
    let status = || json_of(server.get("/api/v1/admin/loadtest").expect_status(200));
    assert_eq!(status(), json!({}));
    let begun = post(
        &server,
        "/api/v1/admin/loadtest",
        &json!({"mode": "api", "seconds": 60, "connections": 2}),
    );
    begun.expect_status(202);
    post(&server, "/api/v1/admin/loadtest", &json!({})).expect_problem(409);
    until("users have asked for something", || {
        (status()["running"]["requests"].as_u64() > Some(0)).then_some(())
    });
    let stopped =
        json_of(server.request("DELETE", "/api/v1/admin/loadtest", &[]).expect_status(200));
    assert!(stopped.get("running").is_none(), "{stopped}");
    assert_eq!(stopped["report"]["errors"], 0, "{stopped}");
    assert!(stopped["report"]["duration_ms"].as_u64().unwrap() < 50_000, "{stopped}");
    for body in [json!({"seconds": 0}), json!({"connections": 257}), json!({"mode": "all"})] {
        let answer = post(&server, "/api/v1/admin/loadtest", &body);
        assert!([400, 422].contains(&answer.status), "{body}: {}", answer.status);
    }
}

#[test]
fn a_load_test_is_for_administrators() {
    let (server, _folder) = serve();
    let elsewhere = [("X-Forwarded-For", "192.168.1.7"), ("Content-Length", "0")];
    for (method, target) in [
        ("POST", "/api/v1/admin/loadtest"),
        ("DELETE", "/api/v1/admin/loadtest"),
        ("GET", "/api/v1/admin/loadtest"),
        ("POST", "/admin/performance"),
    ] {
        server.request(method, target, &elsewhere).expect_problem(403);
    }
}

#[test]
fn older_clients_wait_for_the_result() {
    let (server, folder) = serve();
    let clips = Clips::open();
    let clip = clips.folder().join(clips.clip(Container::Mp4).name());
    std::fs::copy(clip, folder.join("clip.mp4")).unwrap();
    until("the clip is in the library", || {
        (json_of(&server.get("/api/v1/videos"))["total"] == 1).then_some(())
    });
    let unknown = post(&server, "/admin/performance", &json!({"action": "explode"}));
    unknown.expect_problem(422);
    let answer = post(&server, "/admin/performance", &json!({"action": "load_test"}));
    let result = json_of(answer.expect_status(200));
    assert!(result["result"]["requests_per_second"].as_f64().unwrap() > 0.0, "{result}");
    assert_eq!(json_of(&server.get("/admin/performance"))["status"], "idle");
}
