//! `vidicon admin password`: sets the administrator's password, whether or not Vidicon is running.

use std::{
    fs::DirBuilder,
    io::{self, BufRead as _, IsTerminal as _, Read as _, Write as _},
    os::unix::fs::DirBuilderExt as _,
    time::{Duration, Instant},
};

use anyhow::{Context as _, anyhow};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::print;
use crate::{
    data_folder::{self, Holder},
    failure::Failure,
    new_password,
    platform::Surroundings,
    settings::{self, Flags},
};

/// How long a running Vidicon may take to notice.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn password(
    from_stdin: bool,
    flags: &Flags,
    around: &Surroundings,
) -> Result<(), Failure> {
    let settings = settings::load(flags, around)?.settings;
    let data = around.absolute(&settings.data);
    let password = if from_stdin { first_line()? } else { asked_for()? };
    let hash = api::hash_password(&password).map_err(|error| Failure::Usage(error.to_string()))?;
    let unusable = || format!("cannot write to the data folder {}", data.display());
    DirBuilder::new().recursive(true).mode(0o700).create(&data).with_context(unusable)?;
    new_password::leave(&data, &hash).with_context(unusable)?;
    if data_folder::holder(&data) == Holder::None {
        return print("The password is set; Vidicon takes it when it starts.\n");
    }
    let deadline = Instant::now() + PATIENCE;
    while !new_password::is_taken(&data) {
        if Instant::now() > deadline {
            return Err(anyhow!(
                "the running Vidicon has not taken the password within {} s: look into its log",
                PATIENCE.as_secs()
            )
            .into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    print("The password is set; who was signed in has to sign in again.\n")
}

/// The first line of standard input.
fn first_line() -> Result<String, Failure> {
    let mut line = String::new();
    // Longer than any password may be.
    io::stdin().lock().take(4096).read_line(&mut line).context("cannot read standard input")?;
    Ok(without_end(&line).to_owned())
}

/// Asks twice, without showing what is typed.
fn asked_for() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::Usage(
            "there is no terminal to ask on: give the password on standard input, with --stdin"
                .to_owned(),
        ));
    }
    let first = hidden("New administrator's password: ")?;
    let second = hidden("Once more: ")?;
    if first != second {
        return Err(Failure::Usage(
            "these are two different passwords: nothing is changed".to_owned(),
        ));
    }
    Ok(first)
}

fn hidden(question: &str) -> Result<String, Failure> {
    let mut told = io::stderr().lock();
    let _ = told.write_all(question.as_bytes()).and_then(|()| told.flush());
    let _silent = Silent::begin().context("cannot keep the terminal from showing the password")?;
    let line = first_line();
    let _ = told.write_all(b"\n");
    line
}

/// A terminal that does not show what is typed, until this is dropped.
struct Silent(Termios);

impl Silent {
    fn begin() -> rustix::io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

fn without_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_line_is_no_part_of_a_password_and_blanks_are() {
        for (line, password) in [(" a b \n", " a b "), ("a\r\n", "a"), ("a", "a"), ("\n", "")] {
            assert_eq!(without_end(line), password);
        }
    }
}
