//! What a file may be, going by its name alone.

/// What a name promises.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A video.
    Video,
    /// A video, or something else that is called so: `.ts` is a transport stream or a program.
    Perhaps,
    /// Something beside a video that says more about it: subtitles, a description.
    Beside,
    /// Neither.
    Other,
}

/// Containers that Vidicon or ffmpeg read.
const VIDEOS: &[&str] = &[
    "3g2", "3gp", "asf", "avi", "divx", "dv", "f4v", "flv", "m1v", "m2t", "m2ts", "m2v", "m4v",
    "mjpeg", "mjpg", "mkv", "mov", "mp4", "mpe", "mpeg", "mpg", "mts", "mxf", "nut", "ogm", "ogv",
    "qt", "rm", "rmvb", "vob", "webm", "wmv", "wtv", "y4m",
];
const PERHAPS: &[&str] = &["dat", "mod", "tod", "trp", "ts"];
const BESIDE: &[&str] = &["srt", "vtt", "ass", "ssa", "nfo", "json", "txt"];

impl Kind {
    /// Of a file with this name.
    pub(crate) fn of(name: &str) -> Self {
        let Some((stem, extension)) = name.rsplit_once('.') else { return Self::Other };
        if stem.is_empty() {
            return Self::Other;
        }
        let extension = extension.to_ascii_lowercase();
        let is_in = |list: &[&str]| list.contains(&extension.as_str());
        if is_in(VIDEOS) {
            Self::Video
        } else if is_in(PERHAPS) {
            Self::Perhaps
        } else if is_in(BESIDE) {
            Self::Beside
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_promises_by_its_extension_in_any_case() {
        assert_eq!(Kind::of("a.MKV"), Kind::Video);
        assert_eq!(Kind::of("a.ts"), Kind::Perhaps);
        assert_eq!(Kind::of("a.en.srt"), Kind::Beside);
        assert_eq!(Kind::of("a.mp4.part"), Kind::Other);
        assert_eq!(Kind::of("mp4"), Kind::Other);
        assert_eq!(Kind::of(".mp4"), Kind::Other);
    }
}
