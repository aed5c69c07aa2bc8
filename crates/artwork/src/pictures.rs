//! The folder in which pictures lie: named by their content, whole or not there.
//!
//! ```text
//! pictures/ab/abcd….jpg              a picture
//! pictures/ab/abcd…-320.jpg          the same, made smaller when somebody asked for it
//! pictures/unfinished/.new-4711-0    being written, or left behind by a process that was killed
//! ```
//!
//! What is here can be made again, so nothing is synced; after a power cut a picture may be empty,
//! and is then made anew by whoever finds it so (an empty one counts as missing). Everything here
//! blocks.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use crate::{NoPicture, PictureFile, kinds::Form};

/// The folder in which files lie while they are written.
pub(crate) const ASIDE: &str = "unfinished";
/// How names of unfinished files begin.
pub(crate) const UNFINISHED: &str = ".new-";

/// The folder of pictures. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Pictures(Arc<PathBuf>);

impl Pictures {
    /// The folder at this path, which is made when something is written.
    pub fn new(folder: PathBuf) -> Self {
        Self(Arc::new(folder))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// Where a picture is, if it is there.
    pub fn path(&self, file: &PictureFile) -> PathBuf {
        self.named(file, file.as_str())
    }

    /// Opens a picture; the file and its length in bytes. Blocks.
    pub fn open(&self, file: &PictureFile) -> io::Result<(File, u64)> {
        open_whole(&self.path(file))
    }

    /// Whether a picture is there and not empty. Blocks.
    pub fn has(&self, file: &PictureFile) -> bool {
        fs::metadata(self.path(file)).is_ok_and(|found| found.is_file() && found.len() > 0)
    }

    /// Whether a picture is gone for certain: nothing is where it was. What cannot be looked at now, or
    /// lies on a drive that is not plugged in, is not lost. Blocks.
    pub fn is_lost(&self, file: &PictureFile) -> bool {
        let is_gone = fs::metadata(self.path(file))
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        is_gone && self.0.parent().is_some_and(Path::is_dir)
    }

    /// Removes what a process that was killed has left unfinished. For whoever has the folder for itself. Blocks.
    pub fn remove_unfinished(&self) -> io::Result<()> {
        match fs::remove_dir_all(self.0.join(ASIDE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Keeps these bytes under the name of their content.
    pub(crate) fn keep(&self, bytes: &[u8], form: Form) -> Result<PictureFile, NoPicture> {
        let file = PictureFile::of(bytes, form);
        keep_at(&self.path(&file), bytes)?;
        Ok(file)
    }

    /// The path of a file that belongs to a picture.
    pub(crate) fn named(&self, file: &PictureFile, name: &str) -> PathBuf {
        self.0.join(file.as_str().get(..2).unwrap_or_default()).join(name)
    }
}

/// Keeps these bytes at a path in the folder of pictures.
pub(crate) fn keep_at(path: &Path, bytes: &[u8]) -> Result<(), NoPicture> {
    let known = File::options().write(true).open(path);
    if let Ok(known) = known
        && known.metadata().is_ok_and(|known| known.len() == bytes.len() as u64)
    {
        // Young again: a sweep that knows nothing of its new use leaves it alone.
        let _ = known.set_modified(SystemTime::now());
        return Ok(());
    }
    write_whole(path, |file| file.write_all(bytes)).map_err(|error| NoPicture::unkept(&error))
}

/// Opens a file that has something in it.
pub(crate) fn open_whole(path: &Path) -> io::Result<(File, u64)> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    if length == 0 {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok((file, length))
}

/// Writes a file that has its name only when all of it is written; else nothing of it is left.
fn write_whole(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let folder = path.parent().unwrap_or(path);
    let aside = folder.parent().unwrap_or(folder).join(ASIDE);
    fs::create_dir_all(folder)?;
    fs::create_dir_all(&aside)?;
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let unfinished = aside.join(format!("{UNFINISHED}{}-{number}", std::process::id()));
    let written = File::create(&unfinished).and_then(|mut file| {
        write(&mut file)?;
        drop(file);
        fs::rename(&unfinished, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_picture_is_found_under_the_name_of_its_content() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(folder.path().join("pictures"));
        let file = pictures.keep(b"pixels", Form::Jpeg).unwrap();
        assert_eq!(pictures.keep(b"pixels", Form::Jpeg).unwrap(), file);
        assert!(pictures.has(&file));
        assert_eq!(pictures.open(&file).unwrap().1, 6);
        assert!(pictures.path(&file).ends_with(format!("{}/{file}", &file.as_str()[..2])));
    }

    #[test]
    fn an_empty_file_is_no_picture() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(folder.path().to_owned());
        let file = pictures.keep(b"pixels", Form::Jpeg).unwrap();
        fs::write(pictures.path(&file), b"").unwrap();
        assert!(!pictures.has(&file) && pictures.open(&file).is_err());
        pictures.keep(b"pixels", Form::Jpeg).unwrap();
        assert!(pictures.has(&file), "made again");
    }

    #[test]
    fn a_disk_that_is_full_keeps_no_half_picture_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ab/picture.jpg");
        let full = |file: &mut File| {
            file.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let error = NoPicture::unkept(&write_whole(&path, full).unwrap_err());
        assert_eq!(error, NoPicture::DiskFull);
        assert!(error.to_string().contains("full"));
        assert_eq!(names(&folder.path().join("ab")), Vec::<String>::new());
    }

    /// What the next test runs and kills: writes for ever.
    #[test]
    #[ignore = "no test by itself"]
    fn writes_until_it_is_killed() {
        let Some(folder) = std::env::var_os("VIDICON_TEST_PICTURES") else { return };
        let pictures = Pictures::new(folder.into());
        for number in 0u64.. {
            pictures.keep(&number.to_le_bytes().repeat(20_000), Form::Jpeg).unwrap();
        }
    }

    #[test]
    fn a_process_that_is_killed_leaves_whole_pictures_and_what_a_sweep_takes_away() {
        let folder = tempfile::tempdir().unwrap();
        let count = || fs::read_dir(folder.path()).unwrap().count();
        for round in 1..4 {
            let mut writer = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "pictures::tests::writes_until_it_is_killed", "--ignored"])
                .env("VIDICON_TEST_PICTURES", folder.path())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
            testkit::until("pictures", || (count() > 30 * round).then_some(()));
            writer.kill().unwrap();
            writer.wait().unwrap();
        }
        let pictures = Pictures::new(folder.path().to_owned());
        let mut live = std::collections::HashSet::new();
        for entry in fs::read_dir(folder.path()).unwrap() {
            for name in names(&entry.unwrap().path()) {
                if let Ok(file) = name.parse::<PictureFile>() {
                    let bytes = fs::read(pictures.path(&file)).unwrap();
                    assert_eq!(PictureFile::of(&bytes, Form::Jpeg), file, "it is whole");
                    live.insert(file);
                } else {
                    assert!(name.starts_with(UNFINISHED), "{name}");
                }
            }
        }
        let swept = pictures.sweep(&live, std::time::Duration::ZERO).unwrap();
        assert_eq!(swept.kept, live.len() as u64);
        assert!(swept.removed <= 3, "one for each that was killed: {swept:?}");
    }
}
