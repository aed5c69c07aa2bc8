//! The facts of files in containers that Vidicon does not read itself (AVI, FLV, Ogg…), as ffprobe
//! tells them.
//!
//! The program runs for a bounded time and is listened to for a bounded length; a path is given to
//! it in a form that it cannot take for an option or an address.

use std::{ffi::OsString, path::Path, process::Stdio, time::Duration};

use media::Language;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Facts, TitleFrom};
use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};

use crate::title;

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much it may say.
const MOST: u64 = 4 << 20;

/// What ffprobe says of the file at this path, whose name and length these are. Fails with a
/// sentence for people.
pub(crate) async fn probe(path: &Path, name: &str, len: u64) -> Result<Facts, String> {
    let mut url = OsString::from("file:");
    url.push(path);
    let mut child = Command::new("ffprobe")
        .args(["-v", "error", "-protocol_whitelist", "file", "-print_format", "json"])
        .args(["-show_format", "-show_streams", "-show_chapters"])
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            format!(
                "ffprobe cannot be run ({error}): install ffmpeg, which reads this kind of file"
            )
        })?;
    let mut said = Vec::new();
    if let Some(out) = child.stdout.take() {
        let listening = async { out.take(MOST).read_to_end(&mut said).await };
        timeout(PATIENCE, listening)
            .await
            .map_err(|_| format!("ffprobe did not finish within {} s", PATIENCE.as_secs()))?
            .map_err(|error| format!("ffprobe cannot be listened to: {error}"))?;
    }
    let probed: Probed =
        serde_json::from_slice(&said).map_err(|_| "ffprobe cannot read it either".to_owned())?;
    probed.facts(name, len).ok_or_else(|| "it holds neither pictures nor sound".to_owned())
}

#[derive(Debug, Default, Deserialize)]
struct Probed {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    chapters: Vec<Value>,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Default, Deserialize)]
struct Format {
    #[serde(default, rename = "format_name")]
    names: String,
    duration: Option<String>,
    #[serde(default)]
    tags: serde_json::Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Stream {
    #[serde(default)]
    index: u32,
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    avg_frame_rate: Option<String>,
    channels: Option<u16>,
    #[serde(default)]
    tags: serde_json::Map<String, Value>,
    #[serde(default)]
    disposition: serde_json::Map<String, Value>,
}

impl Stream {
    fn language(&self) -> Option<Language> {
        Language::parse(self.tags.get("language")?.as_str()?)
    }

    /// A picture of the cover is no video.
    fn is_cover(&self) -> bool {
        self.disposition.get("attached_pic").and_then(Value::as_i64) == Some(1)
    }
}

impl Probed {
    fn facts(&self, name: &str, len: u64) -> Option<Facts> {
        let of = |kind: &'static str| {
            self.streams
                .iter()
                .filter(move |stream| stream.codec_type == kind && !stream.is_cover())
        };
        let video = of("video").next();
        if video.is_none() && of("audio").next().is_none() {
            return None;
        }
        let seconds: f64 = self.format.duration.as_deref().unwrap_or("0").parse().unwrap_or(0.0);
        // A length for people: what is lost in turning it to whole milliseconds does not matter.
        let duration_ms = std::time::Duration::try_from_secs_f64(seconds.max(0.0))
            .map_or(0, |length| u64::try_from(length.as_millis()).unwrap_or(0));
        let tagged = self.format.tags.get("title").and_then(Value::as_str).and_then(title::of_tag);
        let (title, title_from) = match tagged {
            Some(title) => (title, TitleFrom::Tag),
            None => (title::of_name(name), TitleFrom::Name),
        };
        let languages = |kind| {
            let mut all: Vec<String> =
                of(kind).filter_map(Stream::language).map(|one| one.as_str().to_owned()).collect();
            all.dedup();
            all
        };
        Some(Facts {
            tags: Vec::new(),
            title,
            title_from,
            description: None,
            duration_ms,
            container: self.format.names.split(',').next().unwrap_or_default().to_owned(),
            width: video.map_or(0, |video| video.width),
            height: video.map_or(0, |video| video.height),
            frame_rate_milli: video.and_then(|video| milli(video.avg_frame_rate.as_deref()?)),
            bit_rate: (len * 8 * 1000).checked_div(duration_ms),
            video_codec: video.map(|video| video.codec_name.clone()),
            audio_codecs: of("audio").map(|stream| stream.codec_name.clone()).collect(),
            audio_languages: languages("audio"),
            text_languages: languages("subtitle"),
            hdr: None,
            details: json!({ "tracks": self.streams.iter().take(500).map(track).collect::<Vec<_>>(), "chapters": self.chapters(), "notes": [] }),
            made_ms: None,
        })
    }

    fn chapters(&self) -> Vec<Value> {
        let milliseconds = |value: &Value| {
            let seconds: f64 = value.as_str()?.parse().ok()?;
            let length = std::time::Duration::try_from_secs_f64(seconds).ok()?;
            u64::try_from(length.as_millis()).ok()
        };
        let chapter = |chapter: &Value| {
            let title = chapter.pointer("/tags/title").and_then(Value::as_str).unwrap_or_default();
            let time = |name: &str| chapter.get(name).and_then(milliseconds);
            json!({ "start_ms": time("start_time").unwrap_or(0), "end_ms": time("end_time"), "title": title })
        };
        self.chapters.iter().take(500).map(chapter).collect()
    }
}

fn track(stream: &Stream) -> Value {
    let kind = match stream.codec_type.as_str() {
        "video" if !stream.is_cover() => "video",
        "audio" => "audio",
        "subtitle" => "text",
        _ => "other",
    };
    json!({
        "number": stream.index,
        "kind": kind,
        "codec": stream.codec_name,
        "language": stream.language().map(|one| one.as_str().to_owned()),
        "title": stream.tags.get("title"),
        "channels": stream.channels,
        "default": stream.disposition.get("default").and_then(Value::as_i64) == Some(1),
        "forced": stream.disposition.get("forced").and_then(Value::as_i64) == Some(1),
    })
}

/// `30000/1001` in thousandths.
fn milli(rate: &str) -> Option<u32> {
    let (num, den) = rate.split_once('/')?;
    let (num, den): (u64, u64) = (num.parse().ok()?, den.parse().ok()?);
    u32::try_from((num * 1000).checked_div(den)?).ok().filter(|rate| *rate > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_ffprobe_says_becomes_facts() {
        let said = json!({
            "streams": [
                { "index": 0, "codec_type": "video", "codec_name": "mpeg4", "width": 640, "height": 480, "avg_frame_rate": "30000/1001" },
                { "index": 1, "codec_type": "audio", "codec_name": "mp3", "channels": 2, "tags": { "language": "ger" } },
                { "index": 2, "codec_type": "video", "codec_name": "mjpeg", "disposition": { "attached_pic": 1 } }
            ],
            "format": { "format_name": "avi", "duration": "12.5", "tags": { "title": "A Film" } }
        });
        let probed: Probed = serde_json::from_value(said).unwrap();
        let facts = probed.facts("x.avi", 1_250_000).unwrap();
        assert_eq!(
            (facts.title.as_str(), facts.duration_ms, facts.container.as_str()),
            ("A Film", 12_500, "avi")
        );
        assert_eq!((facts.frame_rate_milli, facts.bit_rate), (Some(29_970), Some(800_000)));
        assert_eq!(
            (facts.video_codec.as_deref(), facts.audio_languages),
            (Some("mpeg4"), vec!["de".to_owned()])
        );
    }

    #[test]
    fn what_holds_no_media_is_no_video() {
        assert!(Probed::default().facts("x.avi", 1).is_none());
    }
}
