//! What pictures are made of.

use std::{fs::File, sync::Arc};

use delivery::{
    Folders,
    films::{Film, FilmError, Films},
};
use media::Unreadable;

use crate::NoPicture;

/// A video of which pictures are made.
#[derive(Clone, Debug)]
pub enum Subject {
    /// One with an index: only what is needed of it is read.
    Film(Arc<Film>),
    /// One that ffmpeg has to read by itself: AVI, FLV and others.
    File(Arc<File>),
}

impl Subject {
    /// The video with this name: a content id, or the path of its file as a URL has it.
    pub async fn named(films: &Films, folders: &Folders, name: &str) -> Result<Self, NoPicture> {
        match films.named(name).await {
            // What cannot be played may be shown all the same.
            Ok(film) | Err(FilmError::NothingToPlay { film, .. }) => Ok(Self::Film(film)),
            Err(FilmError::NeedsPreparation { path, .. }) => {
                let file = folders.open(&path).await.map_err(FilmError::from)?;
                Ok(Self::File(file.file))
            }
            Err(FilmError::Unreadable(damage)) => {
                let path = delivery::RelativePath::from_url_path(name);
                match (damage, path) {
                    // ffmpeg may make more of it.
                    (Unreadable::Damaged(_) | Unreadable::TooLarge(_), Ok(path)) => {
                        let file = folders.open(&path).await.map_err(FilmError::from)?;
                        Ok(Self::File(file.file))
                    }
                    (damage, _) => Err(damage.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The open file.
    pub(crate) fn file(&self) -> &Arc<File> {
        match self {
            Self::Film(film) => &film.source.file,
            Self::File(file) => file,
        }
    }
}
