//! The header fields of a reply.

use std::{ffi::OsStr, ops::Range};

use http::{
    HeaderMap, HeaderValue,
    header::{
        ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
        CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LAST_MODIFIED, X_CONTENT_TYPE_OPTIONS,
    },
};

use super::Policy;
use crate::{disposition, media_type::MediaType, multipart, validators::Validators};

/// What 200 and 206 say of the file, whichever part of it is sent.
pub(super) fn representation(
    validators: &Validators,
    media_type: MediaType,
    policy: &Policy,
) -> HeaderMap {
    // Room for these, and for what a range, a download and the layers above add.
    let mut headers = HeaderMap::with_capacity(16);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type.as_str()));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CACHE_CONTROL, cache_control(policy));
    headers.insert(ETAG, validators.etag().clone());
    headers.insert(LAST_MODIFIED, validators.last_modified());
    // The type is what we say, whatever the bytes look like.
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if media_type.is_active() {
        // A file in a media folder never acts as a page of ours: no scripts, an origin of its own.
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    }
    headers
}

/// What a 304 repeats (RFC 9110 section 15.4.5): what a cache needs to freshen its copy, no more.
pub(super) fn not_modified(validators: &Validators, policy: &Policy) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(CACHE_CONTROL, cache_control(policy));
    headers.insert(ETAG, validators.etag().clone());
    headers
}

pub(super) fn download(headers: &mut HeaderMap, name: &OsStr) {
    headers.insert(CONTENT_DISPOSITION, disposition::attachment(name));
}

/// For ever: the address changes when the bytes do.
pub(super) fn immutable(headers: &mut HeaderMap, policy: &Policy) {
    let value = if policy.private {
        "private, max-age=31536000, immutable"
    } else {
        "max-age=31536000, immutable"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(value));
}

pub(super) fn content_length(headers: &mut HeaderMap, len: u64) {
    headers.insert(CONTENT_LENGTH, HeaderValue::from(len));
}

pub(super) fn content_range(headers: &mut HeaderMap, range: &Range<u64>, len: u64) {
    if let Ok(value) = HeaderValue::try_from(multipart::content_range(range, len)) {
        headers.insert(CONTENT_RANGE, value);
    }
}

pub(super) fn multipart(headers: &mut HeaderMap, boundary: &str) {
    if let Ok(value) = HeaderValue::try_from(format!("multipart/byteranges; boundary={boundary}")) {
        headers.insert(CONTENT_TYPE, value);
    }
}

fn cache_control(policy: &Policy) -> HeaderValue {
    match (policy.max_age.as_secs(), policy.private) {
        (0, false) => HeaderValue::from_static("no-cache"),
        (0, true) => HeaderValue::from_static("private, no-cache"),
        // Never `public`: it would let shared caches keep what was given for a key.
        (seconds, private) => {
            let who = if private { "private, " } else { "" };
            HeaderValue::try_from(format!("{who}max-age={seconds}"))
                .unwrap_or(HeaderValue::from_static("no-cache"))
        }
    }
}
