//! Undoing content codings (RFC 9110 section 8.4), to see whether what was compressed is whole.

use std::io::Read;

/// The bytes behind a body in this coding; an unknown coding or a damaged body ends the test.
#[track_caller]
pub fn decode(coding: &str, body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "gzip" => flate2::read::GzDecoder::new(body).read_to_end(&mut plain).unwrap(),
        "br" => brotli::Decompressor::new(body, 4096).read_to_end(&mut plain).unwrap(),
        "zstd" => {
            zstd::Decoder::new(body).and_then(|mut zstd| zstd.read_to_end(&mut plain)).unwrap()
        }
        other => panic!("not a coding that Vidicon knows: {other}"),
    };
    plain
}
