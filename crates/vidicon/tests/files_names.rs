//! Names: media types by extension, names in any language, and what a download is called.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Server, target};

fn serve(folder: &Folder) -> Server {
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start()
}

/// Names that are awkward in some layer or other.
const NAMES: [&str; 14] = [
    "simple.mp4",
    "with space.mp4",
    "Фильм о Москве.mkv",
    "日本語の映画.webm",
    "العربية.mp4",
    "e\u{301}te\u{301}.mp4",
    "🎬.mp4",
    "100% & more; a=b, c.mp4",
    "a?b#c.mp4",
    "plus+plus.mp4",
    "say \"cheese\".mp4",
    "it's (1) [2] {3}.mp4",
    "new\nline.mp4",
    "tab\there.mp4",
];

#[test]
fn a_file_has_the_media_type_of_its_extension() {
    let types: &[(&str, &[&str])] = &[
        ("film.mp4", &["video/mp4"]),
        ("FILM.MP4", &["video/mp4"]),
        ("film.m4v", &["video/mp4", "video/x-m4v"]),
        ("film.m4s", &["video/iso.segment", "video/mp4"]),
        ("film.mkv", &["video/matroska", "video/x-matroska"]),
        ("film.webm", &["video/webm"]),
        ("film.ts", &["video/mp2t"]),
        ("film.m2ts", &["video/mp2t"]),
        ("film.ogv", &["video/ogg"]),
        ("film.mov", &["video/quicktime"]),
        ("film.avi", &["video/x-msvideo", "video/vnd.avi"]),
        ("film.mpg", &["video/mpeg"]),
        ("film.m3u8", &["application/vnd.apple.mpegurl"]),
        ("film.mpd", &["application/dash+xml"]),
        ("film.vtt", &["text/vtt", "text/vtt; charset=utf-8"]),
        ("film.srt", &["application/x-subrip", "application/x-subrip; charset=utf-8"]),
        ("song.mp3", &["audio/mpeg"]),
        ("song.m4a", &["audio/mp4"]),
        ("key.jpg", &["image/jpeg"]),
        ("key.jpeg", &["image/jpeg"]),
        ("key.png", &["image/png"]),
        ("key.webp", &["image/webp"]),
        ("about.json", &["application/json"]),
        ("about.txt", &["text/plain; charset=utf-8", "text/plain"]),
        ("archive.tar.gz", &["application/gzip", "application/octet-stream"]),
        ("no-extension", &["application/octet-stream"]),
        ("unknown.qqq", &["application/octet-stream"]),
    ];
    let folder = Folder::new();
    for (name, _) in types {
        folder.write(name, "some bytes");
    }
    let server = serve(&folder);
    for (name, allowed) in types {
        let response = server.get(&format!("/{name}"));
        let found = response.headers.one("content-type");
        assert!(allowed.contains(&found), "{name} is {found}, and should be one of {allowed:?}");
    }
}

#[test]
fn a_name_in_any_language_is_found() {
    let folder = Folder::new();
    for name in NAMES {
        folder.write(name, name).write(format!("folder {name}/inside {name}"), name);
    }
    let server = serve(&folder);
    let mut http = server.http();
    for name in NAMES {
        for route in ["/", "/video/"] {
            let flat = format!("{route}{}", target::encode(name));
            assert_eq!(http.get(&flat).expect_status(200).text(), name, "{flat}");
            let deep = format!("{route}{}", target::encode(format!("folder {name}/inside {name}")));
            assert_eq!(http.get(&deep).expect_status(200).text(), name, "{deep}");
        }
    }
}

#[test]
fn a_name_is_decoded_once_and_a_plus_stays_a_plus() {
    let folder = Folder::new();
    folder.write("a+b.mp4", "plus").write("a%20b.mp4", "percent").write("a b.mp4", "space");
    let server = serve(&folder);
    assert_eq!(server.get("/a+b.mp4").text(), "plus");
    assert_eq!(server.get("/a%2Bb.mp4").text(), "plus");
    assert_eq!(server.get("/a%2520b.mp4").text(), "percent");
    assert_eq!(server.get("/a%20b.mp4").text(), "space");
    // Hexadecimal digits in either case, and characters encoded that need not be.
    assert_eq!(server.get("/%61%2bb%2Emp4").text(), "plus");
}

/// The parameters of an attachment: `filename` without its quotes, and `filename*` decoded.
fn attachment(value: &str) -> (Option<String>, Option<String>) {
    let rest = value.strip_prefix("attachment").expect("an attachment");
    let quoted = rest.split_once("filename=\"").map(|(_, rest)| {
        let mut name = String::new();
        let mut chars = rest.chars();
        loop {
            match chars.next().expect("a closing quote") {
                '"' => break name,
                '\\' => name.push(chars.next().expect("a character after a backslash")),
                other => name.push(other),
            }
        }
    });
    let extended = rest.split_once("filename*=UTF-8''").map(|(_, rest)| {
        let text = rest.split(';').next().unwrap_or_default().trim();
        // RFC 8187 section 3.2.1: attr-char or percent-encoded, nothing else.
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~%".contains(&byte);
        assert!(text.bytes().all(allowed), "{text}");
        String::from_utf8(target::decode(text)).unwrap()
    });
    (quoted, extended)
}

#[test]
fn a_download_has_the_name_of_the_file_in_any_language() {
    let folder = Folder::new();
    for name in NAMES {
        folder.write(name, name);
    }
    let server = serve(&folder);
    for name in NAMES {
        let response = server.get(&format!("/{}?download=1", target::encode(name)));
        response.expect_status(200);
        assert_eq!(response.text(), name);
        let value = response.headers.one("content-disposition");
        assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "ASCII: {value:?}");
        let (quoted, extended) = attachment(value);
        // What cannot be part of any file name on the other side may be replaced.
        let same = |found: &str| {
            found.chars().zip(name.chars()).all(|(a, b)| a == b || b.is_control())
                && found.chars().count() == name.chars().count()
        };
        if let Some(extended) = &extended {
            assert!(same(extended), "{name:?} became {extended:?}");
        } else {
            assert!(quoted.as_deref().is_some_and(same), "{name:?} became {quoted:?}");
        }
        assert!(quoted.is_some(), "old clients read filename alone: {value}");
    }
}

#[test]
fn without_asking_nothing_is_an_attachment() {
    let folder = Folder::new();
    folder.write("film.mp4", "x");
    let server = serve(&folder);
    for target in ["/film.mp4", "/film.mp4?download=0", "/film.mp4?other=1"] {
        let response = server.get(target);
        let disposition = response.headers.get("content-disposition").unwrap_or_default();
        assert!(!disposition.starts_with("attachment"), "{target}: {disposition}");
    }
    let ranged = server.request("GET", "/video/film.mp4?download=1", &[("Range", "bytes=0-0")]);
    assert!(ranged.headers.one("content-disposition").starts_with("attachment"));
}
