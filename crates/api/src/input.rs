//! What comes in: queries, parts of paths and bodies as typed values; what does not fit is refused
//! with a problem that names it.

use std::{borrow::Cow, marker::PhantomData};

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, Visitor},
};

use crate::problem::Problem;

/// The query of a request. Parameters that are not known are refused, for a misspelt filter that is
/// left aside shows the wrong videos.
///
/// The fields of `T` are texts or what [`serde_urlencoded`] reads; `T` must deny unknown fields.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        query(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// Reads a query without its key, which is for the access rule only.
pub(crate) fn query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let is_key = |pair: &&str| *pair == "api_key" || pair.starts_with("api_key=");
    let text: Cow<str> = if text.split('&').any(|pair| is_key(&pair)) {
        text.split('&').filter(|pair| !is_key(pair)).collect::<Vec<_>>().join("&").into()
    } else {
        text.into()
    };
    serde_urlencoded::from_str(&text)
        .map_err(|error| Problem::bad(format!("the query of the address: {error}")))
}

/// The one variable part of a path, decoded.
pub(crate) struct Name(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = path_params(parts, state).await?;
        let last = params.iter().last().map(|(_, value)| value.to_owned());
        last.map(Self).ok_or_else(|| Problem::bad("the path lacks a name"))
    }
}

/// The two variable parts of a path, decoded.
pub(crate) struct Names(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Names {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = path_params(parts, state).await?;
        let mut values = params.iter().map(|(_, value)| value.to_owned());
        match (values.next(), values.next()) {
            (Some(first), Some(second)) => Ok(Self(first, second)),
            _ => Err(Problem::bad("the path lacks a name")),
        }
    }
}

async fn path_params<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<RawPathParams, Problem> {
    RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| Problem::bad("the path is no UTF-8 once its percent-encoding is undone"))
}

/// A number in a path.
pub(crate) fn number(text: &str, what: &str) -> Result<i64, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number.ok_or_else(|| Problem::not_found(format!("there is no {what} {text:?}")))
}

/// A whole number, be it written `5` or `5.0`, which JSON does not tell apart; in a query as text.
pub(crate) fn whole<'de, T: TryFrom<i64>, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let Whole(Must(number)) = Whole::deserialize(from)?;
    Ok(number)
}

/// The same, or none: `null`, an empty parameter.
pub(crate) fn maybe_whole<'de, T: TryFrom<i64>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let number = Option::<Whole<Option<T>>>::deserialize(from)?;
    Ok(number.and_then(|Whole(number)| number))
}

struct Whole<T>(T);

impl<'de, T: FromWhole> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Written(PhantomData)).map(Self)
    }
}

/// What a whole number can become.
trait FromWhole: Sized {
    fn from_whole(number: i64) -> Option<Self>;
    /// What stands for an empty text.
    fn from_nothing() -> Option<Self>;
}

impl<T: TryFrom<i64>> FromWhole for Option<T> {
    fn from_whole(number: i64) -> Option<Self> {
        T::try_from(number).ok().map(Some)
    }

    fn from_nothing() -> Option<Self> {
        Some(None)
    }
}

/// A number that must be there.
struct Must<T>(T);

impl<T: TryFrom<i64>> FromWhole for Must<T> {
    fn from_whole(number: i64) -> Option<Self> {
        T::try_from(number).ok().map(Self)
    }

    fn from_nothing() -> Option<Self> {
        None
    }
}

/// Reads a number however it is written.
struct Written<T>(PhantomData<T>);

impl<T: FromWhole> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        let value = i64::try_from(number).ok().and_then(T::from_whole);
        value.ok_or_else(|| E::custom(format!("{number} is out of range")))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        T::from_whole(number).ok_or_else(|| E::custom(format!("{number} is out of range")))
    }

    #[allow(clippy::cast_possible_truncation, reason = "it is whole and within bounds")]
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        // All whole numbers up to here are told apart.
        const MOST: f64 = 9_007_199_254_740_992.0;
        if number.fract().abs() > 0.0 || !(-MOST..=MOST).contains(&number) {
            return Err(E::custom(format!("{number} is no whole number that is possible here")));
        }
        self.visit_i64(number as i64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        if text.is_empty() {
            return T::from_nothing().ok_or_else(|| E::custom("a whole number is wanted"));
        }
        let digits = text.strip_suffix(".0").unwrap_or(text);
        match digits.parse() {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::custom(format!("{text:?} is no whole number that is possible here"))),
        }
    }
}

/// A body in JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match kind(request.headers()) {
            Kind::Json | Kind::None => from_object(&body(request, state).await?).map(Self),
            _ => Err(wrong_kind("application/json")),
        }
    }
}

/// A body in JSON that is a list.
pub(crate) struct JsonList<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonList<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match kind(request.headers()) {
            Kind::Json | Kind::None => from_json(&body(request, state).await?).map(Self),
            _ => Err(wrong_kind("application/json")),
        }
    }
}

/// A part of a body that is an object, by its names.
pub(crate) fn object<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    from: D,
) -> Result<T, D::Error> {
    let members = serde_json::Map::deserialize(from)?;
    serde_json::from_value(serde_json::Value::Object(members)).map_err(de::Error::custom)
}

/// A body in JSON or of a form, for the routes of older clients.
pub(crate) struct FormOrJson<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for FormOrJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = kind(request.headers());
        let bytes = body(request, state).await?;
        match kind {
            Kind::Form => serde_urlencoded::from_bytes(&bytes)
                .map(Self)
                .map_err(|error| Problem::unprocessable(format!("the form: {error}"))),
            Kind::Json | Kind::None => from_object(&bytes).map(Self),
            Kind::Other => Err(wrong_kind("application/json or application/x-www-form-urlencoded")),
        }
    }
}

/// A body as it is. The face ends longer ones than it lets in.
pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        let status = rejection.status();
        match status {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                status,
                "the body is longer than limits.body_size allows, or a picture larger than 20 MiB",
            ),
            _ => Problem::bad("the body did not come whole"),
        }
    })
}

/// The members of an object by their names. The order of a list would do as well for serde, and for nobody else.
fn from_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::unprocessable("the body as JSON: it is a list; an object is wanted"));
    }
    // No body is an object in which nothing is said.
    from_json(if bytes.is_empty() { b"{}" } else { bytes })
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!("the body as JSON: {error}");
        // What is JSON and means nothing here is another mistake than what is none.
        if error.is_data() { Problem::unprocessable(detail) } else { Problem::bad(detail) }
    })
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Json,
    Form,
    Other,
    None,
}

/// What the body is said to be.
fn kind(headers: &HeaderMap) -> Kind {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Kind::None };
    let value = value.to_str().unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/x-www-form-urlencoded" => Kind::Form,
        "application/json" => Kind::Json,
        other if other.starts_with("application/") && other.ends_with("+json") => Kind::Json,
        _ => Kind::Other,
    }
}

fn wrong_kind(wanted: &str) -> Problem {
    let detail = format!("the body must be {wanted}, and Content-Type must say so");
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::body::Body;
    use axum::response::IntoResponse as _;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        name: String,
        count: Option<u8>,
    }

    fn request(kind: Option<&str>, body: &str) -> Request {
        let mut request = Request::post("/");
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    fn status<T>(result: Result<T, Problem>) -> u16 {
        result.map_or_else(|problem| problem.into_response().status().as_u16(), |_| 200)
    }

    #[test]
    fn a_query_is_typed_and_its_key_is_none_of_its_business() {
        let wanted: Wanted = query("api_key=x&name=a%26b&count=2").unwrap();
        assert_eq!(wanted, Wanted { name: "a&b".into(), count: Some(2) });
        assert_eq!(status(query::<Wanted>("name=a&nmae=b")), 400, "unknown");
        assert_eq!(status(query::<Wanted>("name=a&name=b")), 400, "twice");
        assert_eq!(status(query::<Wanted>("name=a&count=300")), 400, "too large");
    }

    #[tokio::test]
    async fn json_is_read_and_what_it_is_not_is_told_apart() {
        let read =
            async |kind, text| status(Json::<Wanted>::from_request(request(kind, text), &()).await);
        let json = Some("application/json");
        assert_eq!(read(json, r#"{"name": "a"}"#).await, 200);
        assert_eq!(read(None, r#"{"name": "a"}"#).await, 200);
        assert_eq!(read(json, r#"{"name": "#).await, 400);
        assert_eq!(read(json, r#"{"name": "a", "other": 1}"#).await, 422);
        assert_eq!(read(json, r#" ["a", 1]"#).await, 422, "a list has no names");
        assert_eq!(
            read(Some("text/plain"), r#"{"name": "a"}"#).await,
            415,
            "a simple form can send it"
        );
        assert_eq!(read(Some("application/x-www-form-urlencoded"), "name=a").await, 415);
    }

    #[tokio::test]
    async fn older_clients_may_send_forms() {
        let read =
            async |kind, text| FormOrJson::<Wanted>::from_request(request(kind, text), &()).await;
        let wanted = Wanted { name: "a b".into(), count: Some(3) };
        let form = Some("application/x-www-form-urlencoded; charset=utf-8");
        assert_eq!(read(form, "name=a+b&count=3").await.ok().unwrap().0, wanted);
        let json = r#"{"name": "a b", "count": 3}"#;
        assert_eq!(read(Some("application/json"), json).await.ok().unwrap().0, wanted);
        assert_eq!(status(read(Some("multipart/form-data; boundary=x"), "").await), 415);
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Numbers {
        #[serde(deserialize_with = "whole")]
        one: u8,
        #[serde(deserialize_with = "maybe_whole")]
        other: Option<i64>,
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
        let json = |text: &str| serde_json::from_str::<Numbers>(text).ok();
        let form = |text: &str| serde_urlencoded::from_str::<Numbers>(text).ok();
        let is = |one, other| Some(Numbers { one, other });
        assert_eq!(json(r#"{"one": 5.0, "other": -7}"#), is(5, Some(-7)));
        assert_eq!(json(r#"{"one": 5, "other": null}"#), is(5, None));
        assert_eq!(form("one=5.0&other=12"), is(5, Some(12)));
        assert_eq!(form("other="), is(0, None));
        for wrong in [
            r#"{"one": 5.5}"#,
            r#"{"one": 256}"#,
            r#"{"one": null}"#,
            r#"{"other": 1e300}"#,
            r#"{"one": true}"#,
        ] {
            assert_eq!(json(wrong), None, "{wrong}");
        }
        for wrong in ["one=5.5", "one=", "one=-1", "other=a", "other=99999999999999999999"] {
            assert_eq!(form(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_of_a_path_is_digits() {
        assert_eq!(number("12", "tag").ok(), Some(12));
        for text in ["", "+1", "-1", "1.0", "99999999999999999999", "a"] {
            assert_eq!(status(number(text, "tag")), 404, "{text}");
        }
    }
}
