//! The MPD of a presentation: the same segments as in HLS.

use std::borrow::Cow;

use dash::{
    AdaptationSet, CHAPTERS, ContentType, Descriptor, Event, EventStream, Mpd, Period,
    Representation, SegmentTemplate, Timeline,
};
use media::{Kind, Ratio, Timescale, Track};

use crate::{
    Presentation, Rendition,
    names::{Resource, Wrapping},
    playlists::{self, lane},
    presentation::codec_string,
};

/// How much a player should have before it begins, in microseconds.
const MIN_BUFFER: u64 = 2_000_000;

/// The MPD. `base` is where the segments are, relative to it; none if they are beside it.
pub fn manifest(presentation: &Presentation, base: Option<String>) -> Mpd {
    let longest = presentation.renditions.iter().flat_map(|rendition| {
        rendition.spans.iter().map(|span| micros(span.duration(), rendition.timescale))
    });
    let sets = presentation.renditions.iter().filter_map(|rendition| set(presentation, rendition));
    Mpd {
        profiles: vec![dash::PROFILE_LIVE.to_owned(), dash::PROFILE_CMAF.to_owned()],
        duration_micros: presentation.duration.max(1).cast_unsigned(),
        max_segment_duration_micros: longest.max(),
        min_buffer_time_micros: MIN_BUFFER,
        title: presentation.index.title.clone(),
        source: None,
        base_urls: base.into_iter().collect(),
        periods: vec![Period {
            id: Some("1".to_owned()),
            start_micros: 0,
            duration_micros: None,
            base_urls: Vec::new(),
            event_streams: chapters(presentation).into_iter().collect(),
            adaptation_sets: sets.collect(),
        }],
    }
}

fn micros(ticks: u64, scale: Timescale) -> u64 {
    let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
    media::rescale_ceil(ticks, scale, Timescale::MICROS).unsigned_abs()
}

fn chapters(presentation: &Presentation) -> Option<EventStream> {
    let chapters = &presentation.index.chapters;
    let events = chapters.iter().zip(1..).map(|(chapter, id)| {
        let next = chapters.get(usize::try_from(id).unwrap_or(usize::MAX));
        let end = chapter.end.or(next.map(|next| next.start)).unwrap_or(presentation.duration);
        Event {
            time: chapter.start.max(0).cast_unsigned(),
            duration: Some(end.saturating_sub(chapter.start).max(0).cast_unsigned()),
            id,
            content: chapter.title.clone(),
        }
    });
    (!chapters.is_empty()).then(|| EventStream {
        scheme: Descriptor { scheme: CHAPTERS.into(), value: None },
        timescale: Timescale::MICROS,
        events: events.collect(),
    })
}

fn set(presentation: &Presentation, rendition: &Rendition) -> Option<AdaptationSet> {
    let track = presentation.track(rendition);
    let words = presentation.words(rendition);
    let (content, mime) = match rendition.kind {
        Kind::Video => (ContentType::Video, "video/mp4"),
        Kind::Audio => (ContentType::Audio, "audio/mp4"),
        Kind::Text => (ContentType::Text, "application/mp4"),
        Kind::Other => return None,
    };
    let mut set = AdaptationSet {
        id: Some(rendition.number),
        content_type: Some(content),
        mime_type: Some(mime.to_owned()),
        language: words.language.map(ToString::to_string),
        label: Some(playlists::title(presentation, rendition)),
        roles: roles(presentation, rendition),
        segment_alignment: true,
        start_with_sap: Some(if rendition.independent { 1 } else { 3 }),
        template: Some(template(presentation, rendition)),
        ..AdaptationSet::default()
    };
    if words.roles.hearing_impaired {
        set.accessibility.push(Descriptor::audio_purpose("2"));
    }
    if words.roles.visual_impaired {
        set.accessibility.push(Descriptor::audio_purpose("1"));
    }
    let mut representation = Representation {
        id: lane(rendition).to_string(),
        bandwidth: presentation.rates(rendition).peak.max(1),
        codecs: match rendition.kind {
            Kind::Text => Some("wvtt".to_owned()),
            _ => track.and_then(codec_string).map(str::to_owned),
        },
        ..Representation::default()
    };
    if rendition.kind == Kind::Text {
        // Nobody knows before the text is read; a page of it takes less.
        representation.bandwidth = 2_000;
    }
    if let Some(track) = track {
        pictures(track, &mut set, &mut representation);
        sound(track, &mut representation);
    }
    set.representations.push(representation);
    Some(set)
}

fn pictures(track: &Track, set: &mut AdaptationSet, representation: &mut Representation) {
    let Some(video) = track.video() else { return };
    representation.width = Some(video.width);
    representation.height = Some(video.height);
    representation.pixel_aspect = video.pixel_aspect.or(Some(Ratio { num: 1, den: 1 }));
    representation.frame_rate = playlists::plausible(video);
    let (width, height) = playlists::resolution(video);
    set.picture_aspect = Ratio::new(width, height);
    let colour = video.colour;
    for (code, property) in [
        (colour.primaries, Descriptor::colour_primaries as fn(u8) -> Descriptor),
        (colour.transfer, Descriptor::transfer_characteristics),
        (colour.matrix, Descriptor::matrix_coefficients),
    ] {
        if code != 2 && code != 0 {
            // Standard range is what everybody expects; anything else matters.
            set.supplemental_properties.push(property(code));
        }
    }
    if let Some(vision) = &video.dolby_vision
        && let Some(brand) = bitstream::dolby_vision_brand(vision, colour.transfer)
    {
        representation.supplemental_codecs = Some(bitstream::dolby_vision_string(vision));
        representation.supplemental_profiles = Some(brand.to_owned());
    }
    if let Some(captions) = &video.captions {
        let channels: Vec<String> =
            captions.channels.iter().map(|number| format!("CC{number}")).collect();
        if !channels.is_empty() {
            set.accessibility.push(Descriptor::captions_608(Cow::Owned(channels.join(";"))));
        }
        let services: Vec<String> =
            captions.services.iter().map(|number| format!("{number}=und")).collect();
        if !services.is_empty() {
            set.accessibility.push(Descriptor::captions_708(Cow::Owned(services.join(";"))));
        }
    }
}

fn sound(track: &Track, representation: &mut Representation) {
    let Some(audio) = track.audio() else { return };
    representation.sampling_rate = Some(audio.sample_rate).filter(|rate| *rate > 0);
    representation.channels = (audio.channels > 0).then(|| Descriptor::channels(audio.channels));
    if audio.atmos {
        representation.supplemental_properties.push(Descriptor::joint_object_coding());
    }
}

fn roles(presentation: &Presentation, rendition: &Rendition) -> Vec<Descriptor> {
    let words = presentation.words(rendition).roles;
    let is = |other: Option<&Rendition>| other.is_some_and(|one| one.number == rendition.number);
    let mut roles = Vec::new();
    match rendition.kind {
        Kind::Video if is(presentation.lead()) => roles.push("main"),
        Kind::Audio if is(presentation.default_audio()) => roles.push("main"),
        Kind::Text if words.forced => roles.push("forced-subtitle"),
        Kind::Text if words.hearing_impaired => roles.push("caption"),
        Kind::Text => roles.push("subtitle"),
        _ => roles.push("alternate"),
    }
    for (is_so, role) in [(words.commentary, "commentary"), (words.visual_impaired, "description")]
    {
        if is_so {
            roles.push(role);
        }
    }
    roles.into_iter().map(Descriptor::role).collect()
}

fn template(presentation: &Presentation, rendition: &Rendition) -> SegmentTemplate {
    let (lane, tag) = (lane(rendition), presentation.tag);
    let first = Resource::Segment(lane, tag, 1, Wrapping::Cmaf).to_string();
    let spans = rendition.spans.iter();
    SegmentTemplate {
        timescale: rendition.timescale,
        initialization: Some(Resource::Init(lane, tag).to_string()),
        media: first.replace("-1.m4s", "-$Number$.m4s"),
        start_number: 1,
        presentation_time_offset: 0,
        timeline: spans
            .map(|span| (span.start.max(0).cast_unsigned(), span.duration()))
            .collect::<Timeline>(),
    }
}
