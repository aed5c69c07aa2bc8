//! How far apart the places are at which decoding can begin.

use media::Track;
use serde::Serialize;

use super::micros_of;

/// Beyond this, seeking is coarse: 10 s.
const VERY_LONG: f64 = 10.0;

/// The groups of pictures of a track: from one key point to the next, the last to the end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Gops {
    /// How many there are: as many as key points.
    pub count: u64,
    /// The shortest.
    pub shortest_seconds: f64,
    /// Half of them are no longer than this.
    pub median_seconds: f64,
    /// The longest.
    pub longest_seconds: f64,
    /// How many are open: pictures that are shown before the key frame need the group before.
    pub open: u64,
}

impl Gops {
    /// Those of a track; `None` if it has no key point.
    pub fn of(track: &Track) -> Option<Self> {
        let ends = track.keys.iter().skip(1).map(|key| key.time).chain([track.end]);
        let mut lengths: Vec<u64> = track
            .keys
            .iter()
            .zip(ends)
            .map(|(key, end)| micros_of(end.saturating_sub(key.time), track.timescale))
            .collect();
        lengths.sort_unstable();
        let (shortest, longest) = (lengths.first()?, lengths.last()?);
        let median = lengths.get((lengths.len() - 1) / 2)?;
        Some(Self {
            count: lengths.len() as u64,
            shortest_seconds: seconds(*shortest),
            median_seconds: seconds(*median),
            longest_seconds: seconds(*longest),
            open: track.keys.iter().filter(|key| key.open).count() as u64,
        })
    }

    /// Whether one is so long that people notice when they seek.
    pub fn is_very_long(&self) -> bool {
        self.longest_seconds > VERY_LONG
    }

    /// A sentence for people about groups that are very long; `None` if none is.
    pub fn remark(&self) -> Option<String> {
        self.is_very_long().then(|| {
            let pictures = match self.count {
                1 => "a single key frame".to_owned(),
                count => format!("{count} key frames"),
            };
            format!(
                "the file has {pictures} and up to {:.1} s without one: seeking and the first \
                 picture after a seek are coarse",
                self.longest_seconds
            )
        })
    }
}

#[allow(clippy::cast_precision_loss)] // for text that people read
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1_000_000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::float_cmp)]
    use media::KeyPoint;

    use super::*;
    use crate::testing;

    fn gops(times: &[i64], end: i64) -> Option<Gops> {
        let keys = times.iter().map(|time| KeyPoint { time: *time, at: 0, open: *time == 2_000 });
        Gops::of(&Track { keys: keys.collect(), end, ..testing::track() })
    }

    #[test]
    fn groups_reach_from_one_key_point_to_the_next_and_the_last_to_the_end() {
        let gops = gops(&[0, 1_000, 2_000, 6_000], 6_500).unwrap();
        assert_eq!((gops.count, gops.open), (4, 1));
        assert_eq!(gops.shortest_seconds, 0.5);
        assert_eq!(gops.median_seconds, 1.0);
        assert_eq!(gops.longest_seconds, 4.0);
        assert_eq!(gops.remark(), None);
    }

    #[test]
    fn very_long_groups_are_told() {
        let one = gops(&[0], 60_000).unwrap();
        assert!(one.remark().unwrap().contains("a single key frame and up to 60.0 s"));
        assert_eq!(gops(&[], 60_000), None);
    }
}
