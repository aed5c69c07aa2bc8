//! `vidicon loadtest`: users put to a server, this machine's own unless told otherwise.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use loadtest::{LoadError, Plan, Progress, Report, Target, is_this_machine};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::print;
use crate::{cli::LoadTest, failure::Failure};

pub(super) fn run(wanted: &LoadTest) -> Result<(), Failure> {
    let target: Target = wanted
        .url
        .parse()
        .map_err(|error: loadtest::TargetError| Failure::Usage(error.to_string()))?;
    let plan = Plan {
        connections: wanted.connections,
        seconds: wanted.seconds,
        mode: wanted.mode,
        key: wanted.api_key.clone(),
        paths: wanted.path.clone(),
        ..Plan::new(target)
    };
    plan.check().map_err(|error| Failure::Usage(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the threads of the test")?;
    let report = runtime.block_on(test(&plan, wanted.yes_it_is_mine))?;
    if wanted.json {
        let text = serde_json::to_string_pretty(&report).context("cannot write the report")?;
        print(&format!("{text}\n"))?;
    } else {
        print(&report.table())?;
    }
    if report.errors > 0 { Err(Failure::No) } else { Ok(()) }
}

async fn test(plan: &Plan, mine: bool) -> Result<Report, Failure> {
    let addresses =
        plan.target.resolve().await.map_err(|error| Failure::Usage(error.to_string()))?;
    let own = addresses.iter().all(|address| is_this_machine(address.ip()));
    if !own && !mine {
        return Err(Failure::Usage(format!(
            "{} is not this machine: a load test is an attack on a server that is not yours. If it is yours, say so by \
             --yes-it-is-mine",
            plan.target
        )));
    }
    let (told, progress) = watch::channel(Progress::default());
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        }
    });
    let shown = tokio::spawn(show(progress, plan.seconds));
    let ran = loadtest::run(plan, &told, &stop).await;
    drop(told);
    let _ = shown.await;
    ran.map_err(|error| match error {
        LoadError::Plan(_) | LoadError::Key => Failure::Usage(error.to_string()),
        other => Failure::Other(other.into()),
    })
}

/// Shows progress on a terminal until nobody tells any more.
async fn show(mut progress: watch::Receiver<Progress>, seconds: u64) {
    if !io::stderr().is_terminal() {
        return;
    }
    let style = ProgressStyle::with_template("{bar:30} {elapsed} {msg}");
    let bar = ProgressBar::new(seconds * 1000)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(500));
    while progress.changed().await.is_ok() {
        let now = *progress.borrow_and_update();
        bar.set_position(now.elapsed_ms);
        bar.set_message(format!("{} requests, {} errors", now.requests, now.errors));
    }
    bar.finish_and_clear();
}
