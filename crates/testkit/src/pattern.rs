//! File content in which the byte at an offset can be computed, so that a body can be checked
//! by position without keeping the file in memory.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

/// Bytes per computed word.
const WORD: u64 = 8;

/// A stream of pseudo-random bytes without end. Two seeds give two streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    seed: u64,
}

impl Pattern {
    /// The stream of this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Fills `buf` with the bytes from `offset` on.
    pub fn fill(self, offset: u64, buf: &mut [u8]) {
        let mut at = offset;
        let mut rest = buf;
        while !rest.is_empty() {
            let word = self.word(at / WORD).to_le_bytes();
            let skip = usize::try_from(at % WORD).unwrap();
            let take = rest.len().min(word.len() - skip);
            let (now, later) = rest.split_at_mut(take);
            now.copy_from_slice(&word[skip..skip + take]);
            rest = later;
            at += take as u64;
        }
    }

    /// The bytes of a half-open range.
    pub fn bytes(self, range: std::ops::Range<u64>) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(range.end - range.start).unwrap()];
        self.fill(range.start, &mut bytes);
        bytes
    }

    /// Writes a new file of `len` bytes.
    pub fn write_file(self, path: &Path, len: u64) -> io::Result<()> {
        let file = File::create(path)?;
        self.write_at(&file, 0..len)
    }

    /// Writes a stretch of an open file. A file made longer with `set_len` keeps holes elsewhere.
    pub fn write_at(self, file: &File, range: std::ops::Range<u64>) -> io::Result<()> {
        let mut block = vec![0; 1 << 18];
        let mut at = range.start;
        while at < range.end {
            let take = usize::try_from((range.end - at).min(block.len() as u64)).unwrap();
            self.fill(at, &mut block[..take]);
            file.write_all_at(&block[..take], at)?;
            at += take as u64;
        }
        Ok(())
    }

    /// Asserts that `bytes` are those from `offset` on; names the first place where they are not.
    #[track_caller]
    pub fn check(self, offset: u64, bytes: &[u8]) {
        let mut expected = vec![0; bytes.len()];
        self.fill(offset, &mut expected);
        if let Some(at) = bytes.iter().zip(&expected).position(|(a, b)| a != b) {
            panic!(
                "byte {} of the file (byte {at} of the {} given) is {:#04x} and should be {:#04x}",
                offset + at as u64,
                bytes.len(),
                bytes[at],
                expected[at]
            );
        }
    }

    /// The word with this index: the finaliser of `SplitMix64` over a counter, which needs no state.
    fn word(self, index: u64) -> u64 {
        let mut z =
            self.seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_stretch_is_the_same_however_it_is_cut() {
        let pattern = Pattern::new(7);
        let whole = pattern.bytes(0..1000);
        for (start, end) in [(0, 1000), (1, 2), (7, 9), (8, 16), (3, 999), (500, 500)] {
            let range = usize::try_from(start).unwrap()..usize::try_from(end).unwrap();
            assert_eq!(pattern.bytes(start..end), whole[range]);
        }
        pattern.check(13, &whole[13..77]);
    }

    #[test]
    fn seeds_differ() {
        assert_ne!(Pattern::new(1).bytes(0..64), Pattern::new(2).bytes(0..64));
    }

    #[test]
    #[should_panic(expected = "byte 110 of the file (byte 10 of the 20 given)")]
    fn a_wrong_byte_is_named_by_its_place() {
        let mut bytes = Pattern::new(1).bytes(100..120);
        bytes[10] ^= 1;
        Pattern::new(1).check(100, &bytes);
    }
}
