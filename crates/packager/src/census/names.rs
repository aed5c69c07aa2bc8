//! What the name of a file tells before it is opened.

use std::path::Path;

/// Files that are never videos: opening each would take most of the time in many libraries.
#[rustfmt::skip]
const NO_VIDEOS: &[&str] = &[
    // Beside videos.
    "srt", "ass", "ssa", "vtt", "sub", "idx", "sup", "nfo", "txt", "md", "json", "xml", "yaml",
    "yml", "m3u", "m3u8", "mpd", "m4s", "cue", "torrent", "par2", "sfv", "part",
    // Pictures.
    "jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "bmp", "tif", "tiff", "svg",
    "ico", "psd", "dng", "cr2", "nef", "arw",
    // Sound.
    "mp3", "m4a", "m4b", "aac", "ac3", "eac3", "dts", "flac", "wav", "aif", "aiff", "oga", "opus",
    "wma", "mka", "mid",
    // Documents, programs, archives.
    "pdf", "epub", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "html", "htm", "css", "js",
    "py", "rs", "c", "h", "cpp", "java", "go", "sh", "bat", "exe", "dll", "so", "o", "a", "zip",
    "rar", "7z", "gz", "bz2", "xz", "zst", "tar", "iso", "img", "db", "sqlite", "log", "ini",
    "conf", "toml", "lock", "ttf", "otf", "woff", "woff2",
];

/// Files that ought to be videos, whatever is in them. Not `ts`: what has that name and is no
/// transport stream is a program in TypeScript.
#[rustfmt::skip]
const VIDEOS: &[&str] = &[
    "mp4", "m4v", "mov", "qt", "3gp", "3g2", "f4v", "mkv", "mk3d", "webm", "m2ts", "mts", "m2t",
    "avi", "divx", "flv", "wmv", "asf", "mpg", "mpeg", "vob", "ogv", "ogm", "mxf", "rm", "rmvb",
];

/// Whether a file of this name may be a video.
pub fn is_worth_a_look(file_name: &str) -> bool {
    !has_extension(file_name, NO_VIDEOS)
}

/// Whether whoever named the file meant a video.
pub(super) fn is_called_like_a_video(file_name: &str) -> bool {
    has_extension(file_name, VIDEOS)
}

fn has_extension(file_name: &str, all: &[&str]) -> bool {
    let extension = Path::new(file_name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|own| all.iter().any(|one| one.eq_ignore_ascii_case(own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_no_video_is_passed_over() {
        for name in ["film.mp4", "film.TS", "film", "film.mp4.bak", "theora.ogg", "x.bin"] {
            assert!(is_worth_a_look(name), "{name}");
        }
        for name in ["film.en.srt", "cover.JPG", "song.mp3", "main.rs"] {
            assert!(!is_worth_a_look(name), "{name}");
        }
        assert!(is_called_like_a_video("a.Mkv") && !is_called_like_a_video("main.ts"));
    }
}
