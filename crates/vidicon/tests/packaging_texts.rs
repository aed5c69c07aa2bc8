//! Playlists and manifests as texts: their codings, and the addresses in them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Response, Server, coding, oddities};

const FILM: &str = "languages.mp4";

fn serve() -> testkit::server::Builder {
    oddities::named(FILM).path();
    Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(oddities::folder())
}

fn texts() -> [String; 3] {
    ["hls/F/master.m3u8", "hls-ts/F/master.m3u8", "dash/F/manifest.mpd"]
        .map(|target| format!("/{}", target.replace('F', FILM)))
}

fn ask(server: &Server, method: &str, target: &str, coding: &str) -> Response {
    server.request(method, target, &[("Accept-Encoding", coding)])
}

#[test]
fn each_coding_of_a_playlist_is_a_representation_of_its_own() {
    // Short segments, so that the playlist is long enough to be worth it.
    let server = serve().set("segments.target", "1s").set("segments.first", "1s").start();
    for target in texts() {
        let plain = server.get(&target);
        plain.expect_status(200);
        let tag = plain.headers.one("etag").to_owned();
        let mut tags = vec![tag.clone()];
        for wanted in ["gzip", "br", "zstd"] {
            // The first is made, the second is the kept one.
            let [first, second] = [0, 1].map(|_| ask(&server, "GET", &target, wanted));
            first.expect_status(200);
            assert_eq!(first.headers.one("content-encoding"), wanted, "{target}");
            assert_eq!(coding::decode(wanted, &first.body), plain.body, "{target}");
            assert_eq!(first.body, second.body);
            let head = ask(&server, "HEAD", &target, wanted);
            for response in [&first, &second, &head] {
                let headers = &response.headers;
                assert_eq!(headers.one("content-length"), first.body.len().to_string());
                assert_eq!(headers.one("vary"), "accept-encoding");
                assert!(!headers.has("accept-ranges"));
                assert_eq!(headers.one("content-encoding"), wanted);
                assert_eq!(headers.one("content-type"), plain.headers.one("content-type"));
                assert_eq!(headers.one("last-modified"), plain.headers.one("last-modified"));
            }
            let coded = first.headers.one("etag").to_owned();
            assert_eq!([second.headers.one("etag"), head.headers.one("etag")], [&*coded; 2]);
            let conditional = [("Accept-Encoding", wanted), ("If-None-Match", &*coded)];
            let same = server.request("GET", &target, &conditional);
            same.expect_status(304);
            assert_eq!(same.headers.one("etag"), coded);
            // Who takes no coding never had these bytes.
            server.request("GET", &target, &conditional[1..]).expect_status(200);
            tags.push(coded);
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 4, "{tags:?}");
        // A range is one of the text as it is, whatever the client accepts.
        let range = [("Accept-Encoding", "gzip"), ("Range", "bytes=5-19"), ("If-Range", &*tag)];
        let part = server.request("GET", &target, &range);
        part.expect_status(206);
        assert!(!part.headers.has("content-encoding"));
        assert_eq!(part.body, plain.body[5..20]);
        assert_eq!(server.get(&target).body, plain.body, "still there as it is");
    }
}

#[test]
fn a_playlist_with_a_key_is_compressed_with_its_key() {
    let server = serve().set("access.api_keys", "secretsecret1,secretsecret2").start();
    for target in texts() {
        for key in ["secretsecret1", "secretsecret2"] {
            let target = format!("{target}?api_key={key}");
            let coded = ask(&server, "GET", &target, "gzip");
            coded.expect_status(200);
            let plain = server.get(&target);
            let mut text = coded.body.clone();
            if coded.headers.has("content-encoding") {
                text = coding::decode("gzip", &coded.body);
            }
            assert_eq!(text, plain.body);
            assert!(plain.text().contains(&format!("?api_key={key}")));
        }
    }
}

/// The address to which a relative one leads (RFC 3986 section 5.3), of paths.
fn resolve(base: &str, relative: &str) -> String {
    let mut all: Vec<&str> = base.split('/').collect();
    all.pop();
    for part in relative.split('/') {
        match part {
            ".." => {
                all.pop();
            }
            part => all.push(part),
        }
    }
    all.join("/")
}

#[test]
fn a_manifest_leads_to_its_segments_however_many_slashes_it_was_asked_for_with() {
    let server = serve().start();
    for slashes in ["/", "//", "///"] {
        let target = format!("/dash{slashes}{FILM}/manifest.mpd");
        let text = server.get(&target).text();
        let base = text.split("<BaseURL>").nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(resolve(&target, base), format!("/hls/{FILM}/"), "{target}: {base}");
        let coded = ask(&server, "GET", &target, "gzip");
        assert_eq!(coding::decode("gzip", &coded.body), text.as_bytes());
    }
}
