//! Pictures of videos: which there are, who asks for one that there is not, and what is made in the
//! background when nobody asks.
//!
//! Posters and storyboards are made for every video, one after the other, whenever nothing else is
//! to do; previews when somebody first wants to see one. How they are made and where they lie is the
//! business of `artwork`; the store remembers their names.

use std::{
    collections::HashSet,
    fs::File,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use artwork::{
    Crew, Made, NoPicture, Origin, PictureFile, Poster, Preview, Stills, Storyboard, Task, Urgency,
};
use bytes::Bytes;
use catalogue::VideoId;
use media::ContentId;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use store::{Artwork, ArtworkRow, JobRow};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, interval_at, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Library,
    error::LibraryError,
    jobs::{Ended, JobKind, Shown},
    lock, now_ms,
};

/// How many works for the background are asked for ahead of the one under way.
const AHEAD: usize = 3;
/// How often listeners hear how far a pass is.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// How long to wait before what failed for a passing reason is tried again.
const AGAIN: Duration = Duration::from_mins(10);
/// How often pictures that nobody names any more are removed, and how old they are at least.
const SWEEP_EVERY: Duration = Duration::from_hours(24);
/// The first time after the start: also who starts every day anew gets rid of them.
const SWEEP_FIRST: Duration = Duration::from_hours(1);
const SWEEP_AGE: Duration = Duration::from_hours(1);

/// Why a picture cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// It cannot be made.
    #[error(transparent)]
    None(#[from] NoPicture),
    /// The library failed.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// An open picture.
#[derive(Debug)]
pub struct OpenPicture {
    /// The file.
    pub file: File,
    /// Its length in bytes.
    pub len: u64,
    /// Its name, which tells it from any other.
    pub name: String,
}

/// What a video's pictures are, as far as they are made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VideoPictures {
    /// The poster.
    pub poster: Option<Poster>,
    /// The storyboard.
    pub storyboard: Option<Storyboard>,
    /// The preview.
    pub preview: Option<Preview>,
    /// Where a preview had better look, in milliseconds.
    moments_ms: Vec<u64>,
    /// Whether poster and storyboard were made together; a poster may also be chosen before.
    made: bool,
    /// Why something is missing.
    pub problem: Option<String>,
}

impl VideoPictures {
    /// As the store remembers them.
    pub fn of(row: Option<&ArtworkRow>) -> Self {
        let Some(row) = row else { return Self::default() };
        let stills = row.storyboard.as_ref();
        Self {
            poster: read(row.poster.as_ref()),
            storyboard: read(stills.and_then(|stills| stills.get("board"))),
            preview: read(row.preview.as_ref()),
            moments_ms: read(stills.and_then(|stills| stills.get("moments_ms")))
                .unwrap_or_default(),
            made: stills.is_some(),
            problem: row.problem.clone(),
        }
    }

    /// Forgets this picture, and what is made together with it; not a poster that is another file.
    fn lose(&mut self, picture: &PictureFile) {
        self.preview.take_if(|preview| preview.file == *picture);
        let is_poster = self.poster.as_ref().is_some_and(|poster| poster.file == *picture);
        let is_sheet = self.storyboard.as_ref().is_some_and(|board| board.sheets.contains(picture));
        if is_poster || is_sheet {
            self.poster.take_if(|poster| is_poster || poster.from == Origin::Auto);
            self.storyboard = None;
            (self.made, self.problem) = (false, None);
        }
    }

    fn artwork(&self) -> Artwork {
        let stills = json!({ "board": self.storyboard, "moments_ms": self.moments_ms });
        Artwork {
            poster: write(self.poster.as_ref()),
            storyboard: self.made.then_some(stills),
            preview: write(self.preview.as_ref()),
            problem: self.problem.clone(),
        }
    }
}

/// What another version wrote is as if it were not there, and is made anew.
fn read<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    serde_json::from_value(value?.clone()).ok()
}

fn write<T: Serialize>(picture: Option<&T>) -> Option<Value> {
    picture.map(|picture| json!(picture))
}

impl Library {
    /// The poster of a video, at least so many pixels wide where it has them. Made now if it is not
    /// there yet.
    pub async fn poster(&self, id: ContentId, width: u32) -> Result<OpenPicture, PictureError> {
        let mut poster = self.poster_of(id).await?;
        let mut sized = self.workshop().sized(&poster, width).await;
        if sized.is_err() && self.forget_lost(id, &poster.file).await? {
            poster = self.poster_of(id).await?;
            sized = self.workshop().sized(&poster, width).await;
        }
        let (file, len) = sized?;
        Ok(OpenPicture { file, len, name: format!("{}-{width}", poster.file.digits()) })
    }

    async fn poster_of(&self, id: ContentId) -> Result<Poster, PictureError> {
        // One that somebody chose is there before the storyboard is.
        let known = self.pictures(self.number(id).await?).await?.poster;
        if let Some(poster) = known {
            return Ok(poster);
        }
        let pictures = self.stills(id, Urgency::OnDemand).await?;
        Ok(pictures.poster.ok_or_else(|| none(pictures.problem))?)
    }

    /// The storyboard of a video. Made now if it is not there yet.
    pub async fn storyboard(&self, id: ContentId) -> Result<Storyboard, PictureError> {
        let pictures = self.stills(id, Urgency::OnDemand).await?;
        Ok(pictures.storyboard.ok_or_else(|| none(pictures.problem))?)
    }

    /// A sheet of the storyboard, counted from 0.
    pub async fn sheet(&self, id: ContentId, number: usize) -> Result<OpenPicture, PictureError> {
        let no_sheet = || LibraryError::NotFound("such sheet");
        let board = self.storyboard(id).await?;
        let sheet = board.sheets.get(number).ok_or_else(no_sheet)?;
        match self.open_picture(sheet).await {
            Err(_) if self.forget_lost(id, sheet).await? => {
                let board = self.storyboard(id).await?;
                self.open_picture(board.sheets.get(number).ok_or_else(no_sheet)?).await
            }
            opened => opened,
        }
    }

    /// The preview of a video. Made now if it is not there yet.
    pub async fn preview(&self, id: ContentId) -> Result<OpenPicture, PictureError> {
        let video = self.number(id).await?;
        let pictures = self.pictures(video).await?;
        if let Some(preview) = &pictures.preview {
            match self.open_picture(&preview.file).await {
                Err(_) if self.forget_lost(id, &preview.file).await? => {}
                opened => return opened,
            }
        }
        // The moments are those of the stills, where there are some.
        let moments = match self.stills(id, Urgency::OnDemand).await {
            Ok(pictures) => pictures.moments_ms,
            Err(_) => Vec::new(),
        };
        let made = self
            .0
            .studio
            .ask(&id.to_string(), Task::Preview(moments), Urgency::OnDemand)
            .made()
            .await?;
        let Made::Preview(preview) = made else { return Err(NoPicture::Cancelled.into()) };
        self.keep(video, |pictures| pictures.preview = Some(preview.clone())).await?;
        self.open_picture(&preview.file).await
    }

    /// Lets the poster be the picture at a moment.
    pub async fn poster_at(&self, id: ContentId, ms: u64) -> Result<Poster, PictureError> {
        let video = self.number(id).await?;
        let made = self
            .0
            .studio
            .ask(&id.to_string(), Task::PosterAt(ms), Urgency::OnDemand)
            .made()
            .await?;
        let Made::Poster(poster) = made else { return Err(NoPicture::Cancelled.into()) };
        self.keep(video, |pictures| pictures.poster = Some(poster.clone())).await?;
        Ok(poster)
    }

    /// Lets the poster be an uploaded picture.
    pub async fn poster_from(&self, id: ContentId, image: Bytes) -> Result<Poster, PictureError> {
        let video = self.number(id).await?;
        let poster = self.workshop().poster_from_image(image).await?;
        self.keep(video, |pictures| pictures.poster = Some(poster.clone())).await?;
        Ok(poster)
    }

    /// Lets us choose the poster again.
    pub async fn poster_again(&self, id: ContentId) -> Result<(), PictureError> {
        let video = self.number(id).await?;
        self.keep(video, |pictures| (pictures.poster, pictures.problem) = (None, None)).await?;
        self.stills(id, Urgency::OnDemand).await.map(drop)
    }

    /// Makes pictures anew: of all videos, or of those that have none, be it for a reason.
    pub async fn make_pictures(&self, all: bool) -> Result<u64, LibraryError> {
        let store = &self.0.store;
        let (mut after, mut count) = (None, 0);
        loop {
            let page = store.with_artwork(after, 1_000).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let mut again = Vec::new();
            for (video, _) in page {
                if all || self.pictures(video).await?.poster.is_none() {
                    again.push(video);
                }
            }
            count += self.forget_pictures(&again).await?;
        }
        self.0.more_pictures.notify_one();
        Ok(count)
    }

    /// Forgets the pictures of these videos, but for posters that somebody chose, so that they are made
    /// anew; of how many.
    pub(crate) async fn forget_pictures(&self, videos: &[VideoId]) -> Result<u64, LibraryError> {
        let mut again = Vec::new();
        for video in videos {
            let poster = self.pictures(*video).await?.poster;
            if poster.is_none_or(|poster| poster.from == Origin::Auto) {
                again.push(*video);
            }
        }
        let count = self.follow(self.0.store.forget_artwork(&again, now_ms()).await?).await?;
        self.0.more_pictures.notify_one();
        Ok(count)
    }

    /// A job for the next pass over all videos without pictures, as it is now; none where pictures are made only
    /// when somebody looks at their place. One that waits already is the same.
    pub async fn ask_pictures(&self) -> Result<Option<JobRow>, LibraryError> {
        if !self.0.pictures_ahead {
            return Ok(None);
        }
        let jobs = &self.0.jobs;
        if let Some(row) = jobs.waiting(JobKind::Pictures) {
            return Ok(Some(row));
        }
        let job = jobs.begin(JobKind::Pictures, None, CancellationToken::new()).await?;
        let row = jobs.live(job.id());
        *lock(&self.0.pictures_asked) = Some(job);
        self.0.more_pictures.notify_one();
        Ok(row)
    }

    /// Makes what is missing, one after the other, for as long as the runtime lives.
    pub(crate) async fn keep_making_pictures(self) {
        let mut tried: HashSet<VideoId> = HashSet::new();
        let mut sweep = interval_at(Instant::now() + SWEEP_FIRST, SWEEP_EVERY);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let failed = self.0.pictures_ahead && self.make_missing_as_job(&mut tried).await;
            tokio::select! {
                () = self.0.more_pictures.notified() => {}
                () = sleep(AGAIN), if failed => {}
                _ = sweep.tick() => self.sweep().await,
            }
            tried.clear();
        }
    }

    /// Makes what is missing, once, and tells how many videos are done; how many there were.
    pub async fn make_missing_pictures(&self, told: impl Fn(u64)) -> Result<u64, LibraryError> {
        // Also where they are otherwise made only when somebody looks at their place.
        self.0.studio.set_crew(Crew::default());
        let mut tried = HashSet::new();
        self.make_missing(&mut tried, |begun, _| told(begun)).await?;
        Ok(tried.len() as u64)
    }

    /// Goes once over all videos that have no pictures, as a job if it was asked for or takes a while; whether some
    /// failed that may be tried again.
    async fn make_missing_as_job(&self, tried: &mut HashSet<VideoId>) -> bool {
        let asked = lock(&self.0.pictures_asked).take();
        let asked = match asked {
            None => None,
            Some(mut job) => {
                if !job.start().await {
                    return false;
                }
                Some(job)
            }
        };
        let mut shown = Shown::new(&self.0.jobs, JobKind::Pictures, asked);
        let made = AtomicU64::new(0);
        let passed = {
            let pass = self.make_missing(tried, |_, done| made.store(done, Ordering::Relaxed));
            tokio::pin!(pass);
            let (stop, mut all) = (shown.stop(), None);
            let mut tell = interval(TOLD_EVERY);
            loop {
                tokio::select! {
                    passed = &mut pass => break Some(passed),
                    () = stop.cancelled() => break None,
                    _ = tell.tick() => {
                        let done = made.load(Ordering::Relaxed);
                        if all.is_none() && shown.is_job() {
                            let left = self.0.store.missing_artwork_count().await.unwrap_or(0);
                            all = Some(done + left);
                        }
                        shown.progress(done, all).await;
                    }
                }
            }
        };
        let made = made.load(Ordering::Relaxed);
        if matches!(passed, Some(Ok(_))) {
            shown.progress(made, Some(made)).await;
        }
        let (failed, ended) = match passed {
            Some(Ok(failed)) => (failed, Ended::Done(format!("{made} videos looked at"))),
            Some(Err(error)) => {
                tracing::error!(%error, "pictures cannot be made in the background");
                (true, Ended::Failed(error.to_string()))
            }
            None => {
                self.0.studio.stop_background();
                let note = format!(
                    "{made} videos looked at; the others have theirs made when they are on screen"
                );
                (false, Ended::Cancelled(note))
            }
        };
        shown.end(ended).await;
        failed
    }

    /// Goes once over all videos that have no pictures; whether some failed that may be tried again. `told` hears
    /// how many were begun and how many are done.
    async fn make_missing(
        &self,
        tried: &mut HashSet<VideoId>,
        told: impl Fn(u64, u64),
    ) -> Result<bool, LibraryError> {
        let (mut after, mut failed) = (None, false);
        let (mut begun, mut done) = (0, 0);
        let mut works = JoinSet::new();
        loop {
            let page = self.0.store.missing_artwork(after, 100).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (video, id) in page {
                if !tried.insert(video) {
                    continue;
                }
                begun += 1;
                while works.len() >= AHEAD {
                    failed |= matches!(works.join_next().await, Some(Ok(false)));
                    done += 1;
                }
                told(begun, done);
                let library = self.clone();
                works.spawn(async move {
                    match library.stills(id, Urgency::Background).await {
                        Ok(_) => true,
                        Err(PictureError::None(reason)) => reason.is_lasting(),
                        Err(PictureError::Library(_)) => false,
                    }
                });
            }
        }
        while let Some(worked) = works.join_next().await {
            failed |= matches!(worked, Ok(false));
            done += 1;
            told(begun, done);
        }
        Ok(failed)
    }

    /// The pictures of a video with poster and storyboard, if it can have them.
    async fn stills(&self, id: ContentId, urgency: Urgency) -> Result<VideoPictures, PictureError> {
        let video = self.number(id).await?;
        let pictures = self.pictures(video).await?;
        if (pictures.poster.is_some() && pictures.made) || pictures.problem.is_some() {
            return Ok(pictures);
        }
        match self.0.studio.ask(&id.to_string(), Task::Stills, urgency).made().await {
            Ok(Made::Stills(Stills { poster, storyboard, moments_ms })) => {
                let keep = |pictures: &mut VideoPictures| {
                    pictures.poster.get_or_insert(poster.clone());
                    pictures.storyboard.clone_from(&storyboard);
                    pictures.moments_ms.clone_from(&moments_ms);
                    (pictures.made, pictures.problem) = (true, None);
                };
                Ok(self.keep(video, keep).await?)
            }
            Ok(_) => Err(NoPicture::Cancelled.into()),
            Err(reason) => {
                if reason.is_lasting() {
                    self.keep(video, |pictures| pictures.problem = Some(reason.to_string()))
                        .await?;
                }
                Err(reason.into())
            }
        }
    }

    /// Forgets a picture of a video that is not in the folder any more: the library came from a backup,
    /// or somebody has cleared the folder. Whether it was so.
    async fn forget_lost(
        &self,
        id: ContentId,
        picture: &PictureFile,
    ) -> Result<bool, LibraryError> {
        let (pictures, name) = (self.workshop().pictures().clone(), picture.clone());
        let is_lost = tokio::task::spawn_blocking(move || pictures.is_lost(&name)).await;
        if !is_lost.unwrap_or(false) {
            return Ok(false);
        }
        let video = self.number(id).await?;
        self.keep(video, |pictures| pictures.lose(picture)).await?;
        Ok(true)
    }

    async fn pictures(&self, video: VideoId) -> Result<VideoPictures, LibraryError> {
        Ok(VideoPictures::of(self.0.store.artwork(video).await?.as_ref()))
    }

    /// Changes what is remembered of a video's pictures. One at a time: two works of one video may
    /// end together.
    async fn keep(
        &self,
        video: VideoId,
        change: impl Fn(&mut VideoPictures),
    ) -> Result<VideoPictures, LibraryError> {
        let _one_at_a_time = self.0.keeping.lock().await;
        let mut pictures = self.pictures(video).await?;
        let before = pictures.clone();
        change(&mut pictures);
        if pictures != before {
            let done = self.0.store.set_artwork(video, pictures.artwork(), now_ms()).await?;
            self.follow(done).await?;
        }
        Ok(pictures)
    }

    async fn open_picture(&self, picture: &PictureFile) -> Result<OpenPicture, PictureError> {
        let (pictures, name) = (self.workshop().pictures().clone(), picture.clone());
        let opened = tokio::task::spawn_blocking(move || pictures.open(&name)).await;
        let (file, len) = opened
            .map_err(std::io::Error::other)
            .and_then(|opened| opened)
            .map_err(|error| NoPicture::Disk(error.to_string()))?;
        Ok(OpenPicture { file, len, name: picture.digits().to_owned() })
    }

    fn workshop(&self) -> &artwork::Workshop {
        self.0.studio.workshop()
    }

    /// Removes pictures that no video names any more.
    async fn sweep(&self) {
        let swept = async {
            let mut live = HashSet::new();
            let mut after = None;
            loop {
                let page = self.0.store.with_artwork(after, 1_000).await?;
                let Some((last, _)) = page.last() else { break };
                after = Some(*last);
                for (video, _) in page {
                    let VideoPictures { poster, storyboard, preview, .. } =
                        self.pictures(video).await?;
                    live.extend(poster.map(|poster| poster.file));
                    live.extend(storyboard.into_iter().flat_map(|board| board.sheets));
                    live.extend(preview.map(|preview| preview.file));
                }
            }
            let pictures = self.workshop().pictures().clone();
            let swept = tokio::task::spawn_blocking(move || pictures.sweep(&live, SWEEP_AGE)).await;
            Ok::<_, LibraryError>(swept)
        };
        match swept.await {
            Ok(Ok(Ok(swept))) => tracing::debug!(?swept, "pictures that nobody names were removed"),
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the folder of pictures cannot be swept"),
            Ok(Err(_)) => {}
            Err(error) => tracing::warn!(%error, "the folder of pictures cannot be swept"),
        }
    }
}

fn none(problem: Option<String>) -> NoPicture {
    NoPicture::Unreadable(problem.unwrap_or_else(|| "there is no picture of it".to_owned()))
}
