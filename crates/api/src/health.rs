//! Is it alive.

use axum::{Json, response::IntoResponse};
use http::header;
use serde_json::json;

/// `GET /health`: whoever gets an answer knows.
pub(crate) async fn health() -> impl IntoResponse {
    let body = json!({ "status": "healthy", "version": env!("CARGO_PKG_VERSION") });
    ([(header::CACHE_CONTROL, "no-store")], Json(body))
}
