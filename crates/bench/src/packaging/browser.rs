//! From pressing play to the first frame, in a real browser.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use super::film::{CLIP, FILMS};
use super::{Stage, program};
use crate::demand::Demand;
use crate::numbers::{Spread, real};
use crate::page::{Cell, Page, Table};
use crate::server::Server;

/// What the script says of one way of playing.
#[derive(Debug, Deserialize)]
struct Said {
    name: String,
    /// Milliseconds from play to the first frame, one for each page.
    times: Vec<f64>,
    #[serde(default)]
    error: Option<String>,
}

/// Starts a server of its own and lets the script play.
pub(super) fn measure(stage: &Stage, script: &Path, modules: &Path, page: &mut Page) -> Result<()> {
    let node = program("node", "nodejs")?;
    let chromium = program("chromium", "chromium")?;
    let server = Server::start(&stage.vidicon, stage.work, stage.stop)?;
    let film = FILMS.first().map_or("", |film| film.file);
    let times = if stage.warm < 1000 { 3 } else { 21 };
    let output = Command::new(node)
        .arg(script)
        .arg(format!("http://{}", server.address))
        .arg(modules)
        .arg(chromium)
        .arg(times.to_string())
        .args([CLIP, film])
        .stderr(Stdio::inherit())
        .output()
        .context("could not run node")?;
    if !output.status.success() {
        bail!("the script of the browser failed: {}", output.status);
    }
    let mut table = Table::new(&["played", "n", "play() to first frame, ms"]);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let said: Said = serde_json::from_str(line).context("not what a browser script says")?;
        if let Some(version) = said.name.strip_prefix("version: ") {
            page.note(version);
            continue;
        }
        if let Some(error) = said.error {
            page.note(&format!("Left out: {}: {error}", said.name));
            continue;
        }
        let median = Spread::of(&said.times).map_or(f64::NAN, |spread| spread.median);
        let what = format!("{}: play to first frame in Chromium, median", said.name);
        page.bar(what, median, "ms", 0, Demand::AtMost(300.0));
        table.row(
            &said.name,
            [Cell::Value(real(said.times.len() as u64), 0), Cell::Runs(said.times, 0)],
        );
    }
    page.table(
        "From play to the first frame",
        "Chromium without a screen, decoding in software, on the same two cores as the server; a fresh page each time, \
         the player loaded before. The clock starts when the source is set and play() is called, and stops at the first \
         `requestVideoFrameCallback`.",
        &table,
    );
    Ok(())
}
