//! File names to media types.
//!
//! A table of our own, because what lies in a media folder is a small world with surprises: `.ts`
//! is a transport stream here and not TypeScript. Scripts and style sheets are deliberately
//! unknown: served as octets with `nosniff`, no page will run them.

use std::ffi::OsStr;

/// The longest extension of the table, in bytes.
const LONGEST: usize = 5;

/// A media type as `Content-Type` sends it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MediaType(&'static str);

impl MediaType {
    /// What is said of bytes that nothing is known about.
    pub const UNKNOWN: Self = Self("application/octet-stream");

    /// An HLS playlist (RFC 8216bis section 4).
    pub const HLS: Self = Self("application/vnd.apple.mpegurl");
    /// A DASH manifest (ISO/IEC 23009-1, Annex C).
    pub const DASH: Self = Self("application/dash+xml");
    /// Pictures, with or without sound, in MP4.
    pub const MP4: Self = Self("video/mp4");
    /// Sound in MP4.
    pub const MP4_AUDIO: Self = Self("audio/mp4");
    /// Text in MP4.
    pub const MP4_TEXT: Self = Self("application/mp4");
    /// A transport stream.
    pub const TS: Self = Self("video/mp2t");
    /// `WebVTT`.
    pub const WEBVTT: Self = Self("text/vtt; charset=utf-8");

    /// The media type of a file by the extension of its name, in any case.
    pub fn of(name: &OsStr) -> Self {
        let name = name.as_encoded_bytes();
        let Some(extension) =
            name.iter().rposition(|byte| *byte == b'.').and_then(|dot| name.get(dot + 1..))
        else {
            return Self::UNKNOWN;
        };
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..extension.len()) else {
            return Self::UNKNOWN;
        };
        lower.copy_from_slice(extension);
        lower.make_ascii_lowercase();
        Self(by_extension(lower))
    }

    /// The text, parameters included.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether a browser that opens it may run scripts in it: HTML, and XML of any kind, since
    /// XML can have HTML or SVG inside.
    pub fn is_active(self) -> bool {
        let essence = self.0.split(';').next().unwrap_or(self.0);
        essence == "text/html" || essence.ends_with("/xml") || essence.ends_with("+xml")
    }
}

fn by_extension(extension: &[u8]) -> &'static str {
    match extension {
        // Video
        b"mp4" | b"m4v" | b"mp4v" => "video/mp4",
        b"mov" | b"qt" => "video/quicktime",
        b"mkv" => "video/x-matroska",
        b"mk3d" => "video/x-matroska-3d",
        b"webm" => "video/webm",
        b"ts" | b"m2ts" | b"mts" | b"m2t" => "video/mp2t",
        b"mpg" | b"mpeg" | b"mpe" | b"m2v" | b"vob" => "video/mpeg",
        b"avi" | b"divx" => "video/x-msvideo",
        b"ogv" => "video/ogg",
        b"ogg" | b"oga" | b"spx" => "audio/ogg",
        b"ogx" => "application/ogg",
        b"flv" | b"f4v" => "video/x-flv",
        b"wmv" => "video/x-ms-wmv",
        b"asf" => "video/x-ms-asf",
        b"3gp" => "video/3gpp",
        b"3g2" => "video/3gpp2",
        b"mxf" => "application/mxf",
        b"mjpeg" | b"mjpg" => "video/x-motion-jpeg",
        b"m4s" | b"cmfv" => "video/iso.segment",
        // Playlists and manifests
        b"m3u8" => "application/vnd.apple.mpegurl",
        b"m3u" => "audio/x-mpegurl",
        b"pls" => "audio/x-scpls",
        b"mpd" => "application/dash+xml",
        b"xspf" => "application/xspf+xml",
        // Subtitles
        b"vtt" => "text/vtt; charset=utf-8",
        b"srt" => "application/x-subrip; charset=utf-8",
        b"ass" | b"ssa" => "text/x-ssa; charset=utf-8",
        b"ttml" | b"dfxp" => "application/ttml+xml",
        // `sub` (text in one format, an MPEG stream in the other) and `sup` (PGS) stay octets.
        // Audio
        b"mp3" => "audio/mpeg",
        b"m4a" | b"m4b" | b"cmfa" => "audio/mp4",
        b"aac" => "audio/aac",
        b"flac" => "audio/flac",
        b"opus" => "audio/ogg; codecs=opus",
        b"wav" => "audio/wav",
        b"aif" | b"aiff" => "audio/aiff",
        b"ac3" => "audio/ac3",
        b"eac3" | b"ec3" => "audio/eac3",
        b"dts" => "audio/vnd.dts",
        b"mka" => "audio/x-matroska",
        b"weba" => "audio/webm",
        b"wma" => "audio/x-ms-wma",
        // Pictures
        b"jpg" | b"jpeg" => "image/jpeg",
        b"png" => "image/png",
        b"webp" => "image/webp",
        b"avif" => "image/avif",
        b"heic" => "image/heic",
        b"gif" => "image/gif",
        b"bmp" => "image/bmp",
        b"tif" | b"tiff" => "image/tiff",
        b"ico" => "image/vnd.microsoft.icon",
        b"svg" => "image/svg+xml",
        // What lies beside them
        b"json" => "application/json",
        b"xml" => "text/xml; charset=utf-8",
        b"txt" | b"nfo" | b"cue" | b"log" | b"idx" | b"smi" => "text/plain; charset=utf-8",
        b"md" => "text/markdown; charset=utf-8",
        b"csv" => "text/csv; charset=utf-8",
        b"html" | b"htm" => "text/html; charset=utf-8",
        b"xhtml" | b"xht" => "application/xhtml+xml",
        b"pdf" => "application/pdf",
        b"zip" => "application/zip",
        _ => MediaType::UNKNOWN.0,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn of(name: &str) -> MediaType {
        MediaType::of(OsStr::new(name))
    }

    #[test]
    fn known_extensions_count_in_any_case_and_only_the_last() {
        for (name, media_type) in [
            ("a.mp4", "video/mp4"),
            ("A.MKV", "video/x-matroska"),
            ("a.b.webm", "video/webm"),
            ("a.ts", "video/mp2t"),
            ("a.m2ts", "video/mp2t"),
            ("a.ogv", "video/ogg"),
            ("a.m3u8", "application/vnd.apple.mpegurl"),
            ("a.vtt", "text/vtt; charset=utf-8"),
            ("a.srt", "application/x-subrip; charset=utf-8"),
            ("a.xhtml", "application/xhtml+xml"),
            ("映画.Mp4", "video/mp4"),
        ] {
            assert_eq!(of(name).as_str(), media_type, "{name}");
        }
    }

    #[test]
    fn everything_else_is_octets() {
        for name in [
            "mp4",
            "a.",
            "a.mp4x",
            "a.mp4 ",
            "a.unheardof",
            "a.js",
            "a.css",
            "a.mp4.exe",
            "a.m\u{212a}v",
        ] {
            assert_eq!(of(name), MediaType::UNKNOWN, "{name}");
        }
    }

    #[test]
    fn html_and_all_xml_are_active_and_media_are_not() {
        for name in
            ["a.html", "a.htm", "a.xhtml", "a.xht", "a.svg", "a.xml", "a.mpd", "a.xspf", "a.ttml"]
        {
            assert!(of(name).is_active(), "{name}");
        }
        for name in ["a.mp4", "a.txt", "a.json", "a.vtt", "a.pdf", "a.jpg", "a"] {
            assert!(!of(name).is_active(), "{name}");
        }
    }

    #[test]
    fn every_type_is_a_header_value() {
        for name in ["a.mp4", "a.opus", "a.md", "a.pdf"] {
            assert!(HeaderValue::from_str(of(name).as_str()).is_ok());
        }
    }
}
