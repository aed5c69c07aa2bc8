//! Asking a program a question, within a time limit.

use std::{
    io::{self, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// The longest that a program may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The most of an answer that is read, in bytes.
const MAX_ANSWER: u64 = 1 << 20;

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// There is no such program on the search path.
    NotFound,
    /// It did not end in time, and was ended.
    TooSlow,
    /// It could not be started, or ended with an error.
    Failed(String),
}

/// What the program writes to standard output.
pub(super) fn ask(
    program: &str,
    arguments: &[&str],
    patience: Duration,
) -> Result<String, NoAnswer> {
    let deadline = Instant::now() + patience;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => NoAnswer::NotFound,
        _ => NoAnswer::Failed(error.to_string()),
    })?;
    let answer = read(&mut child, deadline);
    if answer.is_err() {
        // Already ended or not, it is waited for, so that no zombie stays.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| NoAnswer::Failed(error.to_string()))?;
    let answer = answer?;
    if status.success() { Ok(answer) } else { Err(NoAnswer::Failed(status.to_string())) }
}

/// Reads the whole answer on a thread, because a pipe cannot be read with a time limit.
fn read(child: &mut Child, deadline: Instant) -> Result<String, NoAnswer> {
    let Some(stdout) = child.stdout.take() else {
        return Ok(String::new());
    };
    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(MAX_ANSWER).read_to_end(&mut bytes);
        // The asker may have given up.
        let _ = tx.send(read.map(|_| String::from_utf8_lossy(&bytes).into_owned()));
    });
    match rx.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(NoAnswer::Failed(error.to_string())),
        Err(_) => Err(NoAnswer::TooSlow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_answers_or_it_is_said_why_not() {
        assert_eq!(ask("echo", &["hello"], PATIENCE), Ok("hello\n".to_owned()));
        assert_eq!(ask("no-such-program-anywhere", &[], PATIENCE), Err(NoAnswer::NotFound));
        assert!(matches!(ask("false", &[], PATIENCE), Err(NoAnswer::Failed(_))));
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let begun = Instant::now();
        assert_eq!(ask("sleep", &["60"], Duration::from_millis(50)), Err(NoAnswer::TooSlow));
        assert!(begun.elapsed() < PATIENCE);
    }
}
