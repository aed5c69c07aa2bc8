//! A video as clients see it.

use serde::Serialize;
use serde_json::Value;
use store::{FileRow, FileState, VideoDetails as Row, VideoRow};
use utoipa::ToSchema;

use super::filter::time;

/// A video: one content, however many files hold it.
#[allow(clippy::struct_field_names, reason = "clients know them by these names")]
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Video {
    /// 26 letters that its content gives it; they stay when the file is moved or renamed.
    #[schema(pattern = "^[0-7][0-9a-hjkmnp-tv-z]{25}$")]
    pub(crate) id: String,
    pub(crate) title: String,
    /// The folder below the media folder, percent-encoded, without slashes at its ends; "" at the top.
    pub(crate) folder: String,
    /// The name of its file, readable.
    pub(crate) file: String,
    /// The path of its file below the media folder, percent-encoded: `/video/` and this is its address.
    pub(crate) path: String,
    /// Seconds.
    pub(crate) duration: f64,
    /// Pixels across as it is seen; 0 without pictures.
    pub(crate) width: u32,
    /// Pixels down as it is seen; 0 without pictures.
    pub(crate) height: u32,
    /// As in `mp4`.
    pub(crate) container: String,
    /// As in `h264`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) video_codec: Option<String>,
    pub(crate) audio_codecs: Vec<String>,
    /// BCP 47.
    pub(crate) audio_languages: Vec<String>,
    /// BCP 47.
    pub(crate) text_languages: Vec<String>,
    /// How bright pictures are coded, where that is not as usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) hdr: Option<Hdr>,
    /// Pictures per second.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) frame_rate: Option<f64>,
    /// Bits per second, all tracks together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) bit_rate: Option<u64>,
    /// Bytes.
    pub(crate) size: u64,
    /// When it came.
    #[schema(format = DateTime)]
    pub(crate) added: String,
    /// When it was made, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub(crate) made: Option<String>,
    /// How often it was viewed, by anybody.
    pub(crate) views: u64,
    /// Whether it is kept out of lists.
    pub(crate) hidden: bool,
    /// Whether one of its files is there.
    pub(crate) present: bool,
    /// How many files that are there hold it.
    pub(crate) copies: u32,
    pub(crate) tags: Vec<TagName>,
    #[serde(flatten)]
    #[schema(inline)]
    pub(crate) marks: Marks,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) poster: Option<Poster>,
    /// The address of a short silent film of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) preview: Option<String>,
    /// The address of a WebVTT file that names a small picture for each moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) storyboard: Option<String>,
    /// Counts the changes of title, description, files and tags: its ETag is `"v<version>"`.
    pub(crate) version: i64,
}

/// What whoever asks did with a video.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Marks {
    /// Stars.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5)]
    pub(crate) rating: Option<u8>,
    pub(crate) favourite: bool,
    /// Whether it was seen to the end, or said to be.
    pub(crate) watched: bool,
    /// Where to go on, in seconds from its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) resume: Option<f64>,
    /// When it was played last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    pub(crate) played: Option<String>,
}

/// A tag of a video.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TagName {
    pub(crate) id: i64,
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(crate) colour: Option<String>,
}

/// A picture that stands for a video.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Poster {
    /// Its address; with `w=` added it comes smaller.
    url: String,
    width: u64,
    height: u64,
    /// As in `#334455`: what to show until it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    colour: Option<String>,
}

/// A video with all that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VideoDetails {
    #[serde(flatten)]
    #[schema(inline)]
    video: Video,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// All files that hold it, or did; at most 1,000.
    files: Vec<VideoFile>,
    tracks: Vec<Track>,
    chapters: Vec<Chapter>,
    /// Why there is no picture of it, or what is wrong with its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<String>,
    /// The playlists that it is in.
    playlists: Vec<PlaylistName>,
    urls: Urls,
}

/// A file of a video.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VideoFile {
    /// Below the media folder, percent-encoded.
    path: String,
    /// The media folder.
    root: String,
    /// Bytes.
    size: u64,
    #[schema(format = DateTime)]
    modified: String,
    #[schema(inline)]
    state: State,
}

/// How a file stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// It can be asked for.
    Present,
    /// It is not there.
    Away,
    /// It is there, but a file of an earlier media folder has its path.
    Shadowed,
}

/// A track of a film.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Track {
    #[schema(inline)]
    kind: TrackKind,
    /// Its number in the file.
    number: u64,
    codec: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    channels: Option<u64>,
    /// To be played unless told otherwise.
    default: bool,
    /// To be shown even where no subtitles are wanted.
    forced: bool,
}

/// What a track holds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TrackKind {
    Video,
    Audio,
    Text,
    Other,
}

impl TrackKind {
    fn of(name: Option<&str>) -> Self {
        match name {
            Some("video") => Self::Video,
            Some("audio") => Self::Audio,
            Some("text") => Self::Text,
            _ => Self::Other,
        }
    }
}

/// A way to code bright pictures.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Hdr {
    Hdr10,
    Hlg,
    DolbyVision,
}

impl Hdr {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "hdr10" => Self::Hdr10,
            "hlg" => Self::Hlg,
            "dolby-vision" => Self::DolbyVision,
            _ => return None,
        })
    }
}

/// A chapter of a film.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Chapter {
    /// Seconds.
    start: f64,
    /// Seconds; none where the next one begins, or at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    end: Option<f64>,
    title: String,
}

/// A playlist that a video is in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InPlaylist)]
pub(crate) struct PlaylistName {
    id: i64,
    name: String,
}

/// Where the forms of a film are; `/playback/<id>` says which suits a client.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Urls {
    /// The file as it is.
    file: String,
    hls: String,
    dash: String,
    /// HLS with transport streams, for old devices.
    hls_ts: String,
    /// As one MP4, or a part of it.
    clip: String,
    /// The page on which it plays.
    watch: String,
}

/// The address of a video's own things.
pub(crate) fn address(id: &str) -> String {
    format!("/api/v1/videos/{id}")
}

impl Video {
    pub(crate) fn of(row: VideoRow) -> Self {
        let id = row.content.to_string();
        let artwork = row.artwork.as_ref();
        let version = artwork.map_or(0, |artwork| artwork.version);
        // What was not tried yet is made when somebody asks for it; it has no version before.
        let promised = artwork.is_none() && row.present && row.width > 0;
        let at = |name: &str| match artwork {
            Some(_) => format!("{}/{name}?v={version}", address(&id)),
            None => format!("{}/{name}", address(&id)),
        };
        let made = |name: &str| {
            let artwork = artwork?;
            match name {
                "poster" => artwork.poster.as_ref(),
                "preview" => artwork.preview.as_ref(),
                _ => artwork.storyboard.as_ref(),
            }
        };
        let file = row.file.as_ref();
        let text = |of: fn(&FileRow) -> &String| file.map(of).cloned().unwrap_or_default();
        Self {
            title: row.title,
            folder: text(|file| &file.folder),
            file: text(|file| &file.name),
            path: text(|file| &file.path),
            duration: seconds(row.duration_ms),
            width: row.width,
            height: row.height,
            container: row.container,
            video_codec: row.video_codec,
            audio_codecs: row.audio_codecs,
            audio_languages: row.audio_languages,
            text_languages: row.text_languages,
            hdr: row.hdr.as_deref().and_then(Hdr::of),
            frame_rate: row.frame_rate_milli.map(|rate| f64::from(rate) / 1000.0),
            bit_rate: row.bit_rate,
            size: file.map_or(0, |file| file.size),
            added: time(row.added_ms),
            made: row.made_ms.map(time),
            views: row.views,
            hidden: row.hidden,
            present: row.present,
            copies: row.copies,
            tags: row
                .tags
                .into_iter()
                .map(|tag| TagName { id: tag.id.0, name: tag.name, colour: tag.colour })
                .collect(),
            marks: Marks::of(row.personal),
            poster: made("poster")
                .map(|poster| Poster {
                    url: at("poster.jpg"),
                    width: number(poster, "width").unwrap_or_default(),
                    height: number(poster, "height").unwrap_or_default(),
                    colour: word(poster, "colour"),
                })
                .or_else(|| promised.then(|| Poster::promised(&id, row.width, row.height))),
            // Asking makes it.
            preview: (made("preview").is_some()
                || promised
                || (row.present && made("poster").is_some()))
            .then(|| at("preview.mp4")),
            storyboard: (made("storyboard").is_some() || promised).then(|| at("storyboard.vtt")),
            version: row.version,
            id,
        }
    }
}

impl Video {
    /// The address of its poster.
    pub(crate) fn poster_url(self) -> Option<String> {
        self.poster.map(|poster| poster.url)
    }
}

impl Poster {
    /// One that will be made when it is asked for: as wide as they usually are.
    fn promised(id: &str, width: u32, height: u32) -> Self {
        let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
        let longest = width.max(height);
        let scaled = |side: u64| if longest > 640 { (side * 640 / longest).max(1) } else { side };
        Self {
            url: format!("{}/poster.jpg", address(id)),
            width: scaled(width),
            height: scaled(height),
            colour: None,
        }
    }
}

impl Marks {
    pub(crate) fn of(personal: catalogue::Personal) -> Self {
        Self {
            rating: personal.rating,
            favourite: personal.favourite_ms.is_some(),
            watched: personal.watched_ms.is_some(),
            resume: personal.resume_ms.map(seconds),
            played: personal.played_ms.map(time),
        }
    }
}

impl VideoDetails {
    pub(crate) fn of(details: Row) -> Self {
        let description = details.row.description.clone();
        let problem = details
            .row
            .artwork
            .as_ref()
            .and_then(|artwork| artwork.problem.clone())
            .or_else(|| details.row.file.as_ref().and_then(|file| file.problem.clone()));
        let video = Video::of(details.row);
        let each = |name| details.details.get(name).and_then(Value::as_array).into_iter().flatten();
        Self {
            description,
            files: details.files.iter().map(VideoFile::of).collect(),
            tracks: each("tracks").map(Track::of).collect(),
            chapters: each("chapters").map(Chapter::of).collect(),
            problem,
            playlists: details
                .playlists
                .into_iter()
                .map(|(id, name)| PlaylistName { id: id.0, name })
                .collect(),
            urls: Urls::of(&video),
            video,
        }
    }

    /// Its version.
    pub(crate) fn version(&self) -> i64 {
        self.video.version
    }
}

impl VideoFile {
    pub(crate) fn of(file: &FileRow) -> Self {
        Self {
            path: file.path.clone(),
            root: file.root.clone(),
            size: file.size,
            modified: time(file.modified_ns / 1_000_000),
            state: match file.state {
                FileState::Present => State::Present,
                FileState::Away => State::Away,
                FileState::Shadowed => State::Shadowed,
            },
        }
    }
}

impl Track {
    fn of(track: &Value) -> Self {
        let flag = |name| track.get(name).and_then(Value::as_bool).unwrap_or_default();
        Self {
            kind: TrackKind::of(word(track, "kind").as_deref()),
            number: number(track, "number").unwrap_or_default(),
            codec: word(track, "codec").unwrap_or_default(),
            language: word(track, "language"),
            title: word(track, "title"),
            channels: number(track, "channels"),
            default: flag("default"),
            forced: flag("forced"),
        }
    }
}

impl Chapter {
    fn of(chapter: &Value) -> Self {
        Self {
            start: seconds(number(chapter, "start_ms").unwrap_or_default()),
            end: number(chapter, "end_ms").map(seconds),
            title: word(chapter, "title").unwrap_or_default(),
        }
    }
}

impl Urls {
    fn of(video: &Video) -> Self {
        let id = &video.id;
        Self {
            file: format!("/video/{}", video.path),
            hls: format!("/hls/{id}/master.m3u8"),
            dash: format!("/dash/{id}/manifest.mpd"),
            hls_ts: format!("/hls-ts/{id}/master.m3u8"),
            clip: format!("/clip/{id}.mp4"),
            watch: format!("/watch/{id}"),
        }
    }
}

fn word(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn number(value: &Value, name: &str) -> Option<u64> {
    value.get(name).and_then(Value::as_u64)
}

/// Milliseconds as seconds. Exact for a thousand years.
#[allow(clippy::cast_precision_loss, reason = "a length of 2^53 ms does not occur")]
pub(crate) fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
