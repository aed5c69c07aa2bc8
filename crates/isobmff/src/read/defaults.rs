//! Which tracks are played when nobody chooses.

use media::{Kind, Track};

use super::trak::Trak;

/// Marks the default track of each kind: the first that is enabled, else, but not for subtitles,
/// the first.
pub(super) fn choose(tracks: &mut [Track], traks: &[Trak<'_>]) {
    for kind in [Kind::Video, Kind::Audio, Kind::Text] {
        let of_kind =
            || tracks.iter().zip(traks).enumerate().filter(|(_, (t, _))| t.kind() == kind);
        let enabled = of_kind().find(|(_, (_, trak))| trak.enabled).map(|(number, _)| number);
        let first = of_kind().next().map(|(number, _)| number).filter(|_| kind != Kind::Text);
        if let Some(track) = enabled.or(first).and_then(|number| tracks.get_mut(number)) {
            track.roles.default = true;
        }
    }
}
