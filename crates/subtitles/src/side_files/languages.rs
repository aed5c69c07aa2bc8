//! Languages as the names of files have them.

use media::Language;

/// The language that a word of a file's name is: a tag, a code that is really in use, or its name
/// in English.
pub(super) fn language(word: &str) -> Option<Language> {
    let lower = word.to_lowercase();
    let other = OTHERS.iter().find(|(name, _)| *name == lower);
    if let Some((_, tag)) = other {
        return Language::parse(tag);
    }
    if let Some((code, _)) = NAMES.iter().find(|(_, name)| !name.is_empty() && *name == lower) {
        return Language::parse(code);
    }
    // Only scripts and regions: any other word behind a hyphen is not about the language.
    let mut parts = word.split(['-', '_']);
    let primary = Language::parse(parts.next()?)?;
    let known = NAMES.iter().any(|(code, _)| *code == primary.as_str())
        || THREE.contains(&primary.as_str());
    let region_or_script = |part: &str| {
        let letters = part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        (letters && part.len() == 4 && SCRIPTS.contains(&part.to_ascii_lowercase().as_str()))
            // These two are words about the subtitles.
            || (letters && part.len() == 2 && !matches!(&*part.to_ascii_lowercase(), "cc" | "hi"))
            || (digits && part.len() == 3)
    };
    (known && parts.all(region_or_script)).then(|| Language::parse(word)).flatten()
}

/// Names and codes that subtitles have although no standard does, and names of several words.
#[rustfmt::skip]
const OTHERS: &[(&str, &str)] = &[
    ("brazilian", "pt-BR"), ("pob", "pt-BR"), ("ptbr", "pt-BR"),
    ("castilian", "es-ES"), ("latino", "es-419"), ("latin american", "es-419"),
    ("chs", "zh-Hans"), ("cht", "zh-Hant"), ("cantonese", "yue"), ("mandarin", "cmn"),
    ("simplified", "zh-Hans"), ("traditional", "zh-Hant"),
    ("farsi", "fa"), ("filipino", "fil"), ("flemish", "nl-BE"), ("slovene", "sl"),
    ("bokmal", "nb"), ("azeri", "az"), ("bangla", "bn"), ("scc", "sr"), ("scr", "hr"),
    ("rumanian", "ro"), ("khmer", "km"), ("kirghiz", "ky"), ("oriya", "or"),
];

/// Scripts in which subtitles come (ISO 15924).
const SCRIPTS: &[&str] = &["arab", "cyrl", "deva", "hans", "hant", "hebr", "latn"];

/// Codes of three letters for languages that have none of two and that films are in.
#[rustfmt::skip]
const THREE: &[&str] = &[
    "ast", "bho", "ceb", "ckb", "cmn", "crh", "dsb", "fil", "fur", "gsw", "haw", "hsb", "kab",
    "kmr", "lij", "mai", "nap", "nds", "pap", "sat", "scn", "sco", "smj", "sma", "smn", "tet",
    "tlh", "tok", "vec", "yue",
];

/// Codes of ISO 639-1 and their names in English.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("aa", "afar"), ("ab", "abkhazian"), ("af", "afrikaans"), ("ak", "akan"), ("am", "amharic"),
    ("an", "aragonese"), ("ar", "arabic"), ("as", "assamese"), ("av", "avaric"), ("ay", "aymara"),
    ("az", "azerbaijani"), ("ba", "bashkir"), ("be", "belarusian"), ("bg", "bulgarian"),
    ("bi", "bislama"), ("bm", "bambara"), ("bn", "bengali"), ("bo", "tibetan"), ("br", "breton"),
    ("bs", "bosnian"), ("ca", "catalan"), ("ce", "chechen"), ("ch", "chamorro"), ("co", "corsican"),
    ("cr", "cree"), ("cs", "czech"), ("cu", ""), ("cv", "chuvash"), ("cy", "welsh"),
    ("da", "danish"), ("de", "german"), ("dv", "divehi"), ("dz", "dzongkha"), ("ee", "ewe"),
    ("el", "greek"), ("en", "english"), ("eo", "esperanto"), ("es", "spanish"), ("et", "estonian"),
    ("eu", "basque"), ("fa", "persian"), ("ff", "fulah"), ("fi", "finnish"), ("fj", "fijian"),
    ("fo", "faroese"), ("fr", "french"), ("fy", "frisian"), ("ga", "irish"), ("gd", "gaelic"),
    ("gl", "galician"), ("gn", "guarani"), ("gu", "gujarati"), ("gv", "manx"), ("ha", "hausa"),
    ("he", "hebrew"), ("hi", "hindi"), ("ho", "motu"), ("hr", "croatian"), ("ht", "haitian"),
    ("hu", "hungarian"), ("hy", "armenian"), ("hz", "herero"), ("ia", "interlingua"),
    ("id", "indonesian"), ("ie", "interlingue"), ("ig", "igbo"), ("ik", "inupiaq"), ("io", "ido"),
    ("is", "icelandic"), ("it", "italian"), ("iu", "inuktitut"), ("ja", "japanese"),
    ("jv", "javanese"), ("ka", "georgian"), ("kg", "kongo"), ("ki", "kikuyu"), ("kj", "kuanyama"),
    ("kk", "kazakh"), ("kl", "greenlandic"), ("km", "khmer"), ("kn", "kannada"), ("ko", "korean"),
    ("kr", "kanuri"), ("ks", "kashmiri"), ("ku", "kurdish"), ("kv", "komi"), ("kw", "cornish"),
    ("ky", "kyrgyz"), ("la", "latin"), ("lb", "luxembourgish"), ("lg", "ganda"),
    ("li", "limburgish"), ("ln", "lingala"), ("lo", "lao"), ("lt", "lithuanian"), ("lv", "latvian"),
    ("mg", "malagasy"), ("mh", "marshallese"), ("mi", "maori"), ("mk", "macedonian"),
    ("ml", "malayalam"), ("mn", "mongolian"), ("mr", "marathi"), ("ms", "malay"), ("mt", "maltese"),
    ("my", "burmese"), ("na", "nauru"), ("nb", "bokmål"), ("nd", ""), ("ne", "nepali"),
    ("ng", "ndonga"), ("nl", "dutch"), ("nn", "nynorsk"), ("no", "norwegian"), ("nr", "ndebele"),
    ("nv", "navajo"), ("ny", "chichewa"), ("oc", "occitan"), ("oj", "ojibwa"), ("om", "oromo"),
    ("or", "odia"), ("os", "ossetian"), ("pa", "punjabi"), ("pi", "pali"), ("pl", "polish"),
    ("ps", "pashto"), ("pt", "portuguese"), ("qu", "quechua"), ("rm", "romansh"), ("rn", "rundi"),
    ("ro", "romanian"), ("ru", "russian"), ("rw", "kinyarwanda"), ("sa", "sanskrit"),
    ("sc", "sardinian"), ("sd", "sindhi"), ("se", "sami"), ("sg", "sango"), ("si", "sinhala"),
    ("sk", "slovak"), ("sl", "slovenian"), ("sm", "samoan"), ("sn", "shona"), ("so", "somali"),
    ("sq", "albanian"), ("sr", "serbian"), ("ss", "swati"), ("st", "sotho"), ("su", "sundanese"),
    ("sv", "swedish"), ("sw", "swahili"), ("ta", "tamil"), ("te", "telugu"), ("tg", "tajik"),
    ("th", "thai"), ("ti", "tigrinya"), ("tk", "turkmen"), ("tl", "tagalog"), ("tn", "tswana"),
    ("to", "tongan"), ("tr", "turkish"), ("ts", "tsonga"), ("tt", "tatar"), ("tw", "twi"),
    ("ty", "tahitian"), ("ug", "uyghur"), ("uk", "ukrainian"), ("ur", "urdu"), ("uz", "uzbek"),
    ("ve", "venda"), ("vi", "vietnamese"), ("vo", "volapük"), ("wa", "walloon"), ("wo", "wolof"),
    ("xh", "xhosa"), ("yi", "yiddish"), ("yo", "yoruba"), ("za", "zhuang"), ("zh", "chinese"),
    ("zu", "zulu"),
];
