//! Clients that go away in the middle of an answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Dial, Folder, Http, Pattern, Server};

/// More than the socket buffers of both ends hold together.
const LEN: u64 = 64 << 20;

fn serve(folder: &Folder) -> Server {
    folder.pattern("film.mp4", 1, LEN).pattern("other.mp4", 2, 100_000);
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start()
}

/// Begins to take the film and reads a little of it.
fn begin(server: &Server, target: &str) -> Http {
    let mut http = Dial::to(server.addr()).receive_buffer(64 << 10).open();
    http.send_request("GET", target, &[]);
    assert_eq!(http.read_head("GET").status, 200);
    let bytes = http.read_body_exact(1 << 20).unwrap();
    Pattern::new(1).check(0, &bytes);
    http
}

#[track_caller]
fn serves_on(server: &Server) {
    let response = server.get("/other.mp4");
    response.expect_status(200);
    Pattern::new(2).check(0, &response.body);
}

#[test]
fn a_client_that_disconnects_mid_body_is_logged_as_aborted() {
    let folder = Folder::new();
    let server = serve(&folder);
    drop(begin(&server, "/film.mp4"));
    begin(&server, "/video/film.mp4").reset();
    for path in ["/film.mp4", "/video/film.mp4"] {
        let line = server.wait_for_access(|line| line["path"] == path);
        assert_eq!((&line["outcome"], &line["status"]), (&"aborted".into(), &200.into()));
        let bytes = line["bytes"].as_u64().unwrap();
        assert!((1 << 20..LEN).contains(&bytes), "{bytes}");
    }
    serves_on(&server);
}

#[test]
fn many_clients_that_disconnect_at_once_leave_nothing_behind() {
    let folder = Folder::new();
    let server = serve(&folder);
    // Of connections and of media; the library opens and closes files of its own.
    let files = || {
        let open = std::fs::read_dir(format!("/proc/{}/fd", server.pid())).ok()?;
        let targets = open.flatten().filter_map(|file| std::fs::read_link(file.path()).ok());
        let is_theirs = |target: &std::path::PathBuf| {
            target.starts_with(folder.path()) || target.to_string_lossy().starts_with("socket:")
        };
        Some(targets.filter(is_theirs).count())
    };
    serves_on(&server);
    let before = files();
    let clients: Vec<Http> = (0..60).map(|n| begin(&server, &format!("/film.mp4?{n}"))).collect();
    for (n, client) in clients.into_iter().enumerate() {
        if n % 2 == 0 { client.reset() } else { drop(client) }
    }
    serves_on(&server);
    if let Some(before) = before {
        // Two more for a connection that was just used and is about to be closed.
        testkit::until("the open files of before", || (files()? <= before + 2).then_some(()));
    }
}

#[test]
fn a_client_that_goes_before_the_answer_harms_nobody() {
    let folder = Folder::new();
    let server = serve(&folder);
    for _ in 0..100 {
        let mut http = server.http();
        http.send_request("GET", "/film.mp4", &[]);
        http.reset();
    }
    serves_on(&server);
}
