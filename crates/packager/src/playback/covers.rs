//! Whether what a client says that it decodes covers the coding of a track.

use media::Track;

/// Whether a client that says it decodes `known` decodes this track. A coding without a profile
/// covers all; one with a profile and level covers what asks for no more.
pub(super) fn covers(known: &str, track: &Track, name: &str) -> bool {
    let known = known.trim();
    if known == "*" {
        return true;
    }
    let coding = |text: &str| text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let same = |one: &str, other: &str| {
        one == other
            || matches!(
                (one, other),
                ("avc1" | "avc3" | "h264", "avc1")
                    | ("hvc1" | "hev1" | "hevc" | "h265", "hvc1")
                    | ("vp9", "vp09")
                    | ("vp8", "vp08")
                    | ("av1", "av01")
                    | ("ac3", "ac-3")
                    | ("eac3", "ec-3")
                    | ("aac" | "mp3", "mp4a")
            )
    };
    let (one, other) = (coding(known), coding(name));
    if !same(&one, &other) {
        return known.eq_ignore_ascii_case(track.codec.name());
    }
    match one.as_str() {
        "aac" => name.starts_with("mp4a.40") && !is_mpeg_audio(name),
        "mp3" => matches!(name, "mp4a.6B" | "mp4a.69" | "mp3"),
        "mp4a" => {
            let begins = name.get(..known.len()) == Some(known);
            begins && (!is_mpeg_audio(name) || known == name)
        }
        "avc1" | "avc3" if known.contains('.') => avc_covers(known, name),
        "hvc1" | "hev1" | "av01" | "vp09" if known.contains('.') => profile_covers(known, name),
        _ => true,
    }
}

/// MPEG audio of layers I to III has numbers among those of AAC (ISO/IEC 14496-3, 1.5.1.1), and
/// whoever decodes AAC need not decode it.
fn is_mpeg_audio(name: &str) -> bool {
    matches!(name, "mp4a.40.32" | "mp4a.40.33" | "mp4a.40.34")
}

/// H.264: a profile covers those below it, a level those below it.
fn avc_covers(known: &str, name: &str) -> bool {
    let parts = |text: &str| -> Option<(u8, u8)> {
        let hex = text.split('.').nth(1)?;
        let byte = |at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        Some((byte(0)?, byte(4)?))
    };
    // Baseline, Main, High; each decodes what the one before does.
    let rank = |profile| match profile {
        66 => 1,
        77 => 2,
        100 => 3,
        110 => 4,
        122 => 5,
        244 => 6,
        _ => 7,
    };
    match (parts(known), parts(name)) {
        (Some((known, level)), Some((wanted, at))) => rank(wanted) <= rank(known) && at <= level,
        _ => known == name,
    }
}

/// The others: the same profile, and no higher level (which is the part with the level's number).
fn profile_covers(known: &str, name: &str) -> bool {
    let level = |text: &str| -> Option<(String, u32)> {
        let parts: Vec<&str> = text.split('.').collect();
        let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
        let (profile, level) = match parts.first().copied()? {
            "av01" | "vp09" => (parts.get(1).copied()?, parts.get(2).copied()?),
            _ => (parts.get(1).copied()?, parts.get(3).copied()?),
        };
        Some((profile.to_owned(), digits(level).parse().ok()?))
    };
    match (level(known), level(name)) {
        (Some((known, most)), Some((wanted, at))) => wanted == known && at <= most,
        _ => known == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers_video(known: &str, name: &str) -> bool {
        covers(known, &crate::testing::track(), name)
    }

    #[test]
    fn a_coding_without_a_profile_covers_all_of_it() {
        assert!(covers_video("avc1", "avc1.640028"));
        assert!(covers_video("hev1", "hvc1.2.4.L120.B0"));
        assert!(covers_video("mp4a.40", "mp4a.40.2"));
        assert!(!covers_video("mp4a.40", "mp4a.6B"));
        assert!(!covers_video("vp09", "av01.0.04M.08"));
    }

    #[test]
    fn a_profile_and_level_cover_what_asks_for_no_more() {
        assert!(covers_video("avc1.640028", "avc1.42E01E"), "high decodes baseline");
        assert!(!covers_video("avc1.42E01E", "avc1.640028"));
        assert!(!covers_video("avc1.64001f", "avc1.640028"), "a higher level");
        assert!(covers_video("hvc1.2.4.L150.B0", "hvc1.2.4.L120.90"));
        assert!(!covers_video("hvc1.1.6.L150.B0", "hvc1.2.4.L120.90"), "ten bits");
    }
}
