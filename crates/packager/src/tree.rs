//! Everything that a presentation consists of, in the order in which it is written to a folder.

use std::collections::HashSet;

use media::Kind;

use crate::{
    Presentation, Rendition,
    names::{Lane, Resource, Wrapping},
    playlists::{self, Flavour, lane},
    ts,
};

/// All resources of one kind of packaging. Whoever writes them in this order can be cut off: what
/// names something is written after it, and what names all comes last.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Inits and segments, and about how many bytes each has.
    pub media: Vec<(Resource, u64)>,
    /// Media playlists.
    pub playlists: Vec<Resource>,
    /// The multivariant playlist, and the MPD.
    pub tops: Vec<Resource>,
}

/// A guess at the bytes of an init, and of a segment of text.
const SMALL: u64 = 1_000;

/// HLS and DASH with CMAF fragments.
pub fn cmaf(presentation: &Presentation) -> Tree {
    let mut tree = named(presentation, Flavour::Cmaf);
    // The MPD names by template: each rendition has its init and its segments there, text in boxes
    // too.
    for rendition in &presentation.renditions {
        let lane = lane(rendition);
        let tag = presentation.tag;
        tree.add_media(presentation, Resource::Init(lane, tag));
        for (number, _) in (1..).zip(&rendition.spans) {
            tree.add_media(presentation, Resource::Segment(lane, tag, number, Wrapping::Cmaf));
        }
    }
    tree.tops.push(Resource::Manifest);
    tree.unique()
}

/// HLS with transport streams; why not, if there is none.
pub fn transport(presentation: &Presentation) -> Result<Tree, String> {
    ts::check(presentation)?;
    Ok(named(presentation, Flavour::Ts).unique())
}

/// What the playlists name.
fn named(presentation: &Presentation, flavour: Flavour) -> Tree {
    let master = playlists::multivariant(presentation, flavour);
    let variants = master.variants.iter().map(|variant| variant.uri.as_str());
    let renditions = master.renditions.iter().filter_map(|entry| entry.uri.as_deref());
    let iframes = master.iframe_variants.iter().map(|variant| variant.uri.as_str());
    let mut tree = Tree { tops: vec![Resource::Master], ..Tree::default() };
    for uri in variants.chain(renditions).chain(iframes) {
        let Some(resource) = Resource::parse(uri) else { continue };
        if tree.playlists.contains(&resource) {
            continue;
        }
        let Resource::Playlist(lane) = resource else { continue };
        let Some(playlist) = playlist(presentation, lane, flavour) else { continue };
        tree.playlists.push(resource);
        for segment in &playlist.segments {
            let names = segment.map.iter().map(|map| &map.uri).chain([&segment.uri]);
            for resource in names.filter_map(|name| Resource::parse(name)) {
                tree.add_media(presentation, resource);
            }
        }
    }
    tree
}

/// The media playlist of a lane.
pub fn playlist(
    presentation: &Presentation,
    lane: Lane,
    flavour: Flavour,
) -> Option<hls::MediaPlaylist> {
    let media = |kind, number| {
        let rendition = presentation.rendition(kind, number)?;
        Some(playlists::media(presentation, rendition, flavour))
    };
    match lane {
        Lane::Video(number) => media(Kind::Video, number),
        Lane::Audio(number) => media(Kind::Audio, number),
        Lane::Text(number) => media(Kind::Text, number),
        Lane::IFrames(number) => {
            playlists::iframes(presentation, presentation.rendition(Kind::Video, number)?)
        }
        Lane::Main => playlists::main(presentation),
    }
}

impl Tree {
    fn add_media(&mut self, presentation: &Presentation, resource: Resource) {
        self.media.push((resource, guess(presentation, resource)));
    }

    /// Without what is named more than once.
    fn unique(mut self) -> Self {
        let mut seen = HashSet::new();
        self.media.retain(|(resource, _)| seen.insert(*resource));
        self
    }

    /// About how many bytes its media have together.
    pub fn bytes(&self) -> u64 {
        self.media.iter().map(|(_, bytes)| bytes).sum()
    }
}

/// About how many bytes a resource has.
fn guess(presentation: &Presentation, resource: Resource) -> u64 {
    let Resource::Segment(lane, _, number, _) = resource else { return SMALL };
    let rendition = |kind, number| presentation.rendition(kind, number);
    let share = |rendition: Option<&Rendition>| {
        let rendition = rendition?;
        let span = rendition.spans.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
        let bits = u128::from(presentation.rates(rendition).average) * u128::from(span.duration());
        u64::try_from(bits / 8 / u128::from(rendition.timescale.get())).ok()
    };
    let bytes = match lane {
        Lane::Video(number) => share(rendition(Kind::Video, number)),
        Lane::Audio(number) => share(rendition(Kind::Audio, number)),
        Lane::Main => {
            let sound = share(presentation.ts_audio()).unwrap_or(0);
            share(presentation.lead()).map(|pictures| pictures + sound).or(Some(sound))
        }
        // A key picture takes about as much as a second of others.
        Lane::IFrames(number) => {
            rendition(Kind::Video, number).map(|video| presentation.rates(video).average / 8)
        }
        Lane::Text(_) => None,
    };
    bytes.unwrap_or(SMALL).max(1)
}
