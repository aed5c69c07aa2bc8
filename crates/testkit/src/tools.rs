//! Real clients as child processes, with a deadline; and what this process itself may use.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use rustix::process::{Pid, Resource, Signal, getrlimit, kill_process, setrlimit};

/// How long a client may take: it starts, loads some hundred libraries, and plays a few seconds.
const CLIENT_DEADLINE: Duration = Duration::from_mins(1);

/// A command for a program that the test cannot do without.
///
/// The test fails with the package to install where it is missing; `make test` installs them all.
#[track_caller]
pub fn require(program: &str, package: &str) -> Command {
    let Some(path) = find(program) else {
        panic!(
            "{program} is not installed. Install it (Debian: apt-get install {package}), or run `make test`"
        );
    };
    let mut command = Command::new(path);
    command.stdin(Stdio::null());
    command
}

/// Where a program is, along `PATH`.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Lets this process have so many files and sockets open at once. Servers that were started before
/// keep the limit that they had.
#[track_caller]
pub fn allow_open_files(count: u64) {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < count) {
        limit.current = Some(count);
        setrlimit(Resource::Nofile, limit).expect("this user may not open so many files");
    }
}

/// Runs a command to its end and collects what it prints; one that does not end in a minute is
/// killed and ends the test.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    run_within(CLIENT_DEADLINE, command)
}

/// The same, with another limit.
#[track_caller]
pub fn run_within(limit: Duration, command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let pid = Pid::from_child(&child);
    let (tx, rx) = mpsc::channel();
    std::thread::spawn(move || tx.send(child.wait_with_output()));
    let Ok(output) = rx.recv_timeout(limit) else {
        let _ = kill_process(pid, Signal::KILL);
        let printed = rx.recv().unwrap().unwrap();
        panic!(
            "{command:?} did not end within {} s; it printed:\n{}\n{}",
            limit.as_secs(),
            String::from_utf8_lossy(&printed.stdout),
            String::from_utf8_lossy(&printed.stderr)
        );
    };
    output.unwrap()
}

/// Runs a command that must succeed and print nothing on its standard error; what it printed on
/// its standard output.
#[track_caller]
pub fn run_clean(command: &mut Command) -> Vec<u8> {
    let output = run(command);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?} ended with {}:\n{complaint}", output.status);
    assert_eq!(complaint, "", "{command:?} complained");
    output.stdout
}
