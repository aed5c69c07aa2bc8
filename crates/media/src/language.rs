//! The language of a track.

use serde::{Deserialize, Serialize};

/// A language as BCP 47 writes it: `en`, `pt-BR`, `zh-Hant`. The shortest form, as HLS and DASH
/// ask for.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Language(String);

impl Language {
    /// Reads a tag or a code of two or three letters (ISO 639-1, 639-2 in both variants, 639-3),
    /// in any case, with `_` for `-`. `None` for `und`, `mis`, `mul`, `zxx`, and for what is none.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches(['\0', ' ']);
        let mut parts = text.split(['-', '_']);
        let primary = parts.next()?.to_ascii_lowercase();
        let letters = primary.bytes().all(|byte| byte.is_ascii_lowercase());
        if !letters || !matches!(primary.len(), 2 | 3) {
            return None;
        }
        if matches!(primary.as_str(), "und" | "mis" | "mul" | "zxx" | "qaa") {
            return None;
        }
        let mut tag = shortest(&primary).unwrap_or(&primary).to_owned();
        for part in parts {
            let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !plain || part.is_empty() || part.len() > 8 {
                return None;
            }
            tag.push('-');
            // Regions in capitals, scripts capitalised, the rest in lower case (RFC 5646, 2.1.1).
            match part.len() {
                2 => tag.push_str(&part.to_ascii_uppercase()),
                4 => {
                    let (first, rest) = part.split_at(1);
                    tag.push_str(&first.to_ascii_uppercase());
                    tag.push_str(&rest.to_ascii_lowercase());
                }
                _ => tag.push_str(&part.to_ascii_lowercase()),
            }
        }
        Some(Self(tag))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in English, for menus; the tag itself where we have no name for it.
    pub fn name(&self) -> &str {
        let whole = NAMES.iter().find(|(tag, _)| *tag == self.0);
        let primary = self.0.split('-').next().unwrap_or_default();
        let named = whole.or_else(|| {
            NAMES.iter().find(|(tag, _)| *tag == primary).filter(|_| !self.0.contains('-'))
        });
        named.map_or(&self.0, |(_, name)| name)
    }

    /// The language alone as three letters (ISO 639-2, the terminological variant), as MP4 and
    /// MPEG-TS keep it; `None` if it has none.
    pub fn three_letters(&self) -> Option<[u8; 3]> {
        let primary = self.0.split('-').next()?;
        let long = match primary.len() {
            2 => PAIRS
                .iter()
                .find(|(long, short)| *short == primary && !BIBLIOGRAPHIC.contains(long))
                .map(|(long, _)| *long)?,
            _ => primary,
        };
        let letters = <[u8; 3]>::try_from(long.as_bytes()).ok()?;
        letters.iter().all(u8::is_ascii_lowercase).then_some(letters)
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The code of two letters for one of three, where there is one (ISO 639-2, both variants).
fn shortest(code: &str) -> Option<&'static str> {
    PAIRS.iter().find(|(long, _)| *long == code).map(|(_, short)| *short)
}

/// The codes of the bibliographic variant where the two differ.
const BIBLIOGRAPHIC: &[&str] = &[
    "alb", "arm", "baq", "bur", "chi", "cze", "dut", "fre", "geo", "ger", "gre", "ice", "mac",
    "mao", "may", "per", "rum", "slo", "tib", "wel",
];

#[rustfmt::skip]
const PAIRS: &[(&str, &str)] = &[
    ("aar", "aa"), ("abk", "ab"), ("afr", "af"), ("aka", "ak"), ("alb", "sq"), ("amh", "am"),
    ("ara", "ar"), ("arg", "an"), ("arm", "hy"), ("asm", "as"), ("ava", "av"), ("ave", "ae"),
    ("aym", "ay"), ("aze", "az"), ("bak", "ba"), ("bam", "bm"), ("baq", "eu"), ("bel", "be"),
    ("ben", "bn"), ("bih", "bh"), ("bis", "bi"), ("bod", "bo"), ("bos", "bs"), ("bre", "br"),
    ("bul", "bg"), ("bur", "my"), ("cat", "ca"), ("ces", "cs"), ("cha", "ch"), ("che", "ce"),
    ("chi", "zh"), ("chu", "cu"), ("chv", "cv"), ("cor", "kw"), ("cos", "co"), ("cre", "cr"),
    ("cym", "cy"), ("cze", "cs"), ("dan", "da"), ("deu", "de"), ("div", "dv"), ("dut", "nl"),
    ("dzo", "dz"), ("ell", "el"), ("eng", "en"), ("epo", "eo"), ("est", "et"), ("eus", "eu"),
    ("ewe", "ee"), ("fao", "fo"), ("fas", "fa"), ("fij", "fj"), ("fin", "fi"), ("fra", "fr"),
    ("fre", "fr"), ("fry", "fy"), ("ful", "ff"), ("geo", "ka"), ("ger", "de"), ("gla", "gd"),
    ("gle", "ga"), ("glg", "gl"), ("glv", "gv"), ("gre", "el"), ("grn", "gn"), ("guj", "gu"),
    ("hat", "ht"), ("hau", "ha"), ("heb", "he"), ("her", "hz"), ("hin", "hi"), ("hmo", "ho"),
    ("hrv", "hr"), ("hun", "hu"), ("hye", "hy"), ("ibo", "ig"), ("ice", "is"), ("ido", "io"),
    ("iii", "ii"), ("iku", "iu"), ("ile", "ie"), ("ina", "ia"), ("ind", "id"), ("ipk", "ik"),
    ("isl", "is"), ("ita", "it"), ("jav", "jv"), ("jpn", "ja"), ("kal", "kl"), ("kan", "kn"),
    ("kas", "ks"), ("kat", "ka"), ("kau", "kr"), ("kaz", "kk"), ("khm", "km"), ("kik", "ki"),
    ("kin", "rw"), ("kir", "ky"), ("kom", "kv"), ("kon", "kg"), ("kor", "ko"), ("kua", "kj"),
    ("kur", "ku"), ("lao", "lo"), ("lat", "la"), ("lav", "lv"), ("lim", "li"), ("lin", "ln"),
    ("lit", "lt"), ("ltz", "lb"), ("lub", "lu"), ("lug", "lg"), ("mac", "mk"), ("mah", "mh"),
    ("mal", "ml"), ("mao", "mi"), ("mar", "mr"), ("may", "ms"), ("mkd", "mk"), ("mlg", "mg"),
    ("mlt", "mt"), ("mon", "mn"), ("mri", "mi"), ("msa", "ms"), ("mya", "my"), ("nau", "na"),
    ("nav", "nv"), ("nbl", "nr"), ("nde", "nd"), ("ndo", "ng"), ("nep", "ne"), ("nld", "nl"),
    ("nno", "nn"), ("nob", "nb"), ("nor", "no"), ("nya", "ny"), ("oci", "oc"), ("oji", "oj"),
    ("ori", "or"), ("orm", "om"), ("oss", "os"), ("pan", "pa"), ("per", "fa"), ("pli", "pi"),
    ("pol", "pl"), ("por", "pt"), ("pus", "ps"), ("que", "qu"), ("roh", "rm"), ("ron", "ro"),
    ("rum", "ro"), ("run", "rn"), ("rus", "ru"), ("sag", "sg"), ("san", "sa"), ("sin", "si"),
    ("slk", "sk"), ("slo", "sk"), ("slv", "sl"), ("sme", "se"), ("smo", "sm"), ("sna", "sn"),
    ("snd", "sd"), ("som", "so"), ("sot", "st"), ("spa", "es"), ("sqi", "sq"), ("srd", "sc"),
    ("srp", "sr"), ("ssw", "ss"), ("sun", "su"), ("swa", "sw"), ("swe", "sv"), ("tah", "ty"),
    ("tam", "ta"), ("tat", "tt"), ("tel", "te"), ("tgk", "tg"), ("tgl", "tl"), ("tha", "th"),
    ("tib", "bo"), ("tir", "ti"), ("ton", "to"), ("tsn", "tn"), ("tso", "ts"), ("tuk", "tk"),
    ("tur", "tr"), ("twi", "tw"), ("uig", "ug"), ("ukr", "uk"), ("urd", "ur"), ("uzb", "uz"),
    ("ven", "ve"), ("vie", "vi"), ("vol", "vo"), ("wel", "cy"), ("wln", "wa"), ("wol", "wo"),
    ("xho", "xh"), ("yid", "yi"), ("yor", "yo"), ("zha", "za"), ("zho", "zh"), ("zul", "zu"),
];

/// Languages that films are often in.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("af", "Afrikaans"), ("ar", "Arabic"), ("az", "Azerbaijani"), ("be", "Belarusian"),
    ("bg", "Bulgarian"), ("bn", "Bengali"), ("bs", "Bosnian"), ("ca", "Catalan"),
    ("cmn", "Mandarin Chinese"), ("cs", "Czech"), ("cy", "Welsh"), ("da", "Danish"),
    ("de", "German"), ("el", "Greek"), ("en", "English"), ("eo", "Esperanto"), ("es", "Spanish"),
    ("es-419", "Spanish (Latin America)"), ("et", "Estonian"), ("eu", "Basque"),
    ("fa", "Persian"), ("fi", "Finnish"), ("fil", "Filipino"), ("fr", "French"),
    ("fr-CA", "French (Canada)"), ("ga", "Irish"), ("gl", "Galician"), ("gsw", "Swiss German"),
    ("he", "Hebrew"), ("hi", "Hindi"), ("hr", "Croatian"), ("hu", "Hungarian"),
    ("hy", "Armenian"), ("id", "Indonesian"), ("is", "Icelandic"), ("it", "Italian"),
    ("ja", "Japanese"), ("ka", "Georgian"), ("kk", "Kazakh"), ("km", "Khmer"), ("ko", "Korean"),
    ("ku", "Kurdish"), ("la", "Latin"), ("lb", "Luxembourgish"), ("lt", "Lithuanian"),
    ("lv", "Latvian"), ("mk", "Macedonian"), ("ml", "Malayalam"), ("mn", "Mongolian"),
    ("mr", "Marathi"), ("ms", "Malay"), ("mt", "Maltese"), ("my", "Burmese"),
    ("nb", "Norwegian Bokmål"), ("ne", "Nepali"), ("nl", "Dutch"), ("nn", "Norwegian Nynorsk"),
    ("no", "Norwegian"), ("pa", "Punjabi"), ("pl", "Polish"), ("pt", "Portuguese"),
    ("pt-BR", "Portuguese (Brazil)"), ("pt-PT", "Portuguese (Portugal)"), ("ro", "Romanian"),
    ("ru", "Russian"), ("si", "Sinhala"), ("sk", "Slovak"), ("sl", "Slovenian"),
    ("sq", "Albanian"), ("sr", "Serbian"), ("sv", "Swedish"), ("sw", "Swahili"), ("ta", "Tamil"),
    ("te", "Telugu"), ("th", "Thai"), ("tl", "Tagalog"), ("tr", "Turkish"), ("uk", "Ukrainian"),
    ("ur", "Urdu"), ("uz", "Uzbek"), ("vi", "Vietnamese"), ("yi", "Yiddish"),
    ("yue", "Cantonese"), ("zh", "Chinese"), ("zh-Hans", "Chinese (simplified)"),
    ("zh-Hant", "Chinese (traditional)"), ("zu", "Zulu"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_have_names_where_we_know_them() {
        let name = |text| Language::parse(text).map(|language| language.name().to_owned());
        assert_eq!(name("ger").as_deref(), Some("German"));
        assert_eq!(name("pt_br").as_deref(), Some("Portuguese (Brazil)"));
        assert_eq!(name("de-AT").as_deref(), Some("de-AT"));
    }

    #[test]
    fn every_language_has_the_three_letters_of_the_terminological_variant() {
        let letters = |text| Language::parse(text)?.three_letters();
        for (text, expected) in
            [("ger", b"deu"), ("en-GB", b"eng"), ("cze", b"ces"), ("gsw", b"gsw")]
        {
            assert_eq!(letters(text), Some(*expected), "{text}");
        }
        for (long, short) in PAIRS.iter().filter(|(long, _)| !BIBLIOGRAPHIC.contains(long)) {
            assert_eq!(letters(short).as_ref().map(|l| &l[..]), Some(long.as_bytes()), "{short}");
        }
    }

    #[test]
    fn codes_of_every_standard_become_the_shortest_tag() {
        let tag = |text| Language::parse(text).map(|language| language.to_string());
        for (text, expected) in [
            ("eng", "en"),
            ("ger", "de"),
            ("deu", "de"),
            ("EN", "en"),
            ("pt_br", "pt-BR"),
            ("zh-hant", "zh-Hant"),
            ("gsw", "gsw"),
            ("spa-419", "es-419"),
            ("en\0", "en"),
        ] {
            assert_eq!(tag(text).as_deref(), Some(expected), "{text}");
        }
        for none in ["und", "", "x", "english", "zxx", "e1", "en-", "en-\""] {
            assert_eq!(tag(none), None, "{none}");
        }
    }
}
