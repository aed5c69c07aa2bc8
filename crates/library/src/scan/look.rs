//! Looking into one file: what it holds, and what files beside it say.

use std::{io::Read as _, time::UNIX_EPOCH};

use delivery::{OpenFile, RelativePath, films::Survey};
use media::{Language, Unreadable};
use store::{Content, Facts, Found, TitleFrom, What};

use crate::{
    Library, facts, foreign,
    sidecar::{self, Said},
    walk::{FileState, Place},
};

/// What is found at a place; none if it is gone again, or is not for us.
pub(super) async fn look_at(
    library: &Library,
    root: usize,
    root_name: String,
    place: Place,
) -> Option<Found> {
    let survey = match library.0.films.survey(&place.path).await {
        Ok(survey) => survey,
        Err(error) => {
            let status = error.status();
            // Withheld, behind a link that is not to be followed, or gone.
            if status == http::StatusCode::NOT_FOUND {
                return None;
            }
            return unread(root_name, &place, &error.to_string());
        }
    };
    // Another folder's file of the same path comes first: this one cannot be reached.
    if survey.identity.ino != place.state.inode {
        let why = "another media folder has a file of the same path, which comes first: rename one of them";
        let found = found(root_name, &place, What::Problem(why.to_owned()));
        return Some(Found { shadowed: true, ..found });
    }
    if !survey.lasting {
        return unread(root_name, &place, "it could not be read to its end");
    }
    // It was changed since it was walked over: what counts is what was read.
    let state = state_of(&survey, place.state.beside);
    let place = Place { state, ..place };
    match facts_of(library, root, &place, &survey).await {
        Ok(facts) => {
            let facts = with_sides(library, &place, facts).await;
            let content =
                Content { id: survey.id, identity_version: demux::IDENTITY_VERSION, facts };
            Some(found(root_name, &place, What::Video(Box::new(content))))
        }
        // A text that is called like a transport stream is no problem, and no video.
        Err(_) if !place.promised => Some(found(root_name, &place, What::Nothing)),
        Err(reason) => Some(problem(root_name, &place, reason)),
    }
}

fn state_of(survey: &Survey, beside: i64) -> FileState {
    let modified_ns = match survey.modified.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => {
            i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before)
        }
    };
    let (inode, device) = (survey.identity.ino, survey.identity.dev);
    FileState { size: survey.len, modified_ns, inode, device, beside }
}

async fn facts_of(
    library: &Library,
    root: usize,
    place: &Place,
    survey: &Survey,
) -> Result<Facts, String> {
    match &survey.index {
        Ok(index) => {
            Ok(facts::of_index(index, &place.name, survey.len, &subtitle_languages(place)))
        }
        Err(Unreadable::NeedsPreparation(_)) => {
            let folder = library.0.folders.roots().get(root).ok_or("its media folder is gone")?;
            foreign::probe(&folder.join(place.path.as_path()), &place.name, survey.len).await
        }
        Err(error) => Err(error.to_string()),
    }
}

fn subtitle_languages(place: &Place) -> Vec<Language> {
    let names = place.beside.iter().map(String::as_str);
    subtitles::side_files(&place.name, names).into_iter().filter_map(|side| side.language).collect()
}

/// The facts with what side files say.
async fn with_sides(library: &Library, place: &Place, mut facts: Facts) -> Facts {
    let mut said = Said::default();
    for name in sidecar::names_for(&place.name) {
        if place.beside.contains(&name)
            && let Some(bytes) = read_beside(library, &place.path, &name).await
        {
            said = said.or(sidecar::read(&name, &bytes));
        }
    }
    if let Some(title) = said.title {
        (facts.title, facts.title_from) = (title, TitleFrom::Sidecar);
    }
    facts.description = said.description.or(facts.description);
    facts.made_ms = said.made_ms.or(facts.made_ms);
    facts.tags = said.tags;
    facts
}

async fn read_beside(library: &Library, path: &RelativePath, name: &str) -> Option<Vec<u8>> {
    let file: OpenFile = library.0.folders.open(&path.sibling(name)?).await.ok()?;
    let read = move || {
        let mut bytes = Vec::new();
        (&*file.file).take(sidecar::MOST as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    };
    tokio::task::spawn_blocking(read).await.ok()?
}

/// A file of which nobody knows what it holds: its disk failed, or it took too long. One that is known
/// stays what it was; another is a problem, and is tried again by the next scan.
fn unread(root: String, place: &Place, reason: &str) -> Option<Found> {
    tracing::warn!(path = place.path.to_url_path(), reason, "a file cannot be read");
    if place.is_known {
        return None;
    }
    // In a state that no file has.
    let state = FileState { modified_ns: place.state.modified_ns.wrapping_sub(1), ..place.state };
    Some(problem(root, &Place { state, ..place.clone() }, reason.to_owned()))
}

fn problem(root: String, place: &Place, reason: String) -> Found {
    found(root, place, What::Problem(reason))
}

fn found(root: String, place: &Place, what: What) -> Found {
    let FileState { size, modified_ns, inode, device, beside } = place.state;
    let path = place.path.to_url_path();
    let folder = path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned());
    Found { root, path, folder, size, modified_ns, inode, device, beside, shadowed: false, what }
}
