//! Range requests (RFC 9110 section 14): exactly the bytes that were asked for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{
    Folder, Pattern, Response, Server,
    multipart::{content_range, parts},
};

const LEN: u64 = 1000;
const FILM: Pattern = Pattern::new(1);

fn film() -> (Server, Folder) {
    let folder = Folder::new();
    folder.pattern("film.mp4", 1, LEN);
    (Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start(), folder)
}

fn ask(server: &Server, range: &str) -> Response {
    server.request("GET", "/film.mp4", &[("Range", range)])
}

/// The ranges of an answer, whichever form it has, after checking every byte of them.
#[track_caller]
fn ranges_of(response: &Response) -> Vec<(u64, u64)> {
    response.expect_status(206);
    let one = |value: &str, body: &[u8]| {
        let (first, last, total) = content_range(value);
        assert_eq!(total, LEN);
        assert_eq!(body.len() as u64, last - first + 1);
        FILM.check(first, body);
        (first, last)
    };
    if let Some(value) = response.headers.get("content-range") {
        assert_eq!(response.headers.one("content-type"), "video/mp4");
        return vec![one(value, &response.body)];
    }
    let parts = parts(response);
    assert!(parts.len() > 1, "one range is not sent as multipart");
    parts
        .iter()
        .map(|part| {
            assert_eq!(part.headers.one("content-type"), "video/mp4");
            one(part.headers.one("content-range"), &part.body)
        })
        .collect()
}

#[test]
fn a_single_range_is_answered_with_exactly_its_bytes() {
    let (server, _folder) = film();
    let whole = server.get("/film.mp4");
    for (range, first, last) in [
        ("bytes=0-99", 0, 99),
        ("bytes=0-0", 0, 0),
        ("bytes=999-999", 999, 999),
        ("bytes=100-100", 100, 100),
        ("bytes=0-999", 0, 999),
        ("bytes=900-5000", 900, 999),
        ("bytes=0-99999999999999999999999999", 0, 999),
        ("bytes=500-", 500, 999),
        ("bytes=0-", 0, 999),
        ("bytes=-1", 999, 999),
        ("bytes=-1000", 0, 999),
        ("bytes=-5000", 0, 999),
        ("bytes=-99999999999999999999999999", 0, 999),
        // Units are compared without regard to case (section 14.1).
        ("Bytes=1-2", 1, 2),
        // Leading zeros are digits like others.
        ("bytes=0005-0006", 5, 6),
    ] {
        let response = ask(&server, range);
        assert_eq!(ranges_of(&response), [(first, last)], "{range}");
        let headers = &response.headers;
        assert_eq!(headers.one("content-range"), format!("bytes {first}-{last}/{LEN}"));
        assert_eq!(headers.one("content-length"), (last - first + 1).to_string());
        for same in ["etag", "last-modified", "accept-ranges", "cache-control"] {
            assert_eq!(headers.one(same), whole.headers.one(same), "{same}");
        }
    }
}

#[test]
fn a_range_beyond_the_end_answers_416_with_the_length() {
    let (server, _folder) = film();
    for range in [
        "bytes=1000-",
        "bytes=1000-2000",
        "bytes=99999999999999999999999999-",
        "bytes=-0",
        "bytes=1000-,2000-3000,-0",
    ] {
        let response = ask(&server, range);
        response.expect_problem(416);
        assert_eq!(response.headers.one("content-range"), "bytes */1000", "{range}");
    }
}

#[test]
fn another_unit_is_ignored() {
    let (server, _folder) = film();
    for range in ["items=0-9", "seconds=1-2", "none=0-0"] {
        let response = ask(&server, range);
        response.expect_status(200);
        FILM.check(0, &response.body);
    }
}

#[test]
fn what_is_no_range_gives_the_whole_file_or_a_clear_no() {
    let (server, _folder) = film();
    for range in [
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-2",
        "bytes=1-2-3",
        "bytes=--1",
        "bytes=+1-2",
        "bytes=1.5-2",
        "bytes=0x1-2",
        "bytes 0-1",
        "0-1",
        "bytes=1-2;3-4",
    ] {
        let response = ask(&server, range);
        assert!([200, 400, 416].contains(&response.status), "{range}: {}", response.status);
        if response.status == 200 {
            assert_eq!(response.body.len() as u64, LEN, "{range}");
        } else {
            response.expect_problem(response.status);
        }
    }
}

#[test]
fn several_ranges_come_as_parts_in_the_order_asked() {
    let (server, _folder) = film();
    let response = ask(&server, "bytes=500-509, 0-9,-10");
    assert_eq!(ranges_of(&response), [(500, 509), (0, 9), (990, 999)]);
    let headers = &response.headers;
    assert!(headers.one("content-type").starts_with("multipart/byteranges; boundary="));
    assert_eq!(headers.one("content-length"), response.body.len().to_string());
    assert!(!headers.has("content-range"), "section 15.3.7.2: only in the parts");
    assert!(headers.has("etag"));
}

#[test]
fn a_multipart_answer_leaves_the_connection_usable() {
    let (server, _folder) = film();
    let mut http = server.http();
    for _ in 0..3 {
        let response = http.request("GET", "/film.mp4", &[("Range", "bytes=0-1,200-201,500-501")]);
        assert_eq!(ranges_of(&response), [(0, 1), (200, 201), (500, 501)]);
    }
}

#[test]
fn ranges_that_overlap_become_one() {
    let (server, _folder) = film();
    assert_eq!(ranges_of(&ask(&server, "bytes=0-99,50-149")), [(0, 149)]);
    assert_eq!(ranges_of(&ask(&server, "bytes=0-99,0-99,0-99")), [(0, 99)]);
    assert_eq!(ranges_of(&ask(&server, "bytes=0-,-1")), [(0, 999)]);
    assert_eq!(ranges_of(&ask(&server, "bytes=600-,-500")), [(500, 999)]);
}

#[test]
fn ranges_that_cannot_be_are_left_out_among_others_that_can() {
    let (server, _folder) = film();
    assert_eq!(ranges_of(&ask(&server, "bytes=0-9,2000-3000")), [(0, 9)]);
    assert_eq!(ranges_of(&ask(&server, "bytes=2000-,0-9,500-509,-0")), [(0, 9), (500, 509)]);
}

#[test]
fn empty_members_of_the_list_are_passed_over() {
    // RFC 9110 section 5.6.1.2 asks recipients to.
    let (server, _folder) = film();
    assert_eq!(ranges_of(&ask(&server, "bytes=0-9,,500-509")), [(0, 9), (500, 509)]);
    assert_eq!(ranges_of(&ask(&server, "bytes=, 0-9 , ,")), [(0, 9)]);
}

#[test]
fn more_ranges_than_the_cap_are_not_served_as_parts() {
    let (server, _folder) = film();
    let mut list: Vec<String> = (0..480).map(|n| format!("{}-{}", n * 2, n * 2)).collect();
    let response = ask(&server, &format!("bytes={}", list.join(",")));
    assert!([200, 416].contains(&response.status), "{}", response.status);
    // Nor backwards, nor overlapping: the old attack by which a few bytes asked for megabytes.
    list.reverse();
    let response = ask(&server, &format!("bytes={}", list.join(",")));
    assert!([200, 416].contains(&response.status), "{}", response.status);
    let response = ask(&server, &format!("bytes={}", vec!["0-"; 500].join(",")));
    assert!(response.body.len() as u64 <= LEN, "{} bytes", response.body.len());
}

#[test]
fn any_set_of_ranges_yields_exactly_those_bytes() {
    let (server, _folder) = film();
    let mut http = server.http();
    let dice = Pattern::new(42).bytes(0..4096);
    let mut dice = dice.chunks_exact(2).map(|two| u64::from(u16::from_le_bytes([two[0], two[1]])));
    for _ in 0..150 {
        let count = 1 + dice.next().unwrap() % 5;
        let asked: Vec<(u64, u64)> = (0..count)
            .map(|_| {
                let first = dice.next().unwrap() % LEN;
                (first, first + dice.next().unwrap() % 300)
            })
            .collect();
        let list: Vec<String> = asked.iter().map(|(a, b)| format!("{a}-{b}")).collect();
        let range = format!("bytes={}", list.join(","));
        let response = http.request("GET", "/film.mp4", &[("Range", &range)]);
        let given = ranges_of(&response);
        for offset in 0..LEN {
            let within = |set: &[(u64, u64)]| {
                set.iter().filter(|(a, b)| (*a..=*b).contains(&offset)).count()
            };
            if within(&asked) > 0 {
                assert_eq!(within(&given), 1, "byte {offset} of {range}: given {given:?}");
            } else {
                // A gap smaller than the head of a part may be filled (section 15.3.7.2).
                assert!(within(&given) <= 1, "byte {offset} of {range}: given {given:?}");
            }
        }
    }
}

#[test]
fn ranges_work_under_both_routes_and_for_any_kind_of_file() {
    let (server, folder) = film();
    folder.pattern("sub/notes.bin", 1, LEN).pattern("text.srt", 1, LEN);
    for target in ["/video/film.mp4", "/sub/notes.bin", "/video/sub/notes.bin", "/text.srt"] {
        let response = server.request("GET", target, &[("Range", "bytes=7-17")]);
        response.expect_status(206);
        assert_eq!(response.headers.one("content-range"), "bytes 7-17/1000");
        FILM.check(7, &response.body);
    }
}
