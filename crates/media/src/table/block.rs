//! One block of up to 128 samples as variable-length numbers (LEB128).
//!
//! Columns, one after the other: runs of equal durations; composition offsets over their greatest
//! common divisor; sizes, or one for all; gaps between samples where there are any; key samples;
//! skips where there are any.

use crate::{Raw, Sample};

/// Writes the block of samples that last so long and are shown so long after they are decoded.
pub(super) fn encode(samples: &[Raw], durations: &[u32], compositions: &[i32], out: &mut Vec<u8>) {
    out.reserve(samples.len() * 8);
    runs(durations, out);
    offsets(compositions, out);
    column(samples.iter().map(|sample| sample.size), out);
    gaps(samples, out);
    keys(samples, out);
    column(samples.iter().map(|sample| sample.skip), out);
}

/// Composition offsets over their greatest common divisor.
fn offsets(compositions: &[i32], out: &mut Vec<u8>) {
    let divisor = compositions.iter().fold(0, |all, one| gcd(one.unsigned_abs(), all));
    number(divisor.into(), out);
    match i32::try_from(divisor) {
        Ok(0) => {}
        Ok(divisor) => compositions.iter().for_each(|one| signed((one / divisor).into(), out)),
        // All are the least number there is, or zero.
        Err(_) => compositions.iter().for_each(|one| signed(one.signum().into(), out)),
    }
}

/// Where a sample does not begin where the one before it ends.
fn gaps(samples: &[Raw], out: &mut Vec<u8>) {
    let first = samples.first().map_or(0, |sample| sample.offset);
    let end = |sample: &Raw| sample.offset.saturating_add(u64::from(sample.size));
    let mut expected = first;
    let mut count = 0u64;
    for sample in samples {
        count += u64::from(sample.offset != expected);
        expected = end(sample);
    }
    number(count, out);
    if count == 0 {
        return;
    }
    let (mut expected, mut last) = (first, 0);
    for (index, sample) in (0..).zip(samples) {
        if sample.offset != expected {
            number(index - last, out);
            signed(sample.offset.wrapping_sub(expected).cast_signed(), out);
            last = index;
        }
        expected = end(sample);
    }
}

/// The numbers of the key samples, or of the others, whichever are fewer: mostly all are (sound) or
/// few (pictures).
fn keys(samples: &[Raw], out: &mut Vec<u8>) {
    let keys = samples.iter().filter(|sample| sample.key).count();
    let rare = keys * 2 <= samples.len();
    let odd = if rare { keys } else { samples.len() - keys };
    number(u64::from(rare), out);
    number(odd as u64, out);
    if odd == 0 {
        return;
    }
    let mut last = 0;
    for (index, _) in (0..).zip(samples).filter(|(_, sample)| sample.key == rare) {
        number(index - last, out);
        last = index;
    }
}

/// Reads `count` samples that begin at this decode time and offset, and shows each with its
/// number. Ends early when the bytes end.
pub(super) fn decode(
    bytes: &[u8],
    count: u32,
    (mut decode, mut offset): (i64, u64),
    mut visit: impl FnMut(u32, Sample),
) {
    let mut reader = Reader { rest: bytes };
    let count = (count as usize).min(128);
    let (mut durations, mut sizes, mut skips) = ([0u32; 128], [0u32; 128], [0u32; 128]);
    let (mut compositions, mut gaps, mut keys) = ([0i32; 128], [0i64; 128], [false; 128]);
    let complete = (|| {
        let mut filled = 0;
        while filled < count {
            let run = usize::try_from(reader.number()?).ok()?.min(count - filled);
            let duration = u32::try_from(reader.number()?).ok()?;
            durations.get_mut(filled..filled + run)?.fill(duration);
            filled += run.max(1);
        }
        let divisor = i64::try_from(reader.number()?).ok()?;
        if divisor != 0 {
            for composition in compositions.iter_mut().take(count) {
                *composition = i32::try_from(reader.signed()?.checked_mul(divisor)?).ok()?;
            }
        }
        reader.column(sizes.get_mut(..count)?)?;
        let mut at = 0usize;
        for _ in 0..reader.number()?.min(128) {
            at = at.checked_add(usize::try_from(reader.number()?).ok()?)?;
            *gaps.get_mut(at)? = reader.signed()?;
        }
        let rare = reader.number()? != 0;
        keys.fill(!rare);
        let mut at = 0usize;
        for _ in 0..reader.number()?.min(128) {
            at = at.checked_add(usize::try_from(reader.number()?).ok()?)?;
            *keys.get_mut(at)? = rare;
        }
        reader.column(skips.get_mut(..count)?)
    })();
    if complete.is_none() {
        return;
    }
    let columns = durations.iter().zip(&compositions).zip(&sizes).zip(&gaps).zip(&keys).zip(&skips);
    for (number, (((((duration, composition), size), gap), key), skip)) in
        (0..).zip(columns.take(count))
    {
        offset = offset.wrapping_add_signed(*gap);
        visit(
            number,
            Sample {
                offset,
                size: *size,
                skip: *skip,
                decode,
                duration: *duration,
                composition: *composition,
                key: *key,
            },
        );
        offset = offset.wrapping_add(u64::from(*size));
        decode = decode.saturating_add(i64::from(*duration));
    }
}

/// How often each value comes in a row.
fn runs(values: &[u32], out: &mut Vec<u8>) {
    for run in values.chunk_by(|one, next| one == next) {
        number(run.len() as u64, out);
        number(run.first().copied().unwrap_or(0).into(), out);
    }
}

/// One value for all (plus one), or 0 and each.
fn column(values: impl Iterator<Item = u32> + Clone, out: &mut Vec<u8>) {
    let first = values.clone().next().unwrap_or(0);
    if values.clone().all(|value| value == first) {
        number(u64::from(first) + 1, out);
    } else {
        number(0, out);
        for value in values {
            number(u64::from(value), out);
        }
    }
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[inline]
fn number(value: u64, out: &mut Vec<u8>) {
    let seven = |shift: u32| (value >> shift & 0x7F) as u8;
    // Nearly all are short.
    match value {
        0..0x80 => out.push(seven(0)),
        0x80..0x4000 => out.extend_from_slice(&[seven(0) | 0x80, seven(7)]),
        0x4000..0x20_0000 => {
            out.extend_from_slice(&[seven(0) | 0x80, seven(7) | 0x80, seven(14)]);
        }
        _ => long_number(value, out),
    }
}

#[cold]
fn long_number(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7F) as u8);
}

/// Zigzag: small magnitudes are short.
#[inline]
fn signed(value: i64, out: &mut Vec<u8>) {
    number(((value << 1) ^ (value >> 63)).cast_unsigned(), out);
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    #[inline]
    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let value = self.number()?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    fn column(&mut self, into: &mut [u32]) -> Option<()> {
        match self.number()? {
            0 => {
                for value in into {
                    *value = u32::try_from(self.number()?).ok()?;
                }
            }
            same => into.fill(u32::try_from(same - 1).ok()?),
        }
        Some(())
    }
}
