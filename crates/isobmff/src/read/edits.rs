//! Edit lists [ISO/IEC 14496-12, 8.6.6]: when a track begins, and what of it is shown.

use media::{Timescale, rescale_round};

use super::boxes::full;

/// An entry of an edit list.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Edit {
    /// How long it lasts, in ticks of the movie; 0 in fragmented files: to the end.
    pub duration: u64,
    /// Where in the media it begins, in ticks of the track; below zero: nothing is shown.
    pub media: i64,
    /// Whether it runs at the normal rate.
    pub normal_rate: bool,
}

/// Reads an `elst` box.
pub(super) fn parse(body: &[u8]) -> Vec<Edit> {
    let Some((version, _, mut cursor)) = full(body) else { return Vec::new() };
    let count = cursor.u32().unwrap_or(0) as usize;
    let one = || {
        let duration = cursor.either(version == 1)?;
        let media = if version == 1 { cursor.i64()? } else { cursor.i32()?.into() };
        let rate = cursor.i32()?;
        Some(Edit { duration, media, normal_rate: rate == 1 << 16 })
    };
    std::iter::from_fn(one).take(count).collect()
}

/// What an edit list comes to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Applied {
    /// What is added to a composition time of the media to have the presentation time.
    pub shift: i64,
    /// The composition time at which the edit ends, if it does before the media.
    pub until: Option<i64>,
    /// Whether there are more edits, or other rates, than could be followed.
    pub rest: Rest,
}

/// What of an edit list is not followed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Rest {
    /// Nothing.
    #[default]
    None,
    /// Edits that show other parts of the media, or pauses between them.
    Jumps,
    /// Another rate.
    Rate,
}

/// Applies the leading pauses and the first stretch of media. Edits that continue each other are
/// one: some writers state every piece of a recording.
pub(super) fn apply(edits: &[Edit], movie: Timescale, track: Timescale) -> Applied {
    let ticks =
        |duration: u64| rescale_round(i64::try_from(duration).unwrap_or(i64::MAX), movie, track);
    let mut edits = edits.iter().peekable();
    let mut delay = 0i64;
    while let Some(pause) = edits.next_if(|edit| edit.media < 0) {
        delay = delay.saturating_add(ticks(pause.duration));
    }
    let Some(first) = edits.next() else { return Applied { shift: delay, ..Applied::default() } };
    let mut duration = first.duration;
    // A tick of the movie can be many of the track.
    let slack = ticks(1).max(1).saturating_add(1);
    while let Some(next) = edits.peek() {
        let end = first.media.saturating_add(ticks(duration));
        let continues =
            next.media >= 0 && duration > 0 && next.media.abs_diff(end) <= slack.unsigned_abs();
        if !continues {
            break;
        }
        duration = duration.saturating_add(next.duration);
        edits.next();
    }
    let rest = match (edits.any(|edit| edit.media >= 0), first.normal_rate) {
        (true, _) => Rest::Jumps,
        (false, false) => Rest::Rate,
        (false, true) => Rest::None,
    };
    Applied {
        shift: delay.saturating_sub(first.media),
        until: (duration > 0).then(|| first.media.saturating_add(ticks(duration))),
        rest,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn edit(duration: u64, media: i64) -> Edit {
        Edit { duration, media, normal_rate: true }
    }

    fn applied(edits: &[Edit]) -> Applied {
        apply(edits, Timescale::MILLIS, Timescale::MPEG)
    }

    #[test]
    fn no_edits_change_nothing_and_pauses_delay() {
        assert_eq!(applied(&[]), Applied::default());
        assert_eq!(applied(&[edit(500, -1)]).shift, 45_000);
        let late = applied(&[edit(500, -1), edit(1000, 1800)]);
        assert_eq!((late.shift, late.until), (45_000 - 1800, Some(1800 + 90_000)));
    }

    #[test]
    fn edits_that_continue_each_other_are_one() {
        let all = applied(&[edit(1000, 0), edit(500, 90_000), edit(10, 135_030)]);
        assert_eq!((all.until, all.rest), (Some(1510 * 90), Rest::None));
        let jump = applied(&[edit(1000, 0), edit(500, 180_000)]);
        assert_eq!((jump.until, jump.rest), (Some(90_000), Rest::Jumps));
    }

    #[test]
    fn an_edit_of_no_length_goes_to_the_end() {
        assert_eq!(applied(&[edit(0, 1024)]), Applied { shift: -1024, ..Applied::default() });
    }

    #[test]
    fn both_versions_of_the_box_are_read() {
        let short = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1, 0, 0];
        assert_eq!(parse(&short), [edit(9, -1)]);
        let mut long = vec![1, 0, 0, 0, 0xFF, 0, 0, 1];
        long.extend_from_slice(&7u64.to_be_bytes());
        long.extend_from_slice(&1024u64.to_be_bytes());
        long.extend_from_slice(&[0, 0, 0, 0]);
        assert_eq!(parse(&long), [Edit { normal_rate: false, ..edit(7, 1024) }]);
    }
}
