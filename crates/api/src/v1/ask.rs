//! Queries as the catalogue takes them: with the names of tags and the playlist looked up.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::{SystemTime, UNIX_EPOCH},
};

use catalogue::{FacetKind, Filters, PlaylistId, Query, Sort, TagId, UserId};
use library::Library;

use super::filter::{BatchQuery, ListQuery, RandomQuery, Selection, Wanted, seed};
use crate::problem::Problem;

/// What a list's query means.
pub(crate) async fn list(library: &Library, wanted: &ListQuery) -> Result<Query, Problem> {
    let (sort, descending) = wanted.order();
    let query = resolve(library, wanted.wanted(now_ms())?).await?;
    Ok(Query { sort, descending, seed: seed(wanted.seed)?.unwrap_or(0), ..query })
}

/// What a selection means; the order does not matter.
pub(crate) async fn selection(library: &Library, wanted: &Selection) -> Result<Query, Problem> {
    resolve(library, wanted.wanted(now_ms())?).await
}

/// The same for a batch.
pub(crate) async fn batch(library: &Library, wanted: &BatchQuery) -> Result<Query, Problem> {
    resolve(library, wanted.wanted(now_ms())?).await
}

/// The same of those among which one is chosen.
pub(crate) async fn random(library: &Library, wanted: &RandomQuery) -> Result<Query, Problem> {
    resolve(library, wanted.wanted(now_ms())?).await
}

/// A seed that nobody can foretell, and that JavaScript can count to.
pub(crate) fn any_seed() -> u64 {
    RandomState::new().hash_one("seed") >> 11
}

/// A value as one element of a list in a query.
pub(crate) fn escaped(kind: FacetKind, value: String) -> String {
    match kind {
        FacetKind::Folder => value,
        _ if value.contains([',', '\\']) => value.replace('\\', "\\\\").replace(',', "\\,"),
        _ => value,
    }
}

/// Nobody has this tag: what is asked for by a name that is none.
const NOBODYS: TagId = TagId(-1);

async fn resolve(library: &Library, wanted: Wanted) -> Result<Query, Problem> {
    let Wanted { text, all_tags, any_tags, not_tags, playlist, filters } = wanted;
    let mut filters = Filters {
        all_tags: tags(library, &all_tags).await?,
        any_tags: tags(library, &any_tags).await?,
        no_tags: tags(library, &not_tags).await?,
        ..filters
    };
    if let Some(playlist) = playlist {
        let id = PlaylistId(playlist);
        filters.playlist = Some((id, library.playlist_videos(UserId::HOUSEHOLD, id).await?));
    }
    Ok(Query {
        user: UserId::HOUSEHOLD,
        text,
        filters,
        sort: Sort::Title,
        descending: false,
        seed: 0,
    })
}

async fn tags(library: &Library, names: &[String]) -> Result<Vec<TagId>, Problem> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        ids.push(library.tag_named(name).await?.map_or(NOBODYS, |tag| tag.id));
    }
    Ok(ids)
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
