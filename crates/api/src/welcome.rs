//! The page at `/`: plays one file by its path and says how to play it elsewhere. It lists
//! nothing, for the server lists no folders.
//!
//! It is one document, so that a browser that opened it with `?api_key=` needs to ask for nothing
//! else that would want the key.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::LazyLock,
};

use axum::response::IntoResponse;
use http::{HeaderValue, header};

struct Page {
    text: String,
    /// Nothing but what is in the page or comes from this server; no other site may frame it.
    policy: HeaderValue,
}

/// The page, put together once. It holds nothing that a client said, so one nonce for the life of
/// the process marks its own style and script well enough.
static PAGE: LazyLock<Page> = LazyLock::new(|| {
    let nonce = format!("{:016x}", RandomState::new().hash_one("page"));
    let text = include_str!("../page/page.html")
        .replace("{{style}}", include_str!("../page/page.css"))
        .replace("{{script}}", include_str!("../page/page.js"))
        .replace("{{nonce}}", &nonce);
    let policy = format!(
        "default-src 'self'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; \
         img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
    Page { text, policy }
});

/// `GET /`
pub(crate) fn page() -> impl IntoResponse {
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
