//! No path trick leaves the media folders, and each gets a clear answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::time::Instant;

use testkit::{Folder, Http, Response, Server};

/// What every file outside the media folder holds.
const SECRET: &str = "SECRET-OUTSIDE-THE-FOLDERS";

/// A media folder `media` with secrets around it: above, beside, and with its name as a prefix.
struct Trap {
    server: Server,
    outer: Folder,
}

impl Trap {
    fn new() -> Self {
        let outer = Folder::new();
        outer.write("secret.txt", SECRET).write("media-private/secret.txt", SECRET);
        outer.write("media/film.mp4", "film").write("media/sub/film.mp4", "film");
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(outer.join("media")).start();
        Self { server, outer }
    }

    /// Asks for a target as it stands; the answer must be a refusal that gives nothing away.
    #[track_caller]
    fn refuses(&self, http: &mut Http, target: impl AsRef<[u8]>) {
        let target = target.as_ref();
        let shown = String::from_utf8_lossy(&target[..target.len().min(120)]).into_owned();
        http.send_request("GET", target, &[]);
        let response = http.try_read_response("GET");
        let response = response.unwrap_or_else(|error| panic!("{shown}: no answer: {error}"));
        self.check(&response, &shown);
        if response.headers.get("connection") == Some("close") {
            *http = self.server.http();
        }
    }

    #[track_caller]
    fn check(&self, response: &Response, shown: &str) {
        let body = String::from_utf8_lossy(&response.body);
        assert!(!body.contains(SECRET) && !body.contains("root:"), "{shown} left the folders");
        assert!(!body.contains(self.outer.path().to_str().unwrap()), "{shown} shows a path");
        let allowed = [400, 403, 404, 414, 431];
        assert!(allowed.contains(&response.status), "{shown}: {}", response.status);
        response.expect_problem(response.status);
    }
}

/// Ways up, each to be followed by `secret.txt`.
const UP: [&str; 46] = [
    "../",
    "/../",
    "./../",
    "sub/../../",
    "sub/../../media-private/",
    "film.mp4/../../",
    "missing/../../",
    "..//",
    ".../",
    "....//",
    "..;/",
    "..%00/",
    "%2e%2e/",
    "%2E%2E/",
    ".%2e/",
    "%2e./",
    "..%2f",
    "..%2F",
    "%2e%2e%2f",
    "sub%2f..%2f..%2f",
    "%2f..%2f",
    "..%5c",
    "..\\",
    "\\..\\",
    "%5c..%5c",
    "%2e%2e%5c",
    "sub\\..\\..\\",
    "%252e%252e/",
    "%252e%252e%252f",
    "..%252f",
    "..%255c",
    "%25252e%25252e%25252f",
    // Overlong UTF-8 of '.', '/' and '\'.
    "%c0%ae%c0%ae/",
    "%c0%ae%c0%ae%c0%af",
    "..%c0%af",
    "..%c1%9c",
    "%e0%80%ae%e0%80%ae/",
    "%f0%80%80%ae%f0%80%80%ae/",
    // Characters that some systems take for a dot or a slash.
    "%ef%bc%8e%ef%bc%8e/",
    "..%e2%88%95",
    "..%ef%bc%8f",
    "%u002e%u002e/",
    "..%0d%0a/",
    "..%20/",
    "..%09/",
    "-private/",
];

#[test]
fn no_way_up_leads_out() {
    let trap = Trap::new();
    let mut http = trap.server.http();
    for up in UP {
        for route in ["/", "/video/", "/video", "/sub/", "/video/sub/"] {
            trap.refuses(&mut http, format!("{route}{up}secret.txt"));
        }
        let many = up.repeat(12);
        trap.refuses(&mut http, format!("/{many}etc/passwd"));
        trap.refuses(&mut http, format!("/video/{many}etc/passwd"));
    }
    assert_eq!(trap.server.get("/film.mp4").text(), "film");
}

#[test]
fn no_absolute_path_is_taken_for_one() {
    let trap = Trap::new();
    let secret = trap.outer.join("secret.txt");
    let secret = secret.to_str().unwrap();
    let mut http = trap.server.http();
    for route in ["", "/", "/video", "/video/", "/video//"] {
        trap.refuses(&mut http, format!("{route}{secret}"));
        trap.refuses(&mut http, format!("{route}/etc/passwd"));
        trap.refuses(&mut http, format!("{route}/{}", secret.replace('/', "%2f")));
    }
    for target in [
        "/file:///etc/passwd",
        "/video/file:///etc/passwd",
        "/C:/Windows/win.ini",
        "/C:%5CWindows%5Cwin.ini",
        "/video/%5C%5Cserver%5Cshare",
        "/proc/self/environ",
        "/video/proc/self/environ",
        "/~root/.profile",
    ] {
        trap.refuses(&mut http, target);
    }
    // The absolute form of RFC 9112 section 3.2.2 names a host; its path has the same limits.
    trap.refuses(&mut http, "http://example.org/../secret.txt");
    trap.refuses(&mut http, "http://example.org/%2e%2e/secret.txt");
}

#[test]
fn bytes_that_belong_in_no_name_are_refused() {
    let trap = Trap::new();
    for target in [
        "/film.mp4%00",
        "/film.mp4%00.txt",
        "/%00",
        "/video/%00film.mp4",
        "/film.mp4%0a",
        "/film.mp4%0d%0aX-Evil:%20yes",
        "/%ff%fe.mp4",
        "/video/%ff",
        "/%80",
        "/%ed%a0%80.mp4",
        "/%f5%80%80%80",
        "/film%",
        "/film%4",
        "/film%zz.mp4",
        "/video/%",
        "/video/%g0",
    ] {
        let mut http = trap.server.http();
        trap.refuses(&mut http, target);
    }
    for target in [
        &b"/film.mp4\0"[..],
        b"/\0",
        b"/video/\xff\xfe",
        b"/\x80",
        b"/film\x01.mp4",
        b"/\x7f",
        b"/film.mp4\t",
        b"/a b",
    ] {
        let mut http = trap.server.http();
        trap.refuses(&mut http, target);
    }
}

#[test]
fn names_of_devices_and_streams_are_names_of_nothing() {
    let trap = Trap::new();
    let mut http = trap.server.http();
    for name in [
        "CON",
        "con.mp4",
        "NUL",
        "nul.txt",
        "AUX",
        "PRN",
        "COM1",
        "COM1.mp4",
        "LPT9",
        "CONIN$",
        "CLOCK$",
        "film.mp4::$DATA",
        "film.mp4:stream",
        "film.mp4.",
        "film.mp4%20",
        "FILM~1.MP4",
        "%5c%5c.%5cPhysicalDrive0",
        "dev/zero",
        "dev/stdin",
    ] {
        trap.refuses(&mut http, format!("/{name}"));
        trap.refuses(&mut http, format!("/video/{name}"));
    }
}

#[test]
fn names_and_paths_may_be_too_long() {
    let trap = Trap::new();
    for target in [
        format!("/{}", "a".repeat(256)),
        format!("/video/{}.mp4", "a".repeat(5000)),
        format!("/{}film.mp4", "sub/".repeat(2000)),
        format!("/{}film.mp4", "a/".repeat(3000)),
        format!("/{}secret.txt", "../".repeat(3000)),
        format!("/video/{}", "%2e%2e%2f".repeat(1000)),
        format!("/film.mp4?{}", "a".repeat(100_000)),
        format!("/{}", "a".repeat(70_000)),
        format!("/{}", "a".repeat(1_000_000)),
    ] {
        let mut http = trap.server.http();
        // The server may answer before it has read all of it.
        let _ = http.try_send(http.head_of("GET", &target, &[]));
        if let Ok(response) = http.try_read_response("GET") {
            trap.check(&response, &target[..20]);
        } else {
            assert!(target.len() > 60_000, "{} bytes: no answer", target.len());
        }
    }
    assert_eq!(trap.server.get("/film.mp4").text(), "film");
}

#[test]
fn targets_that_are_no_paths_are_refused() {
    let trap = Trap::new();
    for target in ["*", "film.mp4", "../secret.txt", "?x", "example.org:80", "http://", "#film"] {
        let mut http = trap.server.http();
        trap.refuses(&mut http, target);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_regular_file_answers_404_at_once() {
    let trap = Trap::new();
    let media = trap.outer.join("media");
    trap.outer.fifo("media/pipe.mp4");
    let _socket = std::os::unix::net::UnixListener::bind(media.join("socket.mp4")).unwrap();
    trap.outer.link("media/zero.mp4", "/dev/zero").link("media/null.mp4", "/dev/null");
    let started = Instant::now();
    for name in ["pipe.mp4", "socket.mp4", "zero.mp4", "null.mp4"] {
        for target in [format!("/{name}"), format!("/video/{name}")] {
            trap.server.get(&target).expect_problem(404);
            assert_eq!(trap.server.head(&target).status, 404);
        }
    }
    assert!(started.elapsed().as_secs() < 5, "nobody waited for the other end of a pipe");
}

#[test]
fn strange_targets_are_counted_and_the_server_serves_on() {
    let trap = Trap::new();
    let mut http = trap.server.http();
    for _ in 0..3 {
        trap.refuses(&mut http, "/../secret.txt");
        trap.refuses(&mut http, "/%00");
    }
    let metrics = trap.server.get("/metrics").text();
    let counted: f64 = metrics
        .lines()
        .filter(|line| line.contains("status=\"4") || line.contains("reason=\""))
        .filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok())
        .sum();
    assert!(counted >= 6.0, "{metrics}");
}

#[test]
fn what_vidicon_keeps_for_itself_is_not_served_through_a_link() {
    let (media, outer) = (Folder::new(), Folder::new());
    // The link is somebody's own wish; that secrets lie behind it is not.
    media.write("film.mp4", "film").link("link", outer.path());
    outer.write("other.txt", "other").write("vidicon.yaml", "log: {level: info}\n");
    let server = Server::of(env!("CARGO_BIN_EXE_vidicon"))
        .folder(media.path())
        .data(&outer.join("data"))
        .env("VIDICON_CONFIG", outer.join("vidicon.yaml").to_str().unwrap())
        .set("tls", "self-signed")
        .listen("http://127.0.0.1:0")
        .listen("https://127.0.0.1:0")
        .start();
    assert_eq!(server.get("/link/other.txt").text(), "other");
    for name in ["vidicon.yaml", "data/vidicon.lock", "data/tls/self-signed.key"] {
        assert!(outer.join(name).is_file(), "{name}");
        server.get(&format!("/link/{name}")).expect_problem(404);
        server.get(&format!("/video/link/{name}")).expect_problem(404);
    }
}
