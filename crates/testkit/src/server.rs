//! The real binary as a child process, its addresses, its log and its end.

use std::{
    ffi::OsString,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    http::{Dial, Http, Response},
    log::{self, Log},
    wait::DEADLINE,
};

/// How long a killed process may take to be gone. A process that waits for a stalled disk cannot
/// die before the disk answers; the test goes on without it.
const AFTER_KILL: Duration = Duration::from_secs(3);

/// A server to be started.
#[derive(Debug)]
pub struct Builder {
    binary: PathBuf,
    verb: Vec<OsString>,
    folders: Vec<PathBuf>,
    listen: Vec<String>,
    data: Option<PathBuf>,
    rest: Vec<OsString>,
    env: Vec<(String, String)>,
}

impl Builder {
    /// Serves this folder; may be said several times.
    #[must_use]
    pub fn folder(mut self, path: impl AsRef<Path>) -> Self {
        self.folders.push(path.as_ref().to_owned());
        self
    }

    /// Sets a configuration key, as `--set key=value`.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.rest.extend(["--set".into(), format!("{key}={value}").into()]);
        self
    }

    /// Adds an argument as it stands.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.rest.push(arg.into());
        self
    }

    /// Listens here instead of on a free port of 127.0.0.1; may be said several times.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        self.listen.push(address.to_owned());
        self
    }

    /// Uses this data folder instead of a temporary one.
    #[must_use]
    pub fn data(mut self, path: &Path) -> Self {
        self.data = Some(path.to_owned());
        self
    }

    /// Sets an environment variable; the environment is otherwise empty but for `PATH`, `HOME`,
    /// a `VIDICON_CONFIG` that names an empty file, so that the configuration of this machine is not read, and
    /// `VIDICON_ACCESS_LOCAL_ADMIN`, so that tests administer.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the first arguments, which are `serve`.
    #[must_use]
    pub fn verb(mut self, args: &[&str]) -> Self {
        self.verb = args.iter().map(Into::into).collect();
        self
    }

    /// Starts it and waits until every listener has said its address.
    #[track_caller]
    pub fn start(self) -> Server {
        let listeners = self.listen.len().max(1);
        let mut server = self.spawn();
        let mut addresses = Vec::new();
        server.out.try_wait(|line| {
            addresses.extend(serving(line));
            (addresses.len() == listeners).then_some(())
        });
        if addresses.len() != listeners && server.out.has_ended() {
            // It is gone; what it said last may still be on its way through the other pipe.
            server.err.wait_end();
        }
        assert_eq!(
            addresses.len(),
            listeners,
            "the server did not say that it is serving; it printed:\n{}",
            server.printed()
        );
        server.listeners = addresses;
        server
    }

    /// Starts it and waits for nothing: for a server that is expected to refuse.
    pub fn spawn(self) -> Server {
        let home = TempDir::with_prefix("vidicon-test-").unwrap();
        let data = self.data.unwrap_or_else(|| home.path().join("data"));
        let configuration = home.path().join("empty.yaml");
        std::fs::write(&configuration, "").unwrap();
        let mut command = Command::new(&self.binary);
        command.args(&self.verb).args(&self.folders).arg("--data").arg(&data);
        if self.listen.is_empty() {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        for address in &self.listen {
            command.args(["--listen", address]);
        }
        command
            .args(&self.rest)
            .current_dir(home.path())
            .env_clear()
            .env("HOME", home.path())
            .env("RUST_BACKTRACE", "1")
            // It listens on this machine only, which would look as if a proxy stood before.
            .env("VIDICON_ACCESS_LOCAL_ADMIN", "on")
            .env("VIDICON_CONFIG", configuration)
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(self.env)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{} cannot be started: {error}", self.binary.display()));
        let (out, err) = (Log::default(), Log::default());
        out.follow(child.stdout.take().unwrap());
        err.follow(child.stderr.take().unwrap());
        let pid = Pid::from_child(&child);
        let end = Arc::new((Mutex::new(None), Condvar::new()));
        std::thread::spawn({
            let end = Arc::clone(&end);
            move || {
                let status = child.wait().unwrap();
                *end.0.lock().unwrap() = Some(status);
                end.1.notify_all();
            }
        });
        Server { pid, end, out, err, listeners: Vec::new(), data, _home: home }
    }
}

/// The address in `Vidicon is serving at http://127.0.0.1:9000/`, and whether it speaks TLS.
fn serving(line: &str) -> Option<(bool, SocketAddr)> {
    let (_, url) = line.split_once(" is serving at ")?;
    let (scheme, rest) = url.trim().split_once("://")?;
    Some((scheme == "https", rest.trim_end_matches('/').parse().ok()?))
}

/// A running server. Dropping it kills it by its process id; a test that fails prints its log.
#[derive(Debug)]
pub struct Server {
    pid: Pid,
    end: Arc<(Mutex<Option<ExitStatus>>, Condvar)>,
    out: Log,
    err: Log,
    listeners: Vec<(bool, SocketAddr)>,
    data: PathBuf,
    _home: TempDir,
}

impl Server {
    /// A server of this binary: callers pass `env!("CARGO_BIN_EXE_vidicon")`.
    pub fn of(binary: impl AsRef<Path>) -> Builder {
        Builder {
            binary: binary.as_ref().to_owned(),
            verb: vec!["serve".into()],
            folders: Vec::new(),
            listen: Vec::new(),
            data: None,
            rest: vec!["--set".into(), "log.format=json".into()],
            env: Vec::new(),
        }
    }

    /// The address of the first listener.
    pub fn addr(&self) -> SocketAddr {
        self.listeners[0].1
    }

    /// The addresses of all listeners, in the order in which they were given.
    pub fn addrs(&self) -> Vec<SocketAddr> {
        self.listeners.iter().map(|&(_, addr)| addr).collect()
    }

    /// The URL of a target on the first listener; `target` begins with a slash.
    pub fn url(&self, target: &str) -> String {
        let (tls, addr) = self.listeners[0];
        format!("{}://{addr}{target}", if tls { "https" } else { "http" })
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// A new connection to the first listener.
    #[track_caller]
    pub fn http(&self) -> Http {
        Dial::to(self.addr()).open()
    }

    /// GET over a new connection.
    #[track_caller]
    pub fn get(&self, target: &str) -> Response {
        self.http().get(target)
    }

    /// HEAD over a new connection.
    #[track_caller]
    pub fn head(&self, target: &str) -> Response {
        self.http().head(target)
    }

    /// Any request over a new connection.
    #[track_caller]
    pub fn request(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        self.http().request(method, target, headers)
    }

    /// The value of a metric whose series has all these labels, summed over what is left;
    /// 0 where there is no such series.
    pub fn metric(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        crate::metrics::value(&self.get("/metrics").text(), name, labels)
    }

    /// How many requests or connections were refused for this reason, as `/metrics` has it.
    pub fn refused(&self, reason: &str) -> f64 {
        crate::metrics::refused(&self.get("/metrics").text(), reason)
    }

    /// The log lines that are JSON, so far.
    pub fn log(&self) -> Vec<Value> {
        self.err.json()
    }

    /// The first log line, past or to come, that `wanted` says yes to.
    #[track_caller]
    pub fn wait_for_log(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let found = self.err.try_wait(|line| log::parse(line).filter(|json| wanted(json)));
        found.expect("a log line that the test waits for did not come")
    }

    /// The first access line, past or to come, that `wanted` says yes to.
    #[track_caller]
    pub fn wait_for_access(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        self.wait_for_log(|line| line["message"] == "request" && wanted(line))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let ended = self.end.0.lock().unwrap();
        assert!(ended.is_none(), "the server has ended before the signal: {ended:?}");
        kill_process(self.pid, signal).unwrap();
    }

    /// Whether the process is still there.
    pub fn is_running(&self) -> bool {
        self.end.0.lock().unwrap().is_none()
    }

    /// Waits for the end of the process and for all that it has printed.
    #[track_caller]
    pub fn wait_exit(&self) -> ExitStatus {
        let status = self.try_wait_exit(DEADLINE).expect("the server did not end");
        self.out.wait_end();
        self.err.wait_end();
        status
    }

    /// Everything printed so far, for people.
    pub fn printed(&self) -> String {
        let mut lines = self.out.lines();
        lines.extend(self.err.lines());
        lines.join("\n")
    }

    fn try_wait_exit(&self, limit: Duration) -> Option<ExitStatus> {
        let guard = self.end.0.lock().unwrap();
        let (guard, _) =
            self.end.1.wait_timeout_while(guard, limit, |status| status.is_none()).unwrap();
        *guard
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let running = self.end.0.lock().unwrap().is_none();
        if running {
            let _ = kill_process(self.pid, Signal::KILL);
            self.try_wait_exit(AFTER_KILL);
        }
        if std::thread::panicking() {
            eprintln!("--- what the server printed ---\n{}\n---", self.printed());
        }
    }
}
