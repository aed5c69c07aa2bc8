//! `probe`, `package` and `census` as people and scripts meet them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::case_sensitive_file_extension_comparisons,
    missing_docs,
    reason = "tests; the names are our own"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value as Json;
use testkit::{Clips, Folder, Server, clips::Container};

/// How a run of the program ended.
#[derive(Debug)]
struct Ended {
    status: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_vidicon")).args(arguments).output().unwrap();
    Ended {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with a film in it, subtitles beside it, and where the film is.
fn film(container: Container) -> (Folder, String) {
    let folder = Folder::new();
    let clip = Clips::open().clip(container);
    let path = folder.join(clip.name());
    fs::copy(&clip.path, &path).unwrap();
    let stem = Path::new(clip.name()).file_stem().unwrap().to_str().unwrap().to_owned();
    folder.write(format!("{stem}.de.forced.srt"), "1\n00:00:01,000 --> 00:00:09,000\nGuten Tag\n");
    (folder, path.to_str().unwrap().to_owned())
}

fn json(ended: &Ended) -> Json {
    assert_eq!(ended.status, Some(0), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap()
}

/// Every file below a folder, relative to it.
fn files(root: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    all
}

#[test]
fn probe_tells_tracks_key_pictures_and_what_clients_can_do() {
    let (_folder, path) = film(Container::Mp4);
    let report = json(&run(&["probe", &path, "--json"]));
    assert_eq!(report["container"], "mp4");
    assert_eq!(report["id"].as_str().unwrap().len(), 26);
    assert!(report["duration_seconds"].as_f64().unwrap() > 10.0);
    let video = &report["tracks"][0];
    assert_eq!((&video["kind"], &video["codec"]), (&"video".into(), &"h264".into()));
    assert!(video["codec_string"].as_str().unwrap().starts_with("avc1."), "{video:#}");
    let gops = &video["video"]["gops"];
    assert!(gops["count"].as_u64().unwrap() > 1, "{video:#}");
    assert!(gops["shortest_seconds"].as_f64() <= gops["median_seconds"].as_f64());
    assert!(gops["median_seconds"].as_f64() <= gops["longest_seconds"].as_f64());
    let side = &report["side_files"][0];
    assert_eq!((&side["language"], &side["roles"][0]), (&"de".into(), &"forced".into()));
    let clients = report["clients"].as_array().unwrap();
    let classes: Vec<_> = clients.iter().map(|client| client["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["browser", "apple", "player", "tv", "older_hls"]);
    assert_eq!(clients[0]["method"], "direct");
    for client in clients {
        assert!(!client["reasons"].as_array().unwrap().is_empty(), "{client}");
    }
}

#[test]
fn probe_reads_in_80_columns_without_colour() {
    let (_folder, path) = film(Container::Mkv);
    let ended = run(&["probe", &path]);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    for word in ["Tracks", "key frames:", "Clients", "Kodi, mpv, VLC", "text beside it"] {
        assert!(ended.out.contains(word), "{word} is not in:\n{}", ended.out);
    }
    assert!(!ended.out.contains('\x1b'));
    // A path is as long as it is.
    for line in ended.out.lines().filter(|line| !line.contains(&path)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn probe_says_why_a_file_cannot_be_read() {
    let folder = Folder::new();
    folder.write("broken.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42");
    folder.write("old.avi", b"RIFF\x00\x00\x00\x00AVI LIST");
    for (name, why) in [
        ("broken.mp4", "it is damaged"),
        ("old.avi", "AVI files need preparation"),
        ("none.mp4", "there is no such file"),
    ] {
        let path = folder.join(name);
        let ended = run(&["probe", path.to_str().unwrap()]);
        assert_eq!((ended.status, ended.out.as_str()), (Some(1), ""), "{ended:?}");
        assert!(ended.err.starts_with("error: ") && ended.err.contains(why), "{}", ended.err);
    }
}

/// Packages a film, and compares every file with what the server answers for it.
#[track_caller]
fn package_is_what_the_server_sends(container: Container, ts: bool) {
    let (folder, path) = film(container);
    let target = tempfile::tempdir().unwrap();
    let out = target.path().join("out");
    let mut arguments = vec!["package", &path, "--out", out.to_str().unwrap(), "--target", "4s"];
    if ts {
        arguments.push("--ts");
    }
    let ended = run(&arguments);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(folder.path())
        .set("segments.target", "4s")
        .start();
    let film = Path::new(&path).file_name().unwrap().to_str().unwrap();
    let all = files(&out);
    for name in ["master.m3u8", "manifest.mpd"] {
        assert!(all.contains(name), "{all:?}");
    }
    assert_eq!(all.contains("ts/master.m3u8"), ts);
    assert!(all.iter().any(|name| name.starts_with("iframes-") && name.ends_with(".m4s")));
    for extension in [".vtt", ".m4s", ".mp4"] {
        let text = |name: &&String| name.starts_with("text-") && name.ends_with(extension);
        assert!(all.iter().any(|name| text(&name)), "no text as {extension}: {all:?}");
    }
    for name in &all {
        let written = fs::read(out.join(name)).unwrap();
        let target = match name.strip_prefix("ts/") {
            Some(name) => format!("/hls-ts/{film}/{name}"),
            None if name == "manifest.mpd" => format!("/dash/{film}/{name}"),
            None => format!("/hls/{film}/{name}"),
        };
        let response = server.get(&target);
        response.expect_status(200);
        if name == "manifest.mpd" {
            let sent = response.text();
            let sent = sent.lines().filter(|line| !line.contains("<BaseURL>"));
            let written = String::from_utf8(written).unwrap();
            assert!(!written.contains("BaseURL"), "{written}");
            assert_eq!(written.lines().collect::<Vec<_>>(), sent.collect::<Vec<_>>());
        } else {
            assert!(written == response.body, "{name} differs from {target}");
        }
    }
    // Whatever a playlist names is there.
    for name in all.iter().filter(|name| name.ends_with(".m3u8")) {
        let text = fs::read_to_string(out.join(name)).unwrap();
        let beside = Path::new(name).parent().unwrap();
        for line in text.lines() {
            let uri = match line.split_once("URI=\"") {
                Some((_, rest)) => rest.split('"').next().unwrap(),
                None if line.starts_with('#') || line.is_empty() => continue,
                None => line,
            };
            let named = beside.join(uri);
            assert!(all.contains(named.to_str().unwrap()), "{name} names {uri}");
        }
    }
}

#[test]
fn a_packaged_mp4_is_what_the_server_sends() {
    package_is_what_the_server_sends(Container::Mp4, true);
}

#[test]
fn a_packaged_matroska_is_what_the_server_sends() {
    package_is_what_the_server_sends(Container::Mkv, true);
}

#[test]
fn a_folder_that_is_not_empty_is_refused_unless_forced() {
    let (folder, path) = film(Container::Mp4);
    let out = folder.join("out");
    folder.write("out/precious.txt", "precious");
    folder.write("out/master.m3u8", "an old one");
    let arguments = ["package", &path, "--out", out.to_str().unwrap()];
    let ended = run(&arguments);
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.err.contains("is not empty") && ended.err.contains("--force"), "{}", ended.err);
    assert_eq!(files(&out).len(), 2);
    let ended = run(&[&arguments[..], &["--force"]].concat());
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(fs::read_to_string(out.join("precious.txt")).unwrap(), "precious");
    assert!(fs::read_to_string(out.join("master.m3u8")).unwrap().starts_with("#EXTM3U"));
    assert!(!files(&out).iter().any(|name| name.ends_with(".part")));
}

#[test]
fn what_cannot_be_packaged_leaves_no_folder() {
    let folder = Folder::new();
    folder.write("broken.mkv", "nothing");
    let (path, out) = (folder.join("broken.mkv"), folder.join("out"));
    let (path, shown) = (path.to_str().unwrap(), out.to_str().unwrap());
    let ended = run(&["package", path, "--out", shown]);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.err.contains("broken.mkv: it is not a video file"), "{}", ended.err);
    let ended = run(&["package", path, "--out", shown, "--first", "10s"]);
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.err.contains("first: 10s is longer than the target"), "{}", ended.err);
    assert!(!out.exists());
}

#[test]
fn a_census_counts_each_file_by_what_it_needs() {
    let (folder, _) = film(Container::Mp4);
    let clip = Clips::open().clip(Container::Mkv);
    fs::create_dir(folder.join("deep")).unwrap();
    fs::copy(&clip.path, folder.join("deep").join(clip.name())).unwrap();
    folder.write("broken.mp4", "nothing at all");
    folder.write("old.avi", b"RIFF\x00\x00\x00\x00AVI LIST");
    folder.write("notes", "no film");
    folder.write(".hidden.mp4", "nothing at all");
    folder.link("deep/up", "..");
    let path = folder.path().to_str().unwrap();
    let census = json(&run(&["census", path, "--json"]));
    assert_eq!(census["complete"], true);
    assert_eq!(census["videos"]["files"], 4, "{census:#}");
    for what in ["direct", "copy", "preparation", "unreadable"] {
        assert_eq!(census[what]["files"], 1, "{what}: {census:#}");
    }
    assert_eq!(census["transcoding"]["files"], 0);
    assert_eq!(census["other_files"], 1);
    assert_eq!(census["preparation_reasons"]["AVI"], 1);
    assert_eq!(census["video_codecs"]["h264"], 2);
    let binned = census["gops"].as_array().unwrap().iter();
    assert_eq!(binned.map(|bin| bin["files"].as_u64().unwrap()).sum::<u64>(), 2);
    let broken = &census["unreadable_files"][0];
    assert!(broken["path"].as_str().unwrap().ends_with("broken.mp4"), "{broken}");

    let ended = run(&["census", path]);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    for words in ["4 videos", "play as they are", "need preparation", "broken.mp4", "Containers"] {
        assert!(ended.out.contains(words), "{words} is not in:\n{}", ended.out);
    }
    assert!(!ended.out.contains('\x1b'));
}

#[test]
fn a_census_lists_the_first_of_what_cannot_be_read_or_all() {
    let folder = Folder::new();
    for number in 0..30 {
        folder.write(format!("{number:02}.mp4"), "nothing at all");
    }
    let path = folder.path().to_str().unwrap();
    let listed =
        |arguments: &[&str]| json(&run(arguments))["unreadable_files"].as_array().unwrap().len();
    assert_eq!(listed(&["census", path, "--json"]), 20);
    assert_eq!(listed(&["census", path, "--json", "--all"]), 30);
    assert!(run(&["census", path]).out.contains("and 10 more: --all lists them"));
    let file = folder.join("00.mp4");
    let ended = run(&["census", file.to_str().unwrap()]);
    assert_eq!(ended.status, Some(2), "{ended:?}");
    let gone = folder.join("gone");
    assert_eq!(run(&["census", gone.to_str().unwrap()]).status, Some(1));
}
