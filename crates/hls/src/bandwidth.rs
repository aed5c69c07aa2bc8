//! Bit rates as the standard defines them (bis 4.1): what BANDWIDTH and AVERAGE-BANDWIDTH are
//! sums of.

/// A segment as it turned out to be.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct MeasuredSegment {
    /// Its length in bytes.
    pub bytes: u64,
    /// How long it lasts, in microseconds.
    pub micros: u64,
}

/// The peak segment bit rate: the most bits a second in any row of segments that together last
/// from a half to one and a half target durations (in seconds). Rounded up. If no row lasts as
/// long as that, the most of any row that is not longer.
pub fn peak_bit_rate(segments: &[MeasuredSegment], target_duration: u32) -> u64 {
    let target = u64::from(target_duration) * 1_000_000;
    let (least, most) = (target / 2, target + target / 2);
    let (mut peak, mut short_peak) = (0, 0);
    for from in 0..segments.len() {
        let (mut bytes, mut micros) = (0_u64, 0_u64);
        for (count, segment) in segments.get(from..).unwrap_or_default().iter().enumerate() {
            bytes = bytes.saturating_add(segment.bytes);
            micros = micros.saturating_add(segment.micros);
            // One alone that is too long is wrong, but it is what has to be carried.
            if micros > most && count > 0 {
                break;
            }
            let rate = bit_rate(bytes, micros);
            if micros >= least {
                peak = peak.max(rate);
            } else {
                short_peak = short_peak.max(rate);
            }
        }
    }
    if peak == 0 { short_peak } else { peak }
}

/// The average segment bit rate: all bits by the whole duration. Rounded up.
pub fn average_bit_rate(segments: &[MeasuredSegment]) -> u64 {
    let sum =
        |part: fn(&MeasuredSegment) -> u64| segments.iter().map(part).fold(0, u64::saturating_add);
    bit_rate(sum(|segment| segment.bytes), sum(|segment| segment.micros))
}

fn bit_rate(bytes: u64, micros: u64) -> u64 {
    let bits = u128::from(bytes) * 8 * 1_000_000;
    u64::try_from(bits.div_ceil(u128::from(micros.max(1)))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(all: &[(u64, u64)]) -> Vec<MeasuredSegment> {
        all.iter()
            .map(|(bytes, millis)| MeasuredSegment { bytes: *bytes, micros: millis * 1000 })
            .collect()
    }

    #[test]
    fn a_short_segment_counts_with_its_neighbours() {
        // The short one alone would be 8,000 bits a second.
        let all = segments(&[(1_000, 6_000), (1_000, 1_000), (1_000, 6_000)]);
        assert_eq!(peak_bit_rate(&all, 6), 2 * 8_000_u64.div_ceil(7));
        assert_eq!(average_bit_rate(&all), 24_000_u64.div_ceil(13));
    }

    #[test]
    fn a_film_of_one_short_segment_has_a_bit_rate_all_the_same() {
        assert_eq!(peak_bit_rate(&segments(&[(1_000, 1_000)]), 6), 8_000);
        assert_eq!(peak_bit_rate(&segments(&[(1_000, 20_000)]), 6), 400);
        assert_eq!(peak_bit_rate(&[], 6), 0);
    }
}
