//! The media folders: from a checked relative path to an open regular file, and never to one that
//! the folders, the policy for links or the owner's wish keeps back.
//!
//! Several folders form a union: the first that has the path as a regular file wins. What is
//! decided about the file after it is open (validators, ranges, types) is [`reply()`](crate::reply())'s.
//!
//! On Linux a hot file on a local disk is opened on the calling thread, because the kernel is
//! told to answer from its caches or not at all; whatever might wait for a disk or a network goes
//! to a thread of that folder's own (see `gate`), so that one slow drive never delays another
//! client, and one that hangs no other drive. Elsewhere every open goes to such a thread.

mod error;
mod opened;
mod portable;
mod reading;
mod siblings;
mod walk;
mod withheld;

#[cfg(target_os = "linux")]
mod handle;
#[cfg(target_os = "linux")]
mod linux;

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicUsize},
};

pub use error::{FoldersError, OpenError};
pub use opened::{FileIdentity, OpenFile};
pub(crate) use walk::End;

use self::{error::Fault, opened::Opened, withheld::Withheld};
use crate::{gate::Gate, path::RelativePath};

/// What symbolic links inside the media folders may do.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Symlinks {
    /// Links are followed wherever they lead: people link whole external drives into a folder.
    #[default]
    Follow,
    /// Links are followed while they end inside one of the media folders.
    Inside,
    /// A path with a link in it, below the media folder, does not exist.
    Refuse,
}

/// The media folders. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Folders(Arc<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    roots: Vec<PathBuf>,
    /// One per root, in the same order.
    ways: Vec<Way>,
    symlinks: Symlinks,
    withheld: Withheld,
    /// For looking at the withheld files, which may lie on any disk.
    withheld_gate: Gate,
}

/// The way into one root.
#[derive(Clone, Debug, Default)]
struct Way {
    gate: Gate,
    /// How many listings of it take longer than they should.
    overdue: Arc<AtomicUsize>,
    #[cfg(target_os = "linux")]
    handle: handle::Slot,
}

impl Folders {
    /// The folders to serve, in order of precedence. One that is away, now or later (a drive that
    /// is not plugged in), is missed until it is there, and served from then on. What is there and
    /// is no directory, or cannot be read, is an error.
    pub fn new(roots: Vec<PathBuf>, symlinks: Symlinks) -> Result<Self, FoldersError> {
        // Absolute, so that a later change of the working directory means nothing; not resolved,
        // so that a folder that is itself a link can be pointed elsewhere while we run.
        let roots = roots.into_iter().map(error::usable_folder).collect::<Result<Vec<_>, _>>()?;
        Ok(Self(Arc::new(Inner {
            ways: roots.iter().map(|_| Way::default()).collect(),
            roots,
            symlinks,
            withheld: Withheld::default(),
            withheld_gate: Gate::default(),
        })))
    }

    /// Keeps these files back whatever path or link leads to them: a configuration file with keys
    /// in it, a TLS key. They are known by device and inode, also after an editor has replaced
    /// them, and need not exist yet. Replaces an earlier list.
    #[must_use]
    pub fn withhold(mut self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        let inner = Arc::make_mut(&mut self.0);
        inner.withheld = Withheld::new(files.into_iter().collect());
        self
    }

    /// The folders, absolute, in order of precedence.
    pub fn roots(&self) -> &[PathBuf] {
        &self.0.roots
    }

    /// Opens the file at `path` in the first folder that has it.
    pub async fn open(&self, path: &RelativePath) -> Result<OpenFile, OpenError> {
        let mut fault = None;
        for (index, way) in self.0.ways.iter().enumerate() {
            match self.open_in(index, way, path).await {
                Ok(opened) if self.is_withheld(&opened).await? => return Err(OpenError::NotFound),
                Ok(opened) => return Ok(opened.into_file(path.file_name(), &way.gate)),
                Err(Fault::Missing) => {}
                // Another folder may still have it.
                Err(Fault::Skip(error)) => fault = fault.or(Some(error)),
                // The next folder's file could be another film of the same name.
                Err(Fault::Stop(error)) => return Err(error),
            }
        }
        Err(fault.unwrap_or(OpenError::NotFound))
    }

    /// Opens a file in one folder: without waiting if that is enough to tell, else on a thread
    /// that may wait.
    async fn open_in(&self, index: usize, way: &Way, path: &RelativePath) -> Result<Opened, Fault> {
        #[cfg(target_os = "linux")]
        match way.handle.open(path.as_path(), self.0.symlinks) {
            handle::Try::Found(opened) => return Ok(opened),
            handle::Try::Missing => return Err(Fault::Missing),
            handle::Try::Unsure => {}
        }
        let (inner, path) = (Arc::clone(&self.0), path.clone());
        #[cfg(target_os = "linux")]
        let open = {
            let runtime = tokio::runtime::Handle::current();
            move || inner.open_linux(index, &path, &runtime)
        };
        #[cfg(not(target_os = "linux"))]
        let open = move || inner.open_portable(index, &path);
        way.gate.run(open).await.map_err(|error| Fault::Stop(OpenError::Disk(error)))?
    }

    async fn is_withheld(&self, opened: &Opened) -> Result<bool, OpenError> {
        if self.0.withheld.is_empty() {
            return Ok(false);
        }
        if let Some(known) = self.0.withheld.knows(opened) {
            return Ok(known);
        }
        let (inner, identity) = (Arc::clone(&self.0), opened.identity);
        let look = move || inner.withheld.look(identity);
        self.0.withheld_gate.run(look).await.map_err(OpenError::Disk)
    }
}

impl Inner {
    #[cfg(target_os = "linux")]
    fn open_linux(
        &self,
        index: usize,
        path: &RelativePath,
        runtime: &tokio::runtime::Handle,
    ) -> Result<Opened, Fault> {
        let root = self.roots.get(index).ok_or(Fault::Missing)?;
        let folder = handle::Folder::open(root).map_err(error::of_folder)?;
        let found = linux::open(&folder, path.as_path(), self.symlinks, &self.roots);
        if found.as_ref().is_err_and(linux::is_unsupported) {
            return self.open_portable(index, path);
        }
        // From now on, found or not, the calling threads can try this folder themselves.
        if let Some(way) = self.ways.get(index) {
            way.handle.keep(folder, runtime);
        }
        Opened::new(found.map_err(error::of_file)?)
    }

    fn open_portable(&self, index: usize, path: &RelativePath) -> Result<Opened, Fault> {
        let root = self.roots.get(index).ok_or(Fault::Missing)?;
        if !std::fs::metadata(root).map_err(error::of_folder)?.is_dir() {
            return Err(error::of_folder(std::io::ErrorKind::NotADirectory.into()));
        }
        let file = portable::open(root, path.as_path(), self.symlinks, &self.roots)
            .map_err(error::of_file)?;
        Opened::new(file)
    }
}

#[cfg(test)]
mod tests;
