//! Which pages of other sites may use the answers (the Fetch standard's CORS protocol).

use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};

/// What pages of other origins may do.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Origins whose pages may read, as in `https://example.org`; `*` for every one. None means
    /// that only Vidicon's own pages may.
    pub origins: Vec<String>,
    /// Whether those pages may also change things.
    pub writes: bool,
}

impl Cors {
    pub(crate) fn layer(&self) -> CorsLayer {
        let origin = if self.origins.iter().any(|origin| origin == "*") {
            AllowOrigin::any()
        } else {
            AllowOrigin::list(
                self.origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()),
            )
        };
        let mut methods = vec![Method::GET, Method::HEAD];
        if self.writes {
            methods.extend([Method::POST, Method::PUT, Method::PATCH, Method::DELETE]);
        }
        CorsLayer::new()
            .allow_origin(origin)
            .allow_methods(AllowMethods::list(methods))
            .allow_headers(AllowHeaders::list([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
                header::IF_RANGE,
                header::RANGE,
                HeaderName::from_static("x-api-key"),
            ]))
            // A player on another site's page needs these to seek.
            .expose_headers(ExposeHeaders::list([
                header::ACCEPT_RANGES,
                header::CONTENT_DISPOSITION,
                header::CONTENT_LENGTH,
                header::CONTENT_RANGE,
                header::ETAG,
                header::LAST_MODIFIED,
                header::RETRY_AFTER,
            ]))
            .max_age(std::time::Duration::from_hours(1))
    }
}
