//! Writing a film into a folder: the bytes and names that the server sends for it.
//!
//! Every file gets its name when it is whole, and what names all others is written last: a run
//! that was cut off leaves a folder without `master.m3u8`.

mod progress;

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use delivery::films::{Film, Wanted};
use packager::{
    names::Resource,
    playlists::Flavour,
    tree::{self, Tree},
};

use self::progress::Progress;
use crate::in_words::bytes;

/// How much is written at once.
const BLOCK: usize = 256 << 10;

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Written {
    /// How many files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Refuses a folder in which something lies already, and what is no folder.
pub fn refuse_filled(folder: &Path, force: bool) -> Result<(), String> {
    let shown = folder.display();
    let is_filled = fs::read_dir(folder).map(|mut entries| entries.next().is_some());
    match is_filled {
        Ok(true) if !force => Err(format!(
            "{shown} is not empty: name another folder, or write over what is in it by --force"
        )),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{shown} cannot be written into: {error}")),
    }
}

/// Writes a film as HLS and DASH, and as HLS with transport streams if asked to.
pub fn write(
    film: &Arc<Film>,
    runtime: &tokio::runtime::Runtime,
    folder: &Path,
    ts: bool,
) -> anyhow::Result<Written> {
    let cmaf = tree::cmaf(&film.presentation);
    let transport = if ts {
        let tree = tree::transport(&film.presentation).map_err(|why| {
            // What follows is for those who ask a server.
            let why = why.split(';').next().unwrap_or_default().to_owned();
            anyhow::anyhow!("there can be no transport streams: {why}; leave --ts out")
        })?;
        Some(tree)
    } else {
        None
    };
    let total = cmaf.bytes() + transport.as_ref().map_or(0, Tree::bytes);
    let mut writer = Writer {
        film,
        runtime,
        root: folder,
        progress: Progress::new(total),
        written: Written::default(),
    };
    let done = writer.all(&cmaf, transport.as_ref());
    writer.progress.end();
    done?;
    Ok(writer.written)
}

struct Writer<'a> {
    film: &'a Arc<Film>,
    runtime: &'a tokio::runtime::Runtime,
    root: &'a Path,
    progress: Progress,
    written: Written,
}

impl Writer<'_> {
    fn all(&mut self, cmaf: &Tree, transport: Option<&Tree>) -> anyhow::Result<()> {
        let own = self.root.to_owned();
        let below = own.join("ts");
        self.begin(&own, cmaf)?;
        if let Some(tree) = transport {
            self.begin(&below, tree)?;
            self.media(&below, tree, Flavour::Ts)?;
        }
        self.media(&own, cmaf, Flavour::Cmaf)?;
        if let Some(tree) = transport {
            self.tops(&below, tree, Flavour::Ts)?;
        }
        self.tops(&own, cmaf, Flavour::Cmaf)
    }

    /// Makes the folder, and takes away what would make half a film look whole.
    fn begin(&self, folder: &Path, tree: &Tree) -> anyhow::Result<()> {
        fs::create_dir_all(folder).map_err(|error| self.cannot_write(folder, &error))?;
        for top in &tree.tops {
            let path = folder.join(top.to_string());
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(self.cannot_write(&path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn media(&mut self, folder: &Path, tree: &Tree, flavour: Flavour) -> anyhow::Result<()> {
        for (resource, guess) in &tree.media {
            self.one(folder, *resource, flavour)?;
            self.progress.add(*guess, self.written.bytes);
        }
        for playlist in &tree.playlists {
            self.one(folder, *playlist, flavour)?;
        }
        Ok(())
    }

    fn tops(&mut self, folder: &Path, tree: &Tree, flavour: Flavour) -> anyhow::Result<()> {
        tree.tops.iter().try_for_each(|top| self.one(folder, *top, flavour))
    }

    fn one(&mut self, folder: &Path, resource: Resource, flavour: Flavour) -> anyhow::Result<()> {
        let name = resource.to_string();
        let path = folder.join(&name);
        let unfinished = folder.join(format!(".{name}.part"));
        let written = self.fill(&unfinished, resource, flavour).and_then(|count| {
            fs::rename(&unfinished, &path).map_err(|error| self.cannot_write(&path, &error))?;
            Ok(count)
        });
        match written {
            Ok(count) => {
                self.written.files += 1;
                self.written.bytes += count;
                Ok(())
            }
            Err(error) => {
                let _ = fs::remove_file(&unfinished);
                Err(error)
            }
        }
    }

    /// Writes the bytes of one resource; how many there were.
    fn fill(&self, path: &Path, resource: Resource, flavour: Flavour) -> anyhow::Result<u64> {
        let file = File::create(path).map_err(|error| self.cannot_write(path, &error))?;
        let mut out =
            Watched { out: BufWriter::with_capacity(BLOCK, file), count: 0, failed: false };
        let done = if resource == Resource::Manifest {
            // That of the server leads to its segments elsewhere; here they are beside it.
            let manifest = packager::manifest::manifest(&self.film.presentation, None).render();
            out.write_all(manifest.as_bytes())
        } else {
            let wanted = Wanted { by_id: false, depth: 1, flavour, resource };
            let made = self.runtime.block_on(self.film.content(wanted)).map_err(|error| {
                anyhow::anyhow!("{resource} of {} cannot be made: {error}", self.source())
            })?;
            made.plan.write_to(&mut out)
        };
        match done.and_then(|()| out.flush()) {
            Ok(()) => Ok(out.count),
            Err(error) if out.failed => Err(self.cannot_write(path, &error)),
            Err(error) => Err(anyhow::anyhow!("{} cannot be read: {error}", self.source())),
        }
    }

    fn source(&self) -> String {
        self.film.path.as_path().display().to_string()
    }

    fn cannot_write(&self, path: &Path, error: &io::Error) -> anyhow::Error {
        let (root, done) = (self.root.display(), bytes(self.written.bytes));
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => anyhow::anyhow!(
                "there is no room left for {root}: {done} were written of about {}; make room and \
                 run it again with --force",
                bytes(self.progress.total())
            ),
            _ => anyhow::anyhow!("{} cannot be written: {error}", named(path).display()),
        }
    }
}

/// The path by which people know a file that is being written.
fn named(path: &Path) -> PathBuf {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.and_then(|name| name.strip_prefix('.')?.strip_suffix(".part"));
    name.map_or_else(|| path.to_owned(), |name| path.with_file_name(name))
}

/// A file that tells a failed write from a failed read.
struct Watched {
    out: BufWriter<File>,
    count: u64,
    failed: bool,
}

impl Write for Watched {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes).inspect_err(|_| self.failed = true)?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush().inspect_err(|_| self.failed = true)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_folder_with_something_in_it_is_refused_unless_told_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        assert!(refuse_filled(folder.path(), false).is_ok());
        assert!(refuse_filled(&folder.path().join("new"), false).is_ok());
        fs::write(folder.path().join("a"), "").unwrap();
        assert!(refuse_filled(folder.path(), false).unwrap_err().contains("is not empty"));
        assert!(refuse_filled(folder.path(), true).is_ok());
        assert!(refuse_filled(&folder.path().join("a"), true).is_err(), "a file");
    }

    #[test]
    fn a_file_that_is_being_written_is_named_as_it_will_be() {
        assert_eq!(named(Path::new("out/.a.m4s.part")), Path::new("out/a.m4s"));
        assert_eq!(named(Path::new("out")), Path::new("out"));
    }
}
