//! Texts in a movie: titles, languages, roles, dates.

use media::{Attachment, Language, Roles};

use super::boxes::{Cursor, child, children, descend, full};

/// Text in UTF-8 or UTF-16 up to its first zero; `None` if there is none.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let units = |bytes: &[u8], read: fn([u8; 2]) -> u16| {
        let pairs = bytes.as_chunks::<2>().0.iter().map(|pair| read(*pair));
        let units: Vec<u16> = pairs.take_while(|unit| *unit != 0).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        _ => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
        }
    };
    // A title is a line, not a document.
    let line: String = text.trim().chars().filter(|c| !c.is_control()).take(1_000).collect();
    (!line.is_empty()).then_some(line)
}

/// The packed language of three letters [ISO/IEC 14496-12, 8.4.2], or a language of the Macintosh
/// [QuickTime File Format, Language Code Values].
pub(super) fn language(code: u16) -> Option<Language> {
    if code >= 0x400 {
        let letter = |shift: u16| char::from(0x60 + (code >> shift & 0x1F) as u8);
        return Language::parse(&String::from_iter([letter(10), letter(5), letter(0)]));
    }
    let tag = match code {
        0 => "en",
        1 => "fr",
        2 => "de",
        3 => "it",
        4 => "nl",
        5 => "sv",
        6 => "es",
        7 => "da",
        8 => "pt",
        9 => "no",
        10 => "he",
        11 => "ja",
        12 => "ar",
        13 => "fi",
        14 => "el",
        15 => "is",
        17 => "tr",
        18 => "hr",
        19 => "zh-Hant",
        21 => "hi",
        22 => "th",
        23 => "ko",
        24 => "lt",
        25 => "pl",
        26 => "hu",
        27 => "et",
        28 => "lv",
        31 => "fa",
        32 => "ru",
        33 => "zh-Hans",
        37 => "ro",
        38 => "cs",
        39 => "sk",
        40 => "sl",
        44 => "bg",
        45 => "uk",
        80 => "vi",
        _ => return None,
    };
    Language::parse(tag)
}

/// Whether a handler's name says no more than what wrote it.
pub(super) fn is_generic(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["handle", "core media", "produced by", "gpac", "mainconcept", "bento4", "l-smash"];
    words.iter().any(|word| name.contains(word))
        || matches!(
            name.as_str(),
            "video"
                | "audio"
                | "sound"
                | "text"
                | "subtitle"
                | "vide"
                | "soun"
                | "subtitles"
                | "video track"
                | "audio track"
                | "apple alias"
                | "gopro avc"
                | "gopro aac"
                | "videoh"
                | "soundh"
                | "eng"
                | "und"
        )
}

/// What a role says [ISO/IEC 23009-1, 5.8.5.5], or a tagged media characteristic of `QuickTime`.
pub(super) fn role(value: &str, roles: &mut Roles) {
    match value {
        "commentary" => roles.commentary = true,
        "forced-subtitle" | "forced_subtitle" | "public.subtitles.forced-only" => {
            roles.forced = true;
        }
        "caption"
        | "captions"
        | "public.accessibility.transcribes-spoken-dialog"
        | "public.accessibility.describes-music-and-sound" => roles.hearing_impaired = true,
        "description" | "descriptions" | "main-desc" | "public.accessibility.describes-video" => {
            roles.visual_impaired = true;
        }
        "public.original-content" => roles.original = true,
        _ => {}
    }
}

/// The title of a track in its `udta` box.
pub(super) fn track_title(udta: &[u8]) -> Option<String> {
    child(udta, b"name").and_then(text).or_else(|| title(udta))
}

/// The title in a `udta` box: of iTunes, of `QuickTime`, of 3GPP.
pub(super) fn title(udta: &[u8]) -> Option<String> {
    let meta = child(udta, b"meta").map(meta_boxes).unwrap_or_default();
    let itunes = descend(meta, &[b"ilst", b"\xA9nam"]).and_then(|item| {
        let value = child(item, b"data")?.get(8..)?;
        text(value)
    });
    let quicktime = || {
        let mut cursor = Cursor::new(child(udta, b"\xA9nam")?);
        let length = cursor.u16()?;
        cursor.skip(2)?;
        text(cursor.rest().get(..length.into())?)
    };
    // [3GPP TS 26.244, 8.2]
    let mobile = || {
        let (_, _, mut cursor) = full(child(udta, b"titl")?)?;
        cursor.skip(2)?;
        text(cursor.rest())
    };
    itunes.or_else(quicktime).or_else(mobile)
}

/// The title in a `meta` box of keys and values [`QuickTime` File Format, Metadata].
pub(super) fn keyed_title(meta: &[u8]) -> Option<String> {
    let meta = meta_boxes(meta);
    let (_, _, mut keys) = full(child(meta, b"keys")?)?;
    keys.skip(4)?;
    let wanted = ["com.apple.quicktime.title", "com.apple.quicktime.displayname", "title"];
    let number = (1u32..)
        .zip(children(keys.rest()))
        .find(|(_, key)| wanted.iter().any(|wanted| key.body == wanted.as_bytes()))?
        .0;
    let item = child(child(meta, b"ilst")?, &number.to_be_bytes())?;
    text(child(item, b"data")?.get(8..)?)
}

/// The pictures in iTunes metadata: covers.
pub(super) fn covers(udta: &[u8]) -> Vec<Attachment> {
    let meta = child(udta, b"meta").map(meta_boxes).unwrap_or_default();
    let item = descend(meta, &[b"ilst", b"covr"]).unwrap_or_default();
    let data = children(item).filter(|inner| inner.kind == *b"data").take(64);
    let pictures = data.filter_map(|inner| {
        let (kind, bytes) = inner.body.split_first_chunk::<4>()?;
        let picture = bytes.get(4..)?;
        let (suffix, media_type) = match (kind[3], picture) {
            (14, _) | (_, [0x89, b'P', b'N', b'G', ..]) => ("png", "image/png"),
            (27, _) | (_, [b'B', b'M', ..]) => ("bmp", "image/bmp"),
            _ => ("jpg", "image/jpeg"),
        };
        Some((suffix, media_type, picture.len() as u64))
    });
    (1..)
        .zip(pictures)
        .map(|(number, (suffix, media_type, size))| Attachment {
            name: if number == 1 {
                format!("cover.{suffix}")
            } else {
                format!("cover{number}.{suffix}")
            },
            media_type: media_type.to_owned(),
            size,
        })
        .collect()
}

/// The boxes in `meta`: a full box in the standard, a plain one in `QuickTime`.
fn meta_boxes(body: &[u8]) -> &[u8] {
    let plain = body.get(4..8) == Some(b"hdlr");
    if plain { body } else { body.get(4..).unwrap_or_default() }
}

/// Seconds since 1970 of a time since 1904. Some devices count from 1970 already, and some that
/// have no clock say zero.
pub(super) fn since_1970(seconds: u64) -> Option<i64> {
    const FROM_1904: i64 = 2_082_844_800;
    const YEAR_10000: i64 = 253_402_300_800;
    let seconds = i64::try_from(seconds).ok().filter(|seconds| *seconds != 0)?;
    let seconds = if seconds >= FROM_1904 { seconds - FROM_1904 } else { seconds };
    (1..YEAR_10000).contains(&seconds).then_some(seconds)
}
