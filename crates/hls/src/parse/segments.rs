//! Text to media playlists.

use media::Timescale;

use super::{ParseError, Tag, numbered};
use crate::{
    ByteRange, DateRange, Duration, Map, MediaPlaylist, PlaylistType, Segment, Value,
    syntax::{Line, byte_range, decimal, integer},
};

pub(super) fn parse(text: &str) -> Result<MediaPlaylist, ParseError> {
    let mut playlist = MediaPlaylist::default();
    let mut next = Pending::default();
    let mut any = false;
    for (number, line) in numbered(text) {
        match line {
            Line::Blank | Line::Comment | Line::Tag { name: "EXTM3U", .. } => {}
            Line::Tag { name, value } => {
                any = true;
                tag(&mut playlist, &mut next, &Tag::new(number, name, value), value)?;
            }
            Line::Uri(uri) => {
                any = true;
                let missing = || ParseError::new(number, "the segment has no #EXTINF before it");
                let duration = next.duration.take().ok_or_else(missing)?;
                let Pending { mut segment, .. } = std::mem::take(&mut next);
                segment.duration = duration;
                uri.clone_into(&mut segment.uri);
                playlist.segments.push(segment);
            }
        }
    }
    if any { Ok(playlist) } else { Err(ParseError::new(1, "there is nothing in it")) }
}

/// The segment whose address is yet to come.
#[derive(Default)]
struct Pending {
    segment: Segment,
    duration: Option<Duration>,
}

fn tag(
    playlist: &mut MediaPlaylist,
    next: &mut Pending,
    tag: &Tag<'_>,
    value: Option<&str>,
) -> Result<(), ParseError> {
    let value = value.unwrap_or_default();
    let bad = || ParseError::new(tag.line, format!("{} cannot be `{value}`", tag.name));
    let number = || integer(value.trim()).ok_or_else(bad);
    let segment = &mut next.segment;
    match tag.name {
        "EXTINF" => {
            let (seconds, title) = value.split_once(',').unwrap_or((value, ""));
            let micros = decimal(seconds.trim()).ok_or_else(bad)?;
            next.duration = Some(Duration::new(micros, Timescale::MICROS));
            title.clone_into(&mut segment.title);
        }
        "EXT-X-TARGETDURATION" => {
            let seconds = decimal(value.trim()).ok_or_else(bad)? / 1_000_000;
            playlist.target_duration = Some(u32::try_from(seconds).map_err(|_| bad())?);
        }
        "EXT-X-PLAYLIST-TYPE" => {
            playlist.playlist_type = match value.trim() {
                "VOD" => Some(PlaylistType::Vod),
                "EVENT" => Some(PlaylistType::Event),
                _ => None,
            }
        }
        "EXT-X-MEDIA-SEQUENCE" => playlist.media_sequence = number()?,
        "EXT-X-DISCONTINUITY-SEQUENCE" => playlist.discontinuity_sequence = number()?,
        "EXT-X-INDEPENDENT-SEGMENTS" => playlist.independent_segments = true,
        "EXT-X-I-FRAMES-ONLY" => playlist.iframes_only = true,
        "EXT-X-ENDLIST" => playlist.end_list = true,
        "EXT-X-START" => playlist.start = Some(tag.start()?),
        "EXT-X-DEFINE" => playlist.variables.push(tag.variable()?),
        "EXT-X-BYTERANGE" => {
            segment.byte_range = Some(byte_range(value.trim()).ok_or_else(bad)?);
        }
        "EXT-X-DISCONTINUITY" => segment.discontinuity = true,
        "EXT-X-GAP" => segment.gap = true,
        "EXT-X-BITRATE" => segment.bitrate = Some(number()?),
        "EXT-X-PROGRAM-DATE-TIME" => segment.program_date_time = Some(value.trim().to_owned()),
        "EXT-X-KEY" => segment.keys.push(tag.key()?),
        "EXT-X-MAP" => {
            let byte_range: Option<ByteRange> = tag.read("BYTERANGE", byte_range)?;
            segment.map = Some(Map { uri: tag.required("URI")?, byte_range });
        }
        "EXT-X-DATERANGE" => segment.date_ranges.push(date_range(tag)?),
        // Of another version, or of somebody else.
        _ => {}
    }
    Ok(())
}

fn date_range(tag: &Tag<'_>) -> Result<DateRange, ParseError> {
    let others = tag.attributes.list.iter().filter(|attribute| {
        attribute.name.starts_with("X-") || attribute.name.starts_with("SCTE35-")
    });
    let other = |quoted: bool, value: &str| {
        if quoted { Value::Quoted(value.to_owned()) } else { Value::Bare(value.to_owned()) }
    };
    Ok(DateRange {
        id: tag.required("ID")?,
        class: tag.text("CLASS"),
        start_date: tag.text("START-DATE").unwrap_or_default(),
        cue: tag.text("CUE"),
        end_date: tag.text("END-DATE"),
        duration_micros: tag.read("DURATION", decimal)?,
        planned_duration_micros: tag.read("PLANNED-DURATION", decimal)?,
        end_on_next: tag.attributes.is_yes("END-ON-NEXT"),
        others: others.map(|one| (one.name.to_owned(), other(one.quoted, one.value))).collect(),
    })
}
