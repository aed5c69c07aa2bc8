//! How many connections there may be, in total and from one address.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::net::{IpAddr, Ipv4Addr};

use testkit::{Dial, Folder, Http, Pattern, Server, server::Builder, tools, until};

fn server(folder: &Folder) -> Builder {
    folder.pattern("film.mp4", 1, 100_000);
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path())
}

/// A client with the address 127.0.0.`n`.
fn client(server: &Server, n: u8) -> Http {
    Dial::to(server.addr()).from(IpAddr::V4(Ipv4Addr::new(127, 0, 0, n))).open()
}

/// Connects from 127.0.0.1 and begins a head that never ends.
fn never_finishing(server: &Server, count: usize) -> Vec<Http> {
    (0..count)
        .map(|_| {
            let mut http = client(server, 1);
            // The server may have turned it away already.
            let _ = http.try_send("GET /film.mp4 HTTP/1.1\r\nHost: a\r\nX-Never: ");
            http
        })
        .collect()
}

#[track_caller]
fn is_served(server: &Server, n: u8) {
    let response = client(server, n).get("/film.mp4");
    response.expect_status(200);
    Pattern::new(1).check(0, &response.body);
}

#[test]
fn two_thousand_connections_that_never_finish_their_head_stop_nobody_else() {
    let folder = Folder::new();
    let server = server(&folder).start();
    tools::allow_open_files(3000);
    let stuck = never_finishing(&server, 2000);
    for _ in 0..50 {
        is_served(&server, 2);
    }
    drop(stuck);
    until("the first address being served again", || {
        let response = Dial::to(server.addr()).open().try_get("/film.mp4").ok()?;
        (response.status == 200).then_some(())
    });
    assert!(server.is_running());
}

#[test]
fn two_thousand_connections_within_the_limits_are_held_and_the_others_served() {
    let folder = Folder::new();
    let server = server(&folder)
        .set("limits.connections", "5000")
        .set("limits.connections_per_address", "4000")
        .set("limits.header_timeout", "60s")
        .start();
    tools::allow_open_files(3000);
    let mut stuck = never_finishing(&server, 2000);
    for _ in 0..50 {
        is_served(&server, 2);
        is_served(&server, 1);
    }
    // They were not closed meanwhile: each can still finish its head.
    for http in stuck.iter_mut().step_by(97) {
        http.send("now\r\n\r\n");
        assert_eq!(http.read_response("GET").status, 200);
    }
}

#[test]
fn one_address_cannot_take_every_place() {
    let folder = Folder::new();
    let server = server(&folder).set("limits.connections_per_address", "2").start();
    let mut first = client(&server, 1);
    let mut second = client(&server, 1);
    assert_eq!(first.get("/film.mp4").status, 200);
    assert_eq!(second.get("/film.mp4").status, 200);
    let mut third = client(&server, 1);
    let _ = third.try_send(third.head_of("GET", "/film.mp4", &[]));
    let problem = third.read_response("GET").expect_problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("limits.connections_per_address"));
    is_served(&server, 2);
    let metrics = first.get("/metrics").text();
    assert!(testkit::metrics::refused(&metrics, "connections_per_address") >= 1.0, "{metrics}");
    // A place that is given back is free again.
    drop(second);
    until("a free place", || {
        let response = client(&server, 1).try_get("/film.mp4").ok()?;
        (response.status == 200).then_some(())
    });
}

#[test]
fn connections_beyond_the_total_get_503() {
    let folder = Folder::new();
    let server = server(&folder)
        .set("limits.connections", "3")
        .set("limits.connections_per_address", "3")
        .start();
    let mut held: Vec<Http> = (1..=3).map(|n| client(&server, n)).collect();
    for http in &mut held {
        assert_eq!(http.get("/film.mp4").status, 200);
    }
    let mut fourth = client(&server, 4);
    let _ = fourth.try_send(fourth.head_of("GET", "/film.mp4", &[]));
    let problem = fourth.read_response("GET").expect_problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("limits.connections"));
    // Those that are there go on.
    for http in &mut held {
        assert_eq!(http.get("/film.mp4").status, 200);
    }
    let metrics = held[0].get("/metrics").text();
    assert!(testkit::metrics::refused(&metrics, "connections") >= 1.0, "{metrics}");
    held.pop();
    until("a free place", || {
        let response = client(&server, 4).try_get("/film.mp4").ok()?;
        (response.status == 200).then_some(())
    });
}
