//! The HLS playlists of a presentation.

mod groups;
mod multivariant;
mod titles;

use hls::{Duration, Map, MediaPlaylist, PlaylistType, Segment};
use media::{Kind, Timescale};

pub use multivariant::multivariant;
pub(crate) use multivariant::{plausible, resolution};
pub(crate) use titles::title;

use crate::{
    Presentation, Rendition,
    names::{Lane, Resource, Wrapping},
    presentation::listed,
    ts,
};

/// Which kind of HLS: what its media segments are.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Flavour {
    /// CMAF fragments, a track each: for every player of today.
    Cmaf,
    /// Transport streams, pictures and sound together: for older ones.
    Ts,
}

/// The name of a rendition's playlist and segments.
pub fn lane(rendition: &Rendition) -> Lane {
    match rendition.kind {
        Kind::Video => Lane::Video(rendition.number),
        Kind::Audio => Lane::Audio(rendition.number),
        Kind::Text | Kind::Other => Lane::Text(rendition.number),
    }
}

/// The media playlist of one rendition.
pub fn media(
    presentation: &Presentation,
    rendition: &Rendition,
    flavour: Flavour,
) -> MediaPlaylist {
    let wrapping = match (rendition.kind, flavour) {
        (Kind::Text, _) => Wrapping::WebVtt,
        (_, Flavour::Cmaf) => Wrapping::Cmaf,
        (_, Flavour::Ts) => Wrapping::Ts,
    };
    of_lane(presentation, rendition, lane(rendition), wrapping)
}

/// The media playlist of pictures and sound together, in transport streams.
pub fn main(presentation: &Presentation) -> Option<MediaPlaylist> {
    let rendition = ts::rendition(presentation, Lane::Main)?;
    Some(of_lane(presentation, rendition, Lane::Main, Wrapping::Ts))
}

fn of_lane(
    presentation: &Presentation,
    rendition: &Rendition,
    lane: Lane,
    wrapping: Wrapping,
) -> MediaPlaylist {
    let tag = presentation.tag;
    let mut map = (wrapping == Wrapping::Cmaf)
        .then(|| Map { uri: Resource::Init(lane, tag).to_string(), byte_range: None });
    let segments = (1..).zip(listed(&rendition.spans)).map(|(number, lasts)| Segment {
        duration: Duration::new(lasts, rendition.timescale),
        uri: Resource::Segment(lane, tag, number, wrapping).to_string(),
        map: map.take(),
        ..Segment::default()
    });
    MediaPlaylist {
        target_duration: Some(target_duration(presentation)),
        playlist_type: Some(PlaylistType::Vod),
        media_sequence: 1,
        independent_segments: rendition.independent,
        segments: segments.collect(),
        end_list: true,
        ..MediaPlaylist::default()
    }
}

/// The playlist of the key pictures of a track, one each.
pub fn iframes(presentation: &Presentation, rendition: &Rendition) -> Option<MediaPlaylist> {
    let track = presentation.track(rendition)?;
    let lane = Lane::IFrames(rendition.number);
    let mut map = Some(Map {
        uri: Resource::Init(Lane::Video(rendition.number), presentation.tag).to_string(),
        byte_range: None,
    });
    let keys = presentation.key_pictures(track);
    // As everywhere, the first lasts from the beginning of the presentation.
    let begins = std::iter::once(0).chain(keys.iter().skip(1).map(|key| key.time));
    let ends = keys.iter().skip(1).map(|key| key.time).chain([track.end]);
    let segments = (1..).zip(begins.zip(ends)).map(|(number, (begin, end))| Segment {
        duration: Duration::new(end.saturating_sub(begin).max(0).cast_unsigned(), track.timescale),
        uri: Resource::Segment(lane, presentation.tag, number, Wrapping::Cmaf).to_string(),
        map: map.take(),
        ..Segment::default()
    });
    Some(MediaPlaylist {
        playlist_type: Some(PlaylistType::Vod),
        media_sequence: 1,
        iframes_only: true,
        segments: segments.collect(),
        end_list: true,
        ..MediaPlaylist::default()
    })
}

/// One target duration for all playlists of a presentation, as players advise: in seconds, the
/// longest segment rounded up.
fn target_duration(presentation: &Presentation) -> u32 {
    let longest = presentation.renditions.iter().flat_map(|rendition| {
        let scale = rendition.timescale;
        listed(&rendition.spans).map(move |lasts| {
            let ticks = i64::try_from(lasts).unwrap_or(i64::MAX);
            media::rescale_ceil(ticks, scale, Timescale::MILLIS)
        })
    });
    let millis = longest.max().unwrap_or(0).max(1);
    u32::try_from(millis.saturating_add(999) / 1000).unwrap_or(u32::MAX)
}
