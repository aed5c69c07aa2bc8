//! The moments of a preview, and shots put one after the other. Pure.

use media::{Sample, Timescale, Track, rescale_round};

/// How many moments a preview shows.
const COUNT: usize = 4;

/// Where the shots of a preview begin, in milliseconds: at the moments that are offered, else at
/// even ones; each at least `shot_ms` after the one before and before the end.
pub(crate) fn choose(offered: &[u64], duration_ms: u64, shot_ms: u64) -> Vec<u64> {
    let latest = duration_ms.saturating_sub(shot_ms);
    let count = COUNT as u64;
    let even = (0..count).map(|number| duration_ms * (2 * number + 1) / (2 * count));
    let mut wanted: Vec<u64> = if offered.is_empty() { even.collect() } else { offered.to_vec() };
    wanted.sort_unstable();
    let mut chosen: Vec<u64> = Vec::new();
    for moment in wanted.into_iter().take(COUNT) {
        let moment = moment.min(latest);
        if chosen.last().is_none_or(|before| moment >= before.saturating_add(shot_ms)) {
            chosen.push(moment);
        }
    }
    chosen
}

/// Shots with times in milliseconds, as if each followed at once on the one before. Composition
/// offsets are not negative, and the same amount too large.
pub(crate) fn retimed(shots: Vec<Vec<Sample>>, track: &Track) -> Vec<Vec<Sample>> {
    let mut begins = 0;
    let mut late = 0;
    let mut retimed = Vec::with_capacity(shots.len());
    for shot in shots {
        let shown = shot.iter().map(Sample::presentation).min().unwrap_or(0);
        let ms = |ticks: i64| {
            let after = ticks.saturating_sub(shown);
            begins + rescale_round(after, track.timescale, Timescale::MILLIS)
        };
        let mut decodes: Vec<i64> = shot.iter().map(|sample| ms(sample.presentation())).collect();
        decodes.sort_unstable();
        let ends = shot
            .iter()
            .map(|sample| ms(sample.presentation().saturating_add(i64::from(sample.duration))));
        let end = ends.max().unwrap_or(begins).clamp(begins + 1, begins + 3_600_000);
        let nexts = decodes.iter().skip(1).copied().chain([end]).collect::<Vec<_>>();
        let times = decodes.iter().zip(nexts);
        let whole: Vec<Sample> = shot
            .iter()
            .zip(times)
            .map(|(sample, (decode, next))| {
                let composition = ms(sample.presentation()) - decode;
                Sample {
                    decode: *decode,
                    duration: u32::try_from(next - decode).unwrap_or(1),
                    composition: i32::try_from(composition).unwrap_or(0),
                    ..*sample
                }
            })
            .collect();
        late = whole.iter().map(|sample| -sample.composition).fold(late, i32::max);
        retimed.push(whole);
        begins = end;
    }
    for sample in retimed.iter_mut().flatten() {
        sample.composition += late;
    }
    retimed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use media::{Codec, Detail, Framing, Roles, Samples};

    use super::*;

    fn track() -> Track {
        Track {
            number: 1,
            codec: Codec::H264,
            config: Vec::new(),
            codec_string: None,
            timescale: Timescale::MPEG,
            start: 0,
            end: 0,
            cadence: None,
            count: None,
            bytes: None,
            language: None,
            title: None,
            roles: Roles::default(),
            detail: Detail::Other,
            framing: Framing::Plain,
            keys: Vec::new(),
            samples: Samples::None,
        }
    }

    #[test]
    fn shots_follow_at_once_and_no_picture_is_shown_before_it_is_decoded() {
        let sample = |decode: i64, composition: i32| Sample {
            offset: 0,
            size: 1,
            skip: 0,
            decode: decode * 3600,
            duration: 3600,
            composition: composition * 3600,
            key: decode == 0,
        };
        // I P b b, in pictures of 40 ms: shown in the order I b b P.
        let shot = vec![sample(100, 0), sample(101, 2), sample(102, -1), sample(103, -1)];
        let shots = retimed(vec![shot.clone(), shot], &track());
        let shown: Vec<Vec<i64>> =
            shots.iter().map(|shot| shot.iter().map(Sample::presentation).collect()).collect();
        assert_eq!(shown, [[40, 160, 80, 120], [200, 320, 240, 280]]);
        let all = || shots.iter().flatten();
        assert!(all().all(|sample| sample.composition >= 0 && sample.duration == 40));
        assert!(all().map(|sample| sample.decode).is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn a_preview_shows_what_is_offered_or_even_moments_without_overlap() {
        assert_eq!(choose(&[], 100_000, 1_300), [12_500, 37_500, 62_500, 87_500]);
        assert_eq!(choose(&[70_000, 5_000], 100_000, 1_300), [5_000, 70_000]);
        assert_eq!(choose(&[500, 99_900], 100_000, 1_300), [500, 98_700]);
        assert_eq!(choose(&[], 2_000, 1_300), [250], "a short video is shown from near its start");
        assert_eq!(choose(&[], 0, 1_300), [0]);
    }
}
