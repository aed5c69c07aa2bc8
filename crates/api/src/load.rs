//! `/api/v1/admin/loadtest`: a load test of this server by itself, one at a time. And the same for the route that older
//! clients know, which waits for the result.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Extension, Json,
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};
use library::{Job, JobKind, Jobs};
use loadtest::{Mode, Plan, Progress, Report, Target};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::{access::ApiKeys, input, problem::Problem};

/// What the test of the old route is: short, for whoever asked waits.
const QUICK: (usize, u64) = (10, 5);

/// The load tests of one server. Clones share them.
#[derive(Clone)]
pub struct LoadTests(Arc<Inner>);

struct Inner {
    /// A listener of this server that speaks plain HTTP, by an address of this machine.
    own: Option<SocketAddr>,
    keys: ApiKeys,
    state: Mutex<State>,
    stopping: CancellationToken,
    /// Where tests are listed while they run.
    jobs: Option<Jobs>,
}

#[derive(Default)]
struct State {
    running: Option<Running>,
    last: Option<Ended>,
}

struct Running {
    progress: watch::Receiver<Progress>,
    stop: CancellationToken,
    /// Turns true when the test is over.
    over: watch::Receiver<bool>,
}

/// How a test ended.
#[derive(Clone)]
struct Ended(Result<Report, String>);

impl LoadTests {
    /// None so far. `own` is a plain HTTP listener of this server as the machine itself reaches it, if there is one; `keys`
    /// are the server's own. Tests end when `stopping` says so, and are listed among `jobs`.
    pub fn new(
        own: Option<SocketAddr>,
        keys: ApiKeys,
        stopping: CancellationToken,
        jobs: Option<Jobs>,
    ) -> Self {
        Self(Arc::new(Inner { own, keys, state: Mutex::default(), stopping, jobs }))
    }

    /// Starts a test; what turns true when it is over.
    fn start(&self, wanted: &Wanted) -> Result<watch::Receiver<bool>, Problem> {
        let plan = self.plan(wanted)?;
        let mut state = self.lock();
        if state.running.is_some() {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "a load test is running: wait for its end, or stop it first",
            ));
        }
        let (told, progress) =
            watch::channel(Progress { of_ms: plan.seconds * 1000, ..Progress::default() });
        let (end, over) = watch::channel(false);
        let stop = self.0.stopping.child_token();
        state.running = Some(Running { progress, stop: stop.clone(), over: over.clone() });
        tracing::info!(connections = plan.connections, seconds = plan.seconds, mode = %plan.mode, "a load test begins");
        let this = self.clone();
        let shown = self.shown(told.subscribe(), stop.clone());
        tokio::spawn(async move {
            let shown = tokio::spawn(shown);
            let stopped = stop.clone();
            // A task of its own, so that the test is over whatever becomes of it.
            let ran = tokio::spawn(async move { loadtest::run(&plan, &told, &stop).await }).await;
            let ended = match ran {
                Ok(Ok(report)) => Ok(report),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err("the test ended unexpectedly".to_owned()),
            };
            if let Ok(Some(job)) = shown.await {
                job.end(in_words(&ended, stopped.is_cancelled())).await;
            }
            let mut state = this.lock();
            state.running = None;
            state.last = Some(Ended(ended));
            drop(state);
            end.send_replace(true);
        });
        Ok(over)
    }

    /// Lists the running test as a job, for as long as it tells how far it is.
    fn shown(
        &self,
        mut progress: watch::Receiver<Progress>,
        stop: CancellationToken,
    ) -> impl Future<Output = Option<Job>> + use<> {
        let jobs = self.0.jobs.clone();
        async move {
            // Where it cannot be listed, it runs nevertheless.
            let mut job = jobs?.begin(JobKind::LoadTest, None, stop).await.ok()?;
            job.start().await;
            while progress.changed().await.is_ok() {
                let Progress { elapsed_ms, of_ms, .. } = *progress.borrow_and_update();
                job.progress(elapsed_ms / 1000, Some(of_ms / 1000));
            }
            Some(job)
        }
    }

    fn plan(&self, wanted: &Wanted) -> Result<Plan, Problem> {
        let Some(own) = self.0.own else {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "no listener speaks plain HTTP, which the test needs: add one for this machine alone, like \
                 \"http://127.0.0.1:9001\" in listen",
            ));
        };
        let usual = Plan::new(Target::from(own));
        let plan = Plan {
            connections: wanted.connections.unwrap_or(usual.connections),
            seconds: wanted.seconds.unwrap_or(usual.seconds),
            mode: wanted.mode.unwrap_or_default(),
            key: self.0.keys.any(),
            ..usual
        };
        plan.check().map_err(|error| Problem::unprocessable(error.to_string()))?;
        Ok(plan)
    }

    /// Tells the running test to end; what turns true when it has.
    fn stop(&self) -> Option<watch::Receiver<bool>> {
        let state = self.lock();
        let running = state.running.as_ref()?;
        running.stop.cancel();
        Some(running.over.clone())
    }

    fn status(&self) -> LoadStatus {
        let state = self.lock();
        let last = state.last.clone().map(|Ended(ended)| ended);
        let (report, error) = match last {
            None => (None, None),
            Some(Ok(report)) => (Some(report), None),
            Some(Err(why)) => (None, Some(why)),
        };
        LoadStatus {
            running: state.running.as_ref().map(|running| *running.progress.borrow()),
            report,
            error,
        }
    }

    /// A short test, to its end.
    pub(crate) async fn quick(&self) -> Result<Report, Problem> {
        let (connections, seconds) = QUICK;
        let wanted = Wanted { connections: Some(connections), seconds: Some(seconds), mode: None };
        let mut over = self.start(&wanted)?;
        // An error means that whoever would say it is gone, which is an end as well.
        let _ = over.wait_for(|over| *over).await;
        let last = self.lock().last.clone();
        match last {
            Some(Ended(Ok(report))) => Ok(report),
            Some(Ended(Err(why))) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)),
            None => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the test left no report")),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a test ended, as a job.
fn in_words(ended: &Result<Report, String>, stopped: bool) -> library::Ended {
    let came_to = |report: &Report| {
        let Report { requests, errors, requests_per_second, .. } = report;
        format!("{requests} requests, {requests_per_second:.0} a second, {errors} failed")
    };
    match ended {
        Ok(report) if stopped => library::Ended::Cancelled(came_to(report)),
        Ok(report) => library::Ended::Done(came_to(report)),
        Err(_) if stopped => library::Ended::Cancelled("it had not begun".to_owned()),
        Err(why) => library::Ended::Failed(why.clone()),
    }
}

/// What kind of test is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// How many users.
    #[serde(default, deserialize_with = "input::maybe_whole")]
    #[schema(minimum = 1, maximum = 256, default = 16)]
    connections: Option<usize>,
    /// For how many seconds.
    #[serde(default, deserialize_with = "input::maybe_whole")]
    #[schema(minimum = 1, maximum = 60, default = 10)]
    seconds: Option<u64>,
    /// What they do.
    mode: Option<Mode>,
}

/// The running test, and the last one.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoadStatus {
    /// How far the running one is; absent when none is running.
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<Progress>,
    /// What the last one came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Report>,
    /// Why the last one came to nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The running load test, and the last one
#[utoipa::path(get, path = "/api/v1/admin/loadtest", operation_id = "admin_loadtest", tag = "admin",
    responses((status = 200, description = "How far it is, and what the last one came to", body = LoadStatus)))]
pub(crate) async fn status(Extension(tests): Extension<LoadTests>) -> Response {
    fresh(Json(tests.status()))
}

/// Start a load test
///
/// This server is asked by itself: lists, pictures, playlists, segments and ranges of its own videos.
#[utoipa::path(post, path = "/api/v1/admin/loadtest", operation_id = "start_admin_loadtest", tag = "admin", request_body = Wanted,
    responses(
        (status = 202, description = "It has begun", body = LoadStatus),
        (status = 409, description = "Another one is running"),
        (status = 422, description = "That is too many, or too long"),
    ))]
pub(crate) async fn start(
    Extension(tests): Extension<LoadTests>,
    input::Json(wanted): input::Json<Wanted>,
) -> Result<Response, Problem> {
    tests.start(&wanted)?;
    Ok((StatusCode::ACCEPTED, fresh(Json(tests.status()))).into_response())
}

/// Stop the load test
#[utoipa::path(delete, path = "/api/v1/admin/loadtest", operation_id = "end_admin_loadtest", tag = "admin",
    responses((status = 200, description = "None is running any more", body = LoadStatus)))]
pub(crate) async fn stop(Extension(tests): Extension<LoadTests>) -> Response {
    if let Some(mut over) = tests.stop() {
        let _ = over.wait_for(|over| *over).await;
    }
    fresh(Json(tests.status()))
}

/// What the route of older clients is asked to do.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OldAction)]
pub(crate) struct Action {
    /// `load_test` is the only one.
    action: String,
}

/// What the route of older clients answers.
#[derive(Serialize, ToSchema)]
#[schema(as = OldPerformance)]
pub(crate) struct Performance {
    #[schema(inline)]
    status: Whether,
    /// What the last load test came to.
    result: Option<Report>,
}

/// Whether a load test is running.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Whether {
    Running,
    Idle,
}

/// The last load test, for older clients
///
/// A page for browsers.
#[utoipa::path(get, path = "/admin/performance", tag = "old", operation_id = "old_performance",
    responses((status = 200, description = "What it came to", body = Performance)))]
pub(crate) async fn old_status(Extension(tests): Extension<LoadTests>) -> Response {
    let LoadStatus { running, report, .. } = tests.status();
    let status = if running.is_some() { Whether::Running } else { Whether::Idle };
    fresh(Json(Performance { status, result: report }))
}

/// A short load test, for older clients
///
/// Ten users for five seconds; the answer comes when they are done.
#[utoipa::path(post, path = "/admin/performance", tag = "old", operation_id = "old_load_test",
    request_body(content((Action = "application/json"), (Action = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "What it came to", body = Performance),
        (status = 409, description = "Another one is running"),
        (status = 422, description = "There is no such action"),
    ))]
pub(crate) async fn old_start(
    Extension(tests): Extension<LoadTests>,
    input::FormOrJson(Action { action }): input::FormOrJson<Action>,
) -> Result<Response, Problem> {
    if action != "load_test" {
        return Err(Problem::unprocessable(format!("action: {action:?} is none: write load_test")));
    }
    let report = tests.quick().await?;
    Ok(fresh(Json(Performance { status: Whether::Idle, result: Some(report) })))
}

fn fresh(answer: impl axum::response::IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn status_of(problem: Problem) -> StatusCode {
        problem.into_response().status()
    }

    #[tokio::test]
    async fn one_test_runs_at_a_time_and_its_end_is_told() {
        // A listener that takes connections and never answers.
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let own = Some(silent.local_addr().unwrap());
        let stopping = CancellationToken::new();
        let tests = LoadTests::new(own, ApiKeys::default(), stopping, None);
        let mut over = tests.start(&Wanted::default()).unwrap();
        assert!(tests.status().running.is_some());
        let second = tests.start(&Wanted::default()).unwrap_err();
        assert_eq!(status_of(second), StatusCode::CONFLICT);
        drop(silent);
        over.wait_for(|over| *over).await.unwrap();
        let status = tests.status();
        assert!(status.running.is_none() && status.error.is_some());
    }

    #[test]
    fn a_plan_out_of_bounds_or_without_a_listener_is_refused() {
        let stopping = CancellationToken::new();
        let tests = LoadTests::new(None, ApiKeys::default(), stopping.clone(), None);
        let refused = tests.plan(&Wanted::default()).unwrap_err();
        assert_eq!(status_of(refused), StatusCode::SERVICE_UNAVAILABLE);
        let own = Some("127.0.0.1:9000".parse().unwrap());
        let keys = ApiKeys::new(["first".to_owned()]);
        let tests = LoadTests::new(own, keys, stopping, None);
        let many = Wanted { connections: Some(257), ..Wanted::default() };
        assert_eq!(status_of(tests.plan(&many).unwrap_err()), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(tests.plan(&Wanted::default()).unwrap().key.as_deref(), Some("first"));
    }
}
