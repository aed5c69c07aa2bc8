//! Bits from bytes, most significant first, and never past the end.

/// A place in some bytes, counted in bits.
#[derive(Clone, Debug)]
pub struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// At the first bit of `data`.
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    /// How many bits have been read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// How many bits are left.
    pub fn left(&self) -> usize {
        self.data.len().saturating_mul(8).saturating_sub(self.at)
    }

    /// One bit as a flag.
    pub fn flag(&mut self) -> Option<bool> {
        let byte = *self.data.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// `count` bits, at most 32, as a number.
    pub fn read(&mut self, count: u32) -> Option<u32> {
        let count = usize::try_from(count.min(32)).ok()?;
        let end = self.at.checked_add(count)?;
        let bytes = self.data.get(self.at / 8..end.div_ceil(8))?;
        // At most five bytes hold 32 bits.
        let window = bytes.iter().fold(0_u64, |window, byte| window << 8 | u64::from(*byte));
        let value = window >> (end.div_ceil(8) * 8 - end) & ((1_u64 << count) - 1);
        self.at = end;
        u32::try_from(value).ok()
    }

    /// `count` bits, at most 8.
    pub fn byte(&mut self, count: u32) -> Option<u8> {
        u8::try_from(self.read(count.min(8))?).ok()
    }

    /// Leaves out `count` bits, all of which must be there.
    pub fn skip(&mut self, count: usize) -> Option<()> {
        if count > self.left() {
            return None;
        }
        self.at += count;
        Some(())
    }

    /// Goes on to the next whole byte.
    pub fn align(&mut self) -> Option<()> {
        self.skip((8 - self.at % 8) % 8)
    }

    /// An unsigned Exp-Golomb number, `ue(v)` [Rec. ITU-T H.264, 9.1].
    pub fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 32 {
                return None;
            }
        }
        let base = (1_u64 << zeros) - 1;
        u32::try_from(base + u64::from(self.read(zeros)?)).ok()
    }

    /// A signed Exp-Golomb number, `se(v)` [Rec. ITU-T H.264, 9.1.1].
    pub fn se(&mut self) -> Option<i32> {
        let code = i64::from(self.ue()?);
        i32::try_from(if code % 2 == 1 { (code + 1) / 2 } else { -code / 2 }).ok()
    }

    /// A number of at most 32 bits after as many zeros, `uvlc()` of AV1 [4.10.3].
    pub fn uvlc(&mut self) -> Option<u32> {
        let mut zeros = 0_u32;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros >= 32 {
            return Some(u32::MAX);
        }
        let base = (1_u64 << zeros) - 1;
        u32::try_from(base + u64::from(self.read(zeros)?)).ok()
    }
}

/// Puts bits into bytes, most significant first.
#[derive(Clone, Debug, Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    used: usize,
}

impl BitWriter {
    /// Appends the lowest `count` bits of `value`.
    pub(crate) fn put(&mut self, count: u32, value: u32) {
        for bit in (0..count.min(32)).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if value >> bit & 1 == 1
                && let Some(last) = self.bytes.last_mut()
            {
                *last |= 0x80 >> (self.used % 8);
            }
            self.used += 1;
        }
    }

    /// Fills the last byte with zeros.
    pub(crate) fn align(&mut self) {
        self.used = self.bytes.len() * 8;
    }

    /// What was written, the last byte filled with zeros.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_across_bytes() {
        let mut bits = Bits::new(&[0b1010_0110, 0xff, 0x00, 0x12, 0x34, 0x56]);
        assert_eq!(bits.flag(), Some(true));
        assert_eq!(bits.read(3), Some(0b010));
        assert_eq!(bits.read(32), Some(0x6ff0_0123));
        assert_eq!(bits.read(0), Some(0));
        assert_eq!(bits.left(), 12);
        assert_eq!(bits.read(13), None);
        assert_eq!(bits.byte(8), Some(0x45));
        assert_eq!(bits.align(), Some(()));
        assert_eq!(bits.flag(), None);
    }

    #[test]
    fn exp_golomb_numbers_have_both_signs() {
        // 1, 010, 011, 00100, 00101 and one whose zeros never end.
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        assert_eq!([bits.ue(), bits.ue(), bits.ue()], [Some(0), Some(1), Some(2)]);
        assert_eq!([bits.se(), bits.se()], [Some(2), Some(-2)]);
        assert_eq!(bits.ue(), None);
        assert_eq!(Bits::new(&[0; 9]).ue(), None);
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut writer = BitWriter::default();
        writer.put(3, 5);
        writer.put(13, 0x1abc);
        writer.put(1, 1);
        writer.align();
        writer.put(8, 0xee);
        assert_eq!(writer.into_bytes(), [0b1011_1010, 0xbc, 0x80, 0xee]);
    }
}
