//! Videos by the names that people and older programs have for them.

use catalogue::UserId;
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
        let mut places = self.0.store.at_path(&url).await?;
        if places.is_empty() && !url.contains('/') {
            places = self.0.store.with_name(&url, 16).await?;
        }
        places.dedup_by_key(|(video, _)| *video);
        match places.as_slice() {
            [] => Err(nothing()),
            [(video, _)] => self.0.store.videos(user, &[*video]).await?.pop().ok_or_else(nothing),
            several => {
                Err(LibraryError::Ambiguous(several.iter().map(|(_, path)| path.clone()).collect()))
            }
        }
    }
}
