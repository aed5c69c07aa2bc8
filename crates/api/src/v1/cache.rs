//! `/api/v1/cache`: answers that are kept for a moment, and forgetting them.

use axum::{Json as Answer, extract::State};
use library::CacheStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::Shared;

/// Of what use the answers are that are kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CacheStatus)]
pub(crate) struct Cache {
    /// Answers that are kept.
    entries: u64,
    /// Questions that were answered from them since the start.
    hits: u64,
    /// Questions that were not.
    misses: u64,
    /// The share of the first, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    hit_rate: f64,
    /// How long an answer is kept at most, in seconds.
    ttl_seconds: u64,
}

impl From<CacheStatus> for Cache {
    #[allow(clippy::cast_precision_loss, reason = "a share need not be exact")]
    fn from(status: CacheStatus) -> Self {
        let CacheStatus { entries, hits, misses, ttl_seconds } = status;
        let asked = hits.saturating_add(misses).max(1);
        Self { entries, hits, misses, hit_rate: hits as f64 / asked as f64, ttl_seconds }
    }
}

/// Of what use the answers are that are kept
///
/// Lists are kept until something is written, and for `library.cache_ttl` at most.
#[utoipa::path(
    get, path = "/api/v1/cache", tag = "admin", operation_id = "cache",
    responses((status = 200, description = "Since the start", body = Cache)),
)]
pub(crate) async fn status(State(shared): State<Shared>) -> Answer<Cache> {
    Answer(shared.library.cache_status().into())
}

/// Forget the answers that are kept
#[utoipa::path(
    post, path = "/api/v1/cache/refresh", tag = "admin", operation_id = "refresh_cache",
    responses((status = 200, description = "None are kept", body = Cache)),
)]
pub(crate) async fn refresh(State(shared): State<Shared>) -> Answer<Cache> {
    shared.library.refresh_cache();
    Answer(shared.library.cache_status().into())
}

/// Of what use the cache is, for older clients
#[utoipa::path(
    get, path = "/admin/cache/status", tag = "old", operation_id = "old_cache",
    responses((status = 200, description = "Since the start", body = Cache)),
)]
pub(crate) async fn old_status(shared: State<Shared>) -> Answer<Cache> {
    status(shared).await
}

/// Forget what the cache holds, for older clients
#[utoipa::path(
    post, path = "/admin/cache/refresh", tag = "old", operation_id = "old_refresh_cache",
    responses((status = 200, description = "It is empty", body = Cache)),
)]
pub(crate) async fn old_refresh(shared: State<Shared>) -> Answer<Cache> {
    refresh(shared).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_none() {
        let cache = Cache::from(CacheStatus::default());
        assert!(cache.hit_rate.abs() < f64::EPSILON);
    }
}
