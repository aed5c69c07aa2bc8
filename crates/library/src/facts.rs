//! What the library remembers of a video, out of its index. Pure.

use media::{Index, Kind, Language, Track, Video};
use serde_json::{Value, json};
use store::{Facts, TitleFrom};

use crate::title;

/// The facts of a file with this name, whose side files of subtitles have these languages.
pub(crate) fn of_index(index: &Index, name: &str, len: u64, sides: &[Language]) -> Facts {
    let of = |kind: Kind| index.tracks.iter().filter(move |track| track.kind() == kind);
    // What is shown: the largest picture, for a file may have small ones beside it.
    let main = of(Kind::Video)
        .max_by_key(|track| track.video().map_or(0, |video| video.width * video.height));
    let video = main.and_then(Track::video);
    let (width, height) = video.map_or((0, 0), shown_size);
    let duration_ms = u64::try_from(index.duration_micros()).unwrap_or(0).div_ceil(1000);
    let tagged = index.title.as_deref().and_then(title::of_tag);
    let (title, title_from) = match tagged {
        Some(title) => (title, TitleFrom::Tag),
        None => (title::of_name(name), TitleFrom::Name),
    };
    let text = of(Kind::Text).filter_map(|track| track.language.as_ref());
    Facts {
        tags: Vec::new(),
        title,
        title_from,
        description: None,
        duration_ms,
        container: index.container.name().to_owned(),
        width,
        height,
        frame_rate_milli: video.and_then(|video| video.frame_rate).map(|rate| {
            u32::try_from(u64::from(rate.num) * 1000 / u64::from(rate.den.max(1)))
                .unwrap_or(u32::MAX)
        }),
        bit_rate: (len * 8 * 1000).checked_div(duration_ms),
        video_codec: main.map(|track| track.codec.name().to_owned()),
        audio_codecs: unique(of(Kind::Audio).map(|track| track.codec.name().to_owned())),
        audio_languages: unique(
            of(Kind::Audio)
                .filter_map(|track| track.language.as_ref())
                .map(|one| one.as_str().to_owned()),
        ),
        text_languages: unique(text.chain(sides).map(|one| one.as_str().to_owned())),
        hdr: video.and_then(hdr).map(str::to_owned),
        details: details(index),
        made_ms: index.created.and_then(|seconds| seconds.checked_mul(1000)),
    }
}

/// As it is seen: turned upright, with square pixels.
fn shown_size(video: &Video) -> (u32, u32) {
    let width = video.pixel_aspect.map_or(video.width, |aspect| {
        let width = u64::from(video.width) * u64::from(aspect.num) / u64::from(aspect.den.max(1));
        u32::try_from(width).unwrap_or(video.width)
    });
    if video.rotation % 180 == 90 { (video.height, width) } else { (width, video.height) }
}

/// The kind of high dynamic range, if any [ISO/IEC 23091-2].
fn hdr(video: &Video) -> Option<&'static str> {
    match video.colour.transfer {
        _ if video.dolby_vision.is_some() => Some("dolby-vision"),
        16 => Some("hdr10"),
        18 => Some("hlg"),
        _ => None,
    }
}

fn unique(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// The most tracks and chapters that are listed of one file.
const MOST: usize = 500;

/// Tracks, chapters and notes, as the details of a video show them.
fn details(index: &Index) -> Value {
    let tracks: Vec<Value> = index.tracks.iter().take(MOST).map(track).collect();
    let chapters: Vec<Value> = index
        .chapters
        .iter()
        .take(MOST)
        .map(|chapter| json!({ "start_ms": chapter.start / 1000, "end_ms": chapter.end.map(|end| end / 1000), "title": chapter.title }))
        .collect();
    let notes: Vec<&str> = index.notes.iter().take(20).map(|note| note.text.as_str()).collect();
    json!({ "tracks": tracks, "chapters": chapters, "notes": notes })
}

fn track(track: &Track) -> Value {
    let kind = match track.kind() {
        Kind::Video => "video",
        Kind::Audio => "audio",
        Kind::Text => "text",
        Kind::Other => "other",
    };
    json!({
        "number": track.number,
        "kind": kind,
        "codec": track.codec.name(),
        "codec_string": track.codec_string,
        "language": track.language.as_ref().map(Language::as_str),
        "title": track.title,
        "channels": track.audio().map(|audio| audio.channels),
        "sample_rate": track.audio().map(|audio| audio.sample_rate),
        "default": track.roles.default,
        "forced": track.roles.forced,
        "commentary": track.roles.commentary,
        "hearing_impaired": track.roles.hearing_impaired,
    })
}

#[cfg(test)]
mod tests {
    use media::{Colour, Ratio};

    use super::*;

    #[test]
    fn a_size_is_that_of_the_picture_as_it_is_seen() {
        let wide = Video {
            width: 1440,
            height: 1080,
            pixel_aspect: Some(Ratio { num: 4, den: 3 }),
            ..Video::default()
        };
        assert_eq!(shown_size(&wide), (1920, 1080));
        let turned = Video { width: 1920, height: 1080, rotation: 90, ..Video::default() };
        assert_eq!(shown_size(&turned), (1080, 1920));
    }

    #[test]
    fn high_dynamic_range_is_told_by_its_transfer() {
        let with = |transfer| Video {
            colour: Colour { transfer, ..Colour::default() },
            ..Video::default()
        };
        assert_eq!(hdr(&with(16)), Some("hdr10"));
        assert_eq!(hdr(&with(18)), Some("hlg"));
        assert_eq!(hdr(&with(1)), None);
    }
}
