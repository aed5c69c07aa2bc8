//! Conditional requests (RFC 9110 section 13) and their order of precedence.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use testkit::{Folder, Pattern, Response, Server};

/// 2 January 2020, 03:04:05 UTC, and how HTTP writes it and its neighbours.
const THEN: u64 = 1_577_934_245;
const SAME: &str = "Thu, 02 Jan 2020 03:04:05 GMT";
const BEFORE: &str = "Thu, 02 Jan 2020 03:04:04 GMT";
const AFTER: &str = "Thu, 02 Jan 2020 03:04:06 GMT";

const LEN: u64 = 1000;

struct Film {
    server: Server,
    etag: String,
    _folder: Folder,
}

impl Film {
    fn new() -> Self {
        let folder = Folder::new();
        folder.pattern("film.mp4", 1, LEN).modified("film.mp4", THEN);
        let server = Server::of(env!("CARGO_BIN_EXE_vidicon")).folder(folder.path()).start();
        let etag = server.get("/film.mp4").headers.one("etag").to_owned();
        Self { server, etag, _folder: folder }
    }

    /// Asks with these headers by GET and, where `Range` plays no part, by HEAD: both must say the
    /// same.
    #[track_caller]
    fn ask(&self, headers: &[(&str, &str)]) -> Response {
        let get = self.server.request("GET", "/film.mp4", headers);
        if !headers.iter().any(|(name, _)| *name == "Range") {
            let head = self.server.request("HEAD", "/film.mp4", headers);
            assert_eq!(head.status, get.status, "{headers:?}");
        }
        match get.status {
            200 => Pattern::new(1).check(0, &get.body),
            304 => {
                assert!(get.body.is_empty());
                assert_eq!(get.headers.one("etag"), self.etag);
                assert!(get.headers.has("cache-control") && get.headers.has("date"));
                // RFC 9110 section 15.4.5: no headers that describe a body that is not there.
                assert!(!get.headers.has("content-range") && !get.headers.has("transfer-encoding"));
            }
            412 => {
                get.expect_problem(412);
            }
            _ => {}
        }
        get
    }

    #[track_caller]
    fn status(&self, headers: &[(&str, &str)]) -> u16 {
        self.ask(headers).status
    }
}

#[test]
fn if_match_compares_strongly() {
    let film = Film::new();
    let etag = film.etag.as_str();
    for value in [etag, "*", &format!("\"other\", {etag}"), &format!("{etag} , \"other\"")] {
        assert_eq!(film.status(&[("If-Match", value)]), 200, "{value}");
    }
    for value in ["\"other\"", &format!("W/{etag}"), "\"a\", \"b\""] {
        assert_eq!(film.status(&[("If-Match", value)]), 412, "{value}");
    }
}

#[test]
fn if_match_on_what_is_missing_is_404_or_412() {
    let film = Film::new();
    let response = film.server.request("GET", "/missing.mp4", &[("If-Match", "*")]);
    assert!([404, 412].contains(&response.status));
}

#[test]
fn if_unmodified_since_lets_old_files_pass() {
    let film = Film::new();
    assert_eq!(film.status(&[("If-Unmodified-Since", SAME)]), 200);
    assert_eq!(film.status(&[("If-Unmodified-Since", AFTER)]), 200);
    assert_eq!(film.status(&[("If-Unmodified-Since", BEFORE)]), 412);
    assert_eq!(film.status(&[("If-Unmodified-Since", "yesterday")]), 200, "not a date: ignored");
}

#[test]
fn if_none_match_compares_weakly() {
    let film = Film::new();
    let etag = film.etag.as_str();
    let listed = format!("\"other\", {etag}");
    for value in [etag, "*", &format!("W/{etag}"), &listed, &format!(" {etag} ")] {
        assert_eq!(film.status(&[("If-None-Match", value)]), 304, "{value}");
    }
    for value in ["\"other\"", "W/\"other\"", "\"a\",\"b\""] {
        assert_eq!(film.status(&[("If-None-Match", value)]), 200, "{value}");
    }
}

#[test]
fn a_list_may_come_in_several_header_fields() {
    let film = Film::new();
    let etag = film.etag.as_str();
    assert_eq!(film.status(&[("If-None-Match", "\"other\""), ("If-None-Match", etag)]), 304);
    assert_eq!(film.status(&[("If-Match", "\"other\""), ("If-Match", etag)]), 200);
}

#[test]
fn if_modified_since_reads_all_three_forms_of_a_date() {
    let film = Film::new();
    for same in [SAME, "Thursday, 02-Jan-20 03:04:05 GMT", "Thu Jan  2 03:04:05 2020"] {
        assert_eq!(film.status(&[("If-Modified-Since", same)]), 304, "{same}");
    }
    assert_eq!(film.status(&[("If-Modified-Since", AFTER)]), 304);
    assert_eq!(film.status(&[("If-Modified-Since", BEFORE)]), 200);
    assert_eq!(film.status(&[("If-Modified-Since", "yesterday")]), 200, "not a date: ignored");
}

#[test]
fn etags_go_before_dates() {
    let film = Film::new();
    let etag = film.etag.as_str();
    // RFC 9110 section 13.2.2, steps 1 and 2: If-Unmodified-Since only without If-Match.
    assert_eq!(film.status(&[("If-Match", etag), ("If-Unmodified-Since", BEFORE)]), 200);
    assert_eq!(film.status(&[("If-Match", "\"other\""), ("If-Unmodified-Since", AFTER)]), 412);
    // Steps 3 and 4: If-Modified-Since only without If-None-Match.
    assert_eq!(film.status(&[("If-None-Match", "\"other\""), ("If-Modified-Since", AFTER)]), 200);
    assert_eq!(film.status(&[("If-None-Match", etag), ("If-Modified-Since", BEFORE)]), 304);
}

#[test]
fn a_failed_precondition_goes_before_not_modified() {
    let film = Film::new();
    let etag = film.etag.as_str();
    assert_eq!(film.status(&[("If-Match", "\"other\""), ("If-None-Match", etag)]), 412);
    assert_eq!(film.status(&[("If-Unmodified-Since", BEFORE), ("If-None-Match", etag)]), 412);
    assert_eq!(film.status(&[("If-Match", etag), ("If-None-Match", etag)]), 304);
    assert_eq!(film.status(&[("If-Unmodified-Since", AFTER), ("If-Modified-Since", AFTER)]), 304);
}

#[test]
fn preconditions_go_before_ranges() {
    let film = Film::new();
    let etag = film.etag.as_str();
    for range in ["bytes=0-9", "bytes=5000-"] {
        let range = ("Range", range);
        assert_eq!(film.status(&[range, ("If-None-Match", etag)]), 304);
        assert_eq!(film.status(&[range, ("If-Modified-Since", SAME)]), 304);
        assert_eq!(film.status(&[range, ("If-Match", "\"other\"")]), 412);
        assert_eq!(film.status(&[range, ("If-Unmodified-Since", BEFORE)]), 412);
    }
    assert_eq!(film.status(&[("Range", "bytes=0-9"), ("If-Match", etag)]), 206);
    assert_eq!(film.status(&[("Range", "bytes=5000-"), ("If-Match", etag)]), 416);
    assert_eq!(film.status(&[("Range", "bytes=0-9"), ("If-None-Match", "\"other\"")]), 206);
}

#[test]
fn if_range_gives_the_range_of_the_same_file_and_else_the_whole() {
    let film = Film::new();
    let etag = film.etag.as_str();
    let weak = format!("W/{etag}");
    for (value, status) in [
        (etag, 206),
        ("\"other\"", 200),
        // A weak validator never matches here: section 13.1.5.
        (weak.as_str(), 200),
        ("*", 200),
        (SAME, 206),
        // Dates are compared for equality, not for order.
        (BEFORE, 200),
        (AFTER, 200),
        ("yesterday", 200),
    ] {
        let response = film.ask(&[("Range", "bytes=10-19"), ("If-Range", value)]);
        assert_eq!(response.status, status, "{value}");
        if status == 206 {
            assert_eq!(response.headers.one("content-range"), "bytes 10-19/1000");
            assert_eq!(response.headers.one("etag"), etag);
            Pattern::new(1).check(10, &response.body);
        } else {
            assert_eq!(response.body.len() as u64, LEN, "{value}");
        }
    }
}

#[test]
fn if_range_also_decides_about_ranges_that_cannot_be() {
    let film = Film::new();
    let etag = film.etag.as_str();
    assert_eq!(film.status(&[("Range", "bytes=5000-"), ("If-Range", "\"other\"")]), 200);
    assert_eq!(film.status(&[("Range", "bytes=5000-"), ("If-Range", etag)]), 416);
}

#[test]
fn if_range_without_a_range_means_nothing() {
    let film = Film::new();
    assert_eq!(film.status(&[("If-Range", film.etag.as_str())]), 200);
    assert_eq!(film.status(&[("If-Range", "\"other\"")]), 200);
}

#[test]
fn if_range_is_asked_after_the_other_preconditions() {
    let film = Film::new();
    let etag = film.etag.as_str();
    let range = ("Range", "bytes=0-9");
    assert_eq!(film.status(&[range, ("If-Range", etag), ("If-None-Match", etag)]), 304);
    assert_eq!(film.status(&[range, ("If-Range", etag), ("If-Match", "\"other\"")]), 412);
    assert_eq!(film.status(&[range, ("If-Range", "\"other\""), ("If-Match", etag)]), 200);
}
