//! Killed in the middle of whatever it was doing, and started again: nothing that was acknowledged is lost, and nothing
//! half done is left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use testkit::{Folder, Response, Server, Signal, tools, until};

const ROUNDS: usize = 6;
/// Films that come in each round.
const EACH: usize = 4;

fn ask(server: &Server, method: &str, target: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let length = body.len().to_string();
    let mut http = server.http();
    let mut request = http.head_of(
        method,
        target,
        &[("content-type", "application/json"), ("content-length", &*length)],
    );
    request.extend_from_slice(body.as_bytes());
    http.send(request);
    http.read_response(method)
}

fn json_of(answer: &Response) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// Short films, each of another content.
fn films(folder: &Path) -> Vec<PathBuf> {
    let seconds = ROUNDS * EACH * 2;
    tools::run_clean(
        tools::require("ffmpeg", "ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
            .arg(format!("testsrc2=size=320x180:rate=25:duration={seconds}"))
            .args(["-pix_fmt", "yuv420p", "-g", "25", "-c:v", "libx264", "-preset", "ultrafast"])
            .args(["-f", "segment", "-segment_time", "2", "-reset_timestamps", "1"])
            .arg(folder.join("film%03d.mp4")),
    );
    let mut films: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    films.sort();
    assert!(films.len() >= ROUNDS * EACH);
    films
}

/// What was answered with success, by the id of the video.
#[derive(Debug, Default)]
struct Acknowledged {
    ratings: BTreeMap<String, u64>,
    favourites: Vec<String>,
    tags: BTreeMap<String, String>,
    positions: BTreeMap<String, f64>,
    /// The items of the playlist.
    items: Vec<String>,
    playlist: Option<i64>,
}

impl Acknowledged {
    /// Does one thing more with this video.
    fn more(&mut self, server: &Server, id: &str, number: usize) {
        let at = |what: &str| format!("/api/v1/videos/{id}/{what}");
        let stars = (number % 5 + 1) as u64;
        ask(server, "PUT", &at("rating"), &json!({ "rating": stars })).expect_status(200);
        self.ratings.insert(id.to_owned(), stars);
        ask(server, "PUT", &at("favourite"), &json!({ "favourite": true })).expect_status(200);
        self.favourites.push(id.to_owned());
        let tag = format!("tag {number}");
        ask(server, "PUT", &at("tags"), &json!([tag])).expect_status(200);
        self.tags.insert(id.to_owned(), tag);
        ask(server, "PUT", &at("progress"), &json!({ "position": 0.5 })).expect_status(200);
        self.positions.insert(id.to_owned(), 0.5);
        let playlist = *self.playlist.get_or_insert_with(|| {
            let made = ask(server, "POST", "/api/v1/playlists", &json!({ "name": "All" }));
            made.expect_status(201);
            json_of(&made)["id"].as_i64().unwrap()
        });
        let items = format!("/api/v1/playlists/{playlist}/items");
        ask(server, "POST", &items, &json!({ "videos": [id] })).expect_status(200);
        self.items.push(id.to_owned());
    }

    /// All of it is there.
    fn check(&self, server: &Server) {
        for (id, stars) in &self.ratings {
            let video = json_of(server.get(&format!("/api/v1/videos/{id}")).expect_status(200));
            assert_eq!(video["rating"], json!(stars), "{video}");
            assert_eq!(video["favourite"], json!(self.favourites.contains(id)), "{video}");
            if let Some(tag) = self.tags.get(id) {
                assert_eq!(video["tags"][0]["name"], json!(tag), "{video}");
            }
            if let Some(position) = self.positions.get(id) {
                assert_eq!(video["resume"], json!(position), "{video}");
            }
        }
        if let Some(playlist) = self.playlist {
            let list = json_of(&server.get(&format!("/api/v1/playlists/{playlist}")));
            let items = list["items"].as_array().unwrap();
            let items: Vec<&str> =
                items.iter().map(|item| item["video"]["id"].as_str().unwrap()).collect();
            // What was written and not acknowledged any more may be there as well.
            assert!(items.len() - self.items.len() <= 1, "{items:?}");
            assert_eq!(items[..self.items.len()], self.items);
        }
    }
}

/// Every file below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

fn is_whole_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8]) && bytes.ends_with(&[0xff, 0xd9])
}

/// Asks for pictures until the server is gone, and counts those that came; no answer is half a picture.
fn ask_for_posters(addr: std::net::SocketAddr, ids: &[String], whole: &AtomicUsize) {
    for id in ids.iter().cycle().take(ids.len() * 50) {
        let Ok(mut http) = testkit::Dial::to(addr).try_open() else { break };
        for target in
            [format!("/api/v1/videos/{id}/poster.jpg"), format!("/api/v1/videos/{id}/storyboard/0")]
        {
            match http.try_get(&target) {
                Ok(answer) if answer.status == 200 => {
                    assert!(is_whole_jpeg(&answer.body), "{target}: {} bytes", answer.body.len());
                    whole.fetch_add(1, Ordering::Relaxed);
                }
                Ok(answer) => {
                    assert!(matches!(answer.status, 404 | 503), "{target}: {}", answer.status);
                }
                Err(_) => return,
            }
        }
    }
}

#[test]
fn killed_while_it_scans_and_makes_pictures_it_loses_nothing_and_leaves_nothing_half() {
    let (made, folder) = (tempfile::tempdir().unwrap(), Folder::new());
    let data = tempfile::tempdir().unwrap();
    let films = films(made.path());
    let mut acknowledged = Acknowledged::default();
    let (mut pids, whole) = (Vec::new(), Arc::new(AtomicUsize::new(0)));
    let ago = std::time::SystemTime::now() - Duration::from_hours(1);
    for round in 0..ROUNDS {
        for (at, film) in films[round * EACH..(round + 1) * EACH].iter().enumerate() {
            let path = folder.join(format!("{round}-{at}.mp4"));
            fs::copy(film, &path).unwrap();
            fs::File::options().append(true).open(&path).unwrap().set_modified(ago).unwrap();
        }
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
            .folder(folder.path())
            .data(data.path())
            .start();
        for file in below(data.path()) {
            let name = file.file_name().unwrap().to_str().unwrap();
            for pid in &pids {
                assert!(
                    !name.contains(&format!("{pid}-")) && !name.contains(&format!(".{pid}.")),
                    "{name} is left"
                );
            }
        }
        pids.push(server.pid());
        let ids = until("the first new film", || {
            let answer = server.get("/api/v1/videos?sort=added&order=desc&limit=500");
            let list = if answer.status == 200 { json_of(&answer) } else { Value::Null };
            let items = list["items"].as_array()?.clone();
            let ids: Vec<String> =
                items.iter().map(|video| video["id"].as_str().unwrap().to_owned()).collect();
            (ids.len() > round * EACH).then_some(ids)
        });
        acknowledged.check(&server);
        let addr = server.addr();
        let asking: Vec<_> = (0..2)
            .map(|part| {
                let ids: Vec<String> = ids.iter().skip(part).step_by(2).cloned().collect();
                let whole = Arc::clone(&whole);
                thread::spawn(move || ask_for_posters(addr, &ids, &whole))
            })
            .collect();
        // Nobody waits for the end of this.
        ask(&server, "POST", "/api/v1/backup", &Value::Null).expect_status(202);
        ask(&server, "POST", "/api/v1/scan", &Value::Null).expect_status(202);
        for (number, id) in ids.iter().enumerate().take(1 + round % 3) {
            acknowledged.more(&server, id, round * 10 + number);
        }
        // In the middle of making the first ones, and between others.
        if round % 2 == 1 {
            let before = whole.load(Ordering::Relaxed);
            until("a picture", || (whole.load(Ordering::Relaxed) > before).then_some(()));
        }
        server.signal(Signal::KILL);
        server.wait_exit();
        for asking in asking {
            asking.join().unwrap();
        }
    }

    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).data(data.path()).start();
    until("all films", || {
        let answer = server.get("/api/v1/videos");
        (answer.status == 200 && json_of(&answer)["total"] == json!(ROUNDS * EACH)).then_some(())
    });
    acknowledged.check(&server);
    let left: Vec<PathBuf> = below(data.path())
        .into_iter()
        .filter(|file| {
            let name = file.file_name().unwrap().to_str().unwrap();
            pids.iter()
                .any(|pid| name.contains(&format!("{pid}-")) || name.contains(&format!(".{pid}.")))
        })
        .collect();
    assert!(left.is_empty(), "{left:?}");
    server.signal(Signal::TERM);
    server.wait_exit();
    let pictures = below(&data.path().join("pictures"));
    let jpegs = pictures.iter().filter(|path| path.extension().is_some_and(|kind| kind == "jpg"));
    for jpeg in jpegs {
        assert!(is_whole_jpeg(&fs::read(jpeg).unwrap()), "{}", jpeg.display());
    }
}

fn vidicon(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vidicon"));
    command.args(arguments).arg("--data").arg(data).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The tags of the only film, as an export has them.
fn tags_of(data: &Path) -> Value {
    let out = tempfile::tempdir().unwrap();
    let exported = vidicon(data, &["export", out.path().to_str().unwrap()]).status().unwrap();
    assert!(exported.success(), "the library can be opened");
    let text = fs::read(out.path().join("library.json")).unwrap();
    let export: Value = serde_json::from_slice(&text).unwrap();
    export["videos"][0]["tags"].clone()
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_library_or_the_new_one() {
    let (made, folder) = (tempfile::tempdir().unwrap(), Folder::new());
    fs::copy(&films(made.path())[0], folder.join("a.mp4")).unwrap();
    let data = tempfile::tempdir().unwrap();
    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).data(data.path()).start();
    let id = until("the film", || {
        let answer = server.get("/api/v1/videos");
        let list = if answer.status == 200 { json_of(&answer) } else { Value::Null };
        list["items"][0]["id"].as_str().map(str::to_owned)
    });
    let tags = format!("/api/v1/videos/{id}/tags");
    let many = |what: &str| (0..200).map(|n| json!(format!("{what} {n:03}"))).collect::<Value>();
    let backup = made.path().join("new.backup");
    ask(&server, "PUT", &tags, &many("new")).expect_status(200);
    assert!(
        vidicon(data.path(), &["backup", backup.to_str().unwrap()]).status().unwrap().success()
    );
    ask(&server, "PUT", &tags, &many("old")).expect_status(200);
    let state = |tags: &Value| {
        assert_eq!(tags.as_array().unwrap().len(), 200, "all of it or nothing");
        tags[0]["name"].as_str().unwrap().split(' ').next().unwrap().to_owned()
    };
    server.signal(Signal::TERM);
    server.wait_exit();
    let old = made.path().join("old.backup");
    assert!(vidicon(data.path(), &["backup", old.to_str().unwrap()]).status().unwrap().success());

    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..24_u64 {
        let mut restoring =
            vidicon(data.path(), &["restore", backup.to_str().unwrap(), "--replace"])
                .spawn()
                .unwrap();
        thread::sleep(Duration::from_millis(round * 12));
        let _ = restoring.kill();
        restoring.wait().unwrap();
        let now = state(&tags_of(data.path()));
        if now == "new" {
            let back = vidicon(data.path(), &["restore", old.to_str().unwrap(), "--replace"]);
            assert!({ back }.status().unwrap().success());
        }
        *seen.entry(now).or_default() += 1;
    }
    assert!(seen.contains_key("old"), "some were killed before they had done it: {seen:?}");

    let server =
        Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).data(data.path()).start();
    until("the library", || (server.get("/api/v1/videos").status == 200).then_some(()));
    let left = below(data.path());
    assert!(
        !left.iter().any(|path| path.to_string_lossy().contains("restoring")),
        "the next start removes what a restore has left: {left:?}"
    );
}
