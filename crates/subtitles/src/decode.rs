//! Bytes of side files to text, in whatever coding they are.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use media::Language;

use crate::MAX_BYTES;

/// The text in a file's bytes: by its byte order mark; as UTF-8 if it is that but for some damage;
/// else as the old coding that fits best, for which `language` (from the name of the file) gives
/// a hint. Only the first [`MAX_BYTES`] count.
pub fn decode_text(bytes: &[u8], language: Option<&Language>) -> String {
    let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let bytes = bytes.get(mark..).unwrap_or_default();
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    let encoding = if let Some(wide) = utf_16(bytes) {
        wide
    } else if mostly_utf_8(bytes) {
        UTF_8
    } else {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(bytes, true);
        detector.guess(language.and_then(top_level_domain), Utf8Detection::Deny)
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Text of two bytes a letter without a mark: its digits, spaces and arrows have a zero on one
/// side.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let zeros = |odd: usize| {
        head.iter().skip(odd).step_by(2).fold((0_usize, 0_usize), |(zeros, all), byte| {
            (zeros + usize::from(*byte == 0), all + 1)
        })
    };
    let ((even, evens), (odd, odds)) = (zeros(0), zeros(1));
    // A third of a subtitle is such letters even in Chinese.
    if odd * 8 > odds && odd > 8 * even.max(1) {
        Some(UTF_16LE)
    } else if even * 8 > evens && even > 8 * odd.max(1) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether letters of several bytes outweigh damage by far.
fn mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut letters, mut damage) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        damage += usize::from(!chunk.invalid().is_empty());
        if damage > 16 && damage * 4 > letters {
            return false;
        }
    }
    damage == 0 || letters > damage * 10
}

/// Where the old coding of a language is at home: that is how the detector is told of it.
fn top_level_domain(language: &Language) -> Option<&'static [u8]> {
    let tag = language.as_str();
    let primary = tag.split('-').next().unwrap_or_default();
    let domain: &[u8] = match primary {
        "ar" | "fa" | "ur" => b"ae",
        "be" => b"by",
        "bg" => b"bg",
        "bs" | "hr" => b"hr",
        "cs" => b"cz",
        "da" => b"dk",
        "el" => b"gr",
        "et" => b"ee",
        "he" | "yi" => b"il",
        "hu" => b"hu",
        "is" => b"is",
        "ja" => b"jp",
        "ko" => b"kr",
        "lt" => b"lt",
        "lv" => b"lv",
        "mk" => b"mk",
        "pl" => b"pl",
        "ro" => b"ro",
        "ru" => b"ru",
        "sk" => b"sk",
        "sl" => b"si",
        "sr" => b"rs",
        "sv" => b"se",
        "th" => b"th",
        "tr" | "az" => b"tr",
        "uk" => b"ua",
        "vi" => b"vn",
        "zh" if matches!(tag, "zh-TW" | "zh-Hant" | "zh-HK") => b"tw",
        "zh" => b"cn",
        "de" => b"de",
        "es" => b"es",
        "fr" => b"fr",
        "it" => b"it",
        "nl" => b"nl",
        "no" | "nb" | "nn" => b"no",
        "pt" => b"pt",
        "fi" => b"fi",
        _ => return None,
    };
    Some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8], language: &str) -> String {
        decode_text(bytes, Language::parse(language).as_ref())
    }

    #[test]
    fn marks_decide_first() {
        assert_eq!(decoded(b"\xef\xbb\xbfa\xc3\xa4", ""), "aä");
        assert_eq!(decoded(b"\xff\xfea\0\xe4\0", ""), "aä");
        assert_eq!(decoded(b"\xfe\xff\0a\0\xe4", ""), "aä");
    }

    #[test]
    fn two_bytes_a_letter_are_seen_without_a_mark() {
        let text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nПривет\r\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&little, ""), text);
        assert_eq!(decoded(&big, ""), text);
    }

    #[test]
    fn old_codings_are_recognised() {
        let russian = "Привет, как дела? Это обычный русский текст.";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(russian);
        assert_eq!(decoded(&bytes, "ru"), russian);
        assert_eq!(decoded(&bytes, ""), russian);
        let (bytes, ..) = encoding_rs::WINDOWS_1252.encode("Où êtes-vous ? À la plage, très loin.");
        assert_eq!(decoded(&bytes, "fr"), "Où êtes-vous ? À la plage, très loin.");
        let japanese = "こんにちは、元気ですか。今日はいい天気ですね。";
        let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(japanese);
        assert_eq!(decoded(&bytes, "ja"), japanese);
    }

    #[test]
    fn a_damaged_letter_does_not_spoil_the_others() {
        let mut bytes = "äöü".repeat(20).into_bytes();
        bytes.push(0xc3);
        assert!(decoded(&bytes, "").starts_with("äöüäöü"));
    }
}
