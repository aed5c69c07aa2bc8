//! A page for people, or JSON for programs: what `Accept` says (RFC 9110 section 12.5.1).

use http::{HeaderMap, header};

/// Whether the client would rather have a page. Programs that say nothing, or `*/*`, get JSON.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let mut page = 0;
    let mut json = 0;
    for range in headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
    {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
        match kind.as_str() {
            "text/html" | "application/xhtml+xml" => page = page.max(weight),
            "application/json" | "application/*" => json = json.max(weight),
            _ => {}
        }
    }
    page > 0 && page >= json
}

/// A weight in thousandths; what is no weight counts as none.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let (whole, fraction): (u16, u16) =
        (whole.parse().unwrap_or_default(), fraction.parse().unwrap_or_default());
    whole.saturating_mul(1000).saturating_add(fraction).min(1000)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn page(accept: &str) -> bool {
        wants_page(&HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]))
    }

    #[test]
    fn browsers_get_the_page_and_programs_get_json() {
        assert!(page("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(page("text/html, application/json;q=0.9"));
        assert!(!page("application/json"));
        assert!(!page("application/json, text/html;q=0.5"));
        assert!(!page("*/*"));
        assert!(!page("text/html;q=0"));
        assert!(!wants_page(&HeaderMap::new()));
    }
}
