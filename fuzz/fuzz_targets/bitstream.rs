//! Headers of coded media: the first byte chooses the reader, the rest is read. Nothing panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some((selector, bytes)) = input.split_first() {
        bitstream::exercise::every_reader(selector % 20, bytes);
    }
});
