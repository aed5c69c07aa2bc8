//! Films on drives that hang.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Duration;

use testkit::{Dial, FaultyDisk, FaultyFile, Folder, Http, Pattern, Server, oddities};

#[test]
fn files_on_a_hung_drive_keep_no_film_of_another_drive_from_being_read() {
    if !FaultyDisk::available() {
        return;
    }
    // More than are read at a time.
    let names: Vec<String> = (0..12).map(|number| format!("hung{number}.mp4")).collect();
    let file = |name: &String| FaultyFile::new(name, 1 << 20, Pattern::new(1));
    let disk = FaultyDisk::mount(names.iter().map(file).collect());
    let folder = Folder::new();
    for name in ["languages.mp4", "plain.ts", "film_23976.mkv"] {
        std::fs::copy(oddities::named(name).path(), folder.join(name)).unwrap();
    }
    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).folder(disk.path()).start();
    let held: Vec<_> = names.iter().map(|name| disk.hold(name, 0)).collect();
    let ask = |(number, name): (usize, &String)| {
        let mut http = server.http();
        http.send_request("GET", format!("/hls/{name}/master.m3u8"), &[]);
        // As many as are read at a time; the others wait for them.
        if number < 3 {
            held[number].wait_for_reader();
        }
        http
    };
    let mut waiting: Vec<Http> = names.iter().enumerate().map(ask).collect();
    for name in ["languages.mp4", "plain.ts", "film_23976.mkv"] {
        let mut http = Dial::to(server.addr()).read_timeout(Duration::from_secs(10)).open();
        http.get(format!("/hls/{name}/master.m3u8")).expect_status(200);
    }
    // The drive answers, and so do we: with what it has, which is no film.
    drop(held);
    for http in &mut waiting {
        http.read_response("GET").expect_problem(422);
    }
}
