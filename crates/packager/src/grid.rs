//! Where segments begin.
//!
//! Pictures decide: a segment of video begins at a key point, a closed one if there is one within
//! reach. Sound and text follow the boundaries of the pictures, and go on by themselves where
//! those are far apart or have ended.

use media::{KeyPoint, Timescale, rescale_ceil};

use crate::Policy;

/// The numbers of the key points at which segments begin, the first included.
///
/// Each segment ends at the key point nearest to the length that it shall have. A key point of an
/// open GOP is used only where the next closed one is more than two targets away: who begins
/// there misses the pictures that lead it.
pub(crate) fn cut(keys: &[KeyPoint], end: i64, scale: Timescale, policy: &Policy) -> Vec<usize> {
    let ticks = |millis: u32| i64::from(millis) * i64::from(scale.get()) / 1000;
    let (target, minimum) = (ticks(policy.target), ticks(policy.minimum));
    let mut begins = Vec::new();
    let Some(mut current) = keys.first().map(|key| key.time) else { return begins };
    begins.push(0);
    let mut next = 1;
    loop {
        let wanted = if begins.len() == 1 { ticks(policy.first) } else { target };
        let least = minimum.min(wanted);
        // What is left may be a little longer, rather than two segments or a stub.
        if end.saturating_sub(current) <= wanted + least {
            break;
        }
        let Some(ahead) = keys.get(next..).filter(|ahead| !ahead.is_empty()) else { break };
        let closed = ahead.iter().find(|key| !key.open && key.time - current >= least);
        let reach = closed.map_or(end, |key| key.time) - current;
        let open_too = reach > 2 * target;
        let mut best: Option<(usize, i64)> = None;
        for (number, key) in ahead.iter().enumerate() {
            let length = key.time - current;
            if length < least || (key.open && !open_too) {
                continue;
            }
            let off = (length - wanted).abs();
            if best.is_some_and(|(_, nearest)| nearest <= off) {
                break;
            }
            best = Some((next + number, off));
        }
        let Some((number, _)) = best else { break };
        let Some(key) = keys.get(number) else { break };
        begins.push(number);
        current = key.time;
        next = number + 1;
    }
    begins
}

/// The times at which segments of sound or text begin after the first one, in ticks of `to`:
/// `marks` are where pictures do, in ticks of `from`. Where there is none for longer than one
/// and a half targets, there is one every target.
pub(crate) fn follow(
    marks: impl IntoIterator<Item = i64>,
    from: Timescale,
    to: Timescale,
    end: i64,
    policy: &Policy,
) -> Vec<i64> {
    let target = i64::from(policy.target) * i64::from(to.get()) / 1000;
    let target = target.max(1);
    let mut times = Vec::new();
    let mut last = 0;
    let marks = marks.into_iter().map(|mark| rescale_ceil(mark, from, to));
    for mark in marks.filter(|mark| *mark < end).chain([end]) {
        while mark.saturating_sub(last) > target + target / 2 {
            last += target;
            times.push(last);
        }
        if mark > last && mark < end {
            times.push(mark);
            last = mark;
        }
    }
    times
}

/// Key pictures at least this far apart are enough to wind by, in milliseconds.
const SPARSE: i64 = 500;

/// The key points that are not crowded: each at least half a second after the one before.
pub(crate) fn sparse(keys: &[KeyPoint], scale: Timescale) -> Vec<&KeyPoint> {
    let apart = SPARSE * i64::from(scale.get()) / 1000;
    let mut kept: Vec<&KeyPoint> = Vec::new();
    for key in keys {
        if kept.last().is_none_or(|last| key.time.saturating_sub(last.time) >= apart) {
            kept.push(key);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { target: 6_000, minimum: 1_000, first: 2_000 };

    fn keys(times: impl IntoIterator<Item = i64>) -> Vec<KeyPoint> {
        times.into_iter().map(|time| KeyPoint { time, at: 0, open: false }).collect()
    }

    fn times(keys: &[KeyPoint], end: i64) -> Vec<i64> {
        let begins = cut(keys, end, Timescale::MILLIS, &POLICY);
        begins.into_iter().filter_map(|number| Some(keys.get(number)?.time)).collect()
    }

    #[test]
    fn the_first_segment_is_short_and_the_others_near_the_target() {
        let all = keys((0..20).map(|number| number * 2_000));
        assert_eq!(times(&all, 40_000), [0, 2_000, 8_000, 14_000, 20_000, 26_000, 32_000, 38_000]);
    }

    #[test]
    fn pictures_decide_where_they_are_rare() {
        assert_eq!(times(&keys([0, 10_400, 20_000]), 30_000), [0, 10_400, 20_000]);
        assert_eq!(times(&keys([0]), 60_000), [0], "one key picture is one segment");
        assert_eq!(times(&keys([0, 2_000, 6_170, 10_340]), 14_000), [0, 2_000, 6_170, 10_340]);
    }

    #[test]
    fn key_pictures_that_are_crowded_are_merged() {
        let all = keys((0..400).map(|number| number * 40));
        assert_eq!(times(&all, 16_000), [0, 2_000, 8_000, 14_000]);
    }

    #[test]
    fn open_key_points_are_used_only_where_closed_ones_are_far_away() {
        let mut all = keys((0..8).map(|number| number * 5_000));
        for key in all.iter_mut().skip(1) {
            key.open = true;
        }
        let begins = times(&all, 40_000);
        assert_eq!(begins, [0, 5_000, 10_000, 15_000, 20_000, 25_000, 30_000], "two targets left");
        if let Some(key) = all.get_mut(2) {
            key.open = false;
        }
        let begins = times(&all, 40_000);
        assert!(begins.contains(&10_000) && !begins.contains(&5_000), "{begins:?}");
    }

    #[test]
    fn a_film_of_key_pictures_alone_is_wound_by_two_a_second() {
        let all = keys((0..100).map(|number| number * 40));
        let kept: Vec<i64> = sparse(&all, Timescale::MILLIS).iter().map(|key| key.time).collect();
        assert_eq!(kept, [0, 520, 1_040, 1_560, 2_080, 2_600, 3_120, 3_640]);
        let all = keys((0..5).map(|number| number * 2_000));
        assert_eq!(sparse(&all, Timescale::MILLIS).len(), 5);
    }

    #[test]
    fn sound_follows_the_pictures_and_goes_on_alone() {
        let audio = Timescale::MILLIS;
        let marks = follow([2_000, 8_000], audio, audio, 30_000, &POLICY);
        assert_eq!(marks, [2_000, 8_000, 14_000, 20_000, 26_000]);
        assert_eq!(follow([], audio, audio, 5_000, &POLICY), Vec::<i64>::new());
        assert_eq!(follow([60_000], audio, audio, 20_000, &POLICY), [6_000, 12_000]);
    }
}
