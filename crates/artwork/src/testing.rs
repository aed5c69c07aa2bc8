//! What tests are made of.
#![allow(clippy::unwrap_used)]

use std::{path::Path, time::Duration};

use delivery::{
    Folders, Symlinks,
    films::{FilmSettings, Films},
};
use tempfile::TempDir;

use crate::{Pictures, Settings, Subject, Workshop, pixels::Pixels, upload};

/// A workshop with a folder of its own.
pub(crate) struct Bench {
    pub(crate) workshop: Workshop,
    /// Goes away with this.
    _folder: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        // Machines that test are busy.
        Self::with(Settings { time_limit: Duration::from_mins(2), ..Settings::default() })
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let folder = TempDir::with_prefix("vidicon-artwork-").unwrap();
        let workshop = Workshop::new(Pictures::new(folder.path().join("pictures")), settings);
        Self { workshop, _folder: folder }
    }

    /// The pixels of a picture that was made.
    pub(crate) fn picture(&self, file: &crate::PictureFile) -> Pixels {
        let bytes = std::fs::read(self.workshop.pictures().path(file)).unwrap();
        upload::decode_own(&bytes).unwrap()
    }

    /// Everything in the folder of pictures.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let Ok(folders) = std::fs::read_dir(self.workshop.pictures().folder()) else {
            return files;
        };
        for folder in folders {
            for entry in std::fs::read_dir(folder.unwrap().path()).unwrap() {
                files.push(entry.unwrap().file_name().into_string().unwrap());
            }
        }
        files
    }
}

/// The films of the folder in which this file is.
pub(crate) fn films(path: &Path) -> (Films, Folders) {
    let folder = path.parent().unwrap().to_owned();
    let folders = Folders::new(vec![folder], Symlinks::Follow).unwrap();
    (Films::new(folders.clone(), FilmSettings::default()), folders)
}

/// The name of a file as a URL has it: every byte encoded.
pub(crate) fn url(path: &Path) -> String {
    let name = path.file_name().unwrap().as_encoded_bytes();
    name.iter().fold(String::new(), |url, byte| format!("{url}%{byte:02X}"))
}

/// A file as a subject.
pub(crate) async fn subject(path: &Path) -> Subject {
    let (films, folders) = films(path);
    Subject::named(&films, &folders, &url(path)).await.unwrap()
}

/// The mean of each component in a part of a picture.
pub(crate) fn mean(picture: &Pixels, x: std::ops::Range<u32>, y: std::ops::Range<u32>) -> [u32; 3] {
    let mut sums = [0u32; 3];
    let mut count = 0;
    for row in picture.rows().take(y.end as usize).skip(y.start as usize) {
        for pixel in row.chunks_exact(3).take(x.end as usize).skip(x.start as usize) {
            for (sum, byte) in sums.iter_mut().zip(pixel) {
                *sum += u32::from(*byte);
            }
            count += 1;
        }
    }
    sums.map(|sum| sum / count.max(1))
}

/// A film made by ffmpeg with these arguments, in a folder of its own.
pub(crate) fn film(name: &str, arguments: &str) -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::with_prefix("vidicon-film-").unwrap();
    let path = folder.path().join(name);
    let mut ffmpeg = testkit::tools::require("ffmpeg", "ffmpeg");
    ffmpeg.args(["-v", "error", "-y"]).args(arguments.split_whitespace()).arg(&path);
    testkit::tools::run_clean(&mut ffmpeg);
    (folder, path)
}
