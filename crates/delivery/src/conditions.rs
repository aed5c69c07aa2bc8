//! Conditional requests: RFC 9110 section 13, for a file that exists.
//!
//! Pure: validators and headers in, a decision out. What does not parse never matches (tags) or
//! is ignored (dates), as the standard asks for each field.

mod tags;

use std::time::SystemTime;

use http::{
    HeaderMap, HeaderName, Method,
    header::{IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE},
};

use crate::validators::Validators;

/// What the preconditions of a request ask for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Answer as if there were no preconditions.
    Proceed {
        /// Whether `Range` is to be looked at: this is a GET that has one and `If-Range` allows it.
        range: bool,
    },
    /// 304: what the client has is current.
    NotModified,
    /// 412: the file is not what the client thinks it is.
    Failed(Precondition),
}

/// The field that a 412 is owed to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Precondition {
    /// `If-Match`
    IfMatch,
    /// `If-Unmodified-Since`
    IfUnmodifiedSince,
    /// `If-None-Match`, of a request that is neither GET nor HEAD.
    IfNoneMatch,
}

impl Precondition {
    /// The name of the field as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::IfMatch => "If-Match",
            Self::IfUnmodifiedSince => "If-Unmodified-Since",
            Self::IfNoneMatch => "If-None-Match",
        }
    }
}

/// Evaluates the preconditions in the order of RFC 9110 section 13.2.2; the numbers are its steps.
pub fn evaluate(method: &Method, headers: &HeaderMap, validators: &Validators) -> Outcome {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    // 1 and 2
    if headers.contains_key(IF_MATCH) {
        if !tags::any_strong(&headers.get_all(IF_MATCH), validators.etag()) {
            return Outcome::Failed(Precondition::IfMatch);
        }
    } else if date(headers, &IF_UNMODIFIED_SINCE).is_some_and(|date| validators.modified() > date) {
        return Outcome::Failed(Precondition::IfUnmodifiedSince);
    }
    // 3 and 4
    if headers.contains_key(IF_NONE_MATCH) {
        if tags::any_weak(&headers.get_all(IF_NONE_MATCH), validators.etag()) {
            return if reads {
                Outcome::NotModified
            } else {
                Outcome::Failed(Precondition::IfNoneMatch)
            };
        }
    } else if reads
        && date(headers, &IF_MODIFIED_SINCE).is_some_and(|date| validators.modified() <= date)
    {
        return Outcome::NotModified;
    }
    // 5 and 6
    Outcome::Proceed {
        range: *method == Method::GET
            && headers.contains_key(RANGE)
            && if_range(headers, validators),
    }
}

/// `If-Range` (section 13.1.5): a strong tag, or a date that is exactly ours and strong. Anything
/// else, several lines included, sends the whole file, which is never wrong.
fn if_range(headers: &HeaderMap, validators: &Validators) -> bool {
    let mut lines = headers.get_all(IF_RANGE).iter();
    match (lines.next(), lines.next()) {
        (None, _) => true,
        (Some(line), None) => {
            // A strong tag is equal byte for byte; a weak one begins with `W/` and never is.
            line == validators.etag()
                || (validators.date_is_strong()
                    && line.to_str().ok().and_then(|line| httpdate::parse_http_date(line).ok())
                        == Some(validators.modified()))
        }
        (Some(_), Some(_)) => false,
    }
}

/// The date of a field; `None` where it is absent, no HTTP-date, or given more than once.
fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next()?.to_str().ok()?;
    if lines.next().is_some() {
        return None;
    }
    httpdate::parse_http_date(line).ok()
}

#[cfg(test)]
mod tests;
