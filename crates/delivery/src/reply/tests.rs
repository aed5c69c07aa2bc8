#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod ranges;

use std::{fs::File, io::Write, os::unix::fs::FileExt};

use http::{
    HeaderValue,
    header::{
        ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LAST_MODIFIED, X_CONTENT_TYPE_OPTIONS,
    },
};

use super::*;
use crate::{folders::FileIdentity, gate::Gate};

/// An open file with this name and content, changed 1000 seconds after the epoch.
fn file(name: &str, content: &[u8]) -> OpenFile {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content).unwrap();
    OpenFile {
        file: Arc::new(file),
        len: content.len() as u64,
        modified: SystemTime::UNIX_EPOCH + Duration::from_secs(1000),
        identity: FileIdentity { dev: 1, ino: 0xab },
        name: name.into(),
        gate: Gate::default(),
    }
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &str)| {
        ((*name).try_into().unwrap(), value.parse().unwrap())
    };
    lines.iter().map(line).collect::<HeaderMap<HeaderValue>>()
}

async fn ask(
    method: Method,
    file: OpenFile,
    lines: &[(&'static str, &str)],
) -> Result<Reply, ReplyError> {
    let headers = headers(lines);
    reply(file, Ask { method: &method, headers: &headers, download: false }, &Policy::default())
        .await
}

async fn get(file: OpenFile, lines: &[(&'static str, &str)]) -> Result<Reply, ReplyError> {
    ask(Method::GET, file, lines).await
}

/// The body, read as the connection would.
fn body(plan: &Plan) -> Vec<u8> {
    let mut body = Vec::new();
    for part in plan.parts() {
        match part {
            Part::Bytes(bytes) => body.extend_from_slice(bytes),
            Part::Extent(extent) => {
                let start = body.len();
                body.resize(start + usize::try_from(extent.len()).unwrap(), 0);
                extent.file.read_exact_at(&mut body[start..], extent.range.start).unwrap();
            }
            Part::Made(_) => unreachable!("files are never made"),
        }
    }
    assert_eq!(body.len() as u64, plan.len());
    body
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<_> = headers.keys().map(http::HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_whole_file_comes_with_everything_a_player_and_a_cache_need() {
    let reply = get(file("a.mp4", b"0123456789"), &[]).await.unwrap();
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(body(&reply.plan), b"0123456789");
    for (name, value) in [
        (CONTENT_TYPE, "video/mp4"),
        (CONTENT_LENGTH, "10"),
        (ACCEPT_RANGES, "bytes"),
        (CACHE_CONTROL, "no-cache"),
        (ETAG, "\"ab-a-e8d4a51000\""),
        (LAST_MODIFIED, "Thu, 01 Jan 1970 00:16:40 GMT"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        assert_eq!(reply.headers[&name], value, "{name}");
    }
    assert_eq!(reply.headers.len(), 7, "{:?}", reply.headers);
}

#[tokio::test]
async fn head_equals_get_in_every_header_and_reads_nothing() {
    // A descriptor that cannot be read shows that nothing is.
    let content = vec![7; 40_000];
    for len in [0, 1, 4096, 40_000] {
        let whole = file("a.mkv", &content[..len]);
        let get = get(whole.clone(), &[]).await.unwrap();
        let unreadable = Arc::new(File::options().write(true).open("/dev/null").unwrap());
        for lines in [&[][..], &[("range", "bytes=0-0")], &[("range", "bytes=99999999-")]] {
            let head =
                ask(Method::HEAD, OpenFile { file: unreadable.clone(), ..whole.clone() }, lines);
            let head = head.await.unwrap();
            assert_eq!((head.status, &head.headers), (get.status, &get.headers));
            assert_eq!(head.plan.len(), get.plan.len());
        }
    }
}

#[tokio::test]
async fn small_bodies_are_read_and_large_ones_stay_in_their_file() {
    let max = usize::try_from(INLINE_MAX).unwrap();
    let content: Vec<u8> = (0..=u8::MAX).cycle().take(max + 1).collect();
    let small = get(file("a", &content[..max]), &[]).await.unwrap();
    assert!(matches!(small.plan.parts(), [Part::Bytes(bytes)] if *bytes == content[..max]));
    let large = get(file("a", &content), &[]).await.unwrap();
    assert!(matches!(large.plan.parts(), [Part::Extent(_)]));
    assert_eq!(body(&large.plan), content);
    let range = get(file("a", &content), &[("range", "bytes=100-199")]).await.unwrap();
    assert!(matches!(range.plan.parts(), [Part::Bytes(bytes)] if *bytes == content[100..200]));
}

#[tokio::test]
async fn a_file_that_grew_is_served_to_the_length_announced_and_one_that_shrank_is_an_error() {
    let grown = file("a.ts", b"01234");
    (&*grown.file).write_all(b"56789").unwrap();
    assert_eq!(body(&get(grown, &[]).await.unwrap().plan), b"01234");
    let shrunk = file("a.ts", b"01234");
    shrunk.file.set_len(3).unwrap();
    let error = get(shrunk, &[]).await.unwrap_err();
    assert!(matches!(error, ReplyError::Shrank));
    assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn an_empty_file_has_a_whole_but_no_ranges() {
    let whole = get(file("a.txt", b""), &[]).await.unwrap();
    assert_eq!((whole.status, whole.plan.len()), (StatusCode::OK, 0));
    assert_eq!(whole.headers[CONTENT_LENGTH], "0");
    for range in ["bytes=0-", "bytes=-1"] {
        let error = get(file("a.txt", b""), &[("range", range)]).await.unwrap_err();
        assert_eq!(error.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(error.headers()[CONTENT_RANGE], "bytes */0");
    }
}

#[tokio::test]
async fn not_modified_repeats_what_a_cache_needs_and_no_more() {
    let reply =
        get(file("a.html", b"x"), &[("if-none-match", "\"ab-1-e8d4a51000\"")]).await.unwrap();
    assert_eq!(reply.status, StatusCode::NOT_MODIFIED);
    assert!(reply.plan.is_empty());
    assert_eq!(names(&reply.headers), ["cache-control", "etag"]);
    // What the layers above add may depend on the type, which is not said to the client.
    assert_eq!(reply.media_type.as_str(), "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_failed_precondition_names_its_field() {
    let error = get(file("a.mp4", b"x"), &[("if-match", "\"other\"")]).await.unwrap_err();
    assert_eq!(error.status(), StatusCode::PRECONDITION_FAILED);
    assert!(error.to_string().contains("If-Match"));
    assert!(error.headers().is_empty());
}

#[tokio::test]
async fn files_that_could_act_as_pages_are_put_in_a_sandbox() {
    for name in ["a.html", "a.svg", "a.xml", "a.xhtml", "a.mpd"] {
        let reply = get(file(name, b"x"), &[]).await.unwrap();
        assert_eq!(reply.headers[CONTENT_SECURITY_POLICY], "sandbox", "{name}");
    }
    let film = get(file("a.mp4", b"x"), &[]).await.unwrap();
    assert!(!film.headers.contains_key(CONTENT_SECURITY_POLICY));
}

#[tokio::test]
async fn a_download_has_the_name_of_the_file() {
    let headers = HeaderMap::new();
    let ask = Ask { method: &Method::GET, headers: &headers, download: true };
    let reply = reply(file("é.mp4", b"x"), ask, &Policy::default()).await.unwrap();
    let expected = "attachment; filename=\"_.mp4\"; filename*=UTF-8''%C3%A9.mp4";
    assert_eq!(reply.headers[CONTENT_DISPOSITION], expected);
}

#[tokio::test]
async fn the_owner_decides_how_long_and_where_replies_are_kept() {
    for (seconds, private, value) in [
        (0, false, "no-cache"),
        (0, true, "private, no-cache"),
        (60, false, "max-age=60"),
        (60, true, "private, max-age=60"),
    ] {
        let policy = Policy { max_age: Duration::from_secs(seconds), private, ..Policy::default() };
        let headers = HeaderMap::new();
        let ask = Ask { method: &Method::GET, headers: &headers, download: false };
        let reply = reply(file("a.mp4", b"x"), ask, &policy).await.unwrap();
        assert_eq!(reply.headers[CACHE_CONTROL], value);
    }
}
