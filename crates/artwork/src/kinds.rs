//! What is made, as it is remembered: values that serde writes, and that name files of
//! [`Pictures`](crate::Pictures).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The name of a file in [`Pictures`](crate::Pictures): 32 hexadecimal digits of its content and
/// `.jpg` or `.mp4`. Nothing else parses, so a name from outside leads nowhere else.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct PictureFile(String);

/// Digits of a content's name: 128 bits.
const DIGITS: usize = 32;

/// The text names no picture.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the name of a picture: 32 hexadecimal digits and .jpg or .mp4")]
pub struct NotAPicture;

/// What is in such a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    Jpeg,
    Mp4,
}

impl Form {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Mp4 => "mp4",
        }
    }
}

impl PictureFile {
    /// The name of these bytes.
    pub(crate) fn of(bytes: &[u8], form: Form) -> Self {
        let hash = blake3::hash(bytes).to_hex();
        let digits = hash.get(..DIGITS).unwrap_or_default();
        Self(format!("{digits}.{}", form.extension()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits without the extension: what may stand for `v` in an address.
    pub fn digits(&self) -> &str {
        self.0.get(..DIGITS).unwrap_or_default()
    }
}

impl fmt::Display for PictureFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PictureFile {
    type Err = NotAPicture;

    fn from_str(text: &str) -> Result<Self, NotAPicture> {
        let (digits, extension) = text.split_once('.').ok_or(NotAPicture)?;
        let plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let known = matches!(extension, "jpg" | "mp4");
        if plain && known && digits.len() == DIGITS {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAPicture)
        }
    }
}

impl TryFrom<String> for PictureFile {
    type Error = NotAPicture;

    fn try_from(text: String) -> Result<Self, NotAPicture> {
        text.parse()
    }
}

impl From<PictureFile> for String {
    fn from(file: PictureFile) -> Self {
        file.0
    }
}

/// Who chose a poster.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// We did: the best of the key pictures, or the cover inside the file.
    Auto,
    /// Somebody chose a moment of the video.
    Moment {
        /// Milliseconds from the beginning.
        ms: u64,
    },
    /// Somebody uploaded a picture.
    Upload,
}

/// The picture that stands for a video.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Poster {
    /// A JPEG.
    pub file: PictureFile,
    /// In pixels, at most 640 (uploads: 1280).
    pub width: u32,
    /// In pixels, at most 640 (uploads: 1280).
    pub height: u32,
    /// Its dominant colour as `#rrggbb`, to be shown while it loads.
    pub colour: String,
    /// Who chose it.
    pub from: Origin,
}

/// Small pictures of the whole video in sheets, for the seek bar.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Storyboard {
    /// JPEGs, each of `columns` by `rows` tiles, filled row by row.
    pub sheets: Vec<PictureFile>,
    /// Tiles beside each other.
    pub columns: u32,
    /// Tiles above each other.
    pub rows: u32,
    /// In pixels.
    pub tile_width: u32,
    /// In pixels.
    pub tile_height: u32,
    /// About how far the tiles are apart, in milliseconds.
    pub interval_ms: u64,
    /// How many tiles there are.
    pub count: u32,
    /// The moment of each tile, ascending.
    pub times_ms: Vec<u64>,
    /// The length of the video, in milliseconds.
    pub duration_ms: u64,
}

/// A few silent seconds of the video.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Preview {
    /// An MP4 with H.264.
    pub file: PictureFile,
    /// In pixels, at most 320.
    pub width: u32,
    /// In pixels, at most 320.
    pub height: u32,
    /// How long it lasts, in milliseconds.
    pub duration_ms: u64,
    /// The length of the file.
    pub bytes: u64,
}

/// What one run over the key pictures gives.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Stills {
    /// The best of them.
    pub poster: Poster,
    /// All of them; none where there is but one.
    pub storyboard: Option<Storyboard>,
    /// Where a preview had better look, ascending: the best moment of each quarter.
    pub moments_ms: Vec<u64>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_names_of_pictures_parse() {
        let file = PictureFile::of(b"x", Form::Jpeg);
        assert_eq!(file.as_str().parse::<PictureFile>().unwrap(), file);
        for text in ["", "../../etc/passwd", "0.jpg", "..jpg", &file.as_str().to_uppercase()] {
            assert!(text.parse::<PictureFile>().is_err(), "{text}");
            assert!(serde_json::from_value::<PictureFile>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_poster_reads_back_from_json() {
        let file = PictureFile::of(b"x", Form::Jpeg);
        let from = Origin::Moment { ms: 5 };
        let poster = Poster { file, width: 640, height: 360, colour: "#102030".to_owned(), from };
        let json = serde_json::to_string(&poster).unwrap();
        assert!(json.contains(r#""from":{"moment":{"ms":5}}"#), "{json}");
        assert_eq!(serde_json::from_str::<Poster>(&json).unwrap(), poster);
    }
}
