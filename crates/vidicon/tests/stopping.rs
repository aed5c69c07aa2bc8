//! Signals, and what a server leaves behind for the next one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs,
    time::{Duration, Instant},
};

use testkit::{Dial, Folder, Http, Pattern, Server, Signal, server::Builder, until};

/// More than the socket buffers of both ends hold together.
const LEN: u64 = 64 << 20;

fn server(folder: &Folder) -> Builder {
    folder.pattern("film.mp4", 1, LEN);
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path())
}

/// Begins to take the film and stops reading.
fn begin(server: &Server) -> Http {
    let mut http = Dial::to(server.addr()).receive_buffer(64 << 10).open();
    http.send_request("GET", "/film.mp4", &[]);
    assert_eq!(http.read_head("GET").status, 200);
    Pattern::new(1).check(0, &http.read_body_exact(1 << 20).unwrap());
    http
}

#[track_caller]
fn wait_until_closed_for_new_clients(server: &Server) {
    until("the end of accepting", || {
        // What was accepted just before the signal may still be closed without an answer.
        Dial::to(server.addr()).try_open().is_err().then_some(())
    });
}

#[test]
fn the_first_signal_lets_answers_finish() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = Folder::new();
        let server = server(&folder).set("stop.grace", "60s").start();
        let mut http = begin(&server);
        server.signal(signal);
        wait_until_closed_for_new_clients(&server);
        assert!(server.is_running());
        let mut at = 1 << 20;
        let (_, whole) = http.drain_body(|bytes| {
            Pattern::new(1).check(at, bytes);
            at += bytes.len() as u64;
        });
        whole.unwrap();
        assert_eq!(at, LEN);
        http.wait_closed();
        assert_eq!(server.wait_exit().code(), Some(0));
        let line = server.wait_for_access(|line| line["path"] == "/film.mp4");
        assert_eq!(line["outcome"], "complete");
    }
}

#[test]
fn the_second_signal_ends_at_once() {
    let folder = Folder::new();
    let server = server(&folder).set("stop.grace", "600s").start();
    let mut http = begin(&server);
    server.signal(Signal::TERM);
    wait_until_closed_for_new_clients(&server);
    assert!(server.is_running());
    let started = Instant::now();
    server.signal(Signal::TERM);
    assert_eq!(server.wait_exit().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let (got, whole) = http.drain_body(|_| {});
    assert!(whole.is_err() && got < LEN);
    let line = server.wait_for_access(|line| line["path"] == "/film.mp4");
    assert_eq!(line["outcome"], "aborted");
}

#[test]
fn an_answer_that_takes_longer_than_the_grace_is_cut() {
    let folder = Folder::new();
    let server = server(&folder).set("stop.grace", "1s").start();
    let _stuck = begin(&server);
    server.signal(Signal::TERM);
    assert_eq!(server.wait_exit().code(), Some(0));
}

#[test]
fn connections_that_wait_for_nothing_do_not_hold_the_end_up() {
    let folder = Folder::new();
    let server = server(&folder).set("stop.grace", "600s").start();
    let mut idle = server.http();
    assert_eq!(idle.head("/film.mp4").status, 200);
    let mut silent = server.http();
    // The accept loop takes connections in turn: this one is past it when a later one is answered.
    assert_eq!(server.head("/film.mp4").status, 200);
    let started = Instant::now();
    server.signal(Signal::TERM);
    assert_eq!(server.wait_exit().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    idle.wait_closed();
    silent.wait_closed();
}

#[test]
fn an_idle_server_ends_by_either_signal_with_status_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let folder = Folder::new();
        let server = server(&folder).start();
        server.signal(signal);
        assert_eq!(server.wait_exit().code(), Some(0));
    }
}

#[test]
fn a_second_instance_on_one_data_folder_is_refused() {
    let folder = Folder::new();
    let first = server(&folder).start();
    let second = server(&folder).data(first.data()).spawn();
    let status = second.wait_exit();
    assert!(!status.success(), "{status}");
    let said = second.printed();
    assert!(said.contains(first.data().to_str().unwrap()), "it names the folder: {said}");
    assert!(!said.contains("is serving at") && !said.contains("panicked"), "{said}");
    assert_eq!(first.head("/film.mp4").status, 200, "the first goes on");
}

#[test]
fn the_data_folder_is_free_after_a_stop_and_after_a_crash() {
    let folder = Folder::new();
    let data = Folder::new();
    for signal in [Signal::TERM, Signal::KILL, Signal::TERM] {
        let server = server(&folder).data(data.path()).start();
        assert_eq!(server.head("/film.mp4").status, 200);
        server.signal(signal);
        server.wait_exit();
    }
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_made_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let server = server(&folder).start();
    let mode = fs::metadata(server.data()).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn an_address_in_use_is_refused_in_words() {
    let folder = Folder::new();
    let first = server(&folder).start();
    let second = server(&folder).listen(&first.addr().to_string()).spawn();
    assert!(!second.wait_exit().success());
    let said = second.printed();
    assert!(said.contains(&first.addr().to_string()) && !said.contains("panicked"), "{said}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let missing = folder.join("no such folder");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(&missing).spawn();
    // Refusing and serving with a warning (a drive that comes later) are both fair; silence is not.
    until("a word about the missing folder", || {
        server.printed().contains("no such folder").then_some(())
    });
    assert!(!server.printed().contains("panicked"));
}

#[test]
fn several_listeners_serve_the_same() {
    let folder = Folder::new();
    let server = server(&folder).listen("127.0.0.1:0").listen("127.0.0.1:0").start();
    let addrs = server.addrs();
    assert_ne!(addrs[0], addrs[1]);
    for addr in addrs {
        assert_eq!(Http::connect(addr).head("/film.mp4").status, 200);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let folder = Folder::new();
    let notify = folder.join("notify.sock");
    let socket = std::os::unix::net::UnixDatagram::bind(&notify).unwrap();
    socket.set_read_timeout(Some(testkit::DEADLINE)).unwrap();
    let said = |what: &str| {
        let mut message = [0; 4096];
        loop {
            let len = socket.recv(&mut message).unwrap_or_else(|error| panic!("{what}: {error}"));
            if String::from_utf8_lossy(&message[..len]).lines().any(|line| line == what) {
                break;
            }
        }
    };
    let server = server(&folder).env("NOTIFY_SOCKET", notify.to_str().unwrap()).start();
    said("READY=1");
    assert_eq!(server.head("/film.mp4").status, 200);
    server.signal(Signal::TERM);
    said("STOPPING=1");
    assert_eq!(server.wait_exit().code(), Some(0));
}
