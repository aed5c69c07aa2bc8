//! What a test came to: for programs as JSON, for people as a table.

use std::{fmt::Write as _, time::Duration};

use quantiles::Counts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Mode, Plan,
    tally::{Met, Tally},
};

/// What a test came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    /// Which server was asked.
    pub target: String,
    /// What the users did.
    pub mode: Mode,
    /// How many users there were, each with a connection of its own.
    pub connections: usize,
    /// How long they went on, in milliseconds.
    pub duration_ms: u64,
    /// Requests in all, those that failed included.
    pub requests: u64,
    /// Requests that failed: no whole answer, or one with a status other than 2xx.
    pub errors: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// The mean.
    pub requests_per_second: f64,
    /// The mean.
    pub bytes_per_second: u64,
    /// Until an answer was whole, of all kinds together.
    pub whole: Latency,
    /// By what was asked for.
    pub kinds: Vec<KindReport>,
    /// What failed, and how often.
    pub failures: Vec<Failure>,
}

/// What came of one kind of request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KindReport {
    /// `list`, `video`, `poster`, `range`, `playlist` or `segment`.
    pub kind: String,
    /// Requests, those that failed included.
    pub requests: u64,
    /// Those that failed.
    pub errors: u64,
    /// Bytes of bodies.
    pub bytes: u64,
    /// The mean.
    pub requests_per_second: f64,
    /// Until the head of an answer was there.
    pub first: Latency,
    /// Until its body was whole.
    pub whole: Latency,
}

/// How long answers took, in microseconds; at most 1/16 too high.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50_us: u64,
    /// 95 of 100 took no longer.
    pub p95_us: u64,
    /// 99 of 100 took no longer.
    pub p99_us: u64,
    /// None took longer.
    pub max_us: u64,
}

/// Something that failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Failure {
    /// What was asked for, and what came.
    pub what: String,
    /// How often.
    pub count: u64,
}

impl From<&Counts> for Latency {
    fn from(counts: &Counts) -> Self {
        Self {
            p50_us: counts.quantile(500),
            p95_us: counts.quantile(950),
            p99_us: counts.quantile(990),
            max_us: counts.largest(),
        }
    }
}

impl Report {
    pub(crate) fn of(plan: &Plan, tally: &Tally, lasted: Duration) -> Self {
        let sum = |of: fn(&Met) -> u64| tally.kinds.values().map(of).sum::<u64>();
        let mut all = Counts::default();
        tally.kinds.values().for_each(|met| all.merge_counts(&met.whole));
        let duration_ms = u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX).max(1);
        let (requests, bytes) = (sum(|met| met.requests), sum(|met| met.bytes));
        Self {
            target: plan.target.to_string(),
            mode: plan.mode,
            connections: plan.connections,
            duration_ms,
            requests,
            errors: sum(|met| met.errors),
            bytes,
            requests_per_second: rate(requests, duration_ms),
            bytes_per_second: bytes.saturating_mul(1000) / duration_ms,
            whole: (&all).into(),
            kinds: tally
                .kinds
                .iter()
                .map(|(kind, met)| KindReport {
                    kind: kind.name().to_owned(),
                    requests: met.requests,
                    errors: met.errors,
                    bytes: met.bytes,
                    requests_per_second: rate(met.requests, duration_ms),
                    first: (&met.first).into(),
                    whole: (&met.whole).into(),
                })
                .collect(),
            failures: tally
                .failures
                .iter()
                .map(|(what, count)| Failure { what: what.clone(), count: *count })
                .collect(),
        }
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{}: {} users ({}), {} s\n\n{:<10}{:>10}{:>8}{:>10}{:>10}{:>12}{:>10}{:>10}{:>10}\n",
            self.target,
            self.connections,
            self.mode,
            tenths(self.duration_ms, 1000),
            "",
            "requests",
            "errors",
            "per s",
            "MB/s",
            "first p95",
            "p50 ms",
            "p95 ms",
            "p99 ms"
        );
        for kind in &self.kinds {
            let mb = kind.bytes.saturating_mul(1000) / self.duration_ms.max(1);
            let first = milliseconds(kind.first.p95_us);
            let rate = kind.requests_per_second;
            row(&mut text, &kind.kind, [kind.requests, kind.errors], rate, mb, &first, &kind.whole);
        }
        let all = [self.requests, self.errors];
        let (rate, mb) = (self.requests_per_second, self.bytes_per_second);
        row(&mut text, "all", all, rate, mb, "", &self.whole);
        if !self.failures.is_empty() {
            text.push_str("\nWhat failed:\n");
        }
        for Failure { what, count } in &self.failures {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(text, "{count:>8} × {what}");
        }
        text
    }
}

fn row(
    text: &mut String,
    name: &str,
    [requests, errors]: [u64; 2],
    rate: f64,
    bytes: u64,
    first: &str,
    whole: &Latency,
) {
    let [p50, p95, p99] = [whole.p50_us, whole.p95_us, whole.p99_us].map(milliseconds);
    let mb = tenths(bytes, 1_000_000);
    let _ = writeln!(
        text,
        "{name:<10}{requests:>10}{errors:>8}{rate:>10.1}{mb:>10}{first:>12}{p50:>10}{p95:>10}{p99:>10}"
    );
}

#[allow(clippy::cast_precision_loss, reason = "a rate is for people to read")]
fn rate(count: u64, ms: u64) -> f64 {
    (count as f64 * 100_000.0 / ms as f64).round() / 100.0
}

fn tenths(value: u64, unit: u64) -> String {
    let tenths = value.saturating_mul(10) / unit;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn milliseconds(us: u64) -> String {
    format!("{}.{:02}", us / 1000, us % 1000 / 10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tally::Kind;

    #[test]
    fn a_report_adds_up() {
        let mut tally = Tally::default();
        for bytes in [1_000_000, 3_000_000] {
            let answer = crate::client::Answer {
                status: http::StatusCode::PARTIAL_CONTENT,
                of: None,
                body: bytes::Bytes::new(),
                bytes,
                first: Duration::from_micros(1500),
                whole: Duration::from_millis(20),
            };
            tally.count(Kind::Range, &Ok(answer));
        }
        tally.count(Kind::List, &Err("no connection".to_owned()));
        let plan = Plan::new("http://127.0.0.1:9000".parse().unwrap());
        let report = Report::of(&plan, &tally, Duration::from_secs(2));
        assert_eq!((report.requests, report.errors, report.bytes), (3, 1, 4_000_000));
        assert_eq!(report.bytes_per_second, 2_000_000);
        assert!((report.requests_per_second - 1.5).abs() < 1e-9);
        let table = report.table();
        assert!(table.starts_with("http://127.0.0.1:9000: 16 users (mixed), 2.0 s\n"), "{table}");
        assert!(table.contains("1 × list: no connection"), "{table}");
        let range = table.lines().find(|line| line.starts_with("range")).unwrap();
        let words: Vec<_> = range.split_whitespace().collect();
        assert_eq!(words, ["range", "2", "0", "1.0", "2.0", "1.50", "20.00", "20.00", "20.00"]);
    }
}
