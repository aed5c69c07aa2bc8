//! Any conditional fields: the order of RFC 9110 section 13.2.2 holds, judged by a second, plainer
//! reading of it that only looks at which fields decide.
#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use delivery::{
    FileIdentity,
    conditions::{Outcome, Precondition, evaluate},
    validators::Validators,
};
use http::{HeaderMap, HeaderValue, Method, header};
use libfuzzer_sys::fuzz_target;

const NAMES: [header::HeaderName; 6] = [
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_UNMODIFIED_SINCE,
    header::IF_RANGE,
    header::RANGE,
];

fuzz_target!(|input: (u8, u32, Vec<(u8, &[u8])>)| {
    let (method, modified, lines) = input;
    let method = [Method::GET, Method::HEAD, Method::PUT][usize::from(method) % 3].clone();
    let modified = UNIX_EPOCH + Duration::from_secs(modified.into());
    let identity = FileIdentity { dev: 0, ino: 1 };
    let validators = Validators::new(identity, 1, modified, modified + Duration::from_secs(60));
    let mut headers = HeaderMap::new();
    for (name, value) in &lines {
        // Some values are ours, or nothing would ever match.
        let value = match *value {
            b"e" => Ok(validators.etag().clone()),
            b"d" => Ok(validators.last_modified()),
            value => HeaderValue::from_bytes(value),
        };
        if let Ok(value) = value {
            headers.append(NAMES[usize::from(*name) % NAMES.len()].clone(), value);
        }
    }
    let has = |name: &header::HeaderName| headers.contains_key(name);
    // Whether some line is ours or `*` as a whole: then a list matches for certain.
    let certain = |name: &header::HeaderName| {
        headers
            .get_all(name)
            .iter()
            .any(|line| line == validators.etag() || line == "*")
    };
    let reads = method != Method::PUT;
    match evaluate(&method, &headers, &validators) {
        Outcome::Failed(Precondition::IfMatch) => {
            assert!(has(&header::IF_MATCH) && !certain(&header::IF_MATCH));
        }
        Outcome::Failed(Precondition::IfUnmodifiedSince) => {
            assert!(has(&header::IF_UNMODIFIED_SINCE) && !has(&header::IF_MATCH));
        }
        Outcome::Failed(Precondition::IfNoneMatch) => {
            assert!(has(&header::IF_NONE_MATCH) && !reads)
        }
        Outcome::NotModified => {
            assert!(reads && (has(&header::IF_NONE_MATCH) || has(&header::IF_MODIFIED_SINCE)));
        }
        Outcome::Proceed { range } => {
            assert!(!certain(&header::IF_NONE_MATCH));
            assert!(!range || (method == Method::GET && has(&header::RANGE)));
        }
    }
});
