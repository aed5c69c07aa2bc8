//! What pictures are made with: the programs, the folder, and the limits.

use std::{ffi::OsString, path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use tokio::{
    io::BufReader,
    process::{ChildStdin, ChildStdout},
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::spawn_blocking,
};

use crate::{
    NoPicture, Pictures, Subject, Urgency,
    ffmpeg::{self, Tools},
    frames,
    pixels::Pixels,
    process::{self, Ended, Ends, Manner},
    reel::{Fed, Reel, Shot},
};

/// How pictures are made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program ffmpeg: a path, or a name that is looked for along `PATH`.
    pub ffmpeg: PathBuf,
    /// The program ffprobe, which comes with it.
    pub ffprobe: PathBuf,
    /// The longest time that one run of it may compute. By the clock it may take twice as long,
    /// and ten times as long if nobody waits for it and it gets only what others leave.
    pub time_limit: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            time_limit: Duration::from_secs(30),
        }
    }
}

/// Makes pictures. Each call is one work, done at once: what waits for its turn is the business of
/// the [`Studio`](crate::Studio). Dropping a future ends its process. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Workshop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tools: Tools,
    limit: Duration,
    pictures: Pictures,
    /// For what is computed in this process: pictures of a few megabytes each.
    desks: Arc<Semaphore>,
    /// For the one at which uploads are decoded: each takes some hundred megabytes at worst.
    uploads: Arc<Semaphore>,
}

/// What ffmpeg reads.
pub(crate) enum Input<'a> {
    /// These shots.
    Reel(&'a Reel, &'a [Shot], &'a Fed),
    /// The file, by itself.
    File(&'a Subject),
}

impl Workshop {
    /// One that puts what it makes into this folder.
    pub fn new(pictures: Pictures, settings: Settings) -> Self {
        let Settings { ffmpeg, ffprobe, time_limit } = settings;
        let tools = Tools { ffmpeg, ffprobe };
        let (desks, uploads) = (Arc::new(Semaphore::new(2)), Arc::new(Semaphore::new(1)));
        Self(Arc::new(Inner { tools, limit: time_limit, pictures, desks, uploads }))
    }

    /// The folder.
    pub fn pictures(&self) -> &Pictures {
        &self.0.pictures
    }

    pub(crate) fn tools(&self) -> &Tools {
        &self.0.tools
    }

    pub(crate) fn manner(&self, urgency: Urgency) -> Manner {
        Manner { limit: self.0.limit, urgency }
    }

    /// The only one that decodes an upload, until this is dropped.
    pub(crate) async fn uploads(&self) -> Result<OwnedSemaphorePermit, NoPicture> {
        let permit = Arc::clone(&self.0.uploads).acquire_owned().await;
        permit.map_err(|_| NoPicture::Cancelled)
    }

    /// Runs something that computes and writes into the folder, off the threads that serve. Its
    /// desk is free when it is done, also if nobody waits for it any more.
    pub(crate) async fn desk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Pictures) -> Result<T, NoPicture> + Send + 'static,
    ) -> Result<T, NoPicture> {
        let gone = |_| NoPicture::Cancelled;
        let permit = Arc::clone(&self.0.desks).acquire_owned().await.map_err(gone)?;
        let pictures = self.0.pictures.clone();
        let work = move || {
            let _permit = permit;
            work(&pictures)
        };
        spawn_blocking(work).await.map_err(|_| NoPicture::Cancelled)?
    }

    /// Runs ffmpeg on an input, and hands its pictures on until `most` came or nobody wants more;
    /// what it said if it gave none.
    pub(crate) async fn decode(
        &self,
        input: Input<'_>,
        arguments: Vec<OsString>,
        urgency: Urgency,
        to: mpsc::Sender<Pixels>,
    ) -> Result<(), NoPicture> {
        let manner = self.manner(urgency);
        let program = &self.0.tools.ffmpeg;
        let ends = Ends { input: input.stdio()?, output: Stdio::piped() };
        let with = async |stdin: Option<ChildStdin>, stdout: Option<ChildStdout>| {
            let feed = input.feed(stdin);
            let take = async {
                let mut count = 0u64;
                let Some(stdout) = stdout else { return count };
                let mut stdout = BufReader::with_capacity(128 << 10, stdout);
                // What is no picture is the end of them.
                while let Ok(Some(picture)) = frames::next(&mut stdout).await {
                    count += 1;
                    if to.send(picture).await.is_err() {
                        break;
                    }
                }
                count
            };
            let (fed, count) = tokio::join!(feed, take);
            fed.map(|()| count)
        };
        let ended = process::run("ffmpeg", program, arguments, ends, manner, with).await?;
        let Ended { taken: count, said, .. } = ended;
        if count == 0 { Err(ffmpeg::meaning(&said)) } else { Ok(()) }
    }

    /// The first picture that ffmpeg makes of an input.
    pub(crate) async fn one(
        &self,
        input: Input<'_>,
        arguments: Vec<OsString>,
        urgency: Urgency,
    ) -> Result<Pixels, NoPicture> {
        let (tx, mut rx) = mpsc::channel(1);
        let (decoded, picture) =
            tokio::join!(self.decode(input, arguments, urgency, tx), rx.recv());
        decoded?;
        picture.ok_or(NoPicture::Cancelled)
    }
}

impl Input<'_> {
    /// What the process gets as its standard input.
    pub(crate) fn stdio(&self) -> Result<Stdio, NoPicture> {
        Ok(match self {
            Self::Reel(..) => Stdio::piped(),
            Self::File(subject) => {
                subject.file().try_clone().map_err(|error| NoPicture::disk(&error))?.into()
            }
        })
    }

    /// Writes it, if it has to be written.
    pub(crate) async fn feed(&self, stdin: Option<ChildStdin>) -> Result<(), NoPicture> {
        match (self, stdin) {
            (Self::Reel(reel, shots, fed), Some(stdin)) => reel.feed(shots, fed, stdin).await,
            _ => Ok(()),
        }
    }
}

/// How many threads ffmpeg may use.
pub(crate) fn threads(urgency: Urgency) -> u32 {
    match urgency {
        Urgency::Background => 1,
        Urgency::OnDemand => {
            let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            u32::try_from(cores.min(4)).unwrap_or(1)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::mpsc;

    use crate::testing::Bench;

    #[tokio::test]
    async fn a_desk_is_not_free_because_nobody_waits_for_what_is_done_at_it() {
        let bench = Bench::new();
        let mut ends = Vec::new();
        for _ in 0..2 {
            let (begun, begins) = mpsc::channel();
            let (end, until) = mpsc::channel::<()>();
            let workshop = bench.workshop.clone();
            let work = move |_: &_| {
                begun.send(()).unwrap();
                let _ = until.recv();
                Ok(())
            };
            let waiting = tokio::spawn(async move { workshop.desk(work).await });
            let begins =
                tokio::task::spawn_blocking(move || begins.recv_timeout(testkit::DEADLINE));
            begins.await.unwrap().unwrap();
            waiting.abort();
            assert!(waiting.await.unwrap_err().is_cancelled());
            ends.push(end);
        }
        assert_eq!(bench.workshop.0.desks.available_permits(), 0);
        drop(ends);
        bench.workshop.desk(|_| Ok(())).await.unwrap();
    }
}
