//! Problem documents (RFC 9457): how every refusal is told to a client.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use library::LibraryError;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// A refusal: a status, and one line that says what is wrong and, where there is something to
/// do about it, what.
#[derive(Debug)]
pub(crate) struct Problem(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    detail: String,
    headers: HeaderMap,
    candidates: Vec<String>,
}

/// The document's members (RFC 9457 section 3.1). With `about:blank` as type the title is the
/// status's own phrase (section 4.2.1).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// Always `about:blank`: the status says what kind of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong, and what to do about it.
    detail: String,
    /// What could have been meant, when a name is ambiguous: paths below the media folders.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    candidates: Vec<String>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self(Box::new(Refusal {
            status,
            detail: detail.into(),
            headers: HeaderMap::new(),
            candidates: Vec::new(),
        }))
    }

    /// What was asked for is not there.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// The request cannot be understood.
    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The request is understood, and what it says cannot be.
    pub(crate) fn unprocessable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// With what could have been meant.
    pub(crate) fn candidates(mut self, candidates: Vec<String>) -> Self {
        self.0.candidates = candidates;
        self
    }

    /// With a header that the status calls for.
    pub(crate) fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// With several such headers.
    pub(crate) fn headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers.extend(headers);
        self
    }
}

/// What the library refuses.
impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        let detail = error.to_string();
        let soon = |seconds| {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, detail.clone())
                .header(header::RETRY_AFTER, HeaderValue::from_static(seconds))
        };
        match error {
            LibraryError::NotFound(_) => Self::not_found(detail),
            LibraryError::Conflict { .. } => Self::new(StatusCode::PRECONDITION_FAILED, detail),
            LibraryError::Taken(_) | LibraryError::Busy(_) | LibraryError::Cancelled => {
                Self::new(StatusCode::CONFLICT, detail)
            }
            LibraryError::Refused(_) => Self::unprocessable(detail),
            LibraryError::Ambiguous(candidates) => {
                let detail = "several files have this name: say the path of one of them";
                Self::new(StatusCode::CONFLICT, detail).candidates(candidates)
            }
            LibraryError::Opening { .. } => soon("1"),
            LibraryError::Unavailable(_) => soon("10"),
            LibraryError::Failed(_) => {
                tracing::error!(%error, "the library did not do what it was asked");
                let detail = "the library failed; the server's log says more";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        LibraryError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Refusal { status, detail, headers: wanted, candidates } = *self.0;
        let document = Document {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail,
            candidates,
        };
        let mut body = serde_json::to_vec(&document).unwrap_or_default();
        body.push(b'\n');
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.extend(wanted);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // What is refused now may be there in a second.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}
