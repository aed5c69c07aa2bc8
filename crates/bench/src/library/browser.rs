//! What Lighthouse says of the library page, in Debian's Chromium.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::{Stage, serve};
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::Spread;
use crate::page::{Cell, Page, Table};
use crate::peers::find;

/// As a telephone with a slow network, which is how Lighthouse judges by default, and as a computer.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let Some(lighthouse) = &stage.lighthouse else {
        page.note("Lighthouse was left out: there is no --lighthouse.");
        return Ok(());
    };
    let Some(chromium) = find("chromium") else {
        bail!("chromium is not installed; the Debian package is: chromium")
    };
    let count = stage.sizes.iter().copied().find(|count| *count >= 100_000);
    let count = count.or(stage.sizes.last().copied()).context("there is no library")?;
    let server = serve::generated(stage, count)?;
    let url = format!("http://{}/library", server.address);
    let mut table = Table::new(&[
        "as",
        "performance",
        "accessibility",
        "first paint, ms",
        "largest paint, ms",
        "blocked, ms",
        "shift",
    ]);
    for (name, preset) in [("a telephone", None), ("a computer", Some("--preset=desktop"))] {
        let mut runs = Vec::new();
        for _ in 0..stage.pick(3, 1) {
            stage.stop.check()?;
            say(&format!("Lighthouse as {name}"));
            runs.push(judge(stage, lighthouse, &chromium, &url, preset)?);
        }
        let values = |pointer: &str, times: f64| -> Vec<f64> {
            runs.iter().filter_map(|run| Some(run.pointer(pointer)?.as_f64()? * times)).collect()
        };
        let scores = ["performance", "accessibility"]
            .map(|category| (category, values(&format!("/categories/{category}/score"), 100.0)));
        for (category, values) in &scores {
            let median = Spread::of(values).map_or(f64::NAN, |spread| spread.median);
            page.bar(
                format!("Lighthouse as {name}: {category}"),
                median,
                "",
                0,
                Demand::AtLeast(95.0),
            );
        }
        let audits = [
            ("first-contentful-paint", 0),
            ("largest-contentful-paint", 0),
            ("total-blocking-time", 0),
            ("cumulative-layout-shift", 3),
        ]
        .map(|(audit, digits)| {
            Cell::Runs(values(&format!("/audits/{audit}/numericValue"), 1.0), digits)
        });
        table.row(name, scores.map(|(_, values)| Cell::Runs(values, 0)).into_iter().chain(audits));
        let version = runs
            .first()
            .and_then(|run| run.get("lighthouseVersion")?.as_str())
            .unwrap_or("unknown");
        page.note(&format!("Lighthouse {version} as {name}; {}", failed(&runs)));
    }
    page.table("Lighthouse on the library page", "", &table);
    Ok(())
}

/// What it does not like about the accessibility of the page.
fn failed(runs: &[Value]) -> String {
    let Some(run) = runs.first() else { return String::new() };
    let audits = run.pointer("/categories/accessibility/auditRefs").and_then(Value::as_array);
    let low: Vec<&str> = audits
        .into_iter()
        .flatten()
        .filter_map(|audit| audit.get("id")?.as_str())
        .filter(|id| {
            run.pointer(&format!("/audits/{id}/score"))
                .and_then(Value::as_f64)
                .is_some_and(|score| score < 1.0)
        })
        .collect();
    if low.is_empty() {
        "nothing is wrong with its accessibility".to_owned()
    } else {
        format!("it complains of: {}", low.join(", "))
    }
}

fn judge(
    stage: &Stage,
    lighthouse: &Path,
    chromium: &Path,
    url: &str,
    preset: Option<&str>,
) -> Result<Value> {
    let report = stage.work.join("lighthouse.json");
    let status = Command::new(lighthouse)
        .arg(url)
        .args(["--quiet", "--output=json", "--only-categories=performance,accessibility"])
        .arg(format!("--output-path={}", report.display()))
        .arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu")
        .args(preset)
        .env("CHROME_PATH", chromium)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("could not run {}", lighthouse.display()))?;
    if !status.success() {
        bail!("Lighthouse failed: {status}");
    }
    let text = std::fs::read_to_string(&report).context("Lighthouse left no report")?;
    serde_json::from_str(&text).context("the report of Lighthouse cannot be read")
}
