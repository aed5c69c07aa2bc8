//! Two hundred simulated users at a time, by `vidicon loadtest`.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use media::ContentId;
use serde::Deserialize;
use store::{Artwork, Location, Store};

use super::first_page::{List, give, picture};
use super::{Stage, clips, entries, scan, serve};
use crate::client::Client;
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::real;
use crate::page::{Cell, Page, Table};
use crate::report::grouped;
use crate::server::Server;

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

/// How many real files they have.
const CLIPS: u64 = 200;

/// They browse a generated library, and do everything in one with real files.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let count = stage.pick(20_000, 1_000);
    let server = with_pictures(stage, count)?;
    let videos = grouped(real(count), 0);
    one(stage, page, &server, "api", &format!("browse a library of {videos} with pictures"))?;
    drop(server);
    let media = clips::folder(stage, CLIPS)?;
    let server = scan::fresh(stage, &media)?;
    scan::ended(stage, server.address, None)?;
    let mut client = Client::connect(server.address)?;
    let list: List = serve::ask(&mut client, &format!("/api/v1/videos?limit={CLIPS}"))?;
    say("making the pictures of the real files");
    for video in &list.items {
        stage.stop.check()?;
        client.get(&format!("/api/v1/videos/{}/poster.jpg?w=320", video.id))?;
    }
    one(stage, page, &server, "mixed", "watch, seek and browse real files")
}

/// A server over a generated library all of whose videos have a poster: one and the same, which is
/// uploaded for one of them and written down for the others.
fn with_pictures(stage: &Stage, count: u64) -> Result<Server> {
    let data = entries::data(stage, count)?;
    let mark = data.join("has-pictures");
    if !mark.is_file() {
        let server = serve::generated(stage, count)?;
        let mut client = Client::connect(server.address)?;
        let list: List = serve::ask(&mut client, "/api/v1/videos?limit=1")?;
        let id = &list.items.first().context("a library without videos")?.id;
        give(&mut client, id, &picture(stage, 0)?)?;
        drop(server);
        say("writing down the pictures");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(share_picture(stage, &data.join("library.db"), id.parse()?))?;
        std::fs::write(mark, "")?;
    }
    serve::generated(stage, count)
}

async fn share_picture(stage: &Stage<'_>, path: &Path, id: ContentId) -> Result<()> {
    let store = Store::open(&Location::Sqlite(path.to_owned())).await?;
    let video = store.number_of(id).await?.context("the video is gone")?;
    let poster = store.artwork(video).await?.context("the picture is gone")?.poster;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    let mut last = None;
    loop {
        stage.stop.check()?;
        let some = store.entries(last, 1_000).await?;
        let Some((video, _)) = some.last() else { break };
        last = Some(*video);
        for (video, _) in some {
            let artwork = Artwork { poster: poster.clone(), ..Artwork::default() };
            store.set_artwork(video, artwork, now_ms).await?;
        }
    }
    store.close().await;
    Ok(())
}

fn one(stage: &Stage, page: &mut Page, server: &Server, mode: &str, what: &str) -> Result<()> {
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
