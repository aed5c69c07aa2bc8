//! Small films, each odd in one way: made by ffmpeg and mkvmerge, once, and kept.
//!
//! A recipe is a list of commands in which names in braces stand for files: `{out}` is the film
//! that is made, `{scratch}` a folder for what is needed in between, `{clean.mp4}` another film of
//! the list; `{sweep}` and `{eight}` are sounds that never repeat. The films lie in one folder,
//! whose name changes with the recipes.

use std::{
    fs::File,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use crate::tools;

mod audio;
mod containers;
mod text;
mod times;
mod video;

/// A sound whose every packet is different: it rises.
const SWEEP: &str = "aevalsrc=0.3*sin(2*PI*(200+40*t)*t)";
/// The same for eight channels, which all differ.
const EIGHT: &str = "aevalsrc=0.1*sin(440*t)|0.2*sin(500*t)|0.1*sin(900*t*t)|0.2*sin(700*t)\
                     |0.1*sin(800*t)|0.2*sin(1900*t)|0.1*sin(990*t)|0.2*sin(1100*t*t)";

/// How a film can be shown without touching its pictures and sound.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Playable {
    /// HLS and DASH from the file as it is.
    Packaged,
    /// Only after its pictures or its sound have been coded anew.
    Transcoded,
    /// Only after its media have been put into another container.
    Prepared,
}

/// One step of making a film.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Step {
    /// ffmpeg with these arguments, separated by blanks.
    Ffmpeg(&'static str),
    /// mkvmerge with these arguments.
    Mkvmerge(&'static str),
    /// A text file in the scratch folder, or beside the film where the name says so.
    Write(&'static str, &'static [u8]),
}

/// A film that is odd in one way.
#[derive(Clone, Copy, Debug)]
pub struct Oddity {
    /// The path below the folder of oddities.
    pub file: &'static str,
    /// What is odd, in words.
    pub what: &'static str,
    /// How it can be shown.
    pub playable: Playable,
    steps: &'static [Step],
}

impl Oddity {
    const fn new(file: &'static str, what: &'static str, steps: &'static [Step]) -> Self {
        Self { file, what, playable: Playable::Packaged, steps }
    }

    const fn playable(mut self, playable: Playable) -> Self {
        self.playable = playable;
        self
    }

    /// The film, which is made if it is not there yet.
    #[track_caller]
    pub fn path(&self) -> PathBuf {
        let path = folder().join(self.file);
        if !path.is_file() {
            self.make(&path);
        }
        path
    }

    /// Makes the film. It gets its name when it is whole; whoever else wants it waits.
    #[track_caller]
    fn make(&self, path: &Path) {
        let beside = path.parent().unwrap();
        std::fs::create_dir_all(beside).unwrap();
        let locks = folder().join(".locks");
        std::fs::create_dir_all(&locks).unwrap();
        let lock = File::create(locks.join(self.file.replace('/', "-"))).unwrap();
        lock.lock().unwrap();
        if path.is_file() {
            return;
        }
        let scratch = tempfile::Builder::new().prefix(".making-").tempdir_in(&locks).unwrap();
        let out = scratch.path().join(path.file_name().unwrap());
        for step in self.steps {
            let mut command = match step {
                Step::Write(name, text) => {
                    let to = match name.strip_prefix("{beside}/") {
                        Some(name) => beside.join(name),
                        None => scratch.path().join(name),
                    };
                    std::fs::write(to, text).unwrap();
                    continue;
                }
                Step::Ffmpeg(_) => {
                    let mut ffmpeg = tools::require("ffmpeg", "ffmpeg");
                    ffmpeg.args(["-v", "error", "-y", "-nostdin"]);
                    ffmpeg
                }
                Step::Mkvmerge(_) => {
                    let mut mkvmerge = tools::require("mkvmerge", "mkvtoolnix");
                    mkvmerge.arg("--quiet");
                    mkvmerge
                }
            };
            let (Step::Ffmpeg(arguments) | Step::Mkvmerge(arguments)) = step else { continue };
            command.args(arguments.split_whitespace().map(|word| expand(word, &out)));
            let output = tools::run(&mut command);
            assert!(
                output.status.success(),
                "{} cannot be made: {command:?}\n{}{}",
                self.file,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        std::fs::rename(&out, path).unwrap();
    }
}

/// A word of a recipe with the files that it names.
#[track_caller]
fn expand(word: &str, out: &Path) -> String {
    let Some((before, rest)) = word.split_once('{') else { return word.to_owned() };
    let (name, after) = rest.split_once('}').unwrap();
    let path = match name {
        "sweep" => return format!("{before}{SWEEP}{after}"),
        "eight" => return format!("{before}{EIGHT}{after}"),
        "out" => out.to_owned(),
        "scratch" => out.parent().unwrap().to_owned(),
        other => named(other).path(),
    };
    format!("{before}{}{after}", path.display())
}

/// Odd pictures.
pub fn pictures() -> &'static [Oddity] {
    video::ALL
}

/// Odd times.
pub fn times() -> &'static [Oddity] {
    times::ALL
}

/// Odd sound.
pub fn sounds() -> &'static [Oddity] {
    audio::ALL
}

/// Odd containers.
pub fn containers() -> &'static [Oddity] {
    containers::ALL
}

/// Odd text.
pub fn texts() -> &'static [Oddity] {
    text::ALL
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Oddity> {
    [video::ALL, times::ALL, audio::ALL, containers::ALL, text::ALL].into_iter().flatten()
}

/// The one with this path.
#[track_caller]
pub fn named(file: &str) -> &'static Oddity {
    all().find(|oddity| oddity.file == file).unwrap_or_else(|| panic!("there is no oddity {file}"))
}

/// The folder in which they are.
pub fn folder() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    all().for_each(|oddity| (oddity.file, oddity.steps).hash(&mut hasher));
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    repository.join(format!("target/testkit-clips/oddities-{:016x}", hasher.finish()))
}
