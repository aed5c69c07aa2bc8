//! What people do with single videos.

use catalogue::{Personal, UserId};
use media::ContentId;
use store::{Edit, TagRow};

use crate::{Library, error::LibraryError, now_ms};

impl Library {
    /// Gives stars, 1 to 5, or takes them away.
    pub async fn rate(
        &self,
        user: UserId,
        id: ContentId,
        rating: Option<u8>,
    ) -> Result<Personal, LibraryError> {
        check_rating(rating)?;
        let done = self.0.store.rate(user, id, rating, now_ms()).await?;
        self.follow(done).await
    }

    /// Makes it a favourite, or no longer one.
    pub async fn favourite(
        &self,
        user: UserId,
        id: ContentId,
        favourite: bool,
    ) -> Result<Personal, LibraryError> {
        let done = self.0.store.favourite(user, id, favourite, now_ms()).await?;
        self.follow(done).await
    }

    /// Says that it was watched, or was not. Either way there is no place left to go on from.
    pub async fn watched(
        &self,
        user: UserId,
        id: ContentId,
        watched: bool,
    ) -> Result<Personal, LibraryError> {
        let done = self.0.store.watched(user, id, watched, now_ms()).await?;
        self.follow(done).await
    }

    /// Notes how far somebody is, in milliseconds. Near the end it counts as watched.
    pub async fn progress(
        &self,
        user: UserId,
        id: ContentId,
        position_ms: u64,
    ) -> Result<Personal, LibraryError> {
        let done = self.0.store.progress(user, id, position_ms, 0, now_ms()).await?;
        self.follow(done).await
    }

    /// Counts a view; how many there are now.
    pub async fn view(&self, user: UserId, id: ContentId) -> Result<u64, LibraryError> {
        let done = self.0.store.view(user, id, now_ms()).await?;
        self.follow(done).await
    }

    /// Changes title, description and so on, if nobody else did since `version`, if one is given; its new version.
    pub async fn edit(
        &self,
        id: ContentId,
        edit: Edit,
        version: Option<i64>,
    ) -> Result<i64, LibraryError> {
        let done = self.0.store.edit(id, edit, version, now_ms()).await?;
        self.follow(done).await
    }

    /// Gives it a tag; one that does not exist yet is made.
    pub async fn tag(&self, id: ContentId, name: &str) -> Result<(), LibraryError> {
        let video = self.number(id).await?;
        let done = self.0.store.tag(&[video], name, now_ms()).await?;
        self.follow(done).await.map(drop)
    }

    /// Takes a tag away.
    pub async fn untag(&self, id: ContentId, name: &str) -> Result<(), LibraryError> {
        let video = self.number(id).await?;
        let done = self.0.store.untag(&[video], name, now_ms()).await?;
        self.follow(done).await.map(drop)
    }

    /// Gives it these tags and no others.
    pub async fn set_tags(
        &self,
        id: ContentId,
        names: &[String],
    ) -> Result<Vec<TagRow>, LibraryError> {
        let done = self.0.store.set_tags(id, names, now_ms()).await?;
        self.follow(done).await
    }

    /// All tags, by name, with how many videos have each.
    pub async fn tags(&self) -> Result<Vec<TagRow>, LibraryError> {
        if self.is_open().is_err() {
            return Ok(self.0.store.tags_all().await?);
        }
        let mut tags = self.0.store.tags_uncounted().await?;
        let catalogue = self.catalogue();
        for tag in &mut tags {
            tag.count = catalogue.tag_count(tag.id);
        }
        Ok(tags)
    }

    /// The number of a video.
    pub(crate) async fn number(&self, id: ContentId) -> Result<catalogue::VideoId, LibraryError> {
        self.0.store.number_of(id).await?.ok_or(LibraryError::NotFound("such video"))
    }
}

/// That stars are 1 to 5, or none.
pub(crate) fn check_rating(rating: Option<u8>) -> Result<(), LibraryError> {
    match rating {
        Some(stars) if !(1..=5).contains(&stars) => {
            Err(LibraryError::Refused("a rating is 1 to 5 stars".to_owned()))
        }
        _ => Ok(()),
    }
}
