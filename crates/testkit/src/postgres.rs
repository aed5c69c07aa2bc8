//! A `PostgreSQL` server for one test process, with an empty database for each test.
//!
//! It is Debian's, started by the test in a folder of its own, reachable by a socket in that folder
//! only, and stopped when the last database is dropped. Nothing of it outlasts a power cut, which
//! no test needs.

use std::{
    fs::{self, File},
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use tempfile::TempDir;

use crate::{tools, wait::DEADLINE};

/// Set to 1 it lets the tests of databases pass with `SQLite` only.
const WITHOUT: &str = "VIDICON_TEST_WITHOUT_POSTGRES";

/// An empty database. The server lives as long as one of its databases.
#[derive(Debug)]
pub struct Postgres {
    server: Arc<Server>,
    name: String,
}

impl Postgres {
    /// A new database; none where `PostgreSQL` is not installed and the tests may go without it.
    #[track_caller]
    pub fn new_database() -> Option<Self> {
        static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let server = if let Some(server) = running.upgrade() {
            server
        } else {
            let Some(programs) = programs() else {
                assert!(
                    std::env::var(WITHOUT).is_ok_and(|set| set == "1"),
                    "PostgreSQL is not installed. Install it (Debian: apt-get install postgresql), \
                     run `make test`, or set {WITHOUT}=1 to test with SQLite only"
                );
                eprintln!("not tested with PostgreSQL, which is not installed ({WITHOUT}=1)");
                return None;
            };
            let server = Arc::new(Server::start(programs));
            *running = Arc::downgrade(&server);
            server
        };
        drop(running);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        tools::run_clean(
            Command::new(server.programs.join("createdb"))
                .args(["-U", "postgres", "-T", "template0", "-h"])
                .args([server.folder.path().as_os_str(), name.as_ref()]),
        );
        Some(Self { server, name })
    }

    /// Where the database is.
    pub fn url(&self) -> String {
        format!(
            "postgres://postgres@localhost/{}?host={}",
            self.name,
            self.server.folder.path().display()
        )
    }

    /// Ends all connections to it, as a server does that is started anew.
    #[track_caller]
    pub fn cut_connections(&self) {
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    }

    /// Runs statements in it; what they answered.
    #[track_caller]
    pub fn run(&self, sql: &str) -> String {
        let printed = tools::run_clean(
            Command::new(self.server.programs.join("psql"))
                .args(["-U", "postgres", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h"])
                .arg(self.server.folder.path())
                .args(["-d", &self.name, "-c", sql]),
        );
        String::from_utf8(printed).unwrap()
    }
}

#[derive(Debug)]
struct Server {
    programs: PathBuf,
    folder: TempDir,
    process: Child,
}

impl Server {
    fn start(programs: PathBuf) -> Self {
        let folder = quick_folder("vidicon-postgres-");
        let user = user();
        let data = folder.path().join("data");
        let template = template(&programs, user);
        tools::run_clean(Command::new("cp").arg("-r").arg(template).arg(&data));
        give(folder.path(), user);
        let mut command = as_user(programs.join("postgres"), user);
        command.arg("-D").arg(&data).arg("-k").arg(folder.path());
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=32MB",
            "max_connections=100",
            "autovacuum=off",
        ] {
            command.args(["-c", setting]);
        }
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = process.stderr.take().unwrap();
        let (tx, rx) = mpsc::channel();
        // It goes on reading: a server whose log nobody reads stands still.
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                let _ = tx.send(line);
            }
        });
        let server = Self { programs, folder, process };
        let mut said = Vec::new();
        loop {
            match rx.recv_timeout(DEADLINE) {
                Ok(line) if line.contains("ready to accept connections") => return server,
                Ok(line) => said.push(line),
                Err(error) => {
                    panic!("PostgreSQL did not start: {error}; it said:\n{}", said.join("\n"))
                }
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // At once: the folder is removed in any case.
        let _ = kill_process(Pid::from_child(&self.process), Signal::QUIT);
        let _ = self.process.wait();
    }
}

/// An empty server's files. Making them takes seconds, so they are made once for all tests of this
/// repository and user, and kept with what else is built. They belong to whoever runs the tests, not
/// to whom the server runs as: that one may not even come to where they are.
fn template(programs: &Path, user: Option<(u32, u32)>) -> PathBuf {
    let mut arguments = vec!["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"];
    arguments.extend(["--no-sync", "--wal-segsize=1"]);
    if version(programs) >= 15 {
        // Not the order of bytes, so that a column that forgot to ask for it is noticed.
        arguments.extend(["--locale-provider=icu", "--icu-locale=en"]);
    }
    let mut hasher = DefaultHasher::new();
    (programs, &arguments).hash(&mut hasher);
    let name = format!("{}-{:016x}", geteuid().as_raw(), hasher.finish());
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let kept = repository.join("target/testkit-postgres");
    let template = kept.join(&name);
    if template.is_dir() {
        return template;
    }
    fs::create_dir_all(&kept).unwrap();
    // It gets its name when it is whole; whoever else wants it waits.
    let lock = File::create(kept.join(format!(".lock-{name}"))).unwrap();
    lock.lock().unwrap();
    if template.is_dir() {
        return template;
    }
    let folder = quick_folder("vidicon-postgres-new-");
    give(folder.path(), user);
    let made = folder.path().join("data");
    let mut initdb = as_user(programs.join("initdb"), user);
    let done = tools::run(initdb.args(&arguments).arg("-D").arg(&made));
    assert!(done.status.success(), "initdb: {}", String::from_utf8_lossy(&done.stderr));
    let scratch = tempfile::Builder::new().prefix(".making-").tempdir_in(&kept).unwrap();
    let copy = scratch.path().join("data");
    tools::run_clean(Command::new("cp").arg("-r").arg(&made).arg(&copy));
    fs::rename(&copy, &template).unwrap();
    template
}

/// Gives a folder and all in it to whom the server runs as.
fn give(folder: &Path, user: Option<(u32, u32)>) {
    if let Some((uid, gid)) = user {
        let owner = format!("{uid}:{gid}");
        tools::run_clean(Command::new("chown").args(["-R", &owner]).arg(folder));
    }
}

/// A temporary folder in memory where the system offers that: databases wait for disks at every
/// step, and tests need nothing of them to last.
pub fn quick_folder(prefix: &str) -> TempDir {
    TempDir::with_prefix_in(prefix, quick()).unwrap()
}

fn quick() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() && tempfile::tempfile_in(memory).is_ok() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    }
}

/// Where its programs are: Debian keeps those of the server out of PATH. The newest.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|entry| entry.path().join("bin")).max_by_key(|bin| version(bin));
    let on_path = || tools::find("initdb").and_then(|initdb| Some(initdb.parent()?.to_owned()));
    debian.or_else(on_path).filter(|bin| bin.join("initdb").exists())
}

fn version(programs: &Path) -> u32 {
    let named = programs.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    named.and_then(|name| name.parse().ok()).unwrap_or(0)
}

/// The server refuses to run as root; whom to run it as then.
fn user() -> Option<(u32, u32)> {
    if !geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let find = |wanted: &str| {
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            (fields.next()? == wanted).then_some(())?;
            Some((fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?))
        })
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("no user to run PostgreSQL as"))
}

fn as_user(program: PathBuf, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    // Its messages in English, its files nobody else's.
    command.env_clear().env("LC_ALL", "C.UTF-8").env("PATH", "/usr/bin:/bin").current_dir("/");
    command.stdin(Stdio::null());
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_servers_begin_with_is_made_once_and_lies_with_what_is_built() {
        let Some(programs) = programs() else { return };
        let user = user();
        let all: Vec<PathBuf> = std::thread::scope(|scope| {
            let tests: Vec<_> = (0..4).map(|_| scope.spawn(|| template(&programs, user))).collect();
            tests.into_iter().map(|test| test.join().unwrap()).collect()
        });
        assert!(all.iter().all(|one| *one == all[0] && one.join("PG_VERSION").is_file()));
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        assert!(all[0].starts_with(repository.join("target")), "{}", all[0].display());
    }

    #[test]
    fn servers_beside_each_other_have_nothing_of_each_other() {
        let Some(programs) = programs() else { return };
        let one = Server::start(programs.clone());
        let other = Server::start(programs);
        assert_ne!(one.folder.path(), other.folder.path());
        let gone = one.folder.path().to_owned();
        drop(one);
        assert!(!gone.exists() && other.folder.path().join("data/postmaster.pid").is_file());
    }
}
