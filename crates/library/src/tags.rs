//! Tags as things of their own: made, renamed, coloured, made one, taken away.

use catalogue::TagId;
use store::TagRow;

use crate::{Library, error::LibraryError, now_ms};

impl Library {
    /// The tag with this name, whatever its case.
    pub async fn tag_named(&self, name: &str) -> Result<Option<TagRow>, LibraryError> {
        Ok(self.0.store.tag_named(name).await?)
    }

    /// A new tag.
    pub async fn new_tag(&self, name: &str, colour: Option<&str>) -> Result<TagRow, LibraryError> {
        self.follow(self.0.store.new_tag(name, colour, now_ms()).await?).await
    }

    /// Gives a tag another name or colour, if nobody else did since `version`, if one is given; what is none stays.
    pub async fn edit_tag(
        &self,
        tag: TagId,
        name: Option<&str>,
        colour: Option<Option<&str>>,
        version: Option<i64>,
    ) -> Result<TagRow, LibraryError> {
        let done = self.0.store.edit_tag(tag, name, colour, version, now_ms()).await?;
        self.follow(done).await
    }

    /// Takes a tag away from all videos, and away.
    pub async fn delete_tag(&self, tag: TagId) -> Result<(), LibraryError> {
        self.follow(self.0.store.delete_tag(tag, now_ms()).await?).await
    }

    /// Gives all videos of a tag another one instead, and takes the first away; the one that stays.
    pub async fn merge_tags(&self, tag: TagId, into: TagId) -> Result<TagRow, LibraryError> {
        self.follow(self.0.store.merge_tags(tag, into, now_ms()).await?).await
    }
}
