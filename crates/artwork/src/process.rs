//! A child process that cannot get out of hand: it gives way to everybody, has bounds of time and
//! memory, says little, and ends with whoever waits for it.

use std::{
    ffi::OsString,
    io,
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Resource, Rlimit, Signal};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::{Instant, timeout},
};

use crate::{NoPicture, Urgency};

/// The most memory that it may ask for. Eight pictures of 8K at 10 bits take half of it.
const MEMORY: u64 = 4 << 30;
/// How much of what it says is kept.
const SAID: usize = 8 << 10;

/// Where a process gets its input, and where its output goes.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(crate) input: Stdio,
    pub(crate) output: Stdio,
}

/// How it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// The most time that it may compute, by each of its threads.
    pub(crate) limit: Duration,
    /// Whether somebody waits for it. If nobody does it gets what others leave, and so may take
    /// longer by the clock.
    pub(crate) urgency: Urgency,
}

impl Manner {
    /// The most time by the clock.
    fn patience(self) -> Duration {
        match self.urgency {
            Urgency::OnDemand => self.limit.saturating_mul(2),
            Urgency::Background => self.limit.saturating_mul(10),
        }
    }

    /// How it gives way: a little to those who serve, or to everybody.
    fn niceness(self) -> i32 {
        match self.urgency {
            Urgency::OnDemand => 5,
            Urgency::Background => 19,
        }
    }
}

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended<T> {
    /// What was made of its output.
    pub(crate) taken: T,
    pub(crate) status: ExitStatus,
    /// The last it said on its standard error.
    pub(crate) said: String,
}

/// A process in a group of its own. Dropping it ends the group.
struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Before the child is reaped, so the number cannot be another's by now.
        if let Some(group) = self.group {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }
}

/// Runs a program to its end: `with` feeds its input and takes its output, where those are pipes.
/// Dropping the future ends it, as does the limit of time.
pub(crate) async fn run<T>(
    name: &'static str,
    program: &Path,
    arguments: Vec<OsString>,
    ends: Ends,
    manner: Manner,
    with: impl AsyncFnOnce(Option<ChildStdin>, Option<ChildStdout>) -> Result<T, NoPicture>,
) -> Result<Ended<T>, NoPicture> {
    let mut running = start(name, program, arguments, ends, manner)?;
    let whole = async {
        let (input, output) = (running.child.stdin.take(), running.child.stdout.take());
        let said = listen(running.child.stderr.take());
        let (taken, said) = tokio::join!(
            // Drops the pipes when it is done, at which a process ends that still has something to say.
            with(input, output),
            said
        );
        let taken = taken?;
        let status = running.child.wait().await.map_err(|error| NoPicture::disk(&error))?;
        Ok::<_, NoPicture>((taken, status, said))
    };
    let (patience, begun) = (manner.patience(), Instant::now());
    let ended = timeout(patience, whole).await.map_err(|_| NoPicture::timeout(patience))?;
    let (taken, status, said) = ended?;
    // Its number may soon be another's. What it may have left running in its group it has not
    // waited for; ffmpeg starts nothing.
    running.group = None;
    if has_computed_too_long(status, manner, begun.elapsed()) {
        return Err(NoPicture::timeout(manner.limit));
    }
    Ok(Ended { taken, status, said })
}

/// Whether the system ended it at its bound of computing. Some kernels warn by the signal for it, some
/// kill at once; what is killed sooner than it could have got there was killed by somebody else.
fn has_computed_too_long(status: ExitStatus, manner: Manner, taken: Duration) -> bool {
    let by = |signal: Signal| status.signal() == Some(signal.as_raw());
    by(Signal::XCPU) || (by(Signal::KILL) && taken >= manner.limit)
}

fn start(
    name: &'static str,
    program: &Path,
    arguments: Vec<OsString>,
    ends: Ends,
    manner: Manner,
) -> Result<Running, NoPicture> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(ends.input)
        .stdout(ends.output)
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => NoPicture::NoTool(name),
        _ => NoPicture::Unkept(format!("{name} cannot be started: {error}")),
    })?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = group {
        // It loads libraries for milliseconds before it makes threads, which inherit this.
        let _ = rustix::process::setpriority_process(Some(pid), manner.niceness());
        bound(pid, manner.limit);
    }
    Ok(Running { child, group })
}

/// Bounds for the case that nobody is left to watch it.
#[cfg(target_os = "linux")]
fn bound(pid: Pid, limit: Duration) {
    let at_most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let seconds = limit.as_secs().max(1).saturating_mul(cores.max(2));
    // The warning first: it tells what happened.
    let computing = Rlimit { current: Some(seconds), maximum: Some(seconds.saturating_add(1)) };
    let _ = rustix::process::prlimit(Some(pid), Resource::Cpu, computing);
    let _ = rustix::process::prlimit(Some(pid), Resource::As, at_most(MEMORY));
    let _ = rustix::process::prlimit(Some(pid), Resource::Core, at_most(0));
}

#[cfg(not(target_os = "linux"))]
fn bound(_: Pid, _: Duration) {}

/// What it says, of which the last is kept.
async fn listen(stderr: Option<impl AsyncRead + Unpin>) -> String {
    let mut said = Vec::new();
    let Some(mut stderr) = stderr else { return String::new() };
    let mut piece = vec![0; SAID];
    // An error ends it like the end.
    while let Ok(count @ 1..) = stderr.read(&mut piece).await {
        said.extend_from_slice(piece.get(..count).unwrap_or_default());
        let surplus = said.len().saturating_sub(SAID);
        said.drain(..surplus);
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shell(script: &str) -> Vec<OsString> {
        vec!["-c".into(), script.into()]
    }

    fn manner(seconds: u64) -> Manner {
        Manner { limit: Duration::from_secs(seconds), urgency: Urgency::OnDemand }
    }

    fn pipes() -> Ends {
        Ends { input: Stdio::piped(), output: Stdio::piped() }
    }

    fn gone(pid: i32) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // Dead, and perhaps not yet buried by whoever adopted it.
        stat.is_empty() || stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
    }

    #[tokio::test]
    async fn a_limit_of_time_ends_the_whole_group() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("pid");
        let script = format!("sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait", note.display());
        let read = async |_, output: Option<ChildStdout>| {
            let mut all = Vec::new();
            output.unwrap().read_to_end(&mut all).await.map_err(|error| NoPicture::disk(&error))
        };
        let ended = run("sh", Path::new("/bin/sh"), shell(&script), pipes(), manner(2), read).await;
        assert_eq!(ended.unwrap_err(), NoPicture::Timeout(4));
        let pid: i32 = std::fs::read_to_string(&note).unwrap().trim().parse().unwrap();
        testkit::until("the grandchild is gone", || gone(pid).then_some(()));
    }

    #[tokio::test]
    async fn what_it_says_is_bounded_and_its_end_is_kept() {
        let script = "i=0; while [ $i -lt 3000 ]; do echo 'a long complaint' >&2; i=$((i+1)); done; echo last >&2; exit 3";
        let none = async |_, _| Ok(());
        let ended = run("sh", Path::new("/bin/sh"), shell(script), pipes(), manner(60), none)
            .await
            .unwrap();
        assert_eq!(ended.status.code(), Some(3));
        assert!(ended.said.len() <= SAID && ended.said.ends_with("last\n"));
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_named() {
        let ended = run(
            "ffmpeg",
            Path::new("/nowhere/ffmpeg"),
            vec![],
            pipes(),
            manner(60),
            async |_, _| Ok(()),
        )
        .await;
        let error = ended.unwrap_err();
        assert!(error.to_string().contains("install the package ffmpeg"), "{error}");
    }

    #[tokio::test]
    async fn what_computes_for_too_long_is_ended_even_if_nobody_looks_at_the_clock() {
        let arguments = shell("while :; do :; done");
        let manner = Manner { urgency: Urgency::Background, ..manner(1) };
        // Of one core, what is left over; of two, the bound is twice the limit.
        let ended =
            run("sh", Path::new("/bin/sh"), arguments, pipes(), manner, async |_, _| Ok(()));
        assert!(matches!(ended.await.unwrap_err(), NoPicture::Timeout(_)));
    }

    #[tokio::test]
    async fn it_gives_way_to_others_and_has_bounds() {
        let script = "nice; ulimit -v; ulimit -c";
        let read = async |input: Option<ChildStdin>, output: Option<ChildStdout>| {
            // It waits for this, by which time its bounds are set.
            drop(input);
            let mut all = String::new();
            output
                .unwrap()
                .read_to_string(&mut all)
                .await
                .map_err(|error| NoPicture::disk(&error))?;
            Ok(all)
        };
        let arguments = shell(&format!("cat >/dev/null; {script}"));
        let ended =
            run("sh", Path::new("/bin/sh"), arguments, pipes(), manner(60), read).await.unwrap();
        assert_eq!(ended.taken, format!("5\n{}\n0\n", MEMORY / 1024));
    }
}
