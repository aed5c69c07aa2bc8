//! The description of the API for people, at `/api/docs`, and for programs, at
//! `/api/v1/openapi.json`.
//!
//! The page is one document, so that a browser that opened it with `?api_key=` needs to ask for
//! nothing else but the description.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::LazyLock,
};

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{etag, openapi};

struct Page {
    text: String,
    /// Nothing but what is in the page or comes from this server; no other site may frame it.
    policy: HeaderValue,
}

/// The page, put together once. It holds nothing that a client said, so one nonce for the life of
/// the process marks its own style and script well enough.
static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let nonce = format!("{:016x}", RandomState::new().hash_one("docs"));
    let text = include_str!("../page/docs.html")
        .replace("{{style}}", include_str!("../page/docs.css"))
        .replace("{{script}}", include_str!("../page/docs.js"))
        .replace("{{nonce}}", &nonce);
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    Page { text, policy }
});

/// `GET /api/docs`
pub(crate) async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, PAGE.policy.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        // The address may carry a key.
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, PAGE.text.as_str())
}

/// The description of the API
///
/// OpenAPI 3.1, this document.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "server", operation_id = "openapi",
    responses((status = 200, description = "The document", body = Object, content_type = "application/json"),
        (status = 304, description = "It is what `If-None-Match` shows"))
)]
pub(crate) async fn openapi_json(headers: HeaderMap) -> Response {
    static ETAG: LazyLock<HeaderValue> =
        LazyLock::new(|| etag::of_text(openapi::openapi().as_bytes()));
    let said = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, ETAG.clone()),
    ];
    if etag::is_known(&headers, &ETAG) {
        return (StatusCode::NOT_MODIFIED, said).into_response();
    }
    (said, openapi::openapi()).into_response()
}
