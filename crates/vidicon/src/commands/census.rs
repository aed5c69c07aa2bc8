//! `vidicon census`: how much of a folder plays as it is, and what the rest needs.

mod text;

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use anyhow::Context as _;
use serde::Serialize;
use signal_hook::{consts::SIGINT, flag};

use super::print;
use crate::{
    census::{self, Counted},
    failure::Failure,
};

/// How many files that cannot be read are listed unless all are asked for.
const FIRST: usize = 20;

/// The answer as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    folder: String,
    /// Whether the whole folder was counted.
    complete: bool,
    #[serde(flatten)]
    tally: &'a packager::census::Tally,
    unreadable_files: Vec<Listed>,
    unreadable_folders: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    path: String,
    reason: String,
}

pub(super) fn run(folder: &Path, json: bool, all: bool) -> Result<(), Failure> {
    let shown = folder.display();
    match std::fs::read_dir(folder) {
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            return Err(Failure::Usage(format!(
                "{shown} is a file: `vidicon probe` tells about one file"
            )));
        }
        Err(error) => {
            return Err(anyhow::anyhow!("the folder {shown} cannot be read: {error}").into());
        }
    }
    let stop = Arc::new(AtomicBool::new(false));
    // The first Ctrl-C stops and tells what was counted; the second ends at once.
    flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&stop))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&stop)))
        .context("cannot listen for signals")?;
    let counted = census::run(folder, if all { usize::MAX } else { FIRST }, &stop);
    if json {
        let json = serde_json::to_string_pretty(&answer(folder, &counted));
        print(&format!("{}\n", json.map_err(anyhow::Error::from)?))?;
    } else {
        print(&text::render(folder, &counted))?;
    }
    if counted.stopped { Err(Failure::No) } else { Ok(()) }
}

fn answer<'a>(folder: &Path, counted: &'a Counted) -> Answer<'a> {
    let listed = |all: &[(std::path::PathBuf, String)]| {
        let one = |(path, reason): &(std::path::PathBuf, String)| Listed {
            path: path.display().to_string(),
            reason: reason.clone(),
        };
        all.iter().map(one).collect()
    };
    Answer {
        folder: folder.display().to_string(),
        complete: !counted.stopped,
        tally: &counted.tally,
        unreadable_files: listed(&counted.unreadable),
        unreadable_folders: listed(&counted.folders),
    }
}
