//! Where segments are, and when.

use media::Timescale;

/// Segments by number [ISO/IEC 23009-1, 5.3.9.4].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SegmentTemplate {
    /// Ticks in a second, for the timeline and the offset.
    pub timescale: Timescale,
    /// `@initialization`: the address of the init; `$RepresentationID$` stands for the id.
    pub initialization: Option<String>,
    /// `@media`: the address of a segment; `$Number$` or `$Time$` stands for which.
    pub media: String,
    /// `@startNumber`: the number of the first segment.
    pub start_number: u32,
    /// `@presentationTimeOffset` in ticks: the media time at which the period begins.
    pub presentation_time_offset: u64,
    /// The segments.
    pub timeline: Timeline,
}

/// When segments begin and how long they last, in runs of equal ones [5.3.9.6].
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Timeline(Vec<Run>);

/// Segments of equal duration, each beginning where the one before ends.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Run {
    /// `@t`: when the first begins, in ticks.
    pub time: u64,
    /// `@d`: how long each lasts, in ticks.
    pub duration: u64,
    /// `@r`: how many follow the first.
    pub repeat: u32,
}

impl Run {
    /// When the last ends, in ticks.
    pub fn end(&self) -> u64 {
        self.time
            .saturating_add(self.duration.saturating_mul(u64::from(self.repeat).saturating_add(1)))
    }
}

impl Timeline {
    /// A segment at the end.
    pub fn push(&mut self, time: u64, duration: u64) {
        if let Some(last) = self.0.last_mut()
            && last.duration == duration
            && last.end() == time
            && last.repeat < u32::MAX / 2
        {
            last.repeat += 1;
            return;
        }
        self.0.push(Run { time, duration, repeat: 0 });
    }

    /// The runs.
    pub fn runs(&self) -> &[Run] {
        &self.0
    }
}

impl FromIterator<(u64, u64)> for Timeline {
    /// From beginnings and durations in ticks.
    fn from_iter<I: IntoIterator<Item = (u64, u64)>>(segments: I) -> Self {
        let mut timeline = Self::default();
        for (time, duration) in segments {
            timeline.push(time, duration);
        }
        timeline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_segments_that_follow_each_other_are_one_run() {
        let timeline: Timeline =
            [(0, 10), (10, 10), (20, 10), (30, 5), (40, 5)].into_iter().collect();
        assert_eq!(
            timeline.runs(),
            [
                Run { time: 0, duration: 10, repeat: 2 },
                Run { time: 30, duration: 5, repeat: 0 },
                Run { time: 40, duration: 5, repeat: 0 },
            ]
        );
    }
}
