//! The pages: what `web/` was built into, embedded in the binary.
//!
//! ```text
//! /  /library  /watch/…  …          index.html, for whoever wants a page
//! /assets/index-4f2a.js             named after their content: kept for ever
//! /favicon.svg …                    other files beside index.html
//! ```
//!
//! Each file may lie there compressed as well (`.br`, `.gz`). A development build reads them
//! from the disk instead.

use std::borrow::Cow;

use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{Embed, EmbeddedFile};

use crate::{compression, etag};

/// What is embedded.
#[derive(Embed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

/// The pages load nothing from elsewhere, hold no script or style in themselves, and are framed by
/// nobody. Players make media and workers out of memory: `blob:`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; font-src 'self'; object-src 'none'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// Whether a path is one of the pages. What comes behind `/watch/` and the like is the page's own
/// business.
pub(crate) fn is_page(path: &str) -> bool {
    const PAGES: [&str; 13] = [
        "/",
        "/library",
        "/library/folders",
        "/library/duplicates",
        "/library/problems",
        "/search",
        "/favorites",
        "/favourites",
        "/tags",
        "/history",
        "/playlists",
        "/admin",
        "/settings",
    ];
    const BELOW: [&str; 3] = ["/watch/", "/playlists/", "/admin/"];
    PAGES.contains(&path) || BELOW.iter().any(|below| path.starts_with(below))
}

/// Whether a path is one of the embedded files: quick, for it is asked of every path.
pub(crate) fn is_asset(path: &str) -> bool {
    let name = path.get(1..).unwrap_or_default();
    let may_be = name.starts_with("assets/") || !name.contains('/');
    may_be && is_shown(name) && Built::get(name).is_some()
}

/// The page; before it was built, one that says how to build it.
pub(crate) fn page(headers: &HeaderMap) -> Response {
    match Built::get("index.html") {
        Some(_) => file("index.html", headers),
        None => unbuilt(),
    }
}

/// The page for an address of which there is nothing: it says so in its own looks.
pub(crate) fn unknown(headers: &HeaderMap) -> Response {
    // What a browser has is the page of another address, so it is never told that nothing has changed.
    let mut asked = HeaderMap::new();
    if let Some(codings) = headers.get(header::ACCEPT_ENCODING) {
        asked.insert(header::ACCEPT_ENCODING, codings.clone());
    }
    let mut response = page(&asked);
    *response.status_mut() = StatusCode::NOT_FOUND;
    let said = response.headers_mut();
    said.remove(header::ETAG);
    said.append(header::VARY, HeaderValue::from_static("accept"));
    // What is not there now may be there in a second.
    said.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// An embedded file; 404 when there is none of this name.
pub(crate) fn file(name: &str, headers: &HeaderMap) -> Response {
    let found = Built::get(name).filter(|_| is_shown(name));
    let Some(plain) = found else {
        return crate::problem::Problem::not_found("there is no such page").into_response();
    };
    let kind = kind_of(name);
    let compressed = compression::is_text_type(kind).then(|| coded(name, headers)).flatten();
    let (file, coding) = match compressed {
        Some((file, coding)) => (file, Some(coding)),
        None => (plain, None),
    };
    answer(name, kind, file, coding, headers)
}

fn answer(
    name: &str,
    kind: &'static str,
    file: EmbeddedFile,
    coding: Option<&'static str>,
    asked: &HeaderMap,
) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let keep = if name.starts_with("assets/") { FOR_EVER } else { ASK_FIRST };
    headers.insert(header::CACHE_CONTROL, keep);
    if compression::is_text_type(kind) {
        compression::vary(&mut headers);
    }
    if kind.starts_with("text/html") {
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        // The address may carry a key.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    let digest = file.metadata.sha256_hash();
    let digest =
        digest.iter().take(16).fold(0_u128, |digest, byte| digest << 8 | u128::from(*byte));
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{digest:032x}\"")) {
        headers.insert(header::ETAG, etag.clone());
        if etag::is_known(asked, &etag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    (headers, bytes).into_response()
}

/// The smallest form that the client takes and that was made.
fn coded(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, &'static str)> {
    [("br", "br"), ("gz", "gzip")].into_iter().find_map(|(suffix, coding)| {
        let file = compression::accepts(headers, coding)
            .then(|| Built::get(&format!("{name}.{suffix}")))?;
        Some((file?, coding))
    })
}

/// Compressed forms are no files of their own, and nothing hidden is shown.
fn is_shown(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && !matches!(name.rsplit_once('.'), Some((_, "br" | "gz")))
}

fn kind_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// Before `web/` was built there is nothing to show but how that is done.
fn unbuilt() -> Response {
    let text = "<!doctype html><html lang=en><meta charset=utf-8><title>Vidicon</title>\
                <h1>The pages are not built</h1>\
                <p>This Vidicon serves its API and its films, but was built without its pages. \
                Build them with <code>make web</code>, then build Vidicon again.</p>\
                <p><a href=/api/docs>What the API can do</a></p></html>\n";
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_a_few_names_and_files_keep_all_others() {
        for path in
            ["/", "/library", "/watch/a.mp4", "/watch/shows/a.mp4", "/playlists/3", "/admin/logs"]
        {
            assert!(is_page(path), "{path}");
        }
        for path in ["/a.mp4", "/libraries/a.mp4", "/library/a.mp4", "/watch", "/video/library"] {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn compressed_forms_and_hidden_files_are_no_files_of_their_own() {
        assert!(is_shown("assets/index-1.js") && is_shown("favicon.svg"));
        assert!(!is_shown("assets/index-1.js.br") && !is_shown(".vite") && !is_shown(""));
        assert!(!is_asset("/film.mp4") && !is_asset("/"));
    }

    #[test]
    fn a_page_that_was_not_built_says_how_to_build_it() {
        let response = unbuilt();
        assert_eq!(response.status(), 200);
        assert!(response.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    }
}
