//! What charts are drawn from: a sample for each second of the last five minutes, and one for each minute of a day.

use std::collections::VecDeque;

use super::{
    moment,
    status::{History, Sample},
};

const SECONDS: usize = 300;
const MINUTES: usize = 1440;

/// A second, or the mean of a minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Point {
    /// When it was over, in milliseconds since 1970 UTC.
    pub(super) at_ms: i64,
    pub(super) requests: u64,
    pub(super) failed: u64,
    pub(super) bytes: u64,
    pub(super) p95_us: u64,
    pub(super) process_permille: u32,
    pub(super) machine_permille: u32,
    pub(super) resident: u64,
    pub(super) streams: u64,
    pub(super) connections: u64,
}

/// The points so far.
#[derive(Debug, Default)]
pub(super) struct Points {
    seconds: VecDeque<Point>,
    minutes: VecDeque<Point>,
    /// Points of seconds that are in no minute yet.
    loose: usize,
}

impl Points {
    pub(super) fn push(&mut self, point: Point) {
        push(&mut self.seconds, point, SECONDS);
        self.loose += 1;
        if self.loose == 60 {
            self.loose = 0;
            let minute = mean(&self.seconds.iter().rev().take(60));
            push(&mut self.minutes, minute, MINUTES);
        }
    }

    /// The points after this moment.
    pub(super) fn after(&self, at_ms: i64) -> History {
        let told = |points: &VecDeque<Point>| {
            points.iter().filter(|point| point.at_ms > at_ms).map(sample).collect()
        };
        History { seconds: told(&self.seconds), minutes: told(&self.minutes) }
    }
}

fn push(points: &mut VecDeque<Point>, point: Point, most: usize) {
    if points.len() == most {
        points.pop_front();
    }
    points.push_back(point);
}

/// The newest comes first. Rates and shares are means; of latencies the worst second is what was felt.
fn mean<'a>(points: &(impl Iterator<Item = &'a Point> + Clone)) -> Point {
    let count = points.clone().count().max(1) as u64;
    let of = |value: fn(&Point) -> u64| points.clone().map(value).sum::<u64>() / count;
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    Point {
        at_ms: points.clone().map(|point| point.at_ms).max().unwrap_or(0),
        requests: of(|point| point.requests),
        failed: points.clone().map(|point| point.failed).sum(),
        bytes: of(|point| point.bytes),
        p95_us: points.clone().map(|point| point.p95_us).max().unwrap_or(0),
        process_permille: narrow(of(|point| point.process_permille.into())),
        machine_permille: narrow(of(|point| point.machine_permille.into())),
        resident: of(|point| point.resident),
        streams: of(|point| point.streams),
        connections: of(|point| point.connections),
    }
}

fn sample(point: &Point) -> Sample {
    Sample {
        at: moment(point.at_ms),
        requests_per_second: point.requests,
        failed: point.failed,
        bytes_per_second: point.bytes,
        p95_us: point.p95_us,
        cpu_process_permille: point.process_permille,
        cpu_machine_permille: point.machine_permille,
        memory_resident: point.resident,
        streams: point.streams,
        connections: point.connections,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn sixty_seconds_make_a_minute() {
        let mut points = Points::default();
        for second in 1..=150 {
            let point = Point {
                at_ms: second * 1000,
                requests: 60,
                failed: 1,
                p95_us: u64::try_from(second).unwrap_or(0),
                ..Point::default()
            };
            points.push(point);
        }
        let all = points.after(0);
        assert_eq!((all.seconds.len(), all.minutes.len()), (150, 2));
        let last = &all.minutes[1];
        assert_eq!((last.at.as_str(), last.requests_per_second), ("1970-01-01T00:02:00Z", 60));
        assert_eq!((last.failed, last.p95_us), (60, 120));
        let new = points.after(140_000);
        assert_eq!((new.seconds.len(), new.minutes.len()), (10, 0));
    }

    #[test]
    fn a_day_takes_no_more_room_than_a_day() {
        let mut points = Points::default();
        for second in 0..100_000 {
            points.push(Point { at_ms: second, ..Point::default() });
        }
        assert_eq!((points.seconds.len(), points.minutes.len()), (SECONDS, MINUTES));
    }
}
