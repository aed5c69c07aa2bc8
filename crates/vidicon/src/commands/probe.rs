//! `vidicon probe`: what is in a file, and what each kind of client can do with it.

mod text;

use std::path::Path;

use delivery::films::{Film, FilmError};
use packager::{Policy, report};
use serde::Serialize;

use super::print;
use crate::failure::Failure;

/// The answer as JSON: what is said of the file, and what is in it.
#[derive(Serialize)]
struct Answer<'a> {
    /// The path as it was typed.
    file: String,
    size: u64,
    /// The content id.
    id: String,
    #[serde(flatten)]
    report: &'a report::Report,
}

pub(super) fn run(path: &Path, json: bool) -> Result<(), Failure> {
    let film = open(path, Policy::default(), &media::Budget::default())?;
    let report = report::report(&film.presentation);
    let answer = Answer {
        file: path.display().to_string(),
        size: film.source.len,
        id: film.id.to_string(),
        report: &report,
    };
    if json {
        let json = serde_json::to_string_pretty(&answer).map_err(anyhow::Error::from)?;
        return print(&format!("{json}\n"));
    }
    print(&text::render(&answer))
}

/// The film of one file, for the commands that have one.
pub(super) fn open(
    path: &Path,
    policy: Policy,
    budget: &media::Budget<'_>,
) -> Result<std::sync::Arc<Film>, Failure> {
    let film = runtime()?.block_on(Film::alone(path, policy, budget));
    film.map_err(|error| {
        let why = match error {
            FilmError::Read(why) => why,
            other => other.to_string(),
        };
        anyhow::anyhow!("{}: {why}", path.display()).into()
    })
}

/// A runtime for what waits for one file at a time.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| anyhow::anyhow!("cannot start: {error}"))?)
}
