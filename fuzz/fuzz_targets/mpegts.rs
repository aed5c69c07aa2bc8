//! Any transport stream: each sample that is read of it is gathered to the byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::Budget;

fuzz_target!(|input: &[u8]| {
    let input = input.to_vec();
    let Ok(index) = mpegts::read(&input, &Budget::default()) else { return };
    let mut out = Vec::new();
    for track in &index.tracks {
        let Some(table) = track.table() else { continue };
        for sample in table.samples(0..table.len()) {
            out.clear();
            mpegts::gather(&input, track, &sample, &mut out).unwrap();
            assert_eq!(out.len(), sample.size as usize);
        }
    }
});
