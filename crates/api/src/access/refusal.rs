//! Why a request may not be answered, and how that is told.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, Uri, header};
use net::Peer;

use crate::problem::Problem;

/// Why a request may not be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A key is wanted and none is shown.
    KeyMissing,
    /// The key that is shown is none of ours.
    KeyWrong,
    /// It was made under a name that is not ours.
    ForeignHost,
    /// A page of another site is behind it.
    ForeignPage,
    /// It is for administration, from elsewhere, and there is no password with which to sign in.
    Elsewhere,
    /// It is for administration, from elsewhere, in no session.
    SessionMissing,
    /// Nobody knows who asks.
    Unknown,
}

impl Refusal {
    /// As in the metrics and the log.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::KeyMissing => "api_key_missing",
            Self::KeyWrong => "api_key_wrong",
            Self::ForeignHost => "foreign_host",
            Self::ForeignPage => "foreign_page",
            Self::Elsewhere => "admin_elsewhere",
            Self::SessionMissing => "session_missing",
            Self::Unknown => "unknown",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::KeyMissing | Self::KeyWrong | Self::SessionMissing => StatusCode::UNAUTHORIZED,
            Self::ForeignHost | Self::ForeignPage | Self::Elsewhere | Self::Unknown => {
                StatusCode::FORBIDDEN
            }
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::KeyWrong => "the API key is not one of this server's",
            Self::KeyMissing => {
                "this server wants an API key: send it as X-API-Key, as Authorization: Bearer, \
                 or as ?api_key= where a player can set no header"
            }
            Self::ForeignHost => {
                "this server does not go by the name under which it was asked: ask it by its address, or add \
                 the name to access.hosts in its configuration, as in `access: { hosts: [tv.example.org] }`"
            }
            Self::ForeignPage => {
                "a page of another site may not do this: open Vidicon's own pages, or, behind a proxy, \
                 pass the Host header on or add the name to access.hosts"
            }
            Self::Elsewhere => {
                "administration wants the administrator's password, and none is set: set one by \
                 `vidicon admin password`, or from the machine itself, by localhost or 127.0.0.1, where \
                 access.local_admin allows that"
            }
            Self::SessionMissing => "this is for administrators: sign in first",
            Self::Unknown => "nobody knows where this request came from",
        }
    }

    /// The answer.
    pub(crate) fn problem(self) -> Problem {
        let problem = Problem::new(self.status(), self.detail());
        // RFC 9110 section 11.6.1. Not Basic, for which a browser would ask by itself.
        match self {
            Self::KeyMissing | Self::KeyWrong => problem.header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"vidicon\""),
            ),
            Self::SessionMissing => problem.header(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Vidicon-Session realm=\"vidicon\""),
            ),
            _ => problem,
        }
    }

    /// Tells the person who runs the server, who may be under attack or have mistyped something.
    pub(crate) fn log(self, uri: &Uri, peer: Peer) {
        // One event for both, so that the fields are the same.
        macro_rules! line {
            ($message:literal) => {
                tracing::warn!(
                    remote = %peer.address,
                    path = uri.path(),
                    reason = self.name(),
                    $message
                )
            };
        }
        match self {
            Self::KeyMissing | Self::KeyWrong => line!("request refused: no valid API key"),
            _ => line!("request refused"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.problem().into_response()
    }
}
