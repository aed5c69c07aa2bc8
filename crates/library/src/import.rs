//! Taking over what older installations kept in files beside the media, and giving it back.
//!
//! Nothing is overwritten by an import: stars that somebody gave here stay, tags are added to those
//! that are there, and views are the greater of both. So it can be run again, and changes nothing
//! then. What names a file that is not here (yet) waits, and is tried again when files come.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read as _,
    path::{Path, PathBuf},
};

use catalogue::{UserId, VideoId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Library,
    error::LibraryError,
    legacy::{self, Legacy, Malformed, Said},
};

/// What an import did.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ImportReport {
    /// The folder with the files.
    pub folder: String,
    /// The files that were read.
    pub files: Vec<String>,
    /// Whether exactly these files were imported before, with nothing left to do.
    pub known: bool,
    /// How many file names were found to be videos.
    pub matched: u64,
    /// How many videos are different now.
    pub changed: u64,
    /// Names that are no video's here, and why.
    pub unmatched: Vec<Unmatched>,
    /// How many such names there are, also those that are not listed.
    pub unmatched_count: u64,
    /// Entries that make no sense.
    pub malformed: Vec<Malformed>,
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
const LISTED: usize = 1_000;

impl Library {
    /// Takes over what the four files in a folder say. `below` is that folder as a URL has it, if it is
    /// in a media folder: names are looked for there first.
    pub async fn import(
        &self,
        user: UserId,
        folder: &Path,
        below: Option<&str>,
    ) -> Result<ImportReport, LibraryError> {
        self.is_open()?;
        let from = folder.to_owned();
        let read = tokio::task::spawn_blocking(move || read(&from)).await;
        let (legacy, files, digest) =
            read.map_err(|error| LibraryError::Failed(error.to_string()))?.map_err(LibraryError::Refused)?;
        let name = folder.display().to_string();
        let mut report = ImportReport { folder: name.clone(), files, ..ImportReport::default() };
        if report.files.is_empty() {
            return Ok(report);
        }
        let earlier = self.0.store.import(&name).await?;
        if let Some(earlier) = earlier.filter(|earlier| earlier.digest == digest) {
            let before: ImportReport = serde_json::from_value(earlier.report).unwrap_or_default();
            if before.unmatched_count == 0 {
                return Ok(ImportReport { known: true, changed: 0, ..before });
            }
        }
        report.malformed = legacy.malformed;
        let mut meant: Vec<(VideoId, Said)> = Vec::new();
        for (name, said) in legacy.said {
            match self.named(&name, below).await? {
                Ok(video) => meant.push((video, said)),
                Err(reason) => {
                    report.unmatched_count += 1;
                    if report.unmatched.len() < LISTED {
                        report.unmatched.push(Unmatched { name, reason });
                    }
                }
            }
        }
        report.matched = meant.len() as u64;
        report.changed = self.take_over(user, &meant).await?;
        self.0.store.note_import(&name, &digest, &json!(report), self.now_ms()).await?;
        let ImportReport { matched, changed, unmatched_count, .. } = report;
        tracing::info!(folder = name, matched, changed, unmatched = unmatched_count, malformed = report.malformed.len(), "imported");
        Ok(report)
    }

    /// What was imported so far, the last first.
    pub async fn imports(&self) -> Result<Vec<ImportReport>, LibraryError> {
        let all = self.0.store.imports().await?;
        Ok(all.into_iter().filter_map(|import| serde_json::from_value(import.report).ok()).collect())
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
    pub async fn export_legacy(&self, user: UserId) -> Result<[(&'static str, Value); 4], LibraryError> {
        let mut said = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.0.store.entries(after, 5_000).await?;
            let (Some((first, _)), Some((last, _))) = (page.first(), page.last()) else { break };
            let ids: Vec<VideoId> = page.iter().map(|(video, _)| *video).collect();
            let personals: HashMap<_, _> = self.0.store.personals(user, after, *last).await?.into_iter().collect();
            debug_assert!(first <= last, "entries come in order");
            after = Some(*last);
            let paths: HashMap<VideoId, String> = self.0.store.paths_of(&ids).await?.into_iter().collect();
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
    async fn named(&self, name: &str, below: Option<&str>) -> Result<Result<VideoId, String>, LibraryError> {
        let encoded = percent(name);
        let Ok(path) = delivery::RelativePath::from_url_path(&encoded) else {
            return Ok(Err("this is no path of a file that is served".to_owned()));
        };
        let own = path.to_url_path();
        let mut places = match below.filter(|below| !below.is_empty()) {
            Some(below) => self.0.store.at_path(&format!("{below}/{own}")).await?,
            None => Vec::new(),
        };
        if places.is_empty() {
            places = self.0.store.at_path(&own).await?;
        }
        if places.is_empty() && !own.contains('/') {
            places = self.0.store.with_name(&own, 16).await?;
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

    /// Writes down what was said, where nothing is said here; how many videos are different now.
    async fn take_over(&self, user: UserId, meant: &[(VideoId, Said)]) -> Result<u64, LibraryError> {
        let (store, now) = (&self.0.store, self.now_ms());
        let mut changed = std::collections::HashSet::new();
        for some in meant.chunks(1_000) {
            let ids: Vec<VideoId> = some.iter().map(|(video, _)| *video).collect();
            let before: HashMap<_, _> = store.personals_of(user, &ids).await?.into_iter().collect();
            let of = |video: &VideoId| before.get(video).copied().unwrap_or_default();
            for stars in 1..=5 {
                let videos: Vec<VideoId> = some
                    .iter()
                    .filter(|(video, said)| said.rating == Some(stars) && of(video).rating.is_none())
                    .map(|(video, _)| *video)
                    .collect();
                if !videos.is_empty() {
                    self.follow(store.rate(user, &videos, Some(stars), now).await?).await?;
                    changed.extend(videos);
                }
            }
            let favourites: Vec<VideoId> = some
                .iter()
                .filter(|(video, said)| said.favourite && of(video).favourite_ms.is_none())
                .map(|(video, _)| *video)
                .collect();
            if !favourites.is_empty() {
                self.follow(store.favourite(user, &favourites, true, now).await?).await?;
                changed.extend(favourites);
            }
            let views: Vec<(VideoId, u64)> =
                some.iter().filter_map(|(video, said)| Some((*video, said.views?))).collect();
            changed.extend(self.follow(store.at_least_views(&views, now).await?).await?);
            let mut tags: BTreeMap<&str, Vec<VideoId>> = BTreeMap::new();
            for (video, said) in some {
                for tag in &said.tags {
                    tags.entry(tag).or_default().push(*video);
                }
            }
            for (tag, videos) in tags {
                let had = store.tagged(&videos, tag).await?;
                let videos: Vec<VideoId> = videos.into_iter().filter(|video| !had.contains(video)).collect();
                if !videos.is_empty() {
                    self.follow(store.tag(&videos, tag, now).await?).await?;
                    changed.extend(videos);
                }
            }
        }
        Ok(changed.len() as u64)
    }
}

/// A name of a file as a URL has it. Slashes stay: some scripts wrote paths.
fn percent(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A path of a URL as the file system has it, if it is text.
fn plain(path: &str) -> Option<String> {
    let path = delivery::RelativePath::from_url_path(path).ok()?;
    path.as_path().to_str().map(str::to_owned)
}

/// What the files in a folder say, which there are, and a digest of them. Blocks.
fn read(folder: &Path) -> Result<(Legacy, Vec<String>, String), String> {
    if !folder.is_dir() {
        return Err(format!("{} is no folder, or it cannot be read", folder.display()));
    }
    let (mut legacy, mut files, mut hasher) = (Legacy::default(), Vec::new(), blake3::Hasher::new());
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
                hasher.update(name.as_bytes()).update(&(bytes.len() as u64).to_le_bytes()).update(&bytes);
                legacy.read(name, &bytes);
                files.push(name.to_owned());
            }
            Err(error) => {
                let reason = format!("it cannot be read: {error}");
                legacy.malformed.push(Malformed { file: name.to_owned(), entry: None, reason });
            }
        }
    }
    Ok((legacy, files, hasher.finalize().to_hex().to_string()))
}
