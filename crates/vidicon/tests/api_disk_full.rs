//! A data folder whose disk is full: what cannot be written is refused as a problem, what was acknowledged stays, and when
//! there is room again all goes on.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    fs::{self, File},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::{Value, json};
use testkit::{
    Folder, Response, Server,
    clips::{Clips, Container},
    until,
};

/// Set to 1 it lets this pass untested where no disk can be mounted.
const WITHOUT: &str = "VIDICON_TEST_WITHOUT_FUSE";

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

/// Whether this machine lets us mount a small disk in a place of our own.
fn can_mount() -> bool {
    let mut command = Command::new("unshare");
    let tried = command.args(["--mount", "sh", "-c", "mount -t tmpfs none /mnt"]).output();
    if tried.is_ok_and(|out| out.status.success()) {
        return true;
    }
    assert!(
        std::env::var_os(WITHOUT).is_some_and(|value| value == "1"),
        "no small disk can be mounted here; set {WITHOUT}=1 to do without"
    );
    false
}

/// A program that serves with a data folder on a disk of 24 MiB that only it sees.
fn on_a_small_disk(folder: &Path, data: &Path) -> PathBuf {
    let script = folder.join("on-a-small-disk");
    let (data, binary) = (data.display(), env!("CARGO_BIN_EXE_vidicon"));
    let text = format!(
        "#!/bin/sh\nexec unshare --mount sh -c 'mount -t tmpfs -o size=24m none {data} && exec {binary} \"$@\"' sh \"$@\"\n"
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script
}

/// Fills a disk to the last byte.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for block in [1 << 20, 4096, 512, 1] {
        let bytes = vec![7; block];
        while file.write_all(&bytes).is_ok() {}
    }
}

#[test]
fn a_full_disk_refuses_what_it_cannot_keep_and_loses_nothing() {
    if !can_mount() {
        return;
    }
    let (folder, place) = (Folder::new(), tempfile::tempdir().unwrap());
    let clips = Clips::open();
    for (name, container) in [("a.mp4", Container::Mp4), ("b.webm", Container::Webm)] {
        let path = folder.join(name);
        fs::copy(clips.clip(container).path, &path).unwrap();
        let ago = std::time::SystemTime::now() - Duration::from_hours(1);
        fs::File::options().append(true).open(&path).unwrap().set_modified(ago).unwrap();
    }
    let data = place.path().join("data");
    fs::create_dir(&data).unwrap();
    let server = Server::of(on_a_small_disk(place.path(), &data))
        .folder(folder.path())
        .data(&data)
        .set("library.pictures_ahead", "false")
        .start();
    let ids: Vec<String> = until("the films", || {
        let answer = server.get("/api/v1/videos");
        let list = if answer.status == 200 { json_of(&answer) } else { Value::Null };
        let items = list["items"].as_array().filter(|items| items.len() == 2)?.clone();
        Some(items.iter().map(|video| video["id"].as_str().unwrap().to_owned()).collect())
    });
    let of = |id: &str| format!("/api/v1/videos/{id}");
    let at = |id: &str, what: &str| format!("/api/v1/videos/{id}/{what}");
    ask(&server, "PUT", &at(&ids[0], "rating"), &json!({ "rating": 5 })).expect_status(200);
    until("the backup that is made by itself", || {
        let jobs = json_of(&server.get("/api/v1/jobs"));
        let items = jobs["items"].as_array()?;
        items.iter().all(|job| job.get("ended").is_some()).then_some(())
    });

    // The same disk as the server sees it.
    let seen = PathBuf::from(format!("/proc/{}/root{}", server.pid(), data.display()));
    fill(&seen.join("filling"));
    // Until the log that is written ahead has no room left either.
    let (mut written, mut refused) = (0, None);
    for number in 0..3_000 {
        let body = json!({ "description": format!("{number} {}", "x".repeat(16_000)) });
        let answer = patch(&server, &of(&ids[1]), &body);
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
        written = number;
        // What a checkpoint has made room for is filled as well.
        fill(&seen.join(format!("filling{number}")));
    }
    let refused = refused.expect("a full disk is full");
    assert!(matches!(refused.status, 503 | 507), "{}", refused.text());
    let problem = refused.expect_problem(refused.status);
    assert!(problem["detail"].as_str().unwrap().contains("disk"), "{problem}");

    for (id, what) in
        [(&ids[0], "poster.jpg"), (&ids[1], "storyboard.vtt"), (&ids[1], "preview.mp4")]
    {
        let answer = server.get(&at(id, what));
        assert!(matches!(answer.status, 503 | 507), "{what}: {} {}", answer.status, answer.text());
        answer.expect_problem(answer.status);
    }
    let backup = ask(&server, "POST", "/api/v1/backup", &Value::Null);
    assert!(matches!(backup.status, 503 | 507), "{}", backup.text());
    assert_eq!(server.get("/a.mp4").status, 200, "files are served all the same");
    assert_eq!(json_of(&server.get("/api/v1/videos"))["total"], 2, "and lists");
    assert_eq!(json_of(&server.get(&of(&ids[0])))["rating"], 5);

    for entry in fs::read_dir(&seen).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("filling") {
            fs::remove_file(path).unwrap();
        }
    }
    let video = json_of(&server.get(&of(&ids[1])));
    if written > 0 {
        let kept = video["description"].as_str().unwrap();
        assert!(kept.starts_with(&format!("{written} ")), "what was acknowledged is there");
    }
    until("writing again", || {
        let rated = ask(&server, "PUT", &at(&ids[1], "rating"), &json!({ "rating": 2 }));
        (rated.status == 200).then_some(())
    });
    let poster = until("the poster", || {
        let answer = server.get(&at(&ids[0], "poster.jpg"));
        (answer.status == 200).then_some(answer)
    });
    assert!(poster.body.starts_with(&[0xff, 0xd8]) && poster.body.ends_with(&[0xff, 0xd9]));
    let left: Vec<_> = fs::read_dir(seen.join("pictures/unfinished"))
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
}

fn patch(server: &Server, target: &str, body: &Value) -> Response {
    let body = body.to_string();
    let length = body.len().to_string();
    let mut http = server.http();
    let mut request = http.head_of(
        "PATCH",
        target,
        &[("content-type", "application/json"), ("content-length", &*length), ("if-match", "*")],
    );
    request.extend_from_slice(body.as_bytes());
    http.send(request);
    http.read_response("PATCH")
}
