//! The media folders: from a checked relative path to an open regular file, and never to one that
//! the folders, the policy for links or the owner's wish keeps back.
//!
//! Several folders form a union: the first that has the path as a regular file wins. What is
//! decided about the file after it is open (validators, ranges, types) is [`reply()`](crate::reply())'s.
//!
//! On Linux a hot file on a local disk is opened on the calling thread, because the kernel is
//! told to answer from its caches or not at all; whatever might wait for a disk or a network goes
//! to the blocking pool, so that one slow drive never delays another client. Elsewhere every open
//! goes to the pool.

mod error;
mod opened;
mod portable;
mod reading;
mod withheld;

#[cfg(target_os = "linux")]
mod handle;
#[cfg(target_os = "linux")]
mod linux;

use std::{path::PathBuf, sync::Arc};

pub use error::{FoldersError, OpenError};
pub use opened::{FileIdentity, OpenFile};

use self::{error::Fault, opened::Opened, withheld::Withheld};
use crate::path::RelativePath;

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
    symlinks: Symlinks,
    withheld: Withheld,
    /// One per root, in the same order.
    #[cfg(target_os = "linux")]
    handles: Vec<handle::Slot>,
}

impl Folders {
    /// The folders to serve, in order of precedence. Each must be a directory now; one that goes
    /// away later (a drive that is pulled out) is missed until it comes back.
    pub fn new(roots: Vec<PathBuf>, symlinks: Symlinks) -> Result<Self, FoldersError> {
        // Absolute, so that a later change of the working directory means nothing; not resolved,
        // so that a folder that is itself a link can be pointed elsewhere while we run.
        let roots = roots.into_iter().map(error::usable_folder).collect::<Result<Vec<_>, _>>()?;
        Ok(Self(Arc::new(Inner {
            #[cfg(target_os = "linux")]
            handles: roots.iter().map(|_| handle::Slot::default()).collect(),
            roots,
            symlinks,
            withheld: Withheld::default(),
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
        let opened = match self.open_hot(path) {
            Hot::Found(opened) => opened,
            Hot::Missing => return Err(OpenError::NotFound),
            Hot::Ask { first } => self.open_cold(path, first).await?,
        };
        if !self.0.withheld.is_empty() && self.is_withheld(&opened).await? {
            return Err(OpenError::NotFound);
        }
        Ok(opened.into_file(path.file_name()))
    }

    /// Tries each folder without waiting for anything.
    #[cfg(target_os = "linux")]
    fn open_hot(&self, path: &RelativePath) -> Hot {
        for (index, slot) in self.0.handles.iter().enumerate() {
            match slot.open(path.as_path(), self.0.symlinks) {
                handle::Try::Found(opened) => return Hot::Found(opened),
                handle::Try::Missing => {}
                handle::Try::Unsure => return Hot::Ask { first: index },
            }
        }
        Hot::Missing
    }

    #[cfg(not(target_os = "linux"))]
    #[allow(clippy::unused_self)]
    fn open_hot(&self, _path: &RelativePath) -> Hot {
        Hot::Ask { first: 0 }
    }

    /// Tries the folders from `first` on, on a thread that may wait.
    async fn open_cold(&self, path: &RelativePath, first: usize) -> Result<Opened, OpenError> {
        let (inner, path) = (Arc::clone(&self.0), path.clone());
        #[cfg(target_os = "linux")]
        let runtime = tokio::runtime::Handle::current();
        wait_for(move || {
            let mut fault = None;
            for index in first..inner.roots.len() {
                #[cfg(target_os = "linux")]
                let found = inner.open_linux(index, &path, &runtime);
                #[cfg(not(target_os = "linux"))]
                let found = inner.open_portable(index, &path);
                match found {
                    Ok(opened) => return Ok(opened),
                    Err(Fault::Missing) => {}
                    // Another folder may still have it.
                    Err(Fault::Skip(error)) => fault = fault.or(Some(error)),
                    // The next folder's file could be another film of the same name.
                    Err(Fault::Stop(error)) => return Err(error),
                }
            }
            Err(fault.unwrap_or(OpenError::NotFound))
        })
        .await?
    }

    async fn is_withheld(&self, opened: &Opened) -> Result<bool, OpenError> {
        if let Some(known) = self.0.withheld.knows(opened) {
            return Ok(known);
        }
        let (inner, identity) = (Arc::clone(&self.0), opened.identity);
        wait_for(move || inner.withheld.look(identity)).await
    }
}

/// What could be said without waiting.
enum Hot {
    Found(Opened),
    /// No folder has it.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    Missing,
    /// Ask again on a thread that may wait, from this folder on.
    Ask {
        first: usize,
    },
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
        if let Some(slot) = self.handles.get(index) {
            slot.keep(folder, runtime);
        }
        Opened::new(found.map_err(error::of_file)?)
    }

    fn open_portable(&self, index: usize, path: &RelativePath) -> Result<Opened, Fault> {
        let root = self.roots.get(index).ok_or(Fault::Missing)?;
        std::fs::metadata(root).map_err(error::of_folder)?;
        let file = portable::open(root, path.as_path(), self.symlinks, &self.roots)
            .map_err(error::of_file)?;
        Opened::new(file)
    }
}

/// Runs something that may wait for a disk away from the threads that serve others.
async fn wait_for<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, OpenError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| OpenError::Disk(std::io::Error::other(error)))
}

#[cfg(test)]
mod tests;
