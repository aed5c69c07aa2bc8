//! Any bytes as an MP4 file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::Budget;

fuzz_target!(|data: &[u8]| {
    let budget = Budget { samples: 1_000_000, memory: 1 << 26, ..Budget::default() };
    let _ = isobmff::read::read(&data.to_vec(), &budget);
});
