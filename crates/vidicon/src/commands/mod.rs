//! The commands, one module each, and the way from what was typed to an exit status.

mod admin;
mod cache;
mod census;
mod completions;
mod config;
mod doctor;
mod greeting;
mod health;
mod library;
mod loadtest;
mod package;
mod probe;
mod readiness;
pub mod serve;
mod service_manager;
mod signals;
mod start;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{CommandFactory as _, Parser as _};

use crate::{
    cli::{Admin, Cache, Cli, Command},
    failure::Failure,
    platform::Surroundings,
};

/// Runs what was typed. What fails is said on standard error; clap ends mistyped commands with status 2.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::No) {
                // Nothing is left to tell when standard error is closed as well.
                let _ = complain(&mut io::stderr().lock(), &failure);
            }
            failure.status()
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let Some(command) = cli.command else {
        return answered(Cli::command().print_help());
    };
    let around = || {
        Surroundings::of_this_process().map_err(|error| {
            anyhow::anyhow!("cannot tell the working folder: {error}; change into one that exists")
        })
    };
    match command {
        Command::Serve(configured) => start::run(&configured.into(), &around()?),
        Command::Doctor { configured, json } => doctor::run(&configured.into(), &around()?, json),
        Command::Config { sample: true, .. } => print(&crate::settings::render::sample()),
        Command::Config { configured, json, .. } => {
            config::run(&configured.into(), &around()?, json)
        }
        Command::Probe { file, json } => probe::run(&file, json),
        Command::Package(arguments) => package::run(&arguments),
        Command::Census { folder, json, all } => census::run(&folder, json, all),
        Command::Health { url, options } => {
            health::run(url.as_deref(), &options.into(), &around()?)
        }
        Command::Openapi => print(api::openapi()),
        Command::Loadtest(wanted) => loadtest::run(&wanted),
        Command::Admin(Admin::Password { stdin, options }) => {
            admin::password(stdin, &options.into(), &around()?)
        }
        Command::Backup { file, options } => library::backup(&file, &options.into(), &around()?),
        Command::Restore { file, replace, options } => {
            library::restore(&file, replace, &options.into(), &around()?)
        }
        Command::Import { folder, json, options } => {
            library::import(&folder, json, &options.into(), &around()?)
        }
        Command::Export { folder, force, options } => {
            library::export(&folder, force, &options.into(), &around()?)
        }
        Command::Thumbnails { all, configured } => {
            library::thumbnails(all, &configured.into(), &around()?)
        }
        Command::Cache(wanted) => {
            let (Cache::Status { options } | Cache::Refresh { options }) = &wanted;
            let flags = options.clone().into();
            cache::run(&wanted, &flags, &around()?)
        }
        Command::Completions { shell } => completions::run(shell),
    }
}

/// Each line of a failure with its mark, so that a list of problems reads as one.
fn complain(out: &mut impl io::Write, failure: &Failure) -> io::Result<()> {
    for line in failure.to_string().lines() {
        writeln!(out, "error: {line}")?;
    }
    Ok(())
}

/// Writes an answer to standard output. A reader that has gone (`vidicon config | head`) is no failure.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    answered(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

fn answered(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::anyhow!("cannot write the answer: {error}").into())
        }
        _ => Ok(()),
    }
}
