//! The players that people have, over what is packaged: ffmpeg, mpv, VLC, `GStreamer`, and the
//! players of the web in Chromium.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use testkit::{Dial, Server, oddities, tools};

/// Three languages in AAC, two of text: what every player can play.
const FILM: &str = "languages.mp4";
/// How long it is, in seconds.
const SECONDS: f64 = 12.03;

/// The films that are played, with a server for them.
fn films() -> Server {
    for name in [FILM, "film_23976.mkv", "plain.ts", "h264_open_gop.mp4", "vfr.mp4", "av1.mp4"] {
        oddities::named(name).path();
    }
    for name in ["odd_321x181.webm", "edit_mid_group.mp4", "begins_at_hours.ts", "wraps.ts"] {
        oddities::named(name).path();
    }
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(oddities::folder()).start()
}

fn hls(name: &str) -> String {
    format!("/hls/{name}/master.m3u8")
}

fn dash(name: &str) -> String {
    format!("/dash/{name}/manifest.mpd")
}

fn hls_ts(name: &str) -> String {
    format!("/hls-ts/{name}/master.m3u8")
}

fn ffmpeg() -> Command {
    let mut ffmpeg = tools::require("ffmpeg", "ffmpeg");
    ffmpeg.args(["-v", "error", "-xerror", "-nostdin"]);
    ffmpeg
}

/// The digests of all pictures of an input, in order.
fn pictures(input: &str) -> Vec<String> {
    let printed = tools::run_clean(ffmpeg().args(["-noautorotate", "-i", input]).args([
        "-map",
        "0:v:0",
        "-fps_mode",
        "passthrough",
        "-f",
        "framemd5",
        "-",
    ]));
    let text = String::from_utf8(printed).unwrap();
    let frames = text.lines().filter(|line| !line.starts_with('#'));
    frames.map(|line| line.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

#[test]
fn ffmpeg_shows_the_same_pictures_of_every_packaging() {
    let server = films();
    for name in [FILM, "film_23976.mkv", "plain.ts"] {
        let source = pictures(oddities::named(name).path().to_str().unwrap());
        assert!(source.len() > 200, "{name}: {} pictures", source.len());
        for target in [hls(name), dash(name), hls_ts(name)] {
            let came = pictures(&server.url(&target));
            assert!(came == source, "{target}: {} of {} pictures", came.len(), source.len());
        }
    }
}

#[test]
fn mpv_plays_and_seeks_in_every_packaging() {
    let server = films();
    for target in [hls(FILM), dash(FILM), hls_ts(FILM)] {
        let (events, all) = mpv(&server.url(&target), 7.0);
        let event = |name: &str| {
            let found = events.iter().find(|event| event["event"] == name);
            found.unwrap_or_else(|| panic!("{target}: no {name:?} of {all}"))
        };
        let loaded = event("loaded");
        assert_eq!(loaded["seekable"], true, "{target}: {all}");
        assert!((loaded["duration"].as_f64().unwrap() - SECONDS).abs() < 0.3, "{target}: {all}");
        // Pictures, three languages, and the lines of text where the packaging has them for mpv.
        assert!(loaded["tracks"].as_u64().unwrap() >= 4, "{target}: {all}");
        assert!(event("playing")["time"].as_f64().unwrap() >= 0.5, "{target}: {all}");
        let time = event("after seek")["time"].as_f64().unwrap();
        assert!((7.0..12.0).contains(&time), "{target}: sought 7 s, is at {time}: {all}");
        assert_eq!(event("end")["reason"], "quit", "{target}: {all}");
    }
}

/// What mpv tells, and all that it prints.
fn mpv(url: &str, seek_to: f64) -> (Vec<Value>, String) {
    let probe = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients_probe.lua");
    let output = tools::run(
        tools::require("mpv", "mpv")
            .args(["--no-config", "--vo=null", "--ao=null", "--ytdl=no", "--msg-level=all=error"])
            .arg(format!("--script={}", probe.display()))
            .arg(format!("--script-opts=seek_to={seek_to}"))
            .arg(url),
    );
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let events = printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    (events, format!("{printed}{}", String::from_utf8_lossy(&output.stderr)))
}

/// How many pictures `GStreamer` shows of a presentation, which it plays with sound and text.
fn gstreamer(url: &str) -> usize {
    let output = tools::run(
        tools::require("gst-launch-1.0", "gstreamer1.0-tools")
            .args(["-q", "playbin3", &format!("uri={url}"), "flags=0x7"])
            .args(["audio-sink=fakesink", "text-sink=fakesink"])
            .arg("video-sink=videoconvert ! checksumsink hash=md5 sync=false"),
    );
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{url}: {complaint}\n{printed}");
    assert!(!complaint.contains("ERROR"), "{url}: {complaint}");
    printed.lines().filter(|line| line.split_whitespace().count() == 2).count()
}

#[test]
fn gstreamer_shows_every_picture_of_hls_and_dash() {
    require_gstreamer(&[
        ("hlsdemux2", "gstreamer1.0-plugins-good"),
        ("dashdemux2", "gstreamer1.0-plugins-good"),
        ("checksumsink", "gstreamer1.0-plugins-bad"),
        ("avdec_h264", "gstreamer1.0-libav"),
    ]);
    let server = films();
    for (name, count) in [(FILM, 300), ("h264_open_gop.mp4", 288), ("film_23976.mkv", 480)] {
        for target in [hls(name), dash(name), hls_ts(name)] {
            assert_eq!(gstreamer(&server.url(&target)), count, "{target}");
        }
    }
}

/// The elements that a test needs, each with the package that has it.
fn require_gstreamer(elements: &[(&str, &str)]) {
    for (element, package) in elements {
        let mut inspect = tools::require("gst-inspect-1.0", "gstreamer1.0-tools");
        let there = tools::run(inspect.args(["--exists", element])).status.success();
        assert!(there, "GStreamer has no {element}: install {package}, or run `make test`");
    }
}

/// A VLC that plays and can be asked how it goes.
struct Vlc {
    child: Child,
    port: u16,
}

impl Vlc {
    /// `None`, with the reason on stderr, where VLC cannot run.
    fn play(url: &str) -> Option<Self> {
        if tools::find("cvlc").is_none() {
            eprintln!(
                "left out: there is no cvlc (Debian: apt-get install vlc-bin vlc-plugin-base)"
            );
            return None;
        }
        let is_root = rustix::process::geteuid().is_root();
        if is_root && tools::find("runuser").is_none() {
            eprintln!("left out: VLC does not run as root, and there is no runuser");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(if is_root { "runuser" } else { "cvlc" });
        if is_root {
            command.args(["-u", "nobody", "--", "env", "HOME=/tmp", "cvlc"]);
        }
        let child = command
            .args(["-I", "dummy", "--no-one-instance", "--extraintf", "http"])
            .args(["--http-host", "127.0.0.1", "--http-port", &port.to_string()])
            .args(["--http-password", "x", "--vout", "dummy", "--aout", "dummy", url])
            .current_dir("/tmp")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self { child, port })
    }

    /// What it says of itself, after it was told something.
    fn status(&self, command: &str) -> Option<Value> {
        let mut http = Dial::to(([127, 0, 0, 1], self.port).into()).try_open().ok()?;
        let target = format!("/requests/status.json{command}");
        // The password "x", and no name.
        http.send_request(
            "GET",
            target,
            &[("Authorization", "Basic Ong="), ("Connection", "close")],
        );
        serde_json::from_slice(&http.try_read_response("GET").ok()?.body).ok()
    }

    #[track_caller]
    fn until(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        let mut last = Value::Null;
        while started.elapsed() < Duration::from_secs(40) {
            if let Some(status) = self.status("") {
                if is(&status) {
                    return status;
                }
                last = status;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("VLC: {what} did not come; it says {last}");
    }
}

impl Drop for Vlc {
    fn drop(&mut self) {
        let _ = self.status("?command=pl_stop");
        // Children of the one that was started end with it: runuser passes the signal on.
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.child),
            rustix::process::Signal::TERM,
        );
        let _ = self.child.wait();
    }
}

#[test]
fn vlc_plays_and_seeks_in_every_packaging() {
    let server = films();
    for target in [hls(FILM), dash(FILM), hls_ts(FILM)] {
        let Some(vlc) = Vlc::play(&server.url(&target)) else { return };
        let time = |status: &Value| status["time"].as_f64().unwrap_or(0.0);
        let shown = |status: &Value| status["stats"]["displayedpictures"].as_u64().unwrap_or(0);
        let playing = vlc.until(&format!("{target}: playing"), |status| {
            time(status) >= 1.0 && shown(status) > 5
        });
        let length = playing["length"].as_f64().unwrap();
        assert!((length - SECONDS).abs() <= 1.0, "{target}: {length} s long");
        vlc.status("?command=seek&val=8");
        let before = shown(&playing);
        vlc.until(&format!("{target}: pictures of 8 s"), |status| {
            time(status) >= 8.0 && shown(status) > before
        });
    }
}

/// Plays these in Chromium; each is a player, a target, the length in seconds, and how many
/// languages and subtitles it has.
fn browse(cases: &[(&str, String, f64, usize, usize)]) {
    let server = films();
    let folder = browser_project();
    let cases: Vec<Value> = cases
        .iter()
        .map(|(engine, url, duration, audios, texts)| {
            json!({ "engine": engine, "url": url, "duration": duration, "audios": audios, "texts": texts })
        })
        .collect();
    let plan = json!({ "base": server.url("").trim_end_matches('/'), "cases": cases });
    let output = tools::run_within(
        Duration::from_mins(8),
        tools::require("node", "nodejs")
            .arg(folder.join("drive.mjs"))
            .arg(plan.to_string())
            .env("CHROMIUM", chromium()),
    );
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let reports: Vec<Value> =
        printed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(reports.len(), cases.len(), "{printed}{complaint}");
    let mut failed = String::new();
    for report in &reports {
        println!("{report}");
        for finding in report["findings"].as_array().unwrap() {
            let line = format!("{} {}: {finding}\n", report["engine"], report["url"]);
            failed.push_str(&line);
        }
        assert!(report["frames"].as_u64().is_some_and(|frames| frames > 0), "{report}");
        assert!(report["size"][0].as_u64().is_some_and(|width| width > 0), "{report}");
    }
    assert!(failed.is_empty(), "\n{failed}");
    assert!(output.status.success(), "{complaint}");
}

fn chromium() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    names.iter().find_map(|name| tools::find(name)).unwrap_or_else(|| {
        panic!("there is no Chromium. Install it (Debian: apt-get install chromium), or run `make test`")
    })
}

fn browser_project() -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let folder = repository.join("tests/browser");
    let there = folder.join("node_modules/playwright-core").is_dir();
    assert!(
        there,
        "the players of the web are not installed: run `make test`, or `npm ci` in tests/browser"
    );
    folder
}

#[test]
fn hls_js_plays_seeks_and_switches() {
    browse(&[
        ("hls", hls(FILM), SECONDS, 3, 2),
        ("hls", hls_ts(FILM), SECONDS, 3, 2),
        ("hls", hls("edit_mid_group.mp4"), 10.02, 0, 0),
        ("hls", hls("begins_at_hours.ts"), 8.22, 0, 0),
    ]);
}

#[test]
fn shaka_player_plays_seeks_and_switches() {
    browse(&[("shaka", hls(FILM), SECONDS, 3, 2), ("shaka", dash(FILM), SECONDS, 3, 2)]);
}

#[test]
fn dash_js_plays_seeks_and_switches() {
    browse(&[
        ("dash", dash(FILM), SECONDS, 3, 2),
        ("dash", dash("vfr.mp4"), 12.0, 0, 0),
        ("dash", dash("odd_321x181.webm"), 6.0, 0, 0),
    ]);
}

#[test]
fn video_js_plays_seeks_and_switches() {
    browse(&[("videojs", hls(FILM), SECONDS, 3, 2), ("videojs", dash(FILM), SECONDS, 3, 2)]);
}

// Not over open groups in H.264: Chromium 156 hangs on the file itself.
#[test]
fn chromium_plays_hls_by_itself() {
    browse(&[("native", hls(FILM), SECONDS, 0, 0), ("native", hls("av1.mp4"), 6.0, 0, 0)]);
}
