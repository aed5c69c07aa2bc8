//! Cues: where key pictures are [RFC 9559, 5.1.5].

use crate::{ebml, ids};

/// A place in one track.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cue {
    /// In ticks of the file.
    pub(crate) time: i64,
    pub(crate) track: u64,
    /// Where its cluster begins in the file.
    pub(crate) at: u64,
    /// Where its block begins, counted from where the data of the cluster do, if stated.
    pub(crate) inside: Option<u64>,
}

/// The cues of a segment whose data begin at `segment`, in order of time.
pub(crate) fn read(bytes: &[u8], segment: u64) -> Vec<Cue> {
    let mut cues = Vec::new();
    for point in ebml::children(bytes).filter(|child| child.id == ids::CUE_POINT) {
        let time = point.children().find(|child| child.id == ids::CUE_TIME);
        let Some(time) = time.and_then(|time| i64::try_from(time.uint()).ok()) else { continue };
        for position in point.children().filter(|child| child.id == ids::CUE_TRACK_POSITIONS) {
            let (mut track, mut at, mut inside) = (0, None, None);
            for child in position.children() {
                match child.id {
                    ids::CUE_TRACK => track = child.uint(),
                    ids::CUE_CLUSTER_POSITION => at = segment.checked_add(child.uint()),
                    ids::CUE_RELATIVE_POSITION => inside = Some(child.uint()),
                    _ => {}
                }
            }
            cues.extend(at.map(|at| Cue { time, track, at, inside }));
        }
    }
    cues.sort_by_key(|cue| (cue.time, cue.at));
    cues.dedup();
    cues
}
