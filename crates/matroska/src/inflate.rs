//! Decompression within bounds.

use std::io::Read;

/// The most that a track's configuration may be when decompressed.
pub(crate) const PRIVATE: u64 = 4 << 20;

/// `bytes` decompressed by zlib; `None` if they are damaged or become more than `most` bytes.
pub(crate) fn inflate(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut decoder = flate2::read::ZlibDecoder::new(bytes).take(most + 1);
    decoder.read_to_end(&mut out).ok()?;
    (out.len() as u64 <= most).then_some(out)
}

/// The beginning of what `bytes` decompress to, at most `most` of it.
pub(crate) fn inflate_start(bytes: &[u8], most: u64) -> Vec<u8> {
    let mut out = Vec::new();
    // What was decompressed before a fault is of use.
    let _ = flate2::read::ZlibDecoder::new(bytes).take(most).read_to_end(&mut out);
    out
}
