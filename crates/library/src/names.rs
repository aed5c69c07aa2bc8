//! Videos by the names that people and older programs have for them.

use catalogue::{UserId, VideoId};
use media::ContentId;
use store::VideoRow;

use crate::{Library, error::LibraryError};

impl Library {
    /// The video that is meant by a content id, by a path below the media folders as a URL has it, or
    /// by the name of its file alone where only one video has it.
    pub async fn meant(&self, user: UserId, name: &str) -> Result<VideoRow, LibraryError> {
        if let Ok(id) = name.parse::<ContentId>()
            && let Some(video) = self.0.store.video(user, id).await?
        {
            return Ok(video);
        }
        let nothing = || LibraryError::NotFound("such video");
        let path = delivery::RelativePath::from_url_path(name).map_err(|_| nothing())?;
        let url = path.to_url_path();
        let places = self.places(&url).await?;
        match places.as_slice() {
            [] => Err(nothing()),
            [(video, _)] => self.0.store.videos(user, &[*video]).await?.pop().ok_or_else(nothing),
            several => {
                Err(LibraryError::Ambiguous(several.iter().map(|(_, path)| path.clone()).collect()))
            }
        }
    }

    /// The videos that a path means, each with the path of a file: the one that is there; those that are
    /// elsewhere by that name, if it is a name alone; the one that was there.
    pub(crate) async fn places(&self, url: &str) -> Result<Vec<(VideoId, String)>, LibraryError> {
        let store = &self.0.store;
        let mut places = store.at_path(url, true).await?;
        if places.is_empty() && !url.contains('/') {
            places = store.with_name(url, 16).await?;
            places.sort_by_key(|(video, _)| *video);
            places.dedup_by_key(|(video, _)| *video);
        }
        if places.is_empty() {
            places = store.at_path(url, false).await?;
        }
        Ok(places)
    }
}
