//! gzip, brotli and zstd for text; never for media, which is compressed already and must stay
//! seekable.
//!
//! A coded answer is made in memory, so that its length is known and HEAD can announce it. Of a text
//! that is kept (a playlist, a manifest) each coding is made once and kept with it. A coded answer is
//! another representation (RFC 9110 section 8.8.3.3): its ETag carries the coding as a suffix,
//! and a client that shows such an ETag gets it compared without the suffix.

use std::io::Write as _;

use axum::{
    body::{Body, HttpBody as _},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use delivery::{Forms, Reply};
use extents::{Part, Plan};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;

/// Shorter answers fit one packet in any case.
const SHORTEST: u64 = 512;

/// Longer ones would cost too much time and memory for each request; they go out as they are.
const LONGEST: u64 = 2 << 20;

/// From here on compressing takes long enough to be moved off the threads that drive
/// connections.
const LONG: usize = 32 << 10;

/// A content coding (RFC 9110 section 8.4.1), best first for text at the levels used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Brotli,
    Zstd,
    Gzip,
}

impl Coding {
    const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// What an ETag of this coding ends with, the closing quote included.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br\"",
            Self::Zstd => "-zstd\"",
            Self::Gzip => "-gzip\"",
        }
    }

    fn encode(self, text: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let level = flate2::Compression::new(6);
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(text)?;
                encoder.finish()
            }
            Self::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
                encoder.write_all(text)?;
                Ok(encoder.into_inner())
            }
            Self::Zstd => zstd::bulk::compress(text, 6),
        }
    }
}

/// What the client offered, taken off the request before its route sees it.
pub(crate) struct Offer {
    coding: Option<Coding>,
    /// Whether a validator of the request carried the coding's suffix.
    bare: bool,
}

impl Offer {
    /// Reads what the client accepts, and takes the coding's suffix off the ETags it shows.
    pub(crate) fn take(headers: &mut HeaderMap) -> Self {
        // A range is a range of the bytes as they are.
        let ranged = headers.contains_key(header::RANGE);
        let coding = if ranged { None } else { negotiate(headers) };
        let bare = coding.is_some_and(|coding| strip_suffixes(headers, coding));
        Self { coding, bare }
    }

    /// Puts a kept form of the text in its place, if the client takes a coding; makes it if this is
    /// the first time. Only of a reply that has the whole text.
    pub(crate) async fn take_kept(&self, reply: &mut Reply, forms: &Forms) {
        let Some(coding) = self.coding.filter(|_| reply.status == StatusCode::OK) else { return };
        let [Part::Bytes(text)] = reply.plan.parts() else { return };
        if !(SHORTEST..=LONGEST).contains(&(text.len() as u64)) {
            return;
        }
        let form = if let Some(form) = forms.get(coding.name()) {
            form
        } else {
            let form = encode_off_thread(coding, text.clone()).await;
            forms.keep(coding.name(), form.filter(|form| form.len() < text.len()))
        };
        let Some(form) = form else { return };
        say_coded(&mut reply.headers, coding, form.len());
        reply.plan = Plan::new([Part::Bytes(form)]);
    }

    /// Compresses the answer if it is text, of a size that is worth it, and the client agrees.
    pub(crate) async fn apply(self, mut response: Response) -> Response {
        match self.coding {
            Some(coding) if response.status() == StatusCode::NOT_MODIFIED => {
                if self.bare {
                    add_suffix(response.headers_mut(), coding);
                    vary(response.headers_mut());
                }
                response
            }
            // A kept form of it.
            _ if response.headers().contains_key(header::CONTENT_ENCODING) => response,
            _ if !is_text(response.headers()) => response,
            coding => Box::pin(encode(response, coding)).await,
        }
    }
}

async fn encode(response: Response, coding: Option<Coding>) -> Response {
    let (mut head, body) = response.into_parts();
    vary(&mut head.headers);
    let length = body.size_hint().exact().unwrap_or(0);
    let fits = (SHORTEST..=LONGEST).contains(&length) && head.status != StatusCode::PARTIAL_CONTENT;
    let Some(coding) = coding.filter(|_| fits) else {
        return Response::from_parts(head, body);
    };
    let text = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) => {
            tracing::error!(error = net::with_causes(&error), "a file cannot be served");
            return crate::problem::Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the file could not be read to its end",
            )
            .into_response();
        }
    };
    let coded = encode_off_thread(coding, text.clone()).await;
    let body = match coded {
        Some(coded) if coded.len() < text.len() => {
            say_coded(&mut head.headers, coding, coded.len());
            coded
        }
        _ => {
            head.headers.insert(header::CONTENT_LENGTH, text.len().into());
            text
        }
    };
    Response::from_parts(head, Body::from(body))
}

/// What a coded answer says of itself. A range would be one of the bytes as they are.
fn say_coded(headers: &mut HeaderMap, coding: Coding, length: usize) {
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    headers.insert(header::CONTENT_LENGTH, length.into());
    headers.remove(header::ACCEPT_RANGES);
    add_suffix(headers, coding);
}

async fn encode_off_thread(coding: Coding, text: Bytes) -> Option<Bytes> {
    let coded = if text.len() < LONG {
        coding.encode(&text).ok()
    } else {
        tokio::task::spawn_blocking(move || coding.encode(&text).ok()).await.ok()?
    };
    coded.map(Bytes::from)
}

/// Whether the answer's media type is text of some kind.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(is_text_type)
}

/// Whether a media type is text of some kind: it says so, or has a character set.
pub(crate) fn is_text_type(kind: &str) -> bool {
    let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    let kind = kind.trim();
    kind.starts_with("text/")
        || parameters.contains("charset=")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind,
            "application/json"
                | "application/xml"
                | "application/javascript"
                | "application/openmetrics-text"
                | "application/vnd.apple.mpegurl"
        )
}

/// The best coding that the client accepts (RFC 9110 section 12.5.3): the highest weight, and
/// among equals the best for text. None when it accepts none or prefers none.
fn negotiate(headers: &HeaderMap) -> Option<Coding> {
    let offers = || {
        headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .filter_map(weigh)
    };
    let weight = |name: &str| offers().find(|(offer, _)| offer.eq_ignore_ascii_case(name));
    let star = weight("*").map(|(_, weight)| weight);
    let identity = weight("identity").map_or(0, |(_, weight)| weight);
    let best = Coding::ALL
        .into_iter()
        .filter_map(|coding| {
            let alias = if coding == Coding::Gzip { "x-gzip" } else { coding.name() };
            let offered = weight(coding.name()).or_else(|| weight(alias));
            let weight = offered.map(|(_, weight)| weight).or(star)?;
            (weight > 0).then_some((coding, weight))
        })
        // The first of the heaviest: `max_by_key` would give the last.
        .reduce(|best, next| if next.1 > best.1 { next } else { best });
    best.filter(|(_, weight)| *weight >= identity).map(|(coding, _)| coding)
}

/// Whether the client takes this coding.
pub(crate) fn accepts(headers: &HeaderMap, name: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut offers = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    offers.any(|offer| {
        weigh(offer).is_some_and(|(offer, weight)| weight > 0 && offer.eq_ignore_ascii_case(name))
    })
}

/// One element of Accept-Encoding: its name and its weight in thousandths.
fn weigh(element: &str) -> Option<(&str, u16)> {
    let mut parts = element.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(Some(1000), thousandths)?;
    Some((name, weight))
}

/// A qvalue (RFC 9110 section 12.4.2) in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok()?;
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    Some(whole.checked_mul(1000)?.checked_add(fraction)?.min(1000))
}

/// Takes the coding's suffix off the ETags that the client shows, so that the rooms below, which
/// know nothing of codings, recognise them. Says whether there was one.
fn strip_suffixes(headers: &mut HeaderMap, coding: Coding) -> bool {
    let mut stripped = false;
    for name in [header::IF_NONE_MATCH, header::IF_MATCH] {
        stripped |= replace_all(headers, &name, coding.suffix(), "\"");
    }
    stripped
}

fn replace_all(headers: &mut HeaderMap, name: &HeaderName, from: &str, to: &str) -> bool {
    let mut replaced = false;
    if let header::Entry::Occupied(mut values) = headers.entry(name) {
        for value in values.iter_mut() {
            if let Ok(text) = value.to_str()
                && text.contains(from)
                && let Ok(bare) = HeaderValue::from_str(&text.replace(from, to))
            {
                *value = bare;
                replaced = true;
            }
        }
    }
    replaced
}

/// Tells caches that the answer depends on what the client accepts, also when it is a 304.
pub(crate) fn vary(headers: &mut HeaderMap) {
    let said = |value: &HeaderValue| value == "accept-encoding";
    if headers.get_all(header::VARY).iter().any(said) {
        return;
    }
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
}

fn add_suffix(headers: &mut HeaderMap, coding: Coding) {
    if let Some(tag) = headers.get_mut(header::ETAG)
        && let Some(bare) = tag.to_str().ok().and_then(|text| text.strip_suffix('"'))
        && let Ok(coded) = HeaderValue::from_str(&format!("{bare}{}", coding.suffix()))
    {
        *tag = coded;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn chosen(accept: &str) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
        negotiate(&headers)
    }

    #[test]
    fn the_heaviest_coding_wins_and_brotli_among_equals() {
        assert_eq!(chosen("gzip, deflate, br, zstd"), Some(Coding::Brotli));
        assert_eq!(chosen("gzip;q=1, br;q=0.5"), Some(Coding::Gzip));
        assert_eq!(chosen("*"), Some(Coding::Brotli));
        assert_eq!(chosen("x-gzip"), Some(Coding::Gzip));
        assert_eq!(chosen("gzip; q=0.001"), Some(Coding::Gzip));
    }

    #[test]
    fn a_client_may_refuse_every_coding() {
        assert_eq!(chosen("identity"), None);
        assert_eq!(chosen("gzip;q=0, br;q=0.0, *;q=0"), None);
        assert_eq!(chosen("identity, gzip;q=0.5"), None);
        assert_eq!(chosen(""), None);
        assert_eq!(negotiate(&HeaderMap::new()), None);
    }

    #[test]
    fn a_coding_gives_back_what_went_in() {
        let text = "00:00:01,000 --> 00:00:02,000\nHello\n".repeat(100);
        let gzip = Coding::Gzip.encode(text.as_bytes()).unwrap();
        let mut plain = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut plain)
            .unwrap();
        assert_eq!(plain, text);
        let zstd = Coding::Zstd.encode(text.as_bytes()).unwrap();
        assert_eq!(zstd::bulk::decompress(&zstd, text.len()).unwrap(), text.as_bytes());
        let brotli = Coding::Brotli.encode(text.as_bytes()).unwrap();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut &brotli[..], &mut plain).unwrap();
        assert_eq!(plain, text.as_bytes());
    }

    #[test]
    fn an_etag_carries_its_coding_and_is_recognised_without_it() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, "\"abc\"".parse().unwrap());
        add_suffix(&mut headers, Coding::Gzip);
        assert_eq!(headers[header::ETAG], "\"abc-gzip\"");
        headers.insert(header::IF_NONE_MATCH, "\"x\", \"abc-gzip\"".parse().unwrap());
        assert!(strip_suffixes(&mut headers, Coding::Gzip));
        assert_eq!(headers[header::IF_NONE_MATCH], "\"x\", \"abc\"");
        assert!(!strip_suffixes(&mut headers, Coding::Brotli));
    }
}
