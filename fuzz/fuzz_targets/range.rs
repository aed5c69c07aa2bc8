//! Any `Range` field of any file: what is selected lies in the file and is never sent twice.
#![no_main]

use delivery::ranges::{COALESCE_GAP, Selection, select_value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u64, u8, &[u8])| {
    let (len, max, value) = input;
    match select_value(value, len, usize::from(max)) {
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
