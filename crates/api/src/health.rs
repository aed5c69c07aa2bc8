//! Is it alive.

use axum::{Json, response::IntoResponse};
use http::header;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether the server is alive.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `healthy`.
    status: &'static str,
    /// The version of Vidicon.
    version: &'static str,
}

/// Whether it is alive
///
/// Whoever gets an answer knows.
#[utoipa::path(get, path = "/health", tag = "server", responses((status = 200, description = "It is", body = Health)))]
pub(crate) async fn health() -> impl IntoResponse {
    let body = Health { status: "healthy", version: env!("CARGO_PKG_VERSION") };
    ([(header::CACHE_CONTROL, "no-store")], Json(body))
}
