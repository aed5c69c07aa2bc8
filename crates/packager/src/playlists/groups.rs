//! The groups of renditions: sound by coding, so that a player that cannot decode one of them
//! still has the others.

use media::Kind;

use crate::{Presentation, Rates, Rendition, presentation::codec_string};

/// Sound of one coding.
pub(super) struct AudioGroup<'a> {
    /// Its id: the name of the coding.
    pub(super) id: String,
    /// The codec string of each, without repetition.
    pub(super) codecs: Vec<&'a str>,
    /// What is in it.
    pub(super) renditions: Vec<&'a Rendition>,
    /// The highest of its renditions.
    pub(super) rates: Rates,
}

/// The sound that `keep` lets pass, by coding; the group with the default sound comes first.
pub(super) fn audio_groups<'a>(
    presentation: &'a Presentation,
    keep: impl Fn(&Rendition) -> bool,
) -> Vec<AudioGroup<'a>> {
    let mut groups: Vec<AudioGroup<'a>> = Vec::new();
    let default = presentation.default_audio().filter(|audio| keep(audio));
    let others = presentation.of(Kind::Audio).filter(|audio| {
        keep(audio) && default.is_none_or(|default| default.number != audio.number)
    });
    for rendition in default.into_iter().chain(others) {
        let Some(track) = presentation.track(rendition) else { continue };
        let id = track.codec.name().to_owned();
        let place = groups.iter().position(|group| group.id == id).unwrap_or(groups.len());
        if place == groups.len() {
            groups.push(AudioGroup {
                id,
                codecs: vec![],
                renditions: vec![],
                rates: Rates::default(),
            });
        }
        let Some(group) = groups.get_mut(place) else { continue };
        if let Some(codec) = codec_string(track).filter(|codec| !group.codecs.contains(codec)) {
            group.codecs.push(codec);
        }
        group.rates = group.rates.max(presentation.rates(rendition));
        group.renditions.push(rendition);
    }
    groups
}
