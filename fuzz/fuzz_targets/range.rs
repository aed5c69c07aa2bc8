//! Any `Range` field of any file: what is selected lies in the file and is never sent twice.
#![no_main]

use delivery::ranges::{COALESCE_GAP, Selection, select_value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, u8, u8, &[u8])| {
    let (len, max, style, value) = input;
    // Small files, so that ranges meet their ends; and files at the end of what a number can say.
    let len = if style & 1 == 0 {
        u64::from(len)
    } else {
        u64::MAX - u64::from(len)
    };
    // Mostly past the unit, or few inputs would get as far as the list.
    let value = if style & 6 == 0 {
        value.to_vec()
    } else {
        [b"bytes=", value].concat()
    };
    match select_value(&value, len, usize::from(max)) {
        Selection::Whole | Selection::Unsatisfiable(_) => {}
        Selection::One(range) => assert!(range.start < range.end && range.end <= len),
        Selection::Many(mut ranges) => {
            assert!(ranges.len() > 1 && ranges.len() <= usize::from(max.max(1)));
            assert!(
                ranges
                    .iter()
                    .all(|range| range.start < range.end && range.end <= len)
            );
            ranges.sort_by_key(|range| range.start);
            for pair in ranges.windows(2) {
                assert!(pair[1].start - pair[0].end >= COALESCE_GAP);
            }
        }
    }
});
