//! Text to multivariant playlists.

use media::Ratio;

use super::{ParseError, Tag, numbered};
use crate::{
    ClosedCaptions, ContentSteering, IFrameVariant, MultivariantPlaylist, Rendition, RenditionKind,
    SessionData, Variant, VideoRange,
    syntax::{Line, decimal, resolution},
};

pub(super) fn parse(text: &str) -> Result<MultivariantPlaylist, ParseError> {
    let mut playlist = MultivariantPlaylist::default();
    // A variant whose address is yet to come.
    let mut pending: Option<(usize, Variant)> = None;
    for (number, line) in numbered(text) {
        match line {
            Line::Blank | Line::Comment => {}
            Line::Uri(uri) => {
                let Some((_, mut variant)) = pending.take() else {
                    return Err(ParseError::new(
                        number,
                        "the address has no #EXT-X-STREAM-INF before it",
                    ));
                };
                uri.clone_into(&mut variant.uri);
                playlist.variants.push(variant);
            }
            Line::Tag { name, value } => {
                let tag = Tag::new(number, name, value);
                match name {
                    "EXT-X-STREAM-INF" => {
                        if let Some((line, _)) = pending.replace((number, variant(&tag)?)) {
                            return Err(no_address(line));
                        }
                    }
                    "EXTINF" | "EXT-X-TARGETDURATION" => {
                        let text = format!("{name} does not belong into a multivariant playlist");
                        return Err(ParseError::new(number, text));
                    }
                    _ => other(&mut playlist, &tag)?,
                }
            }
        }
    }
    match pending {
        Some((line, _)) => Err(no_address(line)),
        None => Ok(playlist),
    }
}

fn no_address(line: usize) -> ParseError {
    ParseError::new(line, "no address follows #EXT-X-STREAM-INF")
}

fn other(playlist: &mut MultivariantPlaylist, tag: &Tag<'_>) -> Result<(), ParseError> {
    match tag.name {
        "EXT-X-INDEPENDENT-SEGMENTS" => playlist.independent_segments = true,
        "EXT-X-START" => playlist.start = Some(tag.start()?),
        "EXT-X-DEFINE" => playlist.variables.push(tag.variable()?),
        "EXT-X-MEDIA" => playlist.renditions.push(rendition(tag)?),
        "EXT-X-I-FRAME-STREAM-INF" => playlist.iframe_variants.push(iframe_variant(tag)?),
        "EXT-X-SESSION-KEY" => playlist.session_keys.push(tag.key()?),
        "EXT-X-SESSION-DATA" => playlist.session_data.push(SessionData {
            id: tag.required("DATA-ID")?,
            value: tag.text("VALUE"),
            uri: tag.text("URI"),
            raw: tag.attributes.value("FORMAT") == Some("RAW"),
            language: tag.text("LANGUAGE"),
        }),
        "EXT-X-CONTENT-STEERING" => {
            playlist.content_steering = Some(ContentSteering {
                server_uri: tag.required("SERVER-URI")?,
                pathway_id: tag.text("PATHWAY-ID"),
            });
        }
        // Of another version, or of somebody else.
        _ => {}
    }
    Ok(())
}

fn rendition(tag: &Tag<'_>) -> Result<Rendition, ParseError> {
    let kind = |value: &str| match value {
        "VIDEO" => Some(RenditionKind::Video),
        "AUDIO" => Some(RenditionKind::Audio),
        "SUBTITLES" => Some(RenditionKind::Subtitles),
        "CLOSED-CAPTIONS" => Some(RenditionKind::ClosedCaptions),
        _ => None,
    };
    let small = |value: &str| value.parse().ok();
    let missing = || ParseError::new(tag.line, "EXT-X-MEDIA has no TYPE");
    Ok(Rendition {
        kind: tag.read("TYPE", kind)?.ok_or_else(missing)?,
        group: tag.required("GROUP-ID")?,
        name: tag.required("NAME")?,
        language: tag.text("LANGUAGE"),
        assoc_language: tag.text("ASSOC-LANGUAGE"),
        default: tag.attributes.is_yes("DEFAULT"),
        autoselect: tag.attributes.is_yes("AUTOSELECT"),
        forced: tag.attributes.is_yes("FORCED"),
        uri: tag.text("URI"),
        instream_id: tag.text("INSTREAM-ID"),
        characteristics: tag.text("CHARACTERISTICS"),
        channels: tag.text("CHANNELS"),
        bit_depth: tag.read("BIT-DEPTH", small)?,
        sample_rate: tag.read("SAMPLE-RATE", small)?,
        stable_id: tag.text("STABLE-RENDITION-ID"),
    })
}

fn bandwidth(tag: &Tag<'_>) -> Result<u64, ParseError> {
    let missing = || ParseError::new(tag.line, format!("{} has no BANDWIDTH", tag.name));
    tag.integer("BANDWIDTH")?.ok_or_else(missing)
}

fn thousandths(value: &str) -> Option<u64> {
    Some((decimal(value)? + 500) / 1000)
}

fn video_range(value: &str) -> Option<VideoRange> {
    match value {
        "SDR" => Some(VideoRange::Sdr),
        "HLG" => Some(VideoRange::Hlg),
        "PQ" => Some(VideoRange::Pq),
        _ => None,
    }
}

fn variant(tag: &Tag<'_>) -> Result<Variant, ParseError> {
    let rate = |value: &str| Ratio::new(u32::try_from(thousandths(value)?).ok()?, 1000);
    let closed_captions = tag.attributes.get("CLOSED-CAPTIONS").map(|attribute| {
        if attribute.quoted {
            ClosedCaptions::Group(attribute.value.to_owned())
        } else {
            ClosedCaptions::None
        }
    });
    Ok(Variant {
        uri: String::new(),
        bandwidth: bandwidth(tag)?,
        average_bandwidth: tag.integer("AVERAGE-BANDWIDTH")?,
        score_thousandths: tag.read("SCORE", thousandths)?,
        codecs: tag.text("CODECS"),
        supplemental_codecs: tag.text("SUPPLEMENTAL-CODECS"),
        resolution: tag.read("RESOLUTION", resolution)?,
        frame_rate: tag.read("FRAME-RATE", rate)?,
        hdcp_level: tag.text("HDCP-LEVEL"),
        allowed_cpc: tag.text("ALLOWED-CPC"),
        video_range: tag.attributes.value("VIDEO-RANGE").and_then(video_range),
        required_video_layout: tag.text("REQ-VIDEO-LAYOUT"),
        stable_id: tag.text("STABLE-VARIANT-ID"),
        audio: tag.text("AUDIO"),
        video: tag.text("VIDEO"),
        subtitles: tag.text("SUBTITLES"),
        closed_captions,
        pathway_id: tag.text("PATHWAY-ID"),
    })
}

fn iframe_variant(tag: &Tag<'_>) -> Result<IFrameVariant, ParseError> {
    Ok(IFrameVariant {
        uri: tag.required("URI")?,
        bandwidth: bandwidth(tag)?,
        average_bandwidth: tag.integer("AVERAGE-BANDWIDTH")?,
        score_thousandths: tag.read("SCORE", thousandths)?,
        codecs: tag.text("CODECS"),
        supplemental_codecs: tag.text("SUPPLEMENTAL-CODECS"),
        resolution: tag.read("RESOLUTION", resolution)?,
        hdcp_level: tag.text("HDCP-LEVEL"),
        allowed_cpc: tag.text("ALLOWED-CPC"),
        video_range: tag.attributes.value("VIDEO-RANGE").and_then(video_range),
        required_video_layout: tag.text("REQ-VIDEO-LAYOUT"),
        stable_id: tag.text("STABLE-VARIANT-ID"),
        video: tag.text("VIDEO"),
        pathway_id: tag.text("PATHWAY-ID"),
    })
}
