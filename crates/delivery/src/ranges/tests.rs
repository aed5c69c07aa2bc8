#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::single_range_in_vec_init
)]

use http::HeaderValue;
use proptest::prelude::*;

use super::*;

const OUTSIDE: Selection = Selection::Unsatisfiable(Unsatisfiable::Outside);

fn of(value: &str, len: u64) -> Selection {
    select_value(value.as_bytes(), len, 8)
}

#[test]
fn single_suffix_and_open_ranges_become_half_open_and_end_with_the_file() {
    for (value, range) in [
        ("bytes=0-0", 0..1),
        ("bytes=0-499", 0..500),
        ("bytes=500-", 500..1000),
        ("bytes=0-", 0..1000),
        ("bytes=999-999", 999..1000),
        ("bytes=900-5000", 900..1000),
        ("bytes=-1", 999..1000),
        ("bytes=-1000", 0..1000),
        ("bytes=-5000", 0..1000),
        ("bytes=0-18446744073709551615", 0..1000),
        ("bytes=0-99999999999999999999999999", 0..1000),
        ("bytes=-99999999999999999999999999", 0..1000),
        ("BYTES=1-2", 1..3),
        ("bytes= 1-2 ,,", 1..3),
        ("bytes=007-008", 7..9),
    ] {
        assert_eq!(of(value, 1000), Selection::One(range), "{value}");
    }
}

#[test]
fn other_units_and_malformed_ranges_are_ignored() {
    for value in [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "bytes=1-2-3",
        "bytes=2-1",
        "bytes=+1-2",
        "bytes=1 -2",
        "bytes=1- 2",
        "bytes=--1",
        "bytes=0x1-2",
        "bytes:1-2",
        "bytes =1-2",
        " bytes=1-2",
        "items=0-1",
        "seconds=0-9",
        "bytes=0-1;2-3",
        "bytes=0-1,x",
        "bytes=x,0-1",
        "bytes=0-1,5-2",
    ] {
        assert_eq!(of(value, 1000), Selection::Whole, "{value}");
    }
}

#[test]
fn ranges_beyond_the_end_are_unsatisfiable() {
    for value in [
        "bytes=1000-",
        "bytes=1000-1001",
        "bytes=-0",
        "bytes=99999999999999999999999-",
        "bytes=2000-,3000-",
    ] {
        assert_eq!(of(value, 1000), OUTSIDE, "{value}");
    }
    for value in ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0"] {
        assert_eq!(of(value, 0), OUTSIDE, "of an empty file: {value}");
    }
}

#[test]
fn what_lies_outside_is_dropped_while_something_lies_within() {
    assert_eq!(of("bytes=5000-,10-19,-0", 1000), Selection::One(10..20));
}

#[test]
fn several_ranges_keep_the_order_of_first_mention() {
    assert_eq!(
        of("bytes=900-909, 0-9, 500-509", 1000),
        Selection::Many(vec![900..910, 0..10, 500..510])
    );
}

#[test]
fn overlapping_touching_and_near_ranges_are_joined() {
    assert_eq!(of("bytes=0-99,50-149", 1000), Selection::One(0..150));
    assert_eq!(of("bytes=0-9,10-19", 1000), Selection::One(0..20));
    assert_eq!(of("bytes=0-9,89-99", 1000), Selection::One(0..100), "79 bytes between");
    assert_eq!(
        of("bytes=0-9,90-99", 1000),
        Selection::Many(vec![0..10, 90..100]),
        "80 bytes between"
    );
    assert_eq!(of("bytes=0-,-1", 1000), Selection::One(0..1000));
    // 400..500 bridges the second and the first, and stands where the second stood.
    assert_eq!(
        of("bytes=900-,300-399,500-599,400-499", 1000),
        Selection::Many(vec![900..1000, 300..600])
    );
}

#[test]
fn more_ranges_than_the_limit_are_refused_by_name() {
    let within = format!("bytes={}", ["0-0"; 8].join(","));
    assert_eq!(of(&within, 1000), Selection::One(0..1));
    let over = format!("{within},0-0");
    let refused = Selection::Unsatisfiable(Unsatisfiable::TooMany { limit: 8 });
    assert_eq!(of(&over, 1000), refused);
    assert!(Unsatisfiable::TooMany { limit: 8 }.to_string().contains("more than 8 ranges"));
    assert_eq!(
        of(&format!("{over},x"), 1000),
        Selection::Whole,
        "malformed is ignored all the same"
    );
    assert_eq!(
        select_value(b"bytes=0-0", 1000, 0),
        Selection::One(0..1),
        "a limit of nothing counts as one"
    );
}

#[test]
fn two_range_lines_are_ignored() {
    let mut headers = HeaderMap::new();
    assert_eq!(select(&headers, 9, 8), Selection::Whole);
    headers.append(RANGE, HeaderValue::from_static("bytes=0-1"));
    assert_eq!(select(&headers, 9, 8), Selection::One(0..2));
    headers.append(RANGE, HeaderValue::from_static("bytes=0-1"));
    assert_eq!(select(&headers, 9, 8), Selection::Whole);
}

proptest! {
    #[test]
    fn a_selection_is_within_the_file_and_covers_exactly_what_was_asked(
        len in 0_u64..2000,
        asked in proptest::collection::vec((0_u64..2500, 0_u64..300), 1..8),
    ) {
        let value = asked.iter().map(|(first, more)| format!("{first}-{}", first + more)).collect::<Vec<_>>().join(",");
        let ranges = match of(&format!("bytes={value}"), len) {
            Selection::One(range) => vec![range],
            Selection::Many(ranges) => ranges,
            Selection::Unsatisfiable(_) => vec![],
            Selection::Whole => panic!("{value}"),
        };
        let wanted = |byte: u64| asked.iter().any(|(first, more)| (*first..=first + more).contains(&byte));
        for range in &ranges {
            prop_assert!(range.start < range.end && range.end <= len);
            prop_assert!(wanted(range.start) && wanted(range.end - 1), "no bytes at the edges that nobody asked for");
        }
        for byte in 0..len {
            prop_assert!(!wanted(byte) || ranges.iter().filter(|range| range.contains(&byte)).count() == 1);
        }
        for (index, one) in ranges.iter().enumerate() {
            for other in &ranges[index + 1..] {
                prop_assert!(one.end + COALESCE_GAP <= other.start || other.end + COALESCE_GAP <= one.start);
            }
        }
    }

    #[test]
    fn no_value_yields_more_than_the_file(value in "(bytes=)?[0-9,\\- ]{0,60}|\\PC{0,30}", len in any::<u64>()) {
        match of(&value, len) {
            Selection::One(range) => prop_assert!(range.start < range.end && range.end <= len),
            Selection::Many(ranges) => {
                prop_assert!(ranges.len() > 1);
                let mut total = 0_u64;
                for range in ranges {
                    prop_assert!(range.start < range.end && range.end <= len);
                    total = total.checked_add(range.end - range.start).unwrap();
                }
                prop_assert!(total <= len);
            }
            Selection::Whole | Selection::Unsatisfiable(_) => {}
        }
    }
}
