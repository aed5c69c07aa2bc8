//! The program as people and scripts meet it: what it prints, and how it ends.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
};

use serde_json::Value as Json;
use tempfile::TempDir;
use vidicon::data_folder::DataFolder;

/// How a run of the program ended.
#[derive(Debug)]
struct Ended {
    status: Option<i32>,
    out: String,
    err: String,
}

/// Runs the program in a folder that is its home as well, with nothing in its environment but these.
/// Where the folder holds no configuration an empty one is named, or this machine's would be read.
fn run_with(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vidicon"));
    command.env_clear();
    if !folder.join("vidicon.yaml").exists() {
        command.env("VIDICON_CONFIG", "/dev/null");
    }
    let output = command
        .args(arguments)
        .current_dir(folder)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Ended {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    run_with(folder, &[], arguments)
}

/// A folder with one video in it.
fn place() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("videos")).unwrap();
    fs::write(folder.path().join("videos/a.mp4"), "a film").unwrap();
    folder
}

fn json(ended: &Ended) -> Json {
    serde_json::from_str(&ended.out).unwrap()
}

#[test]
fn without_a_command_there_is_help() {
    let folder = place();
    let ended = run(folder.path(), &[]);
    assert_eq!(ended.status, Some(0));
    for command in
        ["serve", "doctor", "config", "probe", "package", "census", "health", "completions"]
    {
        assert!(ended.out.contains(command), "{}", ended.out);
    }
    let version = run(folder.path(), &["--version"]);
    assert!(
        version.out.starts_with(concat!("vidicon ", env!("CARGO_PKG_VERSION"))),
        "{}",
        version.out
    );
}

#[test]
fn an_unknown_key_ends_with_status_2_and_the_nearest_key() {
    let folder = place();
    fs::write(folder.path().join("vidicon.yaml"), "limits:\n  conections: 5\n").unwrap();
    for command in ["serve", "config", "health"] {
        let ended = run(folder.path(), &[command]);
        assert_eq!(ended.status, Some(2), "{ended:?}");
        assert_eq!(
            ended.err,
            "error: vidicon.yaml:2: there is no key limits.conections; did you mean limits.connections? \
             (`vidicon config --sample` shows them all)\n"
        );
    }
}

#[test]
fn lengths_of_segments_that_do_not_fit_together_end_with_status_2() {
    let folder = place();
    let told = |setting: &str| {
        let ended = run(folder.path(), &["config", "--set", setting]);
        assert_eq!(ended.status, Some(2), "{ended:?}");
        ended.err
    };
    assert_eq!(
        told("segments.minimum=8s"),
        "error: segments.minimum: 8s is longer than the target, which is 6s: make one shorter or \
         the other longer\n"
    );
    let err = told("segments.target=100ms");
    assert!(err.contains("segments.target: 100ms is too little: write 500ms to 1m"), "{err}");
    let err = told("index.time_limit=0");
    assert!(err.contains("write 1s to 1d"), "{err}");
}

#[test]
fn a_mistyped_command_line_ends_with_status_2() {
    let folder = place();
    for arguments in
        [&["sevre"][..], &["serve", "--lisen", ":9000"], &["serve", "--listen", "9000"]]
    {
        assert_eq!(run(folder.path(), arguments).status, Some(2), "{arguments:?}");
    }
}

#[test]
fn config_tells_each_value_and_where_it_came_from() {
    let folder = place();
    fs::write(folder.path().join("vidicon.yaml"), "log:\n  level: debug\n").unwrap();
    let environment = [("VIDICON_STOP_GRACE", "3s")];
    let arguments =
        ["config", "films", "--listen", ":5000", "--set", "access.api_keys=0123456789abcdef"];
    let ended = run_with(folder.path(), &environment, &arguments);
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    let row = |key: &str| {
        let line = ended.out.lines().find(|line| line.starts_with(&format!("{key} "))).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(ended.out.starts_with("Configuration file: vidicon.yaml\n"), "{}", ended.out);
    assert_eq!(row("folders"), "folders films DIR");
    assert_eq!(row("listen"), "listen 0.0.0.0:5000 --listen");
    assert_eq!(row("log.level"), "log.level debug vidicon.yaml:2");
    assert_eq!(row("stop.grace"), "stop.grace 3s environment variable VIDICON_STOP_GRACE");
    assert_eq!(row("access.api_keys"), "access.api_keys ••• --set");
    assert_eq!(row("limits.connections"), "limits.connections 10000 default");

    let config = json(&run_with(folder.path(), &environment, &["config", "--json"]));
    assert_eq!(config["file"], "vidicon.yaml");
    let level =
        serde_json::json!({"value": "debug", "from": "file", "file": "vidicon.yaml", "line": 2});
    assert_eq!(config["keys"]["log.level"], level);
    let grace =
        serde_json::json!({"value": "3s", "from": "environment", "variable": "VIDICON_STOP_GRACE"});
    assert_eq!(config["keys"]["stop.grace"], grace);
}

#[test]
fn the_sample_is_printed_even_where_the_configuration_is_broken() {
    let folder = place();
    fs::write(folder.path().join("vidicon.yaml"), "nonsense: 1\n").unwrap();
    let ended = run(folder.path(), &["config", "--sample"]);
    assert_eq!(ended.status, Some(0));
    assert!(ended.out.contains("#   header_timeout: 10s\n"), "{}", ended.out);
}

#[test]
fn shells_learn_the_commands() {
    let folder = place();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = run(folder.path(), &["completions", shell]);
        assert_eq!(ended.status, Some(0));
        for command in ["doctor", "probe", "package", "census"] {
            assert!(ended.out.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn the_doctor_answers_in_json_with_state_and_findings() {
    let folder = place();
    let ended = run(folder.path(), &["doctor", "--json", "--listen", "127.0.0.1:0"]);
    let report = json(&ended);
    assert_eq!((ended.status, &report["ok"]), (Some(0), &Json::Bool(true)), "{report:#}");
    let checks = report["checks"].as_array().unwrap();
    let names: Vec<_> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    for name in [
        "configuration",
        "ffmpeg",
        "ffprobe",
        "media folder ./videos",
        "data folder",
        "free disk",
        "open files",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }
    for check in checks {
        assert!(["ok", "warning", "failed"].contains(&check["state"].as_str().unwrap()), "{check}");
        assert!(!check["found"].as_str().unwrap().is_empty(), "{check}");
    }
    assert!(!folder.path().join(".local").exists(), "the doctor created the data folder");
}

#[test]
fn the_doctor_ends_with_status_1_when_something_fails() {
    let folder = place();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = run(folder.path(), &["doctor", "no-such-folder", "--listen", &address]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.out.contains("does not exist"), "{}", ended.out);
    assert!(ended.out.contains("in use by"), "{}", ended.out);
    let ended = run(folder.path(), &["doctor", "--set", "nonsense=1"]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.out.contains("there is no key nonsense"), "{}", ended.out);
}

#[test]
fn a_second_instance_on_the_same_data_folder_is_refused() {
    let folder = place();
    let held = DataFolder::open(&folder.path().join("data")).unwrap();
    let ended = run(folder.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.status, Some(1));
    let message = format!(
        "error: the data folder {} is in use by another Vidicon (process {}): stop that one first, or give this \
         one a folder of its own by --data\n",
        held.path().display(),
        std::process::id()
    );
    assert!(ended.err.ends_with(&message), "{}", ended.err);
    let ended = run(folder.path(), &["doctor", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.status, Some(0), "a running Vidicon is no fault: {}", ended.out);
}

#[test]
fn a_data_folder_that_would_be_published_is_refused() {
    let folder = place();
    let ended = run(folder.path(), &["serve", "--data", "videos/data"]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("lies inside the media folder"), "{}", ended.err);
    assert!(!folder.path().join("videos/data").exists());
}

#[test]
fn a_data_folder_that_a_command_makes_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = place();
    let ended = run(folder.path(), &["backup", "library.backup", "--data", "new/data"]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    for made in ["new", "new/data"] {
        let mode = fs::metadata(folder.path().join(made)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{made}");
    }
}

#[test]
fn an_export_replaces_nothing_unless_told_to_and_nothing_is_published() {
    let folder = place();
    let export = |to: &str, more: &[&str]| {
        run(folder.path(), &[&["export", to, "--data", "data"], more].concat())
    };
    fs::write(folder.path().join("ratings.json"), "the original").unwrap();
    let ended = export(".", &[]);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(ended.err.contains("ratings.json") && ended.err.contains("--force"), "{}", ended.err);
    let original = fs::read_to_string(folder.path().join("ratings.json")).unwrap();
    assert_eq!(original, "the original");
    assert!(!folder.path().join("views.json").exists(), "all of it or nothing");
    assert_eq!(export(".", &["--force"]).status, Some(0));
    assert_ne!(fs::read_to_string(folder.path().join("ratings.json")).unwrap(), original);

    assert_eq!(export("out", &[]).status, Some(0));
    assert!(folder.path().join("out/library.backup").exists());
    fs::remove_file(folder.path().join("out/ratings.json")).unwrap();
    assert_eq!(export("out", &[]).status, Some(2), "one of them is enough");

    let ended = run(folder.path(), &["backup", "videos/library.backup", "--data", "data"]);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    for more in [&[][..], &["--force"]] {
        let ended = export("videos/old", more);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains("lies inside a media folder"), "{}", ended.err);
        assert!(!folder.path().join("videos/old").exists());
    }
}

#[test]
fn serving_needs_a_media_folder() {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(folder.path(), &["serve"]);
    assert_eq!(ended.status, Some(2));
    assert!(
        ended.err.contains("error: media folder ./videos does not exist: create it"),
        "{}",
        ended.err
    );
}

#[test]
fn the_log_speaks_json_when_asked() {
    let folder = place();
    let held = DataFolder::open(&folder.path().join("data")).unwrap();
    let ended = run(folder.path(), &["serve", "--data", "data", "--set", "log.format=json"]);
    drop(held);
    let first: Json = serde_json::from_str(ended.err.lines().next().unwrap()).unwrap();
    assert_eq!(first["message"], "configuration file read");
    assert_eq!(first["file"], "/dev/null");
    assert!(first["timestamp"].as_str().unwrap().ends_with('Z'), "{first}");
}

/// A server that answers one request with this, and gives back the head that it was sent.
fn answering(answer: &'static str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let head: Vec<_> = lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        stream.write_all(answer.as_bytes()).unwrap();
        head.join("\n")
    });
    (address, server)
}

#[test]
fn health_asks_the_configured_listener() {
    let folder = place();
    let (address, server) = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let ended = run(folder.path(), &["health", "--listen", &address]);
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let head = server.join().unwrap();
    assert!(head.starts_with("GET /health HTTP/1.1\n"), "{head}");
    assert!(head.contains(&format!("Host: {address}")), "{head}");
}

#[test]
fn health_ends_with_status_1_when_the_answer_is_bad_or_nobody_is_there() {
    let folder = place();
    let (address, _server) = answering("HTTP/1.1 503 Service Unavailable\r\n\r\n");
    let ended = run(folder.path(), &["health", &format!("http://{address}/ready")]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("answers with status 503"), "{}", ended.err);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = run(folder.path(), &["health", &format!("http://{free}/health")]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("does not answer"), "{}", ended.err);
    let ended = run(folder.path(), &["health", "https://127.0.0.1/health"]);
    assert_eq!(ended.status, Some(2));
}
