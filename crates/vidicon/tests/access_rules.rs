//! Who may administer, who may change something, and from where: over the network, as clients meet it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};
use testkit::{Folder, Response, Server, until};

const PASSWORD: &str = "correct horse";
/// What makes a request one from another machine, as far as the server can tell: a proxy says so.
const ELSEWHERE: (&str, &str) = ("X-Forwarded-For", "192.168.1.7");

fn serve() -> (Server, Folder) {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    (Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start(), folder)
}

fn ask(
    server: &Server,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Response {
    let body = body.to_string();
    let length = body.len().to_string();
    let mut all = vec![("Content-Type", "application/json"), ("Content-Length", length.as_str())];
    all.extend_from_slice(headers);
    let mut http = server.http();
    let mut request = http.head_of(method, target, &all);
    request.extend_from_slice(body.as_bytes());
    http.send(request);
    http.read_response(method)
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// Sets the password from the machine itself.
fn set_password(server: &Server) {
    ask(server, "PUT", "/api/v1/admin/password", &[], &json!({"password": PASSWORD}))
        .expect_status(204);
}

/// Signs in from elsewhere; the cookie that the browser shows from then on.
fn sign_in(server: &Server) -> String {
    let answer =
        ask(server, "POST", "/api/v1/session", &[ELSEWHERE], &json!({"password": PASSWORD}));
    answer.expect_status(200);
    let cookie = answer.headers.one("set-cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(answer.headers.one("cache-control"), "no-store");
    cookie.split(';').next().unwrap().to_owned()
}

fn status(server: &Server, headers: &[(&str, &str)]) -> Response {
    server.request("GET", "/api/v1/admin/status", headers)
}

#[test]
fn administration_works_from_the_machine_and_from_elsewhere_only_with_a_session() {
    let (server, _folder) = serve();
    status(&server, &[]).expect_status(200);
    let refused = status(&server, &[ELSEWHERE]);
    let detail = refused.expect_problem(403)["detail"].to_string();
    assert!(detail.contains("vidicon admin password"), "{detail}");
    let early =
        ask(&server, "POST", "/api/v1/session", &[ELSEWHERE], &json!({"password": PASSWORD}));
    early.expect_problem(409);

    set_password(&server);
    status(&server, &[ELSEWHERE]).expect_problem(401);
    status(&server, &[]).expect_status(200);
    let cookie = sign_in(&server);
    status(&server, &[ELSEWHERE, ("Cookie", &cookie)]).expect_status(200);
    status(&server, &[ELSEWHERE, ("Cookie", "vidicon_session=0000")]).expect_problem(401);
    assert!(server.refused("session_missing") >= 2.0);
    assert!(server.refused("admin_elsewhere") >= 1.0);
}

#[test]
fn a_name_that_leads_to_this_machine_does_not_make_a_page_its_own() {
    let (server, _folder) = serve();
    for host in ["evil.example", "evil.example:9000"] {
        for (method, target) in [("GET", "/api/v1/admin/status"), ("DELETE", "/api/v1/session")] {
            let mut http = server.http();
            http.send(format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            let problem = http.read_response(method).expect_problem(403);
            let detail = problem["detail"].to_string();
            assert!(detail.contains("access: { hosts: [tv.example.org] }"), "what to do: {detail}");
        }
        let mut http = server.http();
        http.send(format!("GET /film.mp4 HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        http.read_response("GET").expect_status(200);
        // Nor does the page read what the household has.
        for target in ["/api/v1/videos", "/api/v1/history", "/get_views", "/favorites"] {
            let mut http = server.http();
            http.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            http.read_response("GET").expect_problem(403);
        }
    }
    let mut http = server.http();
    http.send("GET /api/v1/admin/status HTTP/1.1\r\nHost: tv.local\r\n\r\n");
    http.read_response("GET").expect_problem(403);
    assert!(server.refused("foreign_host") >= 4.0);
}

#[test]
fn a_host_that_is_configured_is_ours() {
    let folder = Folder::new();
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.hosts", "tv.example.org")
        .start();
    let mut http = server.http();
    http.send("DELETE /api/v1/session HTTP/1.1\r\nHost: TV.example.org\r\n\r\n");
    http.read_response("DELETE").expect_status(204);
}

#[test]
fn pages_of_other_sites_change_nothing_and_read_nothing_of_administration() {
    let (server, _folder) = serve();
    let own = format!("http://{}", server.addr());
    let foreign: [&[(&str, &str)]; 5] = [
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", "http://127.0.0.1:1")],
        &[("Sec-Fetch-Site", "cross-site")],
        &[("Origin", &own), ("Sec-Fetch-Site", "same-site")],
    ];
    for headers in foreign {
        server.request("DELETE", "/api/v1/session", headers).expect_problem(403);
        status(&server, headers).expect_problem(403);
        server.request("GET", "/film.mp4", headers).expect_status(200);
    }
    let ours: [&[(&str, &str)]; 3] = [
        &[],
        &[("Origin", &own), ("Sec-Fetch-Site", "same-origin")],
        &[("Sec-Fetch-Site", "none")],
    ];
    for headers in ours {
        server.request("DELETE", "/api/v1/session", headers).expect_status(204);
        status(&server, headers).expect_status(200);
    }
}

#[test]
fn a_form_of_another_site_fails() {
    let (server, _folder) = serve();
    set_password(&server);
    let mut http = server.http();
    let body = "{\"password\":\"correct horse\",\"x\":\"=\"}";
    let head = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: {}\r\nOrigin: https://evil.example\r\n\
         Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}",
        server.addr(),
        body.len()
    );
    http.send(head);
    http.read_response("POST").expect_problem(403);
}

#[test]
fn who_asks_is_told_what_that_allows() {
    let (server, _folder) = serve();
    let who = |headers: &[(&str, &str)]| {
        json_of(server.request("GET", "/api/v1/session", headers).expect_status(200))
    };
    let near =
        json!({"role": "admin", "name": "administrator", "local": true, "password_set": false});
    assert_eq!(who(&[]), near);
    let far = json!({"role": "viewer", "name": "household", "local": false, "password_set": false});
    assert_eq!(who(&[ELSEWHERE]), far);
    set_password(&server);
    let cookie = sign_in(&server);
    let signed_in =
        json!({"role": "admin", "name": "administrator", "local": false, "password_set": true});
    assert_eq!(who(&[ELSEWHERE, ("Cookie", &cookie)]), signed_in);
}

#[test]
fn sessions_are_listed_and_ended() {
    let (server, _folder) = serve();
    set_password(&server);
    let (first, second) = (sign_in(&server), sign_in(&server));
    let shown = [ELSEWHERE, ("Cookie", second.as_str())];
    let list = json_of(server.request("GET", "/api/v1/sessions", &shown).expect_status(200));
    assert_eq!(list["total"], 2, "{list}");
    let items = list["items"].as_array().unwrap();
    let other = items.iter().find(|item| item["current"] == false).unwrap();
    assert!(items.iter().any(|item| item["current"] == true), "{list}");
    let target = format!("/api/v1/sessions/{}", other["id"].as_str().unwrap());
    server.request("DELETE", &target, &shown).expect_status(204);
    server.request("DELETE", &target, &shown).expect_problem(404);
    status(&server, &[ELSEWHERE, ("Cookie", &first)]).expect_problem(401);

    let out = server.request("DELETE", "/api/v1/session", &shown);
    out.expect_status(204);
    assert!(out.headers.one("set-cookie").starts_with("vidicon_session=; Path=/; Max-Age=0"));
    status(&server, &shown).expect_problem(401);
}

#[test]
fn a_new_password_ends_every_other_session_and_wants_the_old_one_from_elsewhere() {
    let (server, _folder) = serve();
    set_password(&server);
    let (other, own) = (sign_in(&server), sign_in(&server));
    let shown = [ELSEWHERE, ("Cookie", own.as_str())];
    let change = |body: Value| ask(&server, "PUT", "/api/v1/admin/password", &shown, &body);
    change(json!({"password": "another horse"})).expect_problem(401);
    change(json!({"password": "another horse", "old": "wrong horse"})).expect_problem(401);
    change(json!({"password": "short", "old": PASSWORD})).expect_problem(422);
    change(json!({"password": "another horse", "old": PASSWORD})).expect_status(204);
    status(&server, &shown).expect_status(200);
    status(&server, &[ELSEWHERE, ("Cookie", &other)]).expect_problem(401);
}

#[test]
fn the_password_and_who_is_signed_in_outlive_a_restart() {
    let (data, folder) = (tempfile::tempdir().unwrap(), Folder::new());
    let serve = || {
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).data(data.path()).start()
    };
    let end = |server: Server, signal| {
        server.signal(signal);
        server.wait_exit();
    };
    let server = serve();
    set_password(&server);
    let (own, out) = (sign_in(&server), sign_in(&server));
    let shown = [ELSEWHERE, ("Cookie", out.as_str())];
    server.request("DELETE", "/api/v1/session", &shown).expect_status(204);
    end(server, testkit::Signal::KILL);

    let server = serve();
    status(&server, &[ELSEWHERE, ("Cookie", &own)]).expect_status(200);
    status(&server, &shown).expect_problem(401);
    sign_in(&server);
    let change = json!({"password": "another horse", "old": PASSWORD});
    let shown = [ELSEWHERE, ("Cookie", own.as_str())];
    ask(&server, "PUT", "/api/v1/admin/password", &shown, &change).expect_status(204);
    end(server, testkit::Signal::TERM);

    let server = serve();
    let try_with = |password| {
        ask(&server, "POST", "/api/v1/session", &[ELSEWHERE], &json!({ "password": password }))
    };
    try_with(PASSWORD).expect_problem(401);
    try_with("another horse").expect_status(200);
    status(&server, &shown).expect_status(200);
}

#[test]
fn wrong_passwords_are_slowed_down() {
    let (server, _folder) = serve();
    set_password(&server);
    let tried = || {
        ask(&server, "POST", "/api/v1/session", &[ELSEWHERE], &json!({"password": "wrong horse"}))
    };
    let mut answers: Vec<_> = (0..6).map(|_| tried()).collect();
    let refused = answers.pop().unwrap();
    let first = answers.remove(0);
    first.expect_problem(401);
    for answer in &answers {
        assert_eq!(
            (answer.status, &answer.body),
            (401, &first.body),
            "every wrong one is answered alike"
        );
    }
    refused.expect_problem(429);
    assert!(refused.headers.one("retry-after").parse::<u32>().unwrap() >= 1);
    assert!(server.refused("password_wrong") >= 5.0);
}

#[test]
fn what_is_not_understood_is_said() {
    let (server, _folder) = serve();
    for (body, status) in [("{", 400), ("{}", 422), ("{\"password\":1}", 422), ("[]", 422)] {
        let mut http = server.http();
        let mut request = http.head_of(
            "POST",
            "/api/v1/session",
            &[("Content-Type", "application/json"), ("Content-Length", &body.len().to_string())],
        );
        request.extend_from_slice(body.as_bytes());
        http.send(request);
        let answer = http.read_response("POST");
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(answer.headers.one("content-type"), "application/problem+json", "{body}");
    }
}

#[test]
fn the_command_sets_the_password_of_a_running_server() {
    let (server, _folder) = serve();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vidicon"))
        .args(["admin", "password", "--stdin", "--data"])
        .arg(server.data())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"correct horse\n").unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{out:?}");
    assert!(String::from_utf8_lossy(&out.stdout).contains("is set"), "{out:?}");
    sign_in(&server);
}

#[test]
fn a_password_set_before_the_server_runs_is_taken_when_it_starts() {
    let data = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_vidicon"))
        .args(["admin", "password", "--stdin", "--data"])
        .arg(data.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let folder = Folder::new();
    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).data(data.path()).start();
    let left = data.path().join("admin-password.new");
    until("the server takes the password", || (!left.exists()).then_some(()));
    sign_in(&server);
}

#[test]
fn a_page_that_was_opened_with_a_key_keeps_it() {
    let folder = Folder::new();
    folder.write("film.mp4", "film");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("access.api_keys", "a-key-of-some-length")
        .start();
    let page = server.request("GET", "/?api_key=a-key-of-some-length", &[("Accept", "text/html")]);
    page.expect_status(200);
    let cookie = page.headers.one("set-cookie");
    assert!(cookie.starts_with("vidicon_key=") && cookie.contains("HttpOnly"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    server.request("GET", "/film.mp4", &[("Cookie", pair)]).expect_status(200);
    server.request("GET", "/film.mp4", &[("Cookie", "vidicon_key=wrong")]).expect_problem(401);
    let film = server.get("/film.mp4?api_key=a-key-of-some-length");
    assert!(!film.headers.has("set-cookie"), "a player is given none");
    let wrong = server.request("GET", "/?api_key=wrong", &[("Accept", "text/html")]);
    wrong.expect_problem(401);
    assert!(!wrong.headers.has("set-cookie"));
}
