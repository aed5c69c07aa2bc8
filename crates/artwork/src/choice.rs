//! Which key pictures are looked at. Pure.

/// The most tiles of a storyboard.
pub(crate) const MOST: u64 = 100;
/// Tiles are no nearer to each other than this, in milliseconds.
const APART: u64 = 2_000;
/// Of short videos so many are looked at all the same, so that there is a choice for the poster.
const FEWEST: u64 = 4;

/// So many moments, evenly apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Grid {
    /// How many.
    pub(crate) count: u64,
    /// How far apart, in milliseconds.
    pub(crate) interval_ms: u64,
}

impl Grid {
    /// That of a video of this length in milliseconds.
    pub(crate) fn of(duration_ms: u64) -> Self {
        let count = (duration_ms / APART).clamp(FEWEST, MOST);
        Self { count, interval_ms: (duration_ms / count).max(1) }
    }

    /// The moments: the middle of each stretch.
    fn moments(self) -> impl Iterator<Item = u64> {
        (0..self.count).map(move |number| number * self.interval_ms + self.interval_ms / 2)
    }
}

/// The positions of the key pictures nearest to the moments of the grid, each once; `keys` are
/// their times in ascending order, in milliseconds.
pub(crate) fn nearest(keys: &[u64], grid: Grid) -> Vec<usize> {
    let mut chosen: Vec<usize> = grid.moments().filter_map(|moment| near(keys, moment)).collect();
    chosen.dedup();
    chosen
}

/// The position of the time nearest to a moment.
pub(crate) fn near(keys: &[u64], moment: u64) -> Option<usize> {
    let after = keys.partition_point(|time| *time < moment);
    let around = [after.checked_sub(1), Some(after)].into_iter().flatten();
    around
        .filter_map(|at| Some((at, keys.get(at)?)))
        .min_by_key(|(_, time)| time.abs_diff(moment))
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_video_has_a_hundred_tiles_and_a_short_one_has_them_two_seconds_apart() {
        assert_eq!(Grid::of(7_200_000), Grid { count: 100, interval_ms: 72_000 });
        assert_eq!(Grid::of(30_000), Grid { count: 15, interval_ms: 2_000 });
        assert_eq!(Grid::of(3_000), Grid { count: 4, interval_ms: 750 });
        assert_eq!(Grid::of(0).interval_ms, 1);
    }

    #[test]
    fn each_key_picture_is_taken_once_however_rare_they_are() {
        let grid = Grid { count: 10, interval_ms: 2_000 };
        assert_eq!(nearest(&[0, 10_000], grid), [0, 1]);
        assert_eq!(nearest(&[0], grid), [0]);
        assert_eq!(nearest(&[], grid), Vec::<usize>::new());
        let often: Vec<u64> = (0..200).map(|number| number * 100).collect();
        assert_eq!(nearest(&often, grid), [10, 30, 50, 70, 90, 110, 130, 150, 170, 190]);
    }
}
