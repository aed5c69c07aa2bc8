//! Takes away pictures that nobody names any more, and what killed processes left behind.

use std::{
    collections::HashSet,
    fs::{self, DirEntry},
    io,
    time::{Duration, SystemTime},
};

use crate::{
    PictureFile, Pictures,
    pictures::{ASIDE, UNFINISHED},
};

/// What a sweep took away.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Swept {
    /// Files that were removed.
    pub removed: u64,
    /// How long they were together, in bytes.
    pub bytes: u64,
    /// Pictures that stay.
    pub kept: u64,
}

impl Pictures {
    /// Removes every picture that is not among `live`, with its smaller versions, and unfinished
    /// files, if they were not touched for `age`: what was made a moment ago may be about to be
    /// named. An hour is a good age. Blocks; a folder that is not there has nothing to remove.
    pub fn sweep(&self, live: &HashSet<PictureFile>, age: Duration) -> io::Result<Swept> {
        let mut swept = Swept::default();
        let folders = match fs::read_dir(self.folder()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(swept),
            folders => folders?,
        };
        for folder in folders {
            let folder = folder?;
            // Only what we make: two digits, or unfinished. Anything else is somebody else's.
            let ours =
                folder.file_name().to_str().is_some_and(|name| name.len() == 2 || name == ASIDE);
            if !ours || !folder.file_type()?.is_dir() {
                continue;
            }
            for entry in fs::read_dir(folder.path())? {
                let entry = entry?;
                sweep_one(&entry, live, age, &mut swept)?;
            }
        }
        Ok(swept)
    }
}

fn sweep_one(
    entry: &DirEntry,
    live: &HashSet<PictureFile>,
    age: Duration,
    swept: &mut Swept,
) -> io::Result<()> {
    let name = entry.file_name();
    let Some(name) = name.to_str() else { return Ok(()) };
    let unfinished = name.starts_with(UNFINISHED);
    let picture = original(name);
    if picture.as_ref().is_some_and(|picture| live.contains(picture)) {
        swept.kept += 1;
        return Ok(());
    }
    if !unfinished && picture.is_none() {
        return Ok(());
    }
    // Gone meanwhile is as good as removed.
    let Ok(metadata) = entry.metadata() else { return Ok(()) };
    let touched = metadata.modified()?;
    let old = SystemTime::now().duration_since(touched).unwrap_or_default() >= age;
    if old && metadata.is_file() {
        match fs::remove_file(entry.path()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {
                swept.removed += 1;
                swept.bytes += metadata.len();
            }
        }
    }
    Ok(())
}

/// The picture that a file is, or is a smaller version of.
fn original(name: &str) -> Option<PictureFile> {
    let (stem, extension) = name.split_once('.')?;
    let digits = stem.split_once('-').map_or(stem, |(digits, _)| digits);
    format!("{digits}.{extension}").parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::kinds::Form;

    #[test]
    fn what_nobody_names_goes_and_what_is_named_stays_with_its_smaller_versions() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(folder.path().to_owned());
        let live = pictures.keep(b"live", Form::Jpeg).unwrap();
        let dead = pictures.keep(b"dead", Form::Mp4).unwrap();
        let smaller = pictures.named(&live, &format!("{}-320.jpg", live.digits()));
        let stale = pictures.named(&dead, &format!("{}-320.jpg", dead.digits()));
        let unfinished = pictures.named(&dead, ".new-1-1");
        let foreign = pictures.named(&dead, "holiday.jpg");
        for path in [&smaller, &stale, &unfinished, &foreign] {
            fs::write(path, b"x").unwrap();
        }
        let named = HashSet::from([live.clone()]);
        let young = pictures.sweep(&named, Duration::from_hours(1)).unwrap();
        assert_eq!(young.removed, 0, "what is young stays");
        let swept = pictures.sweep(&named, Duration::ZERO).unwrap();
        assert_eq!(swept, Swept { removed: 3, bytes: 6, kept: 2 });
        assert!(pictures.has(&live) && smaller.exists() && foreign.exists());
        assert!(!pictures.has(&dead) && !unfinished.exists());
    }

    #[test]
    fn a_folder_that_is_not_there_has_nothing_to_remove() {
        let pictures = Pictures::new("/nowhere/pictures".into());
        assert_eq!(pictures.sweep(&HashSet::new(), Duration::ZERO).unwrap(), Swept::default());
    }
}
