//! The names of what a presentation consists of, relative to it.
//!
//! Whatever may be kept for ever has a *tag* in its name, which changes when any byte of it could:
//! with the file, the policy, or the format version. Playlists have none and are asked for anew.

use std::fmt;

/// Eight hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Tag(pub u32);

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Which rendition: its kind and the number of its track, from 1.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Lane {
    /// Pictures.
    Video(u32),
    /// Sound.
    Audio(u32),
    /// Text.
    Text(u32),
    /// The key pictures of a track.
    IFrames(u32),
    /// Pictures and sound together, in a transport stream.
    Main,
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Video(number) => write!(f, "video-{number}"),
            Self::Audio(number) => write!(f, "audio-{number}"),
            Self::Text(number) => write!(f, "text-{number}"),
            Self::IFrames(number) => write!(f, "iframes-{number}"),
            Self::Main => f.write_str("main"),
        }
    }
}

impl Lane {
    fn parse(text: &str) -> Option<Self> {
        if text == "main" {
            return Some(Self::Main);
        }
        let (kind, number) = text.split_once('-')?;
        let number = number_of(number)?;
        Some(match kind {
            "video" => Self::Video(number),
            "audio" => Self::Audio(number),
            "text" => Self::Text(number),
            "iframes" => Self::IFrames(number),
            _ => return None,
        })
    }
}

/// How a segment is wrapped.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Wrapping {
    /// A CMAF fragment: `.m4s`.
    Cmaf,
    /// A transport stream: `.ts`.
    Ts,
    /// WebVTT text: `.vtt`.
    WebVtt,
}

impl Wrapping {
    fn extension(self) -> &'static str {
        match self {
            Self::Cmaf => "m4s",
            Self::Ts => "ts",
            Self::WebVtt => "vtt",
        }
    }
}

/// One resource of a presentation.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Resource {
    /// `master.m3u8`
    Master,
    /// `manifest.mpd`
    Manifest,
    /// `video-1.m3u8`
    Playlist(Lane),
    /// `video-1-0badcafe.mp4`
    Init(Lane, Tag),
    /// `video-1-0badcafe-7.m4s`; segments count from 1.
    Segment(Lane, Tag, u32, Wrapping),
}

impl Resource {
    /// The resource of this name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "master.m3u8" => return Some(Self::Master),
            "manifest.mpd" => return Some(Self::Manifest),
            _ => {}
        }
        let (stem, extension) = name.rsplit_once('.')?;
        match extension {
            "m3u8" => Some(Self::Playlist(Lane::parse(stem)?)),
            "mp4" => {
                let (lane, tag) = stem.rsplit_once('-')?;
                Some(Self::Init(Lane::parse(lane)?, tag_of(tag)?))
            }
            _ => {
                let wrapping = [Wrapping::Cmaf, Wrapping::Ts, Wrapping::WebVtt]
                    .into_iter()
                    .find(|wrapping| wrapping.extension() == extension)?;
                let (rest, number) = stem.rsplit_once('-')?;
                let (lane, tag) = rest.rsplit_once('-')?;
                let (lane, tag) = (Lane::parse(lane)?, tag_of(tag)?);
                Some(Self::Segment(lane, tag, number_of(number)?, wrapping))
            }
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Master => f.write_str("master.m3u8"),
            Self::Manifest => f.write_str("manifest.mpd"),
            Self::Playlist(lane) => write!(f, "{lane}.m3u8"),
            Self::Init(lane, tag) => write!(f, "{lane}-{tag}.mp4"),
            Self::Segment(lane, tag, number, wrapping) => {
                write!(f, "{lane}-{tag}-{number}.{}", wrapping.extension())
            }
        }
    }
}

/// A number from 1 as it is written by us: no sign, no zeros in front.
fn number_of(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

fn tag_of(text: &str) -> Option<Tag> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    u32::from_str_radix(text, 16).ok().filter(|_| plain && text.len() == 8).map(Tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_as_what_it_names() {
        let tag = Tag(0x0bad_cafe);
        for (resource, name) in [
            (Resource::Master, "master.m3u8"),
            (Resource::Manifest, "manifest.mpd"),
            (Resource::Playlist(Lane::Main), "main.m3u8"),
            (Resource::Playlist(Lane::Audio(2)), "audio-2.m3u8"),
            (Resource::Init(Lane::Video(1), tag), "video-1-0badcafe.mp4"),
            (Resource::Segment(Lane::Text(3), tag, 12, Wrapping::WebVtt), "text-3-0badcafe-12.vtt"),
            (Resource::Segment(Lane::Main, tag, 1, Wrapping::Ts), "main-0badcafe-1.ts"),
        ] {
            assert_eq!(resource.to_string(), name);
            assert_eq!(Resource::parse(name), Some(resource));
        }
    }

    #[test]
    fn one_resource_has_one_name() {
        for name in [
            "",
            "video.m3u8",
            "video-0.m3u8",
            "video-01.m3u8",
            "video-+1.m3u8",
            "main-1.m3u8",
            "video-1-0BADCAFE.mp4",
            "video-1-badcafe.mp4",
            "video-1-0badcafe-0.m4s",
            "video-1-0badcafe-1.mp3",
            "video-99999999999.m3u8",
            "Master.m3u8",
        ] {
            assert_eq!(Resource::parse(name), None, "{name}");
        }
    }
}
