//! What is told to administrators, as it is told: the JSON of `/api/v1/admin/status` and `/api/v1/admin/logs`.

use serde::Serialize;
use utoipa::ToSchema;

/// How the server is doing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Status {
    /// When this was so.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// When the server was started.
    #[schema(format = DateTime)]
    pub(crate) started: String,
    /// Its version.
    pub(crate) version: &'static str,
    /// Connections that are open.
    pub(crate) connections: u64,
    /// All routes together, over the last minute.
    pub(crate) requests: Window,
    /// Each route that was asked in the last hour, by its name.
    pub(crate) routes: Vec<RouteStatus>,
    /// Who watches what, the longest first.
    pub(crate) streams: Vec<Stream>,
    /// The processors.
    pub(crate) cpu: Cpu,
    /// Memory.
    pub(crate) memory: Memory,
    /// The disks of the media folders and of the data folder.
    pub(crate) disks: Vec<Disk>,
    /// The caches in memory.
    pub(crate) caches: Vec<Cache>,
    /// The last answers that failed and the last requests that were refused, the newest first.
    pub(crate) troubles: Vec<Trouble>,
    /// Samples for charts, those after `since`.
    pub(crate) history: History,
}

/// What was answered in a stretch of time. Latencies are microseconds from the head of a request to the head of its
/// answer, and at most 1/16 too high.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Window {
    /// How many seconds it covers; fewer than it is called after while the server is young.
    pub(crate) seconds: u64,
    /// Requests answered.
    pub(crate) requests: u64,
    /// Those of them that were answered with a status of 500 or more.
    pub(crate) failed: u64,
    /// Bytes of bodies handed to connections.
    pub(crate) bytes: u64,
    /// The mean.
    pub(crate) requests_per_second: f64,
    /// The mean.
    pub(crate) bytes_per_second: u64,
    /// Half of the answers took no longer.
    pub(crate) p50_us: u64,
    /// 95 of 100 took no longer.
    pub(crate) p95_us: u64,
    /// 99 of 100 took no longer.
    pub(crate) p99_us: u64,
    /// None took longer.
    pub(crate) max_us: u64,
}

/// What a route has answered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RouteStatus {
    /// Its name in the log and the metrics.
    pub(crate) route: String,
    /// 50 to 60 seconds.
    pub(crate) last_minute: Window,
    /// 4 to 5 minutes.
    pub(crate) last_5_minutes: Window,
    /// 59 to 60 minutes.
    pub(crate) last_hour: Window,
}

/// Somebody who watches something: requests for media by one client, with one program, for one film.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stream {
    /// The client's address; a proxy's, where there is one.
    pub(crate) address: String,
    /// What its program says it is.
    pub(crate) agent: String,
    /// The path of the film below its media folder, or its content id.
    pub(crate) what: String,
    /// Over which route it was asked for last.
    pub(crate) route: String,
    /// When the first of the answers began.
    #[schema(format = DateTime)]
    pub(crate) since: String,
    /// When the last one began or was over.
    #[schema(format = DateTime)]
    pub(crate) last: String,
    /// How many requests there were.
    pub(crate) requests: u64,
    /// How many answers are under way.
    pub(crate) open: usize,
    /// Bytes sent.
    pub(crate) bytes: u64,
    /// Over the last ten seconds.
    pub(crate) bytes_per_second: u64,
}

/// The processors, over the last second.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Cpu {
    /// How many there are for this process.
    pub(crate) cores: u32,
    /// Thousandths of one core that this process used.
    pub(crate) process_permille: u32,
    /// Thousandths of all cores that were in use; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) machine_permille: Option<u32>,
}

/// Memory, in bytes; absent where it is not known.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Memory {
    /// What this process has in memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resident: Option<u64>,
    /// What the machine has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) machine_total: Option<u64>,
    /// What programs could still get.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) machine_available: Option<u64>,
}

/// The disk of a folder, in bytes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Disk {
    /// `media` or `data`.
    pub(crate) purpose: String,
    /// The folder.
    pub(crate) path: String,
    /// How large its disk is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<u64>,
    /// What Vidicon could still write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) available: Option<u64>,
    /// Why that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
}

/// A cache in memory.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Cache {
    /// What is kept in it.
    pub name: String,
    /// How many things it holds.
    pub entries: u64,
    /// How often what was asked for was there, since the start.
    pub hits: u64,
    /// How often it was not.
    pub misses: u64,
}

/// An answer that failed, or a request that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Trouble {
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// The status of the answer; absent where there was none, or where the refusal came before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    /// The fault in words, or the reason of the refusal by its name in the metrics.
    pub(crate) reason: String,
    /// Of the request; empty where the connection was refused.
    pub(crate) method: String,
    /// Of the request, without its query; empty where the connection was refused.
    pub(crate) path: String,
    /// The client's.
    pub(crate) address: String,
}

/// Samples for charts, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Samples)]
pub(crate) struct History {
    /// One a second, of the last five minutes.
    pub(crate) seconds: Vec<Sample>,
    /// One a minute, of the last 24 hours.
    pub(crate) minutes: Vec<Sample>,
}

/// A second, or the mean of a minute.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sample {
    /// When it was over.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Requests answered.
    pub(crate) requests_per_second: u64,
    /// Answers with a status of 500 or more: in that second, or in the whole minute.
    pub(crate) failed: u64,
    /// Bytes of bodies handed to connections, those under way included.
    pub(crate) bytes_per_second: u64,
    /// The latency that 95 of 100 answers did not exceed, of all routes; the worst second of a minute.
    pub(crate) p95_us: u64,
    /// As in `cpu`.
    pub(crate) cpu_process_permille: u32,
    /// As in `cpu`; 0 where it is not known.
    pub(crate) cpu_machine_permille: u32,
    /// Bytes that this process had in memory; 0 where it is not known.
    pub(crate) memory_resident: u64,
    /// Streams.
    pub(crate) streams: u64,
    /// Connections open.
    pub(crate) connections: u64,
}

/// Lines of the log, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogPage {
    /// The lines.
    pub(crate) items: Vec<LogLine>,
    /// What to ask for next, as `after`.
    pub(crate) next: u64,
    /// Whether lines between `after` and the first of these are not kept any more.
    pub(crate) lost: bool,
}

/// A line of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogLine {
    /// Counted from 1 since the start.
    pub(crate) number: u64,
    /// When it was written.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub(crate) level: String,
    /// Which part of Vidicon says it.
    pub(crate) target: String,
    /// What it says.
    pub(crate) message: String,
    /// Of what it says it.
    pub(crate) fields: Vec<LogField>,
}

/// A field of a line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogField {
    /// Its name.
    pub(crate) name: String,
    /// Its value, in words.
    pub(crate) value: String,
}
