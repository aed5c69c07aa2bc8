//! The complete reply to a GET or HEAD of a file: status, headers and plan of the body.
//!
//! What is not here: `Date` and the connection's own headers (hyper's), CORS and compression
//! (`api`'s), and the sending of the plan (`net`'s).

mod error;
mod head;

use std::{
    ffi::OsString,
    ops::Range,
    sync::Arc,
    time::{Duration, SystemTime},
};

use extents::{Extent, Part, Plan};
use http::{HeaderMap, Method, StatusCode};

pub use error::ReplyError;

use crate::{
    conditions::{self, Outcome},
    folders::OpenFile,
    forms::Forms,
    media_type::MediaType,
    multipart,
    ranges::{self, Selection, Unsatisfiable},
    read,
    validators::Validators,
};

/// Bodies up to this many bytes are read whole, so that they leave with their head in one write.
/// For larger ones `sendfile` costs less than the copy.
pub const INLINE_MAX: u64 = 32 * 1024;

/// What the owner of the server decided about replies.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// The most ranges that one request may ask for, at least 1.
    pub max_ranges: usize,
    /// How long caches may use a reply without asking again; in whole seconds. Zero: they ask
    /// every time, and mostly hear 304.
    pub max_age: Duration,
    /// Keep replies out of shared caches, for instance because an API key is needed to get them.
    pub private: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self { max_ranges: 32, max_age: Duration::ZERO, private: false }
    }
}

/// What the client asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// GET or HEAD; refusing other methods is the caller's.
    pub method: &'a Method,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
    /// Whether the file is to be saved rather than shown.
    pub download: bool,
}

/// A reply that can be sent.
#[derive(Clone, Debug)]
pub struct Reply {
    /// 200, 206 or 304.
    pub status: StatusCode,
    /// Every header that depends on the file, `Content-Length` included.
    pub headers: HeaderMap,
    /// The body. For HEAD the same length as for GET, never read: the caller leaves it out.
    pub plan: Plan,
    /// The media type of the file, which a 304 and a multipart body do not say in
    /// `Content-Type`: layers above whose headers depend on it must send the same ones with them
    /// (RFC 9110 section 15.4.5).
    pub media_type: MediaType,
}

/// Answers a request for an open file, by RFC 9110: preconditions first, then ranges.
///
/// `Range` is honoured for GET only (section 14.2); HEAD gets the headers of a GET without it.
pub async fn reply(file: OpenFile, ask: Ask<'_>, policy: &Policy) -> Result<Reply, ReplyError> {
    let validators = Validators::new(file.identity, file.len, file.modified, SystemTime::now());
    let media_type = MediaType::of(&file.name);
    let selection = match conditions::evaluate(ask.method, ask.headers, &validators) {
        Outcome::Failed(precondition) => return Err(ReplyError::PreconditionFailed(precondition)),
        Outcome::NotModified => return Ok(not_modified(&validators, media_type, policy)),
        Outcome::Proceed { range: true } => {
            ranges::select(ask.headers, file.len, policy.max_ranges)
        }
        Outcome::Proceed { range: false } => Selection::Whole,
    };
    let mut headers = head::representation(&validators, media_type, policy);
    if ask.download {
        head::download(&mut headers, &file.name);
    }
    let (status, plan) = match selection {
        Selection::Unsatisfiable(reason) => return Err(not_satisfiable(reason, file.len)),
        Selection::Whole => (StatusCode::OK, body(&file, 0..file.len, ask.method).await?),
        Selection::One(range) => {
            head::content_range(&mut headers, &range, file.len);
            (StatusCode::PARTIAL_CONTENT, body(&file, range, ask.method).await?)
        }
        Selection::Many(ranges) => {
            let boundary = multipart::boundary();
            let whole = Extent { file: Arc::clone(&file.file), range: 0..file.len };
            let whole = Plan::new([Part::Extent(whole)]);
            let plan = multipart::plan(&whole, &ranges, media_type.as_str(), &boundary);
            head::multipart(&mut headers, &boundary);
            (StatusCode::PARTIAL_CONTENT, plan)
        }
    };
    head::content_length(&mut headers, plan.len());
    Ok(Reply { status, headers, plan, media_type })
}

/// Something that is made from a file: a playlist, a segment, a clip.
#[derive(Clone, Debug)]
pub struct Made {
    /// All of it.
    pub plan: Plan,
    /// Its entity tag, without quotes; letters, digits and hyphens.
    pub tag: String,
    /// When the file that it is made from was changed last.
    pub modified: SystemTime,
    /// What it is.
    pub media_type: MediaType,
    /// Whether what its address names will never be other bytes: caches may keep it for ever.
    pub immutable: bool,
    /// What a download is called, if it is one.
    pub download: Option<OsString>,
    /// Where the compressed forms of a text that is kept are; none: it is made for this request.
    pub forms: Option<Arc<Forms>>,
}

/// Answers a request for something that is made, by the same rules as for a file.
pub fn reply_made(made: Made, ask: Ask<'_>, policy: &Policy) -> Result<Reply, ReplyError> {
    let Made { plan: whole, tag, modified, media_type, immutable, download, forms: _ } = made;
    let validators = Validators::tagged(&tag, modified, SystemTime::now());
    let (len, policy) = (whole.len(), Policy { max_age: Duration::ZERO, ..policy.clone() });
    let cache = |headers: &mut HeaderMap| {
        if immutable {
            head::immutable(headers, &policy);
        }
    };
    let selection = match conditions::evaluate(ask.method, ask.headers, &validators) {
        Outcome::Failed(precondition) => return Err(ReplyError::PreconditionFailed(precondition)),
        Outcome::NotModified => {
            let mut reply = not_modified(&validators, media_type, &policy);
            cache(&mut reply.headers);
            return Ok(reply);
        }
        Outcome::Proceed { range: true } => ranges::select(ask.headers, len, policy.max_ranges),
        Outcome::Proceed { range: false } => Selection::Whole,
    };
    let mut headers = head::representation(&validators, media_type, &policy);
    cache(&mut headers);
    if let Some(name) = download.filter(|_| ask.download) {
        head::download(&mut headers, &name);
    }
    let (status, plan) = match selection {
        Selection::Unsatisfiable(reason) => return Err(not_satisfiable(reason, len)),
        Selection::Whole => (StatusCode::OK, whole),
        Selection::One(range) => {
            head::content_range(&mut headers, &range, len);
            (StatusCode::PARTIAL_CONTENT, whole.slice(range))
        }
        Selection::Many(ranges) => {
            let boundary = multipart::boundary();
            let plan = multipart::plan(&whole, &ranges, media_type.as_str(), &boundary);
            head::multipart(&mut headers, &boundary);
            (StatusCode::PARTIAL_CONTENT, plan)
        }
    };
    head::content_length(&mut headers, plan.len());
    Ok(Reply { status, headers, plan, media_type })
}

fn not_modified(validators: &Validators, media_type: MediaType, policy: &Policy) -> Reply {
    Reply {
        status: StatusCode::NOT_MODIFIED,
        headers: head::not_modified(validators, policy),
        plan: Plan::default(),
        media_type,
    }
}

fn not_satisfiable(reason: Unsatisfiable, len: u64) -> ReplyError {
    ReplyError::RangeNotSatisfiable { reason, len }
}

/// One stretch of the file as a body: read if it is small and wanted, else left where it is.
async fn body(file: &OpenFile, range: Range<u64>, method: &Method) -> Result<Plan, ReplyError> {
    let small = range.end.saturating_sub(range.start) <= INLINE_MAX;
    let part = if small && !range.is_empty() && *method == Method::GET {
        Part::Bytes(read::read_range(&file.file, range, &file.gate).await?)
    } else {
        Part::Extent(Extent { file: Arc::clone(&file.file), range })
    };
    Ok(Plan::new([part]))
}

#[cfg(test)]
mod tests;
