//! The nearest known name to one that is not known.

/// How alike two names must be, from 0 to 1, before one is suggested for the other. Below this the
/// suggestion would be a guess.
const ALIKE: f64 = 0.6;

/// The candidate most like `name`, when one is alike enough.
///
/// A name that lacks its section (`max_ranges` for `files.max_ranges`) is recognised by its last part.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = name.to_lowercase().replace('-', "_");
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let likeness = |candidate: &str| {
        let whole = strsim::normalized_damerau_levenshtein(&name, candidate);
        // A little less than for the whole name, so that a match of the whole wins a draw.
        let part = strsim::normalized_damerau_levenshtein(&last(&name), &last(candidate)) * 0.9;
        whole.max(part)
    };
    candidates
        .into_iter()
        .map(|candidate| (likeness(candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        // The first of equals, so that the answer does not depend on chance.
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = [
        "folders",
        "limits.header_timeout",
        "limits.header_size",
        "files.max_ranges",
        "access.cors.origins",
    ];

    #[test]
    fn slips_of_the_finger_find_the_name_meant() {
        assert_eq!(nearest("folder", NAMES), Some("folders"));
        assert_eq!(nearest("limits.header_tiemout", NAMES), Some("limits.header_timeout"));
        assert_eq!(nearest("limits.header-size", NAMES), Some("limits.header_size"));
        assert_eq!(nearest("max_ranges", NAMES), Some("files.max_ranges"));
        assert_eq!(nearest("cors.origin", NAMES), Some("access.cors.origins"));
    }

    #[test]
    fn a_name_like_no_other_gets_no_suggestion() {
        assert_eq!(nearest("bitrate", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
    }
}
