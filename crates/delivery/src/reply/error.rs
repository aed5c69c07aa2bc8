//! Why a file that is open gives no reply.

use std::io;

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{ACCEPT_RANGES, CONTENT_RANGE},
};

use crate::{conditions::Precondition, ranges::Unsatisfiable, read::ReadError};

/// Why there is no reply. The text is for the client.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// 416
    #[error("{reason}; the file has {len} bytes")]
    RangeNotSatisfiable {
        /// Which rule says so.
        reason: Unsatisfiable,
        /// The length of the file.
        len: u64,
    },
    /// 412
    #[error("the file is not the one that {} asks for", .0.name())]
    PreconditionFailed(Precondition),
    /// 500: the file ended before the length that was about to be announced.
    #[error("the file became shorter while it was read")]
    Shrank,
    /// 500
    #[error("the file cannot be read")]
    Read(#[source] io::Error),
}

impl ReplyError {
    /// The status that tells this to a client.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::RangeNotSatisfiable { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::PreconditionFailed(_) => StatusCode::PRECONDITION_FAILED,
            Self::Shrank | Self::Read(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The headers that must go with it, whatever body is chosen: for 416 the length of the file
    /// (RFC 9110 section 15.5.17).
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Self::RangeNotSatisfiable { len, .. } = self {
            headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            if let Ok(value) = HeaderValue::try_from(format!("bytes */{len}")) {
                headers.insert(CONTENT_RANGE, value);
            }
        }
        headers
    }
}

impl From<ReadError> for ReplyError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Shrank => Self::Shrank,
            ReadError::System(error) => Self::Read(error),
        }
    }
}
