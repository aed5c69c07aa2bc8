//! Partial replies: what arrives is what was asked for, byte for byte.

use proptest::prelude::*;

use super::*;

/// Takes a multipart body apart: the range, total length and media type of each part, and its bytes.
fn take_apart(content_type: &str, mut body: &[u8]) -> Vec<(Range<u64>, u64, String, Vec<u8>)> {
    let boundary = content_type.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let mut parts = Vec::new();
    let mut delimiter = format!("--{boundary}");
    loop {
        body = body.strip_prefix(delimiter.as_bytes()).unwrap();
        delimiter = format!("\r\n--{boundary}");
        if body == b"--\r\n" {
            return parts;
        }
        let end = body.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&body[..end]).unwrap();
        let field =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim();
        let (range, total) = parse_content_range(field("Content-Range:"));
        let media_type = field("Content-Type:").to_owned();
        let (data, rest) =
            body[end + 4..].split_at(usize::try_from(range.end - range.start).unwrap());
        parts.push((range, total, media_type, data.to_vec()));
        body = rest;
    }
}

fn parse_content_range(value: &str) -> (Range<u64>, u64) {
    let (range, total) = value.strip_prefix("bytes ").unwrap().split_once('/').unwrap();
    let (first, last) = range.split_once('-').unwrap();
    (first.parse().unwrap()..last.parse::<u64>().unwrap() + 1, total.parse().unwrap())
}

#[tokio::test]
async fn one_range_is_sent_alone_with_the_headers_of_the_file() {
    let reply = get(file("a.mp4", b"0123456789"), &[("range", "bytes=2-4")]).await.unwrap();
    assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(body(&reply.plan), b"234");
    assert_eq!(reply.headers[CONTENT_RANGE], "bytes 2-4/10");
    assert_eq!(reply.headers[CONTENT_LENGTH], "3");
    assert_eq!(reply.headers[CONTENT_TYPE], "video/mp4");
    assert_eq!(reply.headers[ETAG], "\"ab-a-e8d4a51000\"");
}

#[tokio::test]
async fn several_ranges_are_sent_in_parts_each_with_its_type_and_place() {
    let content: Vec<u8> = (0..=u8::MAX).cycle().take(1000).collect();
    let lines = [("range", "bytes=-10, 0-4, 2-9")];
    let reply = get(file("a.vtt", &content), &lines).await.unwrap();
    assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT);
    assert!(!reply.headers.contains_key(CONTENT_RANGE), "RFC 9110 section 15.3.7.2");
    let body = body(&reply.plan);
    assert_eq!(reply.headers[CONTENT_LENGTH], body.len().to_string());
    let parts = take_apart(reply.headers[CONTENT_TYPE].to_str().unwrap(), &body);
    let media_type = "text/vtt; charset=utf-8".to_owned();
    let expected = [
        (990..1000, 1000, media_type.clone(), content[990..].to_vec()),
        (0..10, 1000, media_type, content[..10].to_vec()),
    ];
    assert_eq!(parts, expected);
}

#[tokio::test]
async fn what_cannot_be_satisfied_is_told_with_the_length() {
    let error = get(file("a", b"0123456789"), &[("range", "bytes=10-")]).await.unwrap_err();
    assert_eq!(error.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(error.headers()[CONTENT_RANGE], "bytes */10");
    assert!(error.to_string().contains("10 bytes"));
    let many = format!("bytes={}", ["0-0"; 33].join(","));
    let error = get(file("a", b"0123456789"), &[("range", &many)]).await.unwrap_err();
    assert!(error.to_string().contains("more than 32 ranges"), "{error}");
    assert_eq!(error.headers()[CONTENT_RANGE], "bytes */10");
}

#[tokio::test]
async fn a_range_of_another_version_or_unit_gives_the_whole_file() {
    for lines in [
        [("range", "bytes=0-0"), ("if-range", "\"other\"")],
        [("range", "seconds=0-1"), ("if-range", "\"ab-a-e8d4a51000\"")],
    ] {
        let reply = get(file("a", b"0123456789"), &lines).await.unwrap();
        assert_eq!((reply.status, reply.plan.len()), (StatusCode::OK, 10));
        assert!(!reply.headers.contains_key(CONTENT_RANGE));
    }
    let lines = [("range", "bytes=0-0"), ("if-range", "\"ab-a-e8d4a51000\"")];
    let reply = get(file("a", b"0123456789"), &lines).await.unwrap();
    assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT);
}

proptest! {
    #[test]
    fn any_set_of_ranges_yields_exactly_those_bytes(
        content in proptest::collection::vec(any::<u8>(), 0..1500),
        asked in proptest::collection::vec((0_u64..1800, proptest::option::of(0_u64..400), any::<bool>()), 1..12),
    ) {
        let len = content.len() as u64;
        let text = asked.iter().map(|(at, more, suffix)| match (suffix, more) {
            (true, _) => format!("-{at}"),
            (false, Some(more)) => format!("{at}-{}", at + more),
            (false, None) => format!("{at}-"),
        });
        let value = format!("bytes={}", text.collect::<Vec<_>>().join(", "));
        let wanted = |byte: u64| asked.iter().any(|(at, more, suffix)| match (suffix, more) {
            (true, _) => byte >= len.saturating_sub(*at),
            (false, Some(more)) => (*at..=at + more).contains(&byte),
            (false, None) => byte >= *at,
        });
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let reply = runtime.block_on(get(file("a.mp4", &content), &[("range", &value)]));
        let parts = match reply {
            Ok(reply) => {
                prop_assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT);
                let body = body(&reply.plan);
                prop_assert_eq!(reply.headers[CONTENT_LENGTH].to_str().unwrap(), body.len().to_string());
                match reply.headers.get(CONTENT_RANGE) {
                    Some(value) => {
                        let (range, total) = parse_content_range(value.to_str().unwrap());
                        vec![(range, total, "video/mp4".to_owned(), body)]
                    }
                    None => take_apart(reply.headers[CONTENT_TYPE].to_str().unwrap(), &body),
                }
            }
            Err(error) => {
                prop_assert_eq!(error.status(), StatusCode::RANGE_NOT_SATISFIABLE);
                vec![]
            }
        };
        let mut sent = vec![false; content.len()];
        for (range, total, media_type, bytes) in parts {
            prop_assert_eq!((total, media_type.as_str()), (len, "video/mp4"));
            let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
            prop_assert_eq!(&content[range.clone()], &bytes[..]);
            prop_assert!(sent[range.clone()].iter().all(|sent| !sent), "no byte twice");
            sent[range].fill(true);
        }
        for byte in 0..len {
            prop_assert!(!wanted(byte) || sent[usize::try_from(byte).unwrap()]);
        }
    }
}
