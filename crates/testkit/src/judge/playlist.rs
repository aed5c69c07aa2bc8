//! Playlists, read as plainly as they can be [RFC 8216].

use super::probe::{Nanos, from_seconds};

/// A media playlist.
#[derive(Clone, Debug, Default)]
pub(super) struct Media {
    pub(super) target: Option<u64>,
    pub(super) version: u64,
    pub(super) map: Option<String>,
    pub(super) segments: Vec<Segment>,
    pub(super) ended: bool,
    pub(super) iframes_only: bool,
    /// Tags that this reader does not know what to make of.
    pub(super) strange: Vec<String>,
}

/// A segment of a playlist.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) lasts: Nanos,
    pub(super) uri: String,
}

/// A rendition or a variant that a multivariant playlist names.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `STREAM-INF`, `AUDIO`, `SUBTITLES`, `I-FRAME-STREAM-INF`…
    pub(super) kind: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) uri: Option<String>,
}

impl Entry {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

pub(super) fn media(text: &str) -> Result<Media, String> {
    let mut found = Media { version: 1, ..Media::default() };
    let mut lines = text.lines();
    if lines.next() != Some("#EXTM3U") {
        return Err("it does not begin with #EXTM3U".into());
    }
    let mut lasts = None;
    for line in lines.map(str::trim_end).filter(|line| !line.is_empty()) {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXTINF" => {
                let number = value.split(',').next().unwrap_or_default();
                lasts = Some(from_seconds(number).ok_or(format!("{line} has no number"))?);
                if !value.contains(',') {
                    return Err(format!("{line} has no comma"));
                }
            }
            "#EXT-X-TARGETDURATION" => found.target = value.parse().ok(),
            "#EXT-X-VERSION" => found.version = value.parse().unwrap_or(0),
            "#EXT-X-MAP" => {
                let uri = attributes(value).into_iter().find(|(name, _)| name == "URI");
                if found.map.replace(uri.map(|(_, uri)| uri).unwrap_or_default()).is_some() {
                    found.strange.push("a second EXT-X-MAP".into());
                }
            }
            "#EXT-X-ENDLIST" => found.ended = true,
            "#EXT-X-I-FRAMES-ONLY" => found.iframes_only = true,
            "#EXT-X-PLAYLIST-TYPE" if value == "VOD" => {}
            "#EXT-X-MEDIA-SEQUENCE" | "#EXT-X-INDEPENDENT-SEGMENTS" | "#EXT-X-START" => {}
            _ if tag.starts_with("#EXT") => found.strange.push(line.to_owned()),
            _ if tag.starts_with('#') => {}
            _ => {
                let lasts = lasts.take().ok_or(format!("{line} has no EXTINF"))?;
                found.segments.push(Segment { lasts, uri: line.to_owned() });
            }
        }
    }
    Ok(found)
}

pub(super) fn multivariant(text: &str) -> Result<Vec<Entry>, String> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    if lines.next() != Some("#EXTM3U") {
        return Err("it does not begin with #EXTM3U".into());
    }
    while let Some(line) = lines.next() {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        let attributes = attributes(value);
        let get = |name: &str| {
            attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        };
        match tag {
            "#EXT-X-STREAM-INF" => {
                let uri = lines.next().filter(|uri| !uri.starts_with('#'));
                let uri = Some(uri.ok_or(format!("no URI after {line}"))?.to_owned());
                found.push(Entry { kind: "STREAM-INF".into(), attributes, uri });
            }
            "#EXT-X-I-FRAME-STREAM-INF" => {
                let uri = get("URI");
                found.push(Entry { kind: "I-FRAME-STREAM-INF".into(), attributes, uri });
            }
            "#EXT-X-MEDIA" => {
                let (kind, uri) = (get("TYPE").unwrap_or_default(), get("URI"));
                found.push(Entry { kind, attributes, uri });
            }
            _ if tag.starts_with('#') => {}
            _ => return Err(format!("{line} follows no EXT-X-STREAM-INF")),
        }
    }
    Ok(found)
}

/// `NAME=value,NAME="value, with commas"` taken apart; quotes are taken off.
fn attributes(text: &str) -> Vec<(String, String)> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').unwrap_or((quoted, ""));
                (value, after.strip_prefix(',').unwrap_or(after))
            }
            None => after.split_once(',').unwrap_or((after, "")),
        };
        found.push((name.trim().to_owned(), value.to_owned()));
        rest = after;
    }
    found
}
