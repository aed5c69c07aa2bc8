//! The quantities that are measured: their names in JSON, headings in tables, and digits.

use serde::{Serialize, Serializer};

/// A quantity. GB and MB are powers of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Metric {
    Rate1,
    Rate8,
    Rate64,
    Cpu1,
    Cpu8,
    Cpu64,
    RangeRequests,
    RangeP50,
    RangeP99,
    RangeRate,
    RangeCpu,
    SmallRequests,
    SmallP50,
    SmallP99,
    SmallCpu,
    OneP50,
    OneP99,
    Start,
    IdleMemory,
    StreamsMemory,
    ColdP50,
    ColdP99,
    ColdMax,
    ColdRate,
    ColdFetched,
}

/// How a quantity is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// The name in JSON, with the unit.
    pub(crate) key: &'static str,
    /// The heading of its column.
    pub(crate) heading: &'static str,
    /// Its unit in a sentence.
    pub(crate) unit: &'static str,
    /// Digits after the point.
    pub(crate) digits: usize,
    pub(crate) more_is_better: bool,
}

impl Metric {
    pub(crate) fn words(self) -> Words {
        let more =
            |key, heading, unit, digits| Words { key, heading, unit, digits, more_is_better: true };
        let less = |key, heading, unit, digits| Words {
            key,
            heading,
            unit,
            digits,
            more_is_better: false,
        };
        match self {
            Self::Rate1 => more("file_1_gb_per_s", "1 conn, GB/s", "GB/s", 2),
            Self::Rate8 => more("file_8_gb_per_s", "8 conn, GB/s", "GB/s", 2),
            Self::Rate64 => more("file_64_gb_per_s", "64 conn, GB/s", "GB/s", 2),
            Self::Cpu1 => less("file_1_cpu_s_per_gb", "1 conn, CPU-s/GB", "CPU-s/GB", 3),
            Self::Cpu8 => less("file_8_cpu_s_per_gb", "8 conn, CPU-s/GB", "CPU-s/GB", 3),
            Self::Cpu64 => less("file_64_cpu_s_per_gb", "64 conn, CPU-s/GB", "CPU-s/GB", 3),
            Self::RangeRequests => more("range_requests_per_s", "requests/s", "requests/s", 0),
            Self::RangeP50 => less("range_p50_ms", "p50 ms", "ms", 2),
            Self::RangeP99 => less("range_p99_ms", "p99 ms", "ms", 2),
            Self::RangeRate => more("range_gb_per_s", "GB/s", "GB/s", 2),
            Self::RangeCpu => less("range_cpu_s_per_gb", "CPU-s/GB", "CPU-s/GB", 3),
            Self::SmallRequests => {
                more("small_requests_per_s", "64 conn, requests/s", "requests/s", 0)
            }
            Self::SmallP50 => less("small_p50_ms", "p50 ms", "ms", 2),
            Self::SmallP99 => less("small_p99_ms", "p99 ms", "ms", 2),
            Self::SmallCpu => less("small_cpu_us_per_request", "CPU µs/request", "µs", 1),
            Self::OneP50 => less("one_p50_ms", "1 conn, p50 ms", "ms", 3),
            Self::OneP99 => less("one_p99_ms", "1 conn, p99 ms", "ms", 3),
            Self::Start => less("start_ms", "start to first answer, ms", "ms", 1),
            Self::IdleMemory => less("idle_mb", "idle, MB", "MB", 1),
            Self::StreamsMemory => less("streams_mb", "1,000 slow streams, MB", "MB", 1),
            Self::ColdP50 => less("cold_p50_ms", "hot 4 KiB p50 ms", "ms", 3),
            Self::ColdP99 => less("cold_p99_ms", "p99 ms", "ms", 2),
            Self::ColdMax => less("cold_max_ms", "max ms", "ms", 2),
            Self::ColdRate => more("cold_mb_per_s", "cold streams, MB/s", "MB/s", 0),
            Self::ColdFetched => more("cold_fetched_mb", "fetched from disk, MB", "MB", 0),
        }
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.words().key)
    }
}
