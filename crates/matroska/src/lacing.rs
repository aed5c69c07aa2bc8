//! Several frames in one block [RFC 9559, 10.3].

use crate::ebml;

/// How frames are told apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lacing {
    /// There is one.
    None,
    Xiph,
    Fixed,
    Ebml,
}

impl Lacing {
    /// From the flags of a block.
    pub(crate) fn of(flags: u8) -> Self {
        match flags >> 1 & 3 {
            0 => Self::None,
            1 => Self::Xiph,
            2 => Self::Fixed,
            _ => Self::Ebml,
        }
    }
}

/// The lengths of the frames in a block's data of `total` bytes, of which `start` is the
/// beginning, and how many bytes come before the first frame. `None` where they do not fit.
pub(crate) fn sizes(lacing: Lacing, start: &[u8], total: u64) -> Option<(u64, Vec<u32>)> {
    let total = u32::try_from(total).ok()?;
    if lacing == Lacing::None {
        return Some((0, vec![total]));
    }
    let count = usize::from(*start.first()?) + 1;
    let mut at = 1;
    let mut sizes: Vec<u32> = Vec::with_capacity(count);
    match lacing {
        Lacing::None => {}
        Lacing::Fixed => {
            let each = total.checked_sub(1)? / u32::try_from(count).ok()?;
            sizes.resize(count, each);
            return Some((1, sizes));
        }
        Lacing::Xiph => {
            for _ in 1..count {
                let mut size = 0_u32;
                loop {
                    let byte = *start.get(at)?;
                    at += 1;
                    size = size.checked_add(byte.into())?;
                    if byte < 255 {
                        break;
                    }
                }
                sizes.push(size);
            }
        }
        Lacing::Ebml => {
            let mut size = 0_i64;
            for frame in 1..count {
                let (value, length) = ebml::number(start.get(at..)?)?;
                // All bits set is a number like any other here.
                let all = (1 << (7 * length)) - 1;
                let value = i64::try_from(value.unwrap_or(all)).ok()?;
                at += length;
                // All but the first are differences, around the middle of what the length can say.
                size = if frame == 1 {
                    value
                } else {
                    let middle = (1 << (7 * length - 1)) - 1;
                    size.checked_add(value - middle)?
                };
                sizes.push(u32::try_from(size).ok()?);
            }
        }
    }
    let before = u32::try_from(at).ok()?;
    let used = sizes.iter().try_fold(before, |sum, size| sum.checked_add(*size))?;
    sizes.push(total.checked_sub(used)?);
    Some((at as u64, sizes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_lengths_that_the_standard_gives_as_examples() {
        // RFC 9559, 10.3.2 to 10.3.4: frames of 800, 500 and 1000 bytes; fixed, three of 800.
        let xiph = [2, 255, 255, 255, 35, 255, 245];
        assert_eq!(sizes(Lacing::Xiph, &xiph, 2307), Some((7, vec![800, 500, 1000])));
        let ebml = [2, 0x43, 0x20, 0x5E, 0xD3];
        assert_eq!(sizes(Lacing::Ebml, &ebml, 2305), Some((5, vec![800, 500, 1000])));
        assert_eq!(sizes(Lacing::Fixed, &[2], 2401), Some((1, vec![800; 3])));
        assert_eq!(sizes(Lacing::None, &[], 9), Some((0, vec![9])));
    }

    #[test]
    fn lengths_that_do_not_fit_are_none() {
        assert_eq!(sizes(Lacing::Xiph, &[2, 255, 255], 600), None);
        assert_eq!(sizes(Lacing::Xiph, &[1, 200], 100), None);
        assert_eq!(sizes(Lacing::Ebml, &[2, 0x43, 0x20, 0x40, 0x00], 2305), None);
        assert_eq!(sizes(Lacing::Fixed, &[], 0), None);
    }
}
