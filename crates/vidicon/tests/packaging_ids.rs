//! Content ids: a film is found wherever its file is now.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fs;

use serde_json::Value;
use testkit::{Folder, Server, oddities, until};

const FILM: &str = "languages.mp4";

fn serve(folder: &Folder, data: &Folder) -> Server {
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path());
    server.data(&data.join("data")).start()
}

fn playback(server: &Server, name: &str) -> (u16, Value) {
    let answer = server.get(&format!("/playback/{name}"));
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

/// Asks until the film is found at a path; what is open is taken as it is for a second.
fn wait_for(server: &Server, id: &str, path: &str) {
    until(path, || (playback(server, id).1["path"] == path).then_some(()));
}

#[test]
fn a_moved_film_is_found_by_its_id() {
    let (folder, data) = (Folder::new(), Folder::new());
    fs::copy(oddities::named(FILM).path(), folder.join(FILM)).unwrap();
    // One that is as long, and another.
    let other = fs::read(folder.join(FILM)).unwrap();
    folder.write("as long.mp4", vec![7; other.len()]);
    let server = serve(&folder, &data);
    let (_, answer) = playback(&server, FILM);
    let id = answer["id"].as_str().unwrap().to_owned();
    fs::create_dir_all(folder.join("deep/er")).unwrap();
    fs::rename(folder.join(FILM), folder.join("deep/er/new name.mp4")).unwrap();
    wait_for(&server, &id, "deep/er/new%20name.mp4");
    server.get(&format!("/hls/{id}/master.m3u8")).expect_status(200);
    // Moved while nobody looked, to another disk: another inode, another date.
    drop(server);
    fs::copy(folder.join("deep/er/new name.mp4"), folder.join("copied.mp4")).unwrap();
    fs::remove_file(folder.join("deep/er/new name.mp4")).unwrap();
    let server = serve(&folder, &data);
    wait_for(&server, &id, "copied.mp4");
}

#[test]
fn a_film_that_is_gone_is_not_found() {
    let (folder, data) = (Folder::new(), Folder::new());
    fs::copy(oddities::named(FILM).path(), folder.join(FILM)).unwrap();
    let server = serve(&folder, &data);
    let id = playback(&server, FILM).1["id"].as_str().unwrap().to_owned();
    fs::remove_file(folder.join(FILM)).unwrap();
    until("that it is gone", || (playback(&server, &id).0 == 404).then_some(()));
    // Of what nobody ever had there is no search at all.
    assert_eq!(playback(&server, &"0".repeat(26)).0, 404);
}
