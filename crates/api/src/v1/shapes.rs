//! Parts of bodies whose bounds no attribute can state: texts and lists that are of limited length wherever they stand.

use serde::Deserialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type},
    },
};

use crate::input::maybe_whole;

/// The most tags of one video.
const TAGS: usize = 200;
/// The longest name of a tag, in characters.
const TAG: usize = 100;
/// The longest name of a playlist, and the longest title, in characters.
const PLAYLIST: usize = 200;
const TITLE: usize = 500;
/// The most ids of one batch; a query may mean more.
pub(crate) const IDS: usize = 10_000;

/// The id of a video.
#[derive(ToSchema)]
#[schema(as = VideoId, value_type = String, pattern = "^[0-7][0-9a-hjkmnp-tv-z]{25}$")]
pub(crate) struct VideoIdText(#[allow(dead_code, reason = "only described")] String);

/// Ids of videos.
#[derive(Debug, Deserialize)]
pub(crate) struct VideoIds(pub(crate) Vec<String>);

/// The name of a tag.
#[derive(Debug, Deserialize)]
pub(crate) struct TagText(pub(crate) String);

/// The name of a playlist.
pub(crate) struct PlaylistText;

/// A title.
pub(crate) struct TitleText;

/// The names of tags.
#[derive(Debug, Deserialize)]
pub(crate) struct TagNames(pub(crate) Vec<String>);

/// Stars; `null` takes them away.
#[derive(Debug, Deserialize)]
pub(crate) struct Stars(#[serde(deserialize_with = "maybe_whole")] pub(crate) Option<u8>);

/// What a name is: something is to be seen of it, and it has no control characters but those that are blanks.
const NAME: &str = "^[^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f]*\
    [^\\x00-\\x20\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]\
    [^\\x00-\\x08\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f]*$";

/// Always true.
#[derive(Debug, Deserialize)]
pub(crate) struct Only(pub(crate) bool);

fn name(longest: usize) -> ObjectBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.min_length(Some(1)).max_length(Some(longest)).pattern(Some(NAME))
}

fn tag() -> ObjectBuilder {
    name(TAG)
}

macro_rules! shape {
    ($name:ident: $schema:expr) => {
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.into()
            }
        }

        impl ToSchema for $name {}
    };
}

shape! { PlaylistText: name(PLAYLIST).description(Some("The name of a playlist.")) }
shape! { TitleText: name(TITLE).description(Some("A title.")) }
shape! { TagText: tag().description(Some("The name of a tag.")) }
shape! { TagNames: ArrayBuilder::new().items(tag()).max_items(Some(TAGS)).description(Some("Names of tags.")) }
shape! { VideoIds: ArrayBuilder::new().items(VideoIdText::schema()).max_items(Some(IDS)).description(Some("Ids of videos.")) }
shape! { Only: ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).description(Some("Always true.")) }
shape! { Stars: ObjectBuilder::new()
.schema_type(SchemaType::from_iter([Type::Integer, Type::Null]))
.minimum(Some(1))
.maximum(Some(5))
.description(Some("Stars; `null` takes them away.")) }
