//! The test itself.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use http::HeaderValue;
use serde::Serialize;
use tokio::{sync::watch, task::JoinSet, time};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::{
    Plan, PlanError, Report, TargetError,
    client::{Client, Door},
    stock::Stock,
    tally::Tally,
    users::{Dice, Totals, User, role},
};

/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(500);

/// How far a test is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LoadProgress)]
pub struct Progress {
    /// Milliseconds since the users began.
    pub elapsed_ms: u64,
    /// Milliseconds that they are to go on.
    pub of_ms: u64,
    /// Requests so far.
    pub requests: u64,
    /// Those that failed.
    pub errors: u64,
    /// Bytes of bodies so far.
    pub bytes: u64,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The plan is out of bounds.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The server's address leads nowhere.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The API key cannot be one.
    #[error("the API key holds a character that cannot be sent")]
    Key,
    /// The server did not say what there is.
    #[error("{target} cannot be asked what there is: {why}")]
    Stock {
        /// Which server.
        target: String,
        /// What it said.
        why: String,
    },
    /// It was told to stop before it began.
    #[error("it was stopped before the users began")]
    Stopped,
    /// There is nothing to ask for.
    #[error(
        "{0} lists no videos that can be asked for in this mode: add some, choose another mode, or name a file by its path"
    )]
    Nothing(String),
}

/// Runs a test to its end, or until it is told to stop; then it reports what there was until then.
pub async fn run(
    plan: &Plan,
    progress: &watch::Sender<Progress>,
    stop: &CancellationToken,
) -> Result<Report, LoadError> {
    plan.check()?;
    let door = Arc::new(door(plan).await?);
    let mut first = Client::new(Arc::clone(&door));
    let looked = tokio::select! {
        looked = Stock::look(&mut first, &plan.paths) => looked,
        () = stop.cancelled() => return Err(LoadError::Stopped),
    };
    let stock = looked.map_err(|why| LoadError::Stock { target: plan.target.to_string(), why })?;
    drop(first);
    if stock.is_empty() || role(plan.mode, 0, &stock).is_none() {
        return Err(LoadError::Nothing(plan.target.to_string()));
    }

    let (stock, totals) = (Arc::new(stock), Arc::new(Totals::default()));
    let over = stop.child_token();
    let mut users = JoinSet::new();
    let started = Instant::now();
    for number in 0..plan.connections {
        let Some(role) = role(plan.mode, number, &stock) else { continue };
        let mut user = User {
            client: Client::new(Arc::clone(&door)),
            stock: Arc::clone(&stock),
            totals: Arc::clone(&totals),
            tally: Tally::default(),
            dice: Dice::new(number as u64 + 1),
        };
        let over = over.clone();
        users.spawn(async move {
            tokio::select! {
                () = over.cancelled() => {}
                () = user.go_on(role) => {}
            }
            user.tally
        });
    }
    wait(plan, &totals, started, progress, stop).await;
    over.cancel();
    let lasted = started.elapsed();
    let mut tally = Tally::default();
    while let Some(done) = users.join_next().await {
        // One that panicked has nothing to tell.
        if let Ok(of_one) = done {
            tally.merge(of_one);
        }
    }
    Ok(Report::of(plan, &tally, lasted))
}

/// Waits for the end, telling progress.
async fn wait(
    plan: &Plan,
    totals: &Totals,
    started: Instant,
    progress: &watch::Sender<Progress>,
    stop: &CancellationToken,
) {
    let end = time::sleep(Duration::from_secs(plan.seconds));
    tokio::pin!(end);
    let mut tell = time::interval(TOLD_EVERY);
    loop {
        tokio::select! {
            () = &mut end => break,
            () = stop.cancelled() => break,
            _ = tell.tick() => {
                progress.send_replace(Progress {
                    elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                    of_ms: plan.seconds * 1000,
                    requests: totals.requests.load(Ordering::Relaxed),
                    errors: totals.errors.load(Ordering::Relaxed),
                    bytes: totals.bytes.load(Ordering::Relaxed),
                });
            }
        }
    }
}

async fn door(plan: &Plan) -> Result<Door, LoadError> {
    let malformed = |_| TargetError::Malformed(plan.target.to_string());
    let key = plan.key.as_deref().map(HeaderValue::from_str).transpose();
    let mut key = key.map_err(|_| LoadError::Key)?;
    if let Some(key) = &mut key {
        key.set_sensitive(true);
    }
    Ok(Door {
        addresses: plan.target.resolve().await?,
        host: HeaderValue::from_str(&plan.target.authority()).map_err(malformed)?,
        key,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::SocketAddr;

    use tokio::{
        io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
        net::TcpListener,
    };

    use super::*;
    use crate::Mode;

    /// A small server of our own: answers every path as `answer` says.
    async fn serve(answer: fn(&str) -> (u16, String)) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(async move {
                    let (from, mut to) = stream.into_split();
                    let mut lines = BufReader::new(from).lines();
                    let mut target = String::new();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if let Some(rest) = line.strip_prefix("GET ") {
                            rest.split(' ').next().unwrap().clone_into(&mut target);
                        } else if line.is_empty() {
                            let (status, body) = answer(&target);
                            let head = format!(
                                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nContent-Range: bytes 0-0/5000000\r\n\r\n",
                                body.len()
                            );
                            if to.write_all((head + &body).as_bytes()).await.is_err() {
                                return;
                            }
                        }
                    }
                });
            }
        });
        address
    }

    fn library(target: &str) -> (u16, String) {
        let video = r#"{"id":"abc","path":"a%20b.mp4","size":5000000,"poster":{"url":"/p.jpg"}}"#;
        let path = target.split('?').next().unwrap_or_default();
        match path {
            "/api/v1/videos" => (200, format!(r#"{{"items":[{video}],"total":1}}"#)),
            "/api/v1/videos/abc" => (200, video.to_owned()),
            "/p.jpg" | "/video/a%20b.mp4" | "/hls/abc/1.m4s" | "/hls/abc/init.mp4" => {
                (200, "x".repeat(1000))
            }
            "/hls/abc/master.m3u8" => (200, "#EXTM3U\nv.m3u8\n".to_owned()),
            "/hls/abc/v.m3u8" => (200, "#EXT-X-MAP:URI=\"init.mp4\"\n1.m4s\n".to_owned()),
            _ => (404, String::new()),
        }
    }

    async fn tested(plan: Plan) -> Result<(Report, Progress), LoadError> {
        let (progress, seen) = watch::channel(Progress::default());
        let report = run(&plan, &progress, &CancellationToken::new()).await?;
        let last = *seen.borrow();
        Ok((report, last))
    }

    #[tokio::test]
    async fn users_browse_seek_and_watch_without_an_error() {
        let target = serve(library).await.into();
        let plan = Plan { connections: 4, seconds: 1, ..Plan::new(target) };
        let (report, progress) = tested(plan).await.unwrap();
        let kinds: Vec<_> = report.kinds.iter().map(|kind| kind.kind.as_str()).collect();
        assert_eq!(kinds, ["list", "video", "poster", "range", "playlist", "segment"]);
        assert_eq!((report.errors, report.failures.len()), (0, 0), "{:?}", report.failures);
        assert!(report.requests > 10 && report.bytes > 0);
        assert!(progress.requests > 0 && progress.of_ms == 1000);
    }

    #[tokio::test]
    async fn errors_are_counted_with_their_reasons() {
        let target = serve(|target| match target {
            list if list.starts_with("/api/v1/videos?limit=100") => library(list),
            _ => (503, String::new()),
        });
        let plan = Plan {
            connections: 2,
            seconds: 1,
            mode: Mode::Files,
            ..Plan::new(target.await.into())
        };
        let (report, _) = tested(plan).await.unwrap();
        assert!(report.errors > 0 && report.errors == report.requests);
        assert_eq!(report.failures.first().unwrap().what, "range: status 503");
    }

    #[tokio::test]
    async fn a_test_ends_when_it_is_told_to() {
        let target = serve(library).await.into();
        let plan = Plan { connections: 2, seconds: 60, ..Plan::new(target) };
        let (progress, mut seen) = watch::channel(Progress::default());
        let stop = CancellationToken::new();
        let (report, ()) = tokio::join!(run(&plan, &progress, &stop), async {
            seen.wait_for(|progress| progress.requests > 0).await.unwrap();
            stop.cancel();
        });
        let report = report.unwrap();
        assert!(report.requests > 0 && report.duration_ms < 30_000);
    }

    #[tokio::test]
    async fn a_server_that_lists_nothing_is_asked_for_what_the_plan_names() {
        let target: SocketAddr =
            serve(
                |target| {
                    if target.starts_with("/api/") { (404, String::new()) } else { library(target) }
                },
            )
            .await;
        let plan =
            Plan { connections: 1, seconds: 1, mode: Mode::Files, ..Plan::new(target.into()) };
        assert!(matches!(tested(plan.clone()).await, Err(LoadError::Nothing(_))));
        let (report, _) =
            tested(Plan { paths: vec!["a b.mp4".to_owned()], ..plan.clone() }).await.unwrap();
        assert_eq!(report.errors, 0, "{:?}", report.failures);
        let missing = tested(Plan { paths: vec!["none.mp4".to_owned()], ..plan }).await;
        assert!(missing.unwrap_err().to_string().contains("none.mp4 answers with status 404"));
    }
}
