//! Disks that fail, and disks that take their time.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::{Duration, Instant};

use testkit::{Dial, FaultyDisk, FaultyFile, Folder, Http, Pattern, Server};

const MIB: u64 = 1 << 20;

/// A server of a faulty disk and of a sound folder.
fn serve(disk: &FaultyDisk, folder: &Folder, more: &[(&str, &str)]) -> Server {
    folder.pattern("small.mp4", 2, 4096).pattern("large.mp4", 3, 16 * MIB);
    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(disk.path()).folder(folder.path());
    more.iter().fold(server, |server, (key, value)| server.set(key, value)).start()
}

#[track_caller]
fn serves_on(server: &Server) {
    for (name, seed, len) in [("small.mp4", 2, 4096), ("large.mp4", 3, 16 * MIB)] {
        let response = server.get(&format!("/{name}"));
        response.expect_status(200);
        assert_eq!(response.body.len() as u64, len);
        Pattern::new(seed).check(0, &response.body);
    }
}

#[test]
fn a_read_error_mid_body_ends_that_answer_and_is_logged() {
    if !FaultyDisk::available() {
        return;
    }
    let file = FaultyFile::new("film.mp4", 32 * MIB, Pattern::new(1)).fails_from(8 * MIB);
    let (disk, folder) = (FaultyDisk::mount(vec![file]), Folder::new());
    let server = serve(&disk, &folder, &[]);
    let mut http = server.http();
    http.send_request("GET", "/film.mp4", &[]);
    assert_eq!(http.read_head("GET").status, 200);
    let mut at = 0;
    let (_, whole) = http.drain_body(|bytes| {
        Pattern::new(1).check(at, bytes);
        at += bytes.len() as u64;
    });
    assert!(whole.is_err(), "the connection ends, or the client would take it for the whole film");
    assert!((4 * MIB..=8 * MIB).contains(&at), "{at} bytes came before the fault");
    let line = server.wait_for_access(|line| line["path"] == "/film.mp4");
    assert_eq!(line["outcome"], "failed");
    server.wait_for_log(|line| {
        let text = line.to_string();
        text.contains("film.mp4") && text.to_lowercase().contains("input/output error")
    });
    serves_on(&server);
    // The sound part of the same file is still served.
    let sound = server.request("GET", "/film.mp4", &[("Range", "bytes=1048576-1049575")]);
    sound.expect_status(206);
    Pattern::new(1).check(MIB, &sound.body);
}

#[test]
fn a_read_error_at_the_first_byte_is_no_whole_answer() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![
        FaultyFile::new("film.mp4", 32 * MIB, Pattern::new(1)).fails_from(0),
        FaultyFile::new("note.srt", 2000, Pattern::new(1)).fails_from(0),
    ]);
    let folder = Folder::new();
    let server = serve(&disk, &folder, &[]);
    for target in ["/film.mp4", "/note.srt"] {
        for headers in [&[][..], &[("Accept-Encoding", "gzip")], &[("Range", "bytes=0-9")]] {
            let mut http = server.http();
            http.send_request("GET", target, headers);
            if let Ok(response) = http.try_read_response("GET") {
                assert!(response.status >= 500, "{target} {headers:?}: {}", response.status);
                response.expect_problem(response.status);
            }
        }
    }
    serves_on(&server);
}

#[test]
fn an_error_at_open_gets_a_status_of_its_own() {
    if !FaultyDisk::available() {
        return;
    }
    let file = FaultyFile::new("film.mp4", 32 * MIB, Pattern::new(1)).open_fails();
    let (disk, folder) = (FaultyDisk::mount(vec![file]), Folder::new());
    let server = serve(&disk, &folder, &[]);
    let response = server.get("/film.mp4");
    assert!(response.status >= 500, "the file is there, the disk is at fault: {}", response.status);
    response.expect_problem(response.status);
    server.wait_for_log(|line| line.to_string().to_lowercase().contains("input/output error"));
    serves_on(&server);
}

#[test]
fn a_cold_file_on_a_stuck_disk_delays_no_other_client() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("film.mp4", 4 * MIB, Pattern::new(1))]);
    let folder = Folder::new();
    let server = serve(&disk, &folder, &[("limits.connections_per_address", "200")]);
    let held = disk.hold("film.mp4", 0);
    let mut waiting: Vec<Http> = (0..64)
        .map(|n| {
            let mut http = server.http();
            // From many places of the file, as viewers do.
            let range = format!("bytes={}-", n * 65_536);
            http.send_request("GET", "/film.mp4", &[("Range", &range)]);
            http
        })
        .collect();
    held.wait_for_reader();
    for _ in 0..20 {
        serves_on(&server);
    }
    assert_eq!(server.get("/health").status, 200);
    // All 64 get theirs once the disk answers.
    drop(held);
    for (n, http) in waiting.iter_mut().enumerate() {
        let response = http.read_response("GET");
        response.expect_status(206);
        Pattern::new(1).check(n as u64 * 65_536, &response.body);
        assert_eq!(response.body.len() as u64, 4 * MIB - n as u64 * 65_536);
    }
}

#[test]
fn a_disk_that_gets_stuck_mid_body_delays_no_other_client() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("film.mp4", 32 * MIB, Pattern::new(1))]);
    let folder = Folder::new();
    let server = serve(&disk, &folder, &[]);
    let held = disk.hold("film.mp4", 16 * MIB);
    let mut http = server.http();
    http.send_request("GET", "/film.mp4", &[]);
    assert_eq!(http.read_head("GET").status, 200);
    Pattern::new(1).check(0, &http.read_body_exact(8 << 20).unwrap());
    // The server runs into the held part as the client takes what comes before it.
    let reader = std::thread::spawn(move || {
        let mut at = 8 * MIB;
        let (_, whole) = http.drain_body(|bytes| {
            Pattern::new(1).check(at, bytes);
            at += bytes.len() as u64;
        });
        whole.map(|()| at)
    });
    held.wait_for_reader();
    for _ in 0..10 {
        serves_on(&server);
    }
    drop(held);
    assert_eq!(reader.join().unwrap().unwrap(), 32 * MIB);
}

#[test]
fn a_slow_disk_is_not_the_fault_of_the_client() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("film.mp4", MIB, Pattern::new(1))]);
    let folder = Folder::new();
    let server = serve(&disk, &folder, &[("limits.stall_timeout", "1s")]);
    let held = disk.hold("film.mp4", 0);
    let mut http = server.http();
    http.send_request("GET", "/film.mp4", &[]);
    held.wait_for_reader();
    // Longer than a client may stall: seconds are the subject.
    std::thread::sleep(Duration::from_millis(2500));
    drop(held);
    let response = http.read_response("GET");
    response.expect_status(200);
    Pattern::new(1).check(0, &response.body);
}

#[test]
fn a_slow_disk_gives_the_right_bytes() {
    if !FaultyDisk::available() {
        return;
    }
    let file = FaultyFile::new("film.mp4", 8 * MIB + 5, Pattern::new(1));
    let disk = FaultyDisk::mount(vec![file.delay(Duration::from_millis(2))]);
    let folder = Folder::new();
    let server = serve(&disk, &folder, &[]);
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let addr = server.addr();
            std::thread::spawn(move || Dial::to(addr).open().get("/film.mp4"))
        })
        .collect();
    for client in clients {
        let response = client.join().unwrap();
        assert_eq!(response.body.len() as u64, 8 * MIB + 5);
        Pattern::new(1).check(0, &response.body);
    }
}

#[test]
fn a_client_that_leaves_a_stuck_disk_and_a_stop_do_not_wait_for_it() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("film.mp4", 32 * MIB, Pattern::new(1))]);
    let folder = Folder::new();
    let server = serve(&disk, &folder, &[]);
    let held = disk.hold("film.mp4", 0);
    let mut http = server.http();
    http.send_request("GET", "/film.mp4", &[]);
    held.wait_for_reader();
    http.reset();
    serves_on(&server);
    let started = Instant::now();
    server.signal(testkit::Signal::TERM);
    server.signal(testkit::Signal::TERM);
    // Even though the disk never answers: nobody waits for a thread that waits for it.
    assert_eq!(server.wait_exit().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    drop(held);
}
