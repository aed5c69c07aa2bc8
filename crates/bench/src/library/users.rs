//! Two hundred simulated users at a time, by `vidicon loadtest`.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::{Stage, clips, scan, serve};
use crate::demand::Demand;
use crate::numbers::real;
use crate::page::{Cell, Page, Table};

#[derive(Debug, Deserialize)]
struct Report {
    requests: u64,
    errors: u64,
    requests_per_second: f64,
    kinds: Vec<Kind>,
    failures: Vec<Failure>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    #[serde(rename = "kind")]
    name: String,
    requests: u64,
    errors: u64,
    whole: Latency,
}

#[derive(Debug, Deserialize)]
struct Latency {
    p50_us: u64,
    p99_us: u64,
}

#[derive(Debug, Deserialize)]
struct Failure {
    what: String,
    count: u64,
}

/// How many users there are.
const USERS: &str = "200";

/// They browse a generated library, and do everything in one with real files.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let count = stage.sizes.iter().copied().find(|count| *count >= 100_000);
    let count = count.or(stage.sizes.last().copied()).context("there is no library")?;
    let server = serve::generated(stage, count)?;
    one(stage, page, &server, "api", "browse a generated library")?;
    drop(server);
    let server = serve::start(stage, &scan::data(stage), &clips::folder(stage)?)?;
    one(stage, page, &server, "mixed", "watch, seek and browse real files")
}

fn one(
    stage: &Stage,
    page: &mut Page,
    server: &crate::server::Server,
    mode: &str,
    what: &str,
) -> Result<()> {
    let output = Command::new(&stage.vidicon)
        .args(["loadtest", &format!("http://{}", server.address), "--connections", USERS])
        .args(["--seconds", stage.pick("30", "3"), "--mode", mode, "--json"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("could not run vidicon loadtest")?;
    let Ok(report) = serde_json::from_slice::<Report>(&output.stdout) else {
        bail!("vidicon loadtest gave no report: {}", output.status)
    };
    let mut table = Table::new(&["asked for", "answers", "errors", "p50 ms", "p99 ms"]);
    for kind in &report.kinds {
        let counts = [kind.requests, kind.errors].map(|count| Cell::Value(real(count), 0));
        let times =
            [kind.whole.p50_us, kind.whole.p99_us].map(|time| Cell::Value(real(time) / 1e3, 1));
        table.row(&kind.name, counts.into_iter().chain(times));
    }
    for failure in &report.failures {
        page.note(&format!("{USERS} users: {} times {}", failure.count, failure.what));
    }
    page.table(
        &format!("{USERS} users {what}"),
        &format!(
            "All without a rest, for half a minute, on the cores of the server: {} answers, {:.0} in a second.",
            report.requests, report.requests_per_second
        ),
        &table,
    );
    page.bar(
        format!("{USERS} users {what}: errors"),
        real(report.errors),
        "",
        0,
        Demand::AtMost(0.0),
    );
    Ok(())
}
