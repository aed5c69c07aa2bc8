//! Taking over what older installations kept in files beside the media, and giving it back.
//!
//! What is said of a name is taken over once: running it again changes nothing, and of a file that was
//! changed only what is new in it counts. Stars that somebody gave here stay, tags are added to those
//! that are there, and of views the larger number counts, so that what was exported here can be
//! imported again. What names a file that is not here (yet) waits, and is tried
//! again when files come.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read as _,
    path::{Path, PathBuf},
};

use catalogue::{UserId, VideoId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Import, ImportFile};
use tokio_util::sync::CancellationToken;

use crate::{
    Library,
    error::LibraryError,
    jobs::JobKind,
    legacy::{self, Legacy, Malformed, Said},
    now_ms,
};

/// What an import did.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImportReport {
    /// The folder with the files.
    pub folder: String,
    /// The files that were read.
    pub files: Vec<String>,
    /// Whether all that could be done was done before.
    pub known: bool,
    /// How many file names were found to be videos, in all.
    pub matched: u64,
    /// What was taken over this time.
    pub taken: Taken,
    /// Names that are no video's here, and why.
    pub unmatched: Vec<Unmatched>,
    /// How many such names there are, also those that are not listed.
    pub unmatched_count: u64,
    /// Entries that make no sense.
    pub malformed: Vec<Malformed>,
}

/// How much was taken over.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Taken {
    /// Videos with stars.
    pub ratings: u64,
    /// Favourites.
    pub favourites: u64,
    /// Videos with views.
    pub views: u64,
    /// Videos with tags.
    pub tags: u64,
}

/// A name that is no video's.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Unmatched {
    /// As it stands in the file.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// The most names that are listed as unmatched.
const LISTED: usize = 10_000;
/// How many earlier imports are looked through.
const EARLIER: u32 = 1_000;

impl Library {
    /// Takes over what the four files in a folder say. `below` is that folder as a URL has it, if it is
    /// in a media folder: names are looked for there first.
    pub async fn import(
        &self,
        user: UserId,
        folder: &Path,
        below: Option<&str>,
    ) -> Result<ImportReport, LibraryError> {
        let from = folder.to_owned();
        let read = tokio::task::spawn_blocking(move || read(&from)).await;
        let (mut legacy, files) = read
            .map_err(|error| LibraryError::Failed(error.to_string()))?
            .map_err(LibraryError::Refused)?;
        let name = folder.display().to_string();
        let mut report = ImportReport { folder: name.clone(), files, ..ImportReport::default() };
        report.malformed = std::mem::take(&mut legacy.malformed);
        if report.files.is_empty() {
            return Ok(report);
        }
        let earlier = self.said_before(&name).await?;
        let mut news: Vec<News> = Vec::new();
        for (name, said) in legacy.said {
            let before = earlier.get(&name);
            let Some(new) = said.beyond(before) else {
                report.matched += 1;
                continue;
            };
            match self.named(&name, below).await? {
                Ok(video) => {
                    news.push(News { remembered: said.with(before), name, video, said: new });
                }
                Err(reason) => {
                    report.unmatched_count += 1;
                    if report.unmatched.len() < LISTED {
                        report.unmatched.push(Unmatched { name, reason });
                    }
                }
            }
        }
        report.matched += news.len() as u64;
        report.known = news.is_empty() && !earlier.is_empty();
        if report.known {
            return Ok(report);
        }
        let mut import = import_of(&news);
        report.taken = Taken {
            ratings: import.ratings.len() as u64,
            favourites: import.favourites.len() as u64,
            views: import.views.len() as u64,
            tags: news.iter().filter(|one| !one.said.tags.is_empty()).count() as u64,
        };
        // Whoever imports the same at the same time finds it done.
        let digest = digest_of(&news, &earlier);
        import.names = news.iter().map(|one| (one.name.clone(), json!(one.remembered))).collect();
        import.files = vec![ImportFile { file: name.clone(), digest, report: json!(report) }];
        self.follow(self.0.store.import(user, import, now_ms()).await?).await?;
        let ImportReport { matched, unmatched_count, .. } = report;
        if !news.is_empty() {
            tracing::info!(
                folder = name,
                matched,
                unmatched = unmatched_count,
                malformed = report.malformed.len(),
                "imported"
            );
        }
        Ok(report)
    }

    /// The same as a job, which goes on whether or not whoever asked waits for it.
    pub async fn import_as_job(
        &self,
        user: UserId,
        folder: &Path,
    ) -> Result<ImportReport, LibraryError> {
        let (library, folder) = (self.clone(), folder.to_owned());
        let subject = folder.display().to_string();
        let stop = CancellationToken::new();
        let job = self.jobs().begin(JobKind::Import, Some(&subject), stop).await?;
        let work = async move {
            let below = library.below(&folder);
            let import = library.import(user, &folder, below.as_deref());
            Box::pin(job.run(import, in_words)).await
        };
        let worked = tokio::spawn(work).await;
        worked.map_err(|error| LibraryError::Failed(format!("the import ended: {error}")))?
    }

    /// What was imported so far, the last first.
    pub async fn imports(&self) -> Result<Vec<ImportReport>, LibraryError> {
        let all = self.0.store.imports(EARLIER).await?;
        Ok(all
            .into_iter()
            .filter_map(|row| serde_json::from_value(row.import.report).ok())
            .collect())
    }

    /// What was taken over from a folder before, by name.
    async fn said_before(&self, folder: &str) -> Result<HashMap<String, Said>, LibraryError> {
        let names = self.0.store.imported_names(folder).await?;
        let read = |(name, said): (String, Value)| Some((name, serde_json::from_value(said).ok()?));
        Ok(names.into_iter().filter_map(read).collect())
    }

    /// A folder as a URL has it, if it lies in a media folder; `""` for one itself.
    pub fn below(&self, folder: &Path) -> Option<String> {
        let below =
            self.0.folders.roots().iter().find_map(|root| folder.strip_prefix(root).ok())?;
        Some(crate::walk::url_of(below))
    }

    /// Imports what lies at the top of each media folder.
    pub(crate) async fn import_beside_media(&self) {
        for folder in self.0.folders.roots().to_vec() {
            match self.import(UserId::HOUSEHOLD, &folder, Some("")).await {
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(folder = %folder.display(), %error, "ratings and tags of an older installation cannot be imported");
                }
            }
        }
    }

    /// The four files, by name, with what is known here.
    pub async fn export_legacy(
        &self,
        user: UserId,
    ) -> Result<[(&'static str, Value); 4], LibraryError> {
        let mut said = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.0.store.entries(after, 1_000).await?;
            let Some((last, _)) = page.last() else { break };
            let ids: Vec<VideoId> = page.iter().map(|(video, _)| *video).collect();
            let personals: HashMap<_, _> =
                self.0.store.personals_of(user, &ids).await?.into_iter().collect();
            after = Some(*last);
            let paths: HashMap<VideoId, String> =
                self.0.store.paths_of(&ids).await?.into_iter().collect();
            for (video, entry) in page {
                let Some(name) = paths.get(&video).and_then(|path| plain(path)) else { continue };
                let personal = personals.get(&video).copied().unwrap_or_default();
                let one = Said {
                    rating: personal.rating,
                    views: Some(entry.views).filter(|views| *views > 0),
                    tags: entry.tags.into_iter().map(|(_, name)| name).collect(),
                    favourite: personal.favourite_ms.is_some(),
                };
                if one != Said::default() {
                    said.insert(name, one);
                }
            }
        }
        Ok(Legacy { said, malformed: Vec::new() }.write())
    }

    /// The video that a name in an old file means, or why none.
    async fn named(
        &self,
        name: &str,
        below: Option<&str>,
    ) -> Result<Result<VideoId, String>, LibraryError> {
        let Ok(path) = delivery::RelativePath::of_path(Path::new(name)) else {
            return Ok(Err("this is no path of a file that is served".to_owned()));
        };
        let own = path.to_url_path();
        let mut places = match below.filter(|below| !below.is_empty()) {
            Some(below) => self.0.store.at_path(&format!("{below}/{own}"), false).await?,
            None => Vec::new(),
        };
        if places.is_empty() {
            places = self.places(&own).await?;
        }
        let mut videos: Vec<VideoId> = places.iter().map(|(video, _)| *video).collect();
        videos.sort_unstable();
        videos.dedup();
        Ok(match videos.as_slice() {
            [] => Err("there is no such file; it is tried again when files come".to_owned()),
            [video] => Ok(*video),
            _ => {
                let paths: Vec<String> = places.into_iter().map(|(_, path)| path).collect();
                Err(format!("several files have this name: {}", paths.join(", ")))
            }
        })
    }
}

/// Something new that is said of a video.
struct News {
    /// As the file names it.
    name: String,
    video: VideoId,
    /// What is new.
    said: Said,
    /// All that was ever said.
    remembered: Said,
}

/// What an import did, for a person.
fn in_words(report: &ImportReport) -> String {
    if report.files.is_empty() {
        return "there is none of the four files in this folder".to_owned();
    }
    let Taken { ratings, favourites, views, tags } = report.taken;
    let (matched, unmatched) = (report.matched, report.unmatched_count);
    let taken = if report.known {
        "all of it was taken over before".to_owned()
    } else {
        format!(
            "{ratings} ratings, {favourites} favourites, views of {views} and tags of {tags} videos taken over"
        )
    };
    format!("{taken}; {matched} names are videos here, {unmatched} are not")
}

fn import_of(news: &[News]) -> Import {
    let mut tags: BTreeMap<&str, Vec<VideoId>> = BTreeMap::new();
    for News { video, said, .. } in news {
        for tag in &said.tags {
            tags.entry(tag).or_default().push(*video);
        }
    }
    let of = |pick: fn(&Said) -> Option<u64>| {
        news.iter().filter_map(move |one| Some((one.video, pick(&one.said)?)))
    };
    let rating = |said: &Said| said.rating.map(u64::from);
    let stars = |(video, stars): (VideoId, u64)| (video, u8::try_from(stars).unwrap_or(0));
    Import {
        ratings: of(rating).map(stars).collect(),
        favourites: of(|said| said.favourite.then_some(1)).map(|(video, _)| video).collect(),
        views: of(|said| said.views.filter(|views| *views > 0)).collect(),
        tags: tags.into_iter().map(|(tag, videos)| (tag.to_owned(), videos)).collect(),
        names: Vec::new(),
        files: Vec::new(),
    }
}

/// The same for the same news after the same past.
fn digest_of(news: &[News], earlier: &HashMap<String, Said>) -> String {
    let mut hasher = blake3::Hasher::new();
    for News { name, remembered, .. } in news {
        hasher.update(json!([name, remembered, earlier.get(name)]).to_string().as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// A path of a URL as the file system has it, if it is text.
pub(crate) fn plain(path: &str) -> Option<String> {
    let path = delivery::RelativePath::from_url_path(path).ok()?;
    path.as_path().to_str().map(str::to_owned)
}

/// What the files in a folder say, which there are, and a digest of them. Blocks.
fn read(folder: &Path) -> Result<(Legacy, Vec<String>), String> {
    if !folder.is_dir() {
        return Err(format!("{} is no folder, or it cannot be read", folder.display()));
    }
    let (mut legacy, mut files) = (Legacy::default(), Vec::new());
    for name in legacy::NAMES {
        let path: PathBuf = folder.join(name);
        if !path.is_file() {
            continue;
        }
        let read = std::fs::File::open(&path).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(legacy::MOST + 1).read_to_end(&mut bytes).map(|_| bytes)
        });
        match read {
            Ok(bytes) if bytes.len() as u64 > legacy::MOST => {
                let reason = format!("it has more than {} MiB", legacy::MOST >> 20);
                legacy.malformed.push(Malformed { file: name.to_owned(), entry: None, reason });
            }
            Ok(bytes) => {
                legacy.read(name, &bytes);
                files.push(name.to_owned());
            }
            Err(error) => {
                let reason = format!("it cannot be read: {error}");
                legacy.malformed.push(Malformed { file: name.to_owned(), entry: None, reason });
            }
        }
    }
    Ok((legacy, files))
}
