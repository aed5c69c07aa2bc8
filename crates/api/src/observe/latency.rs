//! How many requests each route answers, how quickly, and what it sends: over the last minute, five, and sixty.
//!
//! A request costs one atomic addition when its answer begins and one when it is over. Once a second what was counted is
//! taken and added to the slice of ten seconds that is being filled; six of these make one of a minute. Slices that are
//! kept hold only what is not zero, so an idle route costs next to nothing.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use quantiles::{Counts, Live, Sparse};

use super::status::{RouteStatus, Window};

/// Seconds of a short slice, and how many of them make a minute.
const SHORT_S: u64 = 10;
const SHORTS: usize = 6;
/// How many minutes are kept.
const MINUTES: usize = 60;

/// The route that nearly every request is for: found without looking it up.
const USUAL: &str = "files";

/// Counted into by every request.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    routes: RwLock<HashMap<&'static str, Arc<Route>>>,
    usual: OnceLock<Arc<Route>>,
}

#[derive(Debug, Default)]
struct Route {
    /// Microseconds from the head of a request to the head of its answer. To the last byte would tell how quick the
    /// client is.
    latencies: Live,
    bytes: AtomicU64,
    failed: AtomicU64,
}

impl Latencies {
    /// An answer begins.
    pub(crate) fn answered(&self, route: &'static str, micros: u64, failed: bool) {
        let count = |counted: &Route| {
            counted.latencies.record(micros);
            if failed {
                counted.failed.fetch_add(1, Ordering::Relaxed);
            }
        };
        self.with(route, count);
    }

    /// An answer is over.
    pub(crate) fn sent(&self, route: &'static str, bytes: u64) {
        if bytes > 0 {
            self.with(route, |counted| {
                counted.bytes.fetch_add(bytes, Ordering::Relaxed);
            });
        }
    }

    fn with(&self, route: &'static str, count: impl FnOnce(&Route)) {
        if route == USUAL {
            return count(self.usual.get_or_init(|| self.look_up(route)));
        }
        {
            let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = routes.get(route) {
                return count(known);
            }
        }
        count(&self.look_up(route));
    }

    fn look_up(&self, route: &'static str) -> Arc<Route> {
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(routes.entry(route).or_default())
    }
}

/// What was counted in a stretch of time.
#[derive(Debug, Default)]
struct Slice {
    latencies: Sparse,
    bytes: u64,
    failed: u64,
}

/// A stretch that is being filled, or several put together.
#[derive(Debug, Default)]
struct Sum {
    latencies: Counts,
    bytes: u64,
    failed: u64,
}

impl Sum {
    fn add(&mut self, slice: &Slice) {
        self.latencies.merge(&slice.latencies);
        self.bytes += slice.bytes;
        self.failed += slice.failed;
    }

    /// What it holds, to be kept; it is empty then.
    fn take(&mut self) -> Slice {
        let slice =
            Slice { latencies: self.latencies.to_sparse(), bytes: self.bytes, failed: self.failed };
        self.latencies.clear();
        (self.bytes, self.failed) = (0, 0);
        slice
    }

    fn window(&self, seconds: u64) -> Window {
        let requests = self.latencies.total();
        let seconds = seconds.max(1);
        Window {
            seconds,
            requests,
            failed: self.failed,
            bytes: self.bytes,
            requests_per_second: per_second(requests, seconds),
            bytes_per_second: self.bytes / seconds,
            p50_us: self.latencies.quantile(500),
            p95_us: self.latencies.quantile(950),
            p99_us: self.latencies.quantile(990),
            max_us: self.latencies.largest(),
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a rate is for people to read")]
fn per_second(count: u64, seconds: u64) -> f64 {
    (count as f64 / seconds as f64 * 100.0).round() / 100.0
}

/// What a route has come to.
#[derive(Debug, Default)]
struct Kept {
    filling: Sum,
    shorts: VecDeque<Slice>,
    minutes: VecDeque<Slice>,
}

/// What all routes did in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Second {
    pub(crate) requests: u64,
    pub(crate) failed: u64,
    pub(crate) bytes: u64,
}

/// The slices of every route, and where time is in them.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    routes: BTreeMap<&'static str, Kept>,
    /// Seconds that the slice being filled has.
    filled_s: u64,
    /// Short slices that are in no minute yet.
    loose: usize,
    /// Seconds since the beginning.
    age_s: u64,
}

impl Windows {
    /// A second is over: takes what was counted in it; what it was, and all latencies of it.
    pub(crate) fn tick(&mut self, latencies: &Latencies) -> (Second, Counts) {
        let (mut second, mut all) = (Second::default(), Counts::default());
        {
            let routes = latencies.routes.read().unwrap_or_else(PoisonError::into_inner);
            for (name, route) in routes.iter() {
                let slice = Slice {
                    latencies: route.latencies.take(),
                    bytes: route.bytes.swap(0, Ordering::Relaxed),
                    failed: route.failed.swap(0, Ordering::Relaxed),
                };
                second.requests += slice.latencies.total();
                second.failed += slice.failed;
                second.bytes += slice.bytes;
                all.merge(&slice.latencies);
                self.routes.entry(name).or_default().filling.add(&slice);
            }
        }
        self.age_s += 1;
        self.filled_s += 1;
        if self.filled_s == SHORT_S {
            self.turn();
        }
        (second, all)
    }

    /// A short slice is full, and perhaps a minute.
    fn turn(&mut self) {
        self.filled_s = 0;
        self.loose += 1;
        let minute = self.loose == SHORTS;
        for kept in self.routes.values_mut() {
            let slice = kept.filling.take();
            push(&mut kept.shorts, slice, SHORTS);
            if minute {
                let mut sum = Sum::default();
                kept.shorts.iter().for_each(|slice| sum.add(slice));
                push(&mut kept.minutes, sum.take(), MINUTES);
            }
        }
        if minute {
            self.loose = 0;
        }
    }

    /// Every route that was asked in the last hour.
    pub(crate) fn status(&self) -> Vec<RouteStatus> {
        let routes = self.routes.iter().map(|(name, kept)| RouteStatus {
            route: (*name).to_owned(),
            // One slice less than the window has, and what has passed of the next.
            last_minute: self.window(kept, 0, SHORTS - 1),
            last_5_minutes: self.window(kept, 4, self.loose),
            last_hour: self.window(kept, MINUTES - 1, self.loose),
        });
        routes.filter(|route| route.last_hour.requests > 0).collect()
    }

    /// All routes together, over the last minute.
    pub(crate) fn together(&self) -> Window {
        let mut sum = Sum::default();
        for kept in self.routes.values() {
            self.sum(&mut sum, kept, 0, SHORTS - 1);
        }
        sum.window(self.covered(0, SHORTS - 1))
    }

    fn window(&self, kept: &Kept, minutes: usize, shorts: usize) -> Window {
        let mut sum = Sum::default();
        self.sum(&mut sum, kept, minutes, shorts);
        sum.window(self.covered(minutes, shorts))
    }

    #[allow(clippy::unused_self, reason = "it reads as one of the others")]
    fn sum(&self, sum: &mut Sum, kept: &Kept, minutes: usize, shorts: usize) {
        kept.minutes.iter().rev().take(minutes).for_each(|slice| sum.add(slice));
        kept.shorts.iter().rev().take(shorts).for_each(|slice| sum.add(slice));
        sum.latencies.merge_counts(&kept.filling.latencies);
        sum.bytes += kept.filling.bytes;
        sum.failed += kept.filling.failed;
    }

    /// The seconds that so many slices cover: less when there was no more time yet.
    fn covered(&self, minutes: usize, shorts: usize) -> u64 {
        let seconds = minutes as u64 * 60 + shorts as u64 * SHORT_S + self.filled_s;
        seconds.min(self.age_s)
    }
}

fn push(slices: &mut VecDeque<Slice>, slice: Slice, most: usize) {
    if slices.len() == most {
        slices.pop_front();
    }
    slices.push_back(slice);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn pass(windows: &mut Windows, latencies: &Latencies, seconds: usize) {
        for _ in 0..seconds {
            windows.tick(latencies);
        }
    }

    #[test]
    fn what_was_answered_a_second_ago_is_in_every_window() {
        let (latencies, mut windows) = (Latencies::default(), Windows::default());
        for micros in 1..=100 {
            latencies.answered("files", micros * 1000, false);
        }
        latencies.answered("videos", 5, true);
        latencies.sent("files", 7000);
        let (second, all) = windows.tick(&latencies);
        assert_eq!(second, Second { requests: 101, failed: 1, bytes: 7000 });
        assert_eq!(all.total(), 101);
        let status = windows.status();
        assert_eq!(
            status.iter().map(|one| one.route.as_str()).collect::<Vec<_>>(),
            ["files", "videos"]
        );
        for window in [&status[0].last_minute, &status[0].last_5_minutes, &status[0].last_hour] {
            assert_eq!((window.requests, window.bytes, window.seconds), (100, 7000, 1));
            assert!((50_000..54_000).contains(&window.p50_us), "{}", window.p50_us);
            assert!((99_000..107_000).contains(&window.p99_us), "{}", window.p99_us);
        }
        assert_eq!(status[1].last_minute.failed, 1);
        assert_eq!(windows.together().requests, 101);
    }

    #[test]
    fn a_window_ends_where_it_says() {
        let (latencies, mut windows) = (Latencies::default(), Windows::default());
        latencies.answered("videos", 5, false);
        let counts = |windows: &Windows| {
            let status = windows.status();
            status.first().map(|one| {
                [one.last_minute.requests, one.last_5_minutes.requests, one.last_hour.requests]
            })
        };
        pass(&mut windows, &latencies, 50);
        assert_eq!(counts(&windows), Some([1, 1, 1]));
        pass(&mut windows, &latencies, 20);
        assert_eq!(counts(&windows), Some([0, 1, 1]));
        pass(&mut windows, &latencies, 240);
        assert_eq!(counts(&windows), Some([0, 0, 1]));
        pass(&mut windows, &latencies, 3600);
        assert_eq!(counts(&windows), None, "an hour later it is forgotten");
    }

    #[test]
    fn nothing_is_lost_or_counted_twice_where_slices_turn() {
        let (latencies, mut windows) = (Latencies::default(), Windows::default());
        for second in 1..=3540_u64 {
            latencies.answered("files", 1, false);
            windows.tick(&latencies);
            let status = windows.status();
            let hour = &status[0].last_hour;
            assert_eq!((hour.requests, hour.seconds), (second, second));
            let five = &status[0].last_5_minutes;
            assert_eq!(five.requests, five.seconds, "after {second} s");
            assert!(five.seconds >= second.min(240) && five.seconds <= 300);
            assert_eq!(status[0].last_minute.requests, status[0].last_minute.seconds);
        }
    }
}
