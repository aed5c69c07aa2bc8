#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::{Duration, UNIX_EPOCH};

use http::HeaderValue;

use super::*;
use crate::folders::FileIdentity;

const OURS: &str = "\"a-b-2540be400\"";
const BEFORE: &str = "Thu, 01 Jan 1970 00:00:09 GMT";
const EXACT: &str = "Thu, 01 Jan 1970 00:00:10 GMT";
const AFTER: &str = "Thu, 01 Jan 1970 00:00:11 GMT";

const PROCEED: Outcome = Outcome::Proceed { range: false };
const RANGE_OK: Outcome = Outcome::Proceed { range: true };
const NOT_MODIFIED: Outcome = Outcome::NotModified;
const IF_MATCH_FAILED: Outcome = Outcome::Failed(Precondition::IfMatch);
const IUS_FAILED: Outcome = Outcome::Failed(Precondition::IfUnmodifiedSince);

/// A file changed ten seconds after the epoch, seen at `now` seconds after it.
fn file(now: u64) -> Validators {
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let validators = Validators::new(FileIdentity { dev: 0, ino: 0xa }, 0xb, at(10), at(now));
    assert_eq!(validators.etag(), OURS);
    validators
}

fn ask(method: &Method, lines: &[(&'static str, &str)]) -> Outcome {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    evaluate(method, &headers, &file(100))
}

fn check(table: &[(&[(&'static str, &str)], Outcome)]) {
    for (lines, outcome) in table {
        assert_eq!(ask(&Method::GET, lines), *outcome, "{lines:?}");
    }
}

#[test]
fn each_precondition_alone() {
    check(&[
        (&[], PROCEED),
        (&[("if-match", OURS)], PROCEED),
        (&[("if-match", "*")], PROCEED),
        (&[("if-match", "\"other\"")], IF_MATCH_FAILED),
        (&[("if-match", "")], IF_MATCH_FAILED),
        (&[("if-none-match", OURS)], NOT_MODIFIED),
        (&[("if-none-match", "*")], NOT_MODIFIED),
        (&[("if-none-match", "\"other\"")], PROCEED),
        (&[("if-unmodified-since", BEFORE)], IUS_FAILED),
        (&[("if-unmodified-since", EXACT)], PROCEED),
        (&[("if-unmodified-since", AFTER)], PROCEED),
        (&[("if-modified-since", BEFORE)], PROCEED),
        (&[("if-modified-since", EXACT)], NOT_MODIFIED),
        (&[("if-modified-since", AFTER)], NOT_MODIFIED),
    ]);
}

#[test]
fn if_match_compares_strongly_and_if_none_match_weakly() {
    let weak = format!("W/{OURS}");
    check(&[
        (&[("if-match", &weak)], IF_MATCH_FAILED),
        (&[("if-none-match", &weak)], NOT_MODIFIED),
    ]);
}

#[test]
fn tags_come_in_lists_and_on_several_lines() {
    let list = format!("\"x,y\" , W/\"z\",,{OURS}");
    let disguised = format!("\"x, {OURS}");
    check(&[
        (&[("if-none-match", &list)], NOT_MODIFIED),
        (&[("if-match", &list)], PROCEED),
        (&[("if-none-match", "\"x\""), ("if-none-match", OURS)], NOT_MODIFIED),
        (&[("if-match", "\"x\""), ("if-match", OURS)], PROCEED),
        (&[("if-match", "\"x\""), ("if-match", "\"y\"")], IF_MATCH_FAILED),
        (&[("if-none-match", &disguised)], PROCEED),
        (&[("if-none-match", "\u{e9}\"x\"")], PROCEED),
    ]);
}

#[test]
fn what_is_no_tag_never_matches() {
    let bare = OURS.trim_matches('"').to_owned();
    let lower = format!("w/{OURS}");
    let glued = format!("{OURS}{OURS}");
    for text in [&*bare, &lower, &glued, "\"", "\"\"", "W/", "x", "*, \"x\"", "\"*\""] {
        check(&[(&[("if-match", text)], IF_MATCH_FAILED), (&[("if-none-match", text)], PROCEED)]);
    }
}

#[test]
fn tags_take_precedence_over_dates() {
    check(&[
        // 13.1.4: If-Unmodified-Since is ignored next to If-Match.
        (&[("if-match", OURS), ("if-unmodified-since", BEFORE)], PROCEED),
        (&[("if-match", "\"x\""), ("if-unmodified-since", AFTER)], IF_MATCH_FAILED),
        // 13.1.3: If-Modified-Since is ignored next to If-None-Match.
        (&[("if-none-match", "\"x\""), ("if-modified-since", AFTER)], PROCEED),
        (&[("if-none-match", OURS), ("if-modified-since", BEFORE)], NOT_MODIFIED),
        (&[("if-none-match", "nonsense"), ("if-modified-since", AFTER)], PROCEED),
    ]);
}

#[test]
fn a_failed_precondition_comes_before_not_modified() {
    check(&[
        (&[("if-match", "\"x\""), ("if-none-match", OURS)], IF_MATCH_FAILED),
        (&[("if-unmodified-since", BEFORE), ("if-none-match", OURS)], IUS_FAILED),
        (&[("if-unmodified-since", BEFORE), ("if-modified-since", AFTER)], IUS_FAILED),
        (&[("if-match", OURS), ("if-none-match", OURS)], NOT_MODIFIED),
        (&[("if-match", OURS), ("if-modified-since", AFTER)], NOT_MODIFIED),
        (&[("if-none-match", OURS), ("range", "bytes=0-0")], NOT_MODIFIED),
        (&[("if-match", "\"x\""), ("range", "bytes=0-0")], IF_MATCH_FAILED),
        (&[("if-none-match", "\"x\""), ("range", "bytes=0-0")], RANGE_OK),
    ]);
}

#[test]
fn all_three_date_formats_are_understood_and_invalid_dates_ignored() {
    for date in [EXACT, "Thursday, 01-Jan-70 00:00:10 GMT", "Thu Jan  1 00:00:10 1970"] {
        check(&[(&[("if-modified-since", date)], NOT_MODIFIED)]);
    }
    let list = format!("{AFTER}, {AFTER}");
    for date in
        ["", "yesterday", "0", "1970-01-01T00:00:11Z", "Thu, 32 Jan 1970 00:00:10 GMT", &list]
    {
        check(&[
            (&[("if-modified-since", date)], PROCEED),
            (&[("if-unmodified-since", date)], PROCEED),
        ]);
    }
    check(&[
        (&[("if-modified-since", AFTER), ("if-modified-since", AFTER)], PROCEED),
        (&[("if-unmodified-since", BEFORE), ("if-unmodified-since", BEFORE)], PROCEED),
    ]);
}

#[test]
fn if_range_is_a_strong_tag_or_the_exact_date() {
    let weak = format!("W/{OURS}");
    let two = format!("{OURS}, {OURS}");
    for (value, outcome) in [
        (OURS, RANGE_OK),
        (EXACT, RANGE_OK),
        ("Thursday, 01-Jan-70 00:00:10 GMT", RANGE_OK),
        (&weak, PROCEED),
        (&two, PROCEED),
        ("*", PROCEED),
        ("\"x\"", PROCEED),
        (BEFORE, PROCEED),
        (AFTER, PROCEED),
        ("", PROCEED),
        ("nonsense", PROCEED),
    ] {
        check(&[
            (&[("range", "bytes=0-0"), ("if-range", value)], outcome),
            (&[("if-range", value)], PROCEED),
        ]);
    }
    check(&[(&[("range", "bytes=0-0"), ("if-range", OURS), ("if-range", OURS)], PROCEED)]);
}

#[test]
fn if_range_by_date_needs_a_file_that_has_rested() {
    let mut headers = HeaderMap::new();
    headers.insert(RANGE, HeaderValue::from_static("bytes=0-0"));
    headers.insert(IF_RANGE, HeaderValue::from_static(EXACT));
    assert_eq!(evaluate(&Method::GET, &headers, &file(10)), PROCEED);
    assert_eq!(evaluate(&Method::GET, &headers, &file(11)), RANGE_OK);
}

#[test]
fn range_is_for_get_only_and_304_for_get_and_head_only() {
    assert_eq!(ask(&Method::HEAD, &[("range", "bytes=0-0")]), PROCEED);
    assert_eq!(ask(&Method::HEAD, &[("if-none-match", OURS)]), NOT_MODIFIED);
    assert_eq!(ask(&Method::HEAD, &[("if-modified-since", AFTER)]), NOT_MODIFIED);
    assert_eq!(ask(&Method::HEAD, &[("if-match", "\"x\"")]), IF_MATCH_FAILED);
    let put = |lines| ask(&Method::PUT, lines);
    assert_eq!(put(&[("if-none-match", OURS)]), Outcome::Failed(Precondition::IfNoneMatch));
    assert_eq!(put(&[("if-modified-since", AFTER)]), PROCEED);
}
