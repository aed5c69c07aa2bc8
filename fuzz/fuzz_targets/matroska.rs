//! Any bytes as a Matroska file: whatever index comes of them, samples are looked for by it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use matroska::Want;
use media::Budget;

fuzz_target!(|bytes: &[u8]| {
    let budget = Budget {
        samples: 10_000,
        memory: 1 << 20,
        ..Budget::default()
    };
    let bytes = bytes.to_vec();
    let Ok(index) = matroska::read(&bytes, &budget) else {
        return;
    };
    for track in 0..index.tracks.len() {
        let range = i64::MIN..i64::MAX;
        let _ = matroska::samples(&bytes, &index, &[Want { track, range }], &budget);
    }
});
