//! The multivariant playlist.

use hls::{
    ClosedCaptions, IFrameVariant, MultivariantPlaylist, Rendition as Entry, RenditionKind,
    Variant, VideoRange,
};
use media::{Kind, Ratio, Track, Video};

use super::{
    Flavour,
    groups::{AudioGroup, audio_groups},
    lane,
    titles::titles,
};
use crate::{
    Presentation, Rates, Rendition,
    names::{Lane, Resource},
    presentation::codec_string,
    rates,
};

const SUBTITLES: &str = "subtitles";
const CAPTIONS: &str = "captions";
const ANGLES: &str = "angles";
/// What text takes, peak and average, in bits a second. How much there is of it is known when it
/// is read; a line of fifty letters a second, with its times, takes as much as the peak.
const TEXT: Rates = Rates { peak: 8_000, average: 2_000 };

/// The multivariant playlist: one variant for each coding of sound, the default first.
pub fn multivariant(presentation: &Presentation, flavour: Flavour) -> MultivariantPlaylist {
    let mut playlist = MultivariantPlaylist {
        independent_segments: presentation.renditions.iter().all(|one| one.independent),
        ..MultivariantPlaylist::default()
    };
    let in_ts =
        |rendition: &Rendition| presentation.track(rendition).is_some_and(crate::ts::is_carried);
    let groups = audio_groups(presentation, |audio| flavour == Flavour::Cmaf || in_ts(audio));
    let muxed = muxed_audio(presentation, flavour);
    let lead = presentation.lead().filter(|lead| flavour == Flavour::Cmaf || in_ts(lead));
    let sounds: Vec<&Rendition> =
        groups.iter().flat_map(|group| group.renditions.iter().copied()).collect();
    // Without pictures the sound is the variant itself, and a group only where there is a choice.
    let choice = lead.is_some() || sounds.len() > 1;
    if choice {
        audio_entries(presentation, &groups, muxed, &mut playlist.renditions);
    }
    let subtitles = text_entries(presentation, &mut playlist.renditions);
    if let Some(lead) = lead {
        angle_entries(presentation, lead, flavour, &mut playlist.renditions);
    }
    let video = lead.and_then(|lead| presentation.track(lead)?.video());
    let captions = video.and_then(|video| video.captions.as_ref());
    if let Some(captions) = captions {
        caption_entries(captions, &mut playlist.renditions);
    }
    let angles = playlist.renditions.iter().any(|entry| entry.kind == RenditionKind::Video);
    let main = match flavour {
        Flavour::Cmaf => Rates::default(),
        Flavour::Ts => rates::in_ts(presentation, Lane::Main),
    };
    let mut variants = Variants { presentation, flavour, main, list: Vec::new() };
    if groups.is_empty() {
        variants.add(lead, None);
    }
    for group in &groups {
        variants.add(lead, Some(group));
    }
    playlist.variants = variants.list;
    for variant in &mut playlist.variants {
        variant.audio = variant.audio.take().filter(|_| choice);
        variant.subtitles = subtitles.then(|| SUBTITLES.to_owned());
        variant.video = (angles && lead.is_some()).then(|| ANGLES.to_owned());
        variant.closed_captions = lead.map(|_| match captions {
            Some(_) => ClosedCaptions::Group(CAPTIONS.to_owned()),
            None => ClosedCaptions::None,
        });
    }
    if flavour == Flavour::Cmaf {
        playlist.iframe_variants.extend(lead.and_then(|lead| iframes(presentation, lead)));
    }
    playlist
}

/// The sound that lies in the main transport stream.
fn muxed_audio(presentation: &Presentation, flavour: Flavour) -> Option<&Rendition> {
    (flavour == Flavour::Ts).then(|| presentation.ts_audio()).flatten()
}

fn audio_entries(
    presentation: &Presentation,
    groups: &[AudioGroup<'_>],
    muxed: Option<&Rendition>,
    entries: &mut Vec<Entry>,
) {
    for group in groups {
        let titles = titles(presentation, &group.renditions);
        for (number, (rendition, title)) in group.renditions.iter().zip(titles).enumerate() {
            let words = presentation.words(rendition);
            let track = presentation.track(rendition);
            let audio = track.and_then(Track::audio);
            let mut entry = Entry::new(RenditionKind::Audio, group.id.clone(), title);
            entry.language = words.language.map(ToString::to_string);
            entry.default = number == 0;
            entry.autoselect = entry.default || !words.roles.commentary;
            let in_main = muxed.is_some_and(|muxed| muxed.number == rendition.number);
            entry.uri = (!in_main).then(|| Resource::Playlist(lane(rendition)).to_string());
            entry.channels = audio.filter(|audio| audio.channels > 0).map(|audio| {
                let joint = if audio.atmos { "/JOC" } else { "" };
                format!("{}{joint}", audio.channels)
            });
            if words.roles.visual_impaired {
                entry.characteristics = Some("public.accessibility.describes-video".to_owned());
            }
            entries.push(entry);
        }
    }
}

/// Adds the subtitles; tells whether there are any.
fn text_entries(presentation: &Presentation, entries: &mut Vec<Entry>) -> bool {
    let texts: Vec<&Rendition> = presentation.of(Kind::Text).collect();
    let titles = titles(presentation, &texts);
    let mut has_default = false;
    for (rendition, title) in texts.iter().zip(titles) {
        let words = presentation.words(rendition);
        let mut entry = Entry::new(RenditionKind::Subtitles, SUBTITLES, title);
        entry.language = words.language.map(ToString::to_string);
        // Shown by themselves only if they are forced: nobody asked for others.
        entry.default = words.roles.forced && words.roles.default && !has_default;
        has_default |= entry.default;
        entry.autoselect = entry.default || words.language.is_some();
        entry.forced = words.roles.forced;
        entry.uri = Some(Resource::Playlist(lane(rendition)).to_string());
        if words.roles.hearing_impaired {
            let both = "public.accessibility.transcribes-spoken-dialog,\
                        public.accessibility.describes-music-and-sound";
            entry.characteristics = Some(both.to_owned());
        }
        entries.push(entry);
    }
    !texts.is_empty()
}

/// Further pictures of the same file: other angles.
fn angle_entries(
    presentation: &Presentation,
    lead: &Rendition,
    flavour: Flavour,
    entries: &mut Vec<Entry>,
) {
    let others = presentation.of(Kind::Video).filter(|video| video.number != lead.number);
    let mut all: Vec<&Rendition> = others.collect();
    if all.is_empty() || flavour == Flavour::Ts {
        return;
    }
    all.insert(0, lead);
    let titles = titles(presentation, &all);
    for (number, (rendition, title)) in all.iter().zip(titles).enumerate() {
        let mut entry = Entry::new(RenditionKind::Video, ANGLES, title);
        entry.default = number == 0;
        entry.autoselect = entry.default;
        entry.uri = (number > 0).then(|| Resource::Playlist(lane(rendition)).to_string());
        entries.push(entry);
    }
}

fn caption_entries(captions: &media::Captions, entries: &mut Vec<Entry>) {
    let fields = captions.channels.iter().map(|number| format!("CC{number}"));
    let services = captions.services.iter().map(|number| format!("SERVICE{number}"));
    for (number, id) in fields.chain(services).enumerate() {
        let mut entry = Entry::new(RenditionKind::ClosedCaptions, CAPTIONS, id.clone());
        entry.default = number == 0;
        entry.autoselect = true;
        entry.instream_id = Some(id);
        entries.push(entry);
    }
}

struct Variants<'a> {
    presentation: &'a Presentation,
    flavour: Flavour,
    /// Of the main transport stream, which all variants have.
    main: Rates,
    list: Vec<Variant>,
}

impl Variants<'_> {
    /// The variant of these pictures with this sound; of the sound alone if there are none.
    fn add(&mut self, lead: Option<&Rendition>, group: Option<&AudioGroup<'_>>) {
        let track = lead.and_then(|lead| self.presentation.track(lead));
        let video = track.and_then(Track::video);
        let own = match self.flavour {
            Flavour::Cmaf => {
                lead.or_else(|| group.and_then(|group| group.renditions.first().copied())).map(lane)
            }
            Flavour::Ts => Some(Lane::Main),
        };
        let Some(own) = own.filter(|_| lead.is_some() || group.is_some()) else { return };
        let rates = match self.flavour {
            Flavour::Cmaf => self.in_own_segments(lead, group),
            Flavour::Ts => self.in_ts(group),
        };
        let text = self.presentation.of(Kind::Text).next().map(|_| TEXT).unwrap_or_default();
        let rates = rates + text;
        let codecs = track.and_then(codec_string).into_iter();
        let codecs = codecs.chain(group.iter().flat_map(|group| group.codecs.iter().copied()));
        let codecs: Vec<&str> = codecs.collect();
        self.list.push(Variant {
            uri: Resource::Playlist(own).to_string(),
            bandwidth: rates.peak.max(1),
            average_bandwidth: Some(rates.average.max(1)),
            codecs: (!codecs.is_empty()).then(|| codecs.join(",")),
            supplemental_codecs: track.and_then(supplemental),
            resolution: video.map(resolution),
            frame_rate: video.and_then(plausible),
            video_range: video.map(range),
            audio: group.map(|group| group.id.clone()),
            ..Variant::default()
        });
    }

    /// Of pictures and sound that come in segments of their own: the most that one choice of angle
    /// and language takes.
    fn in_own_segments(&self, lead: Option<&Rendition>, group: Option<&AudioGroup<'_>>) -> Rates {
        let sound = group.map(|group| group.rates).unwrap_or_default();
        let angles = lead.iter().flat_map(|_| self.presentation.of(Kind::Video));
        self.most(angles) + sound
    }

    /// The same in transport streams, where the sound of the main one comes with it, whichever is
    /// heard.
    fn in_ts(&self, group: Option<&AudioGroup<'_>>) -> Rates {
        let muxed = muxed_audio(self.presentation, Flavour::Ts).map(|audio| audio.number);
        let others = group.iter().flat_map(|group| &group.renditions);
        let others = others.filter(|audio| Some(audio.number) != muxed);
        let most = others
            .map(|audio| rates::in_ts(self.presentation, lane(audio)))
            .fold(Rates::default(), Rates::max);
        self.main + most
    }

    fn most<'b>(&self, renditions: impl Iterator<Item = &'b Rendition>) -> Rates {
        let rates = renditions.map(|rendition| self.presentation.rates(rendition));
        rates.fold(Rates::default(), Rates::max)
    }
}

fn iframes(presentation: &Presentation, lead: &Rendition) -> Option<IFrameVariant> {
    let track = presentation.track(lead)?;
    let video = track.video()?;
    Some(IFrameVariant {
        uri: Resource::Playlist(Lane::IFrames(lead.number)).to_string(),
        // No key picture comes faster than the whole stream.
        bandwidth: presentation.rates(lead).peak.max(1),
        codecs: codec_string(track).map(str::to_owned),
        supplemental_codecs: supplemental(track),
        resolution: Some(resolution(video)),
        video_range: Some(range(video)),
        ..IFrameVariant::default()
    })
}

fn supplemental(track: &Track) -> Option<String> {
    let vision = track.video()?.dolby_vision.as_ref()?;
    let transfer = track.video()?.colour.transfer;
    let brand = bitstream::dolby_vision_brand(vision, transfer)?;
    Some(format!("{}/{brand}", bitstream::dolby_vision_string(vision)))
}

/// The size at which pictures are seen: upright, with square pixels.
pub(crate) fn resolution(video: &Video) -> (u32, u32) {
    let Ratio { num, den } = video.pixel_aspect.unwrap_or(Ratio { num: 1, den: 1 });
    let wide = u64::from(video.width) * u64::from(num);
    let width = u32::try_from((wide + u64::from(den) / 2) / u64::from(den)).unwrap_or(video.width);
    let (width, height) = (width.max(1), video.height.max(1));
    if video.rotation % 180 == 90 { (height, width) } else { (width, height) }
}

/// The frame rate, unless damage made it one that no picture ever had.
pub(crate) fn plausible(video: &Video) -> Option<Ratio> {
    video.frame_rate.filter(|rate| rate.num / rate.den.max(1) <= 1000)
}

fn range(video: &Video) -> VideoRange {
    match video.colour.transfer {
        16 => VideoRange::Pq,
        18 => VideoRange::Hlg,
        _ => VideoRange::Sdr,
    }
}
