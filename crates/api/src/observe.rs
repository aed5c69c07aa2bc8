//! What an operator sees: rates and latencies by route, who watches what, what went wrong, the machine, the log.
//!
//! Everything here is bounded, and kept in memory only. A request costs two or three atomic additions, one for media of
//! some size also a lock; the rest is done once a second by [`Observe::run`].
//!
//! Metrics for Prometheus are elsewhere ([`crate::Metrics`]): those only grow, and somebody else keeps their history.

mod history;
mod latency;
mod logs;
mod machine;
pub(crate) mod routes;
pub(crate) mod secrets;
mod status;
mod streams;
mod troubles;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use http::{Method, Uri};
use jiff::Timestamp;
use net::{Exchange, Peer};

use self::{
    history::{Point, Points},
    latency::{Latencies, Windows},
    machine::Sampler,
    status::{Cpu, Disk, Status},
    streams::Streams,
    troubles::{Noted, Troubles},
};
pub use self::{logs::Logs, machine::DiskSpec, status::Cache};

/// How long disks may take to be asked. A network drive that is away takes for ever.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many questions to disks may hang at a time.
const HANGING: u32 = 4;
/// For how long an answer about disks holds.
const DISKS_HOLD: Duration = Duration::from_secs(10);

/// Tells what a cache has come to.
pub type CacheWatch = Arc<dyn Fn() -> Cache + Send + Sync>;

/// What is seen of one server. Clones share it.
#[derive(Clone)]
pub struct Observe(Arc<Inner>);

struct Inner {
    started_ms: i64,
    logs: Logs,
    latencies: Latencies,
    streams: Streams,
    troubles: Troubles,
    connections: AtomicI64,
    /// Bytes of answers that are over.
    sent: AtomicU64,
    disks: Vec<DiskSpec>,
    disks_known: Mutex<Option<(std::time::Instant, Vec<Disk>)>>,
    hanging: Arc<AtomicU32>,
    caches: Mutex<Vec<CacheWatch>>,
    clocked: Mutex<Clocked>,
}

/// What is done once a second.
struct Clocked {
    windows: Windows,
    points: Points,
    sampler: Sampler,
    cpu: Cpu,
    /// Bytes sent in all at the last tick, those under way included.
    total: u64,
}

impl Default for Observe {
    fn default() -> Self {
        Self::new(Logs::default(), Vec::new())
    }
}

impl Observe {
    /// Nothing seen yet. `logs` are the lines that are kept, `disks` the folders whose disks are watched.
    pub fn new(logs: Logs, disks: Vec<DiskSpec>) -> Self {
        Self(Arc::new(Inner {
            started_ms: now_ms(),
            logs,
            latencies: Latencies::default(),
            streams: Streams::default(),
            troubles: Troubles::default(),
            connections: AtomicI64::new(0),
            sent: AtomicU64::new(0),
            disks,
            disks_known: Mutex::new(None),
            hanging: Arc::default(),
            caches: Mutex::default(),
            clocked: Mutex::new(Clocked {
                windows: Windows::default(),
                points: Points::default(),
                sampler: Sampler::new(),
                cpu: Cpu::default(),
                total: 0,
            }),
        }))
    }

    /// Looks every second, for as long as it is polled: spawn it beside the server.
    pub async fn run(self) {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        // After a pause of the machine the seconds that it slept are not made up for.
        second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        second.tick().await;
        loop {
            second.tick().await;
            self.tick(now_ms());
        }
    }

    /// Shows a cache to administrators.
    pub fn watch_cache(&self, watch: CacheWatch) {
        lock(&self.0.caches).push(watch);
    }

    pub(crate) fn logs(&self) -> &Logs {
        &self.0.logs
    }

    pub(crate) fn connection_opened(&self) {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connection_closed(&self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// An answer begins.
    pub(crate) fn answered(&self, exchange: &Arc<Exchange>) {
        let failed = exchange.status().is_some_and(|status| status.is_server_error());
        let micros = u64::try_from(exchange.duration().as_micros()).unwrap_or(u64::MAX);
        self.0.latencies.answered(exchange.route().0, micros, failed);
        if exchange.is_large() {
            self.0.streams.answered(exchange, now_ms());
        }
    }

    /// An answer is over.
    pub(crate) fn finished(&self, exchange: &Exchange) {
        let sent = exchange.sent();
        if sent > 0 {
            self.0.latencies.sent(exchange.route().0, sent);
        }
        if exchange.is_large() {
            self.0.streams.finished(exchange, now_ms());
        }
        let failed = exchange.status().is_some_and(|status| status.is_server_error());
        if failed || exchange.fault().is_some() {
            self.0.troubles.note(Noted {
                at_ms: now_ms(),
                status: exchange.status().map(|status| status.as_u16()),
                reason: exchange.fault().unwrap_or("the answer was an error").to_owned(),
                method: streams::cut(exchange.method.to_string()),
                path: streams::cut(exchange.target.path().to_owned()),
                address: exchange.peer.address.ip().to_canonical().to_string(),
            });
        }
    }

    /// A request was refused.
    pub(crate) fn refused(&self, reason: &'static str, method: &Method, uri: &Uri, peer: Peer) {
        self.0.troubles.note(Noted {
            at_ms: now_ms(),
            status: None,
            reason: reason.to_owned(),
            method: streams::cut(method.to_string()),
            path: streams::cut(uri.path().to_owned()),
            address: peer.address.ip().to_canonical().to_string(),
        });
    }

    /// A connection was turned away, or a request before its route was asked.
    pub(crate) fn turned_away(&self, reason: &'static str, peer: SocketAddr) {
        self.0.troubles.note(Noted {
            at_ms: now_ms(),
            status: None,
            reason: reason.to_owned(),
            method: String::new(),
            path: String::new(),
            address: peer.ip().to_canonical().to_string(),
        });
    }

    /// A second is over.
    fn tick(&self, now_ms: i64) {
        let under_way = self.0.streams.tick(now_ms);
        let mut clocked = lock(&self.0.clocked);
        let (second, latencies) = clocked.windows.tick(&self.0.latencies);
        let over = self.0.sent.fetch_add(second.bytes, Ordering::Relaxed) + second.bytes;
        let total = over + under_way;
        // An answer that ends between the two counts is in neither, and in the next second.
        let bytes = total.saturating_sub(clocked.total);
        clocked.total = clocked.total.max(total);
        clocked.cpu = clocked.sampler.cpu();
        let point = Point {
            at_ms: now_ms,
            requests: second.requests,
            failed: second.failed,
            bytes,
            p95_us: latencies.quantile(950),
            process_permille: clocked.cpu.process_permille,
            machine_permille: clocked.cpu.machine_permille.unwrap_or(0),
            resident: machine::memory().resident.unwrap_or(0),
            streams: self.0.streams.len() as u64,
            connections: self.connections(),
        };
        clocked.points.push(point);
    }

    fn connections(&self) -> u64 {
        u64::try_from(self.0.connections.load(Ordering::Relaxed)).unwrap_or(0)
    }

    /// Everything, with the samples after a moment.
    async fn status(&self, since_ms: i64) -> Status {
        let disks = self.disks().await;
        let caches: Vec<CacheWatch> = lock(&self.0.caches).clone();
        let clocked = lock(&self.0.clocked);
        Status {
            at: moment(now_ms()),
            started: moment(self.0.started_ms),
            version: env!("CARGO_PKG_VERSION"),
            connections: self.connections(),
            requests: clocked.windows.together(),
            routes: clocked.windows.status(),
            streams: self.0.streams.list(),
            cpu: clocked.cpu,
            memory: machine::memory(),
            disks,
            caches: caches.iter().map(|watch| watch()).collect(),
            troubles: self.0.troubles.list(),
            history: clocked.points.after(since_ms),
        }
    }

    /// The disks, as they are or were a few seconds ago. One that hangs is told as such.
    async fn disks(&self) -> Vec<Disk> {
        if let Some((at, known)) = lock(&self.0.disks_known).as_ref()
            && at.elapsed() < DISKS_HOLD
        {
            return known.clone();
        }
        let asked = self.0.disks.iter().map(|spec| ask(spec.clone(), Arc::clone(&self.0.hanging)));
        let disks = futures_util::future::join_all(asked).await;
        *lock(&self.0.disks_known) = Some((std::time::Instant::now(), disks.clone()));
        disks
    }
}

async fn ask(spec: DiskSpec, hanging: Arc<AtomicU32>) -> Disk {
    let silent = |problem: &str| Disk {
        purpose: spec.purpose.to_owned(),
        path: spec.path.display().to_string(),
        total: None,
        available: None,
        problem: Some(problem.to_owned()),
    };
    if hanging.load(Ordering::Relaxed) >= HANGING {
        return silent("its disk is not asked, as others do not answer");
    }
    let asked = tokio::task::spawn_blocking({
        let (spec, hanging) = (spec.clone(), Arc::clone(&hanging));
        move || {
            hanging.fetch_add(1, Ordering::Relaxed);
            let disk = machine::disk(&spec);
            hanging.fetch_sub(1, Ordering::Relaxed);
            disk
        }
    });
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(disk)) => disk,
        Ok(Err(_)) => silent("it could not be asked"),
        Err(_) => silent("its disk does not answer"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds since 1970 UTC, as RFC 3339 has it.
fn moment(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
