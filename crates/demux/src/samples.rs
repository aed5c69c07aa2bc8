//! The samples of a window of time, from the table or from the clusters.

use std::ops::Range;

use media::{Budget, Index, KeyPoint, Sample, Samples, Source, Track, Unreadable};

/// What is wanted of one track.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Want {
    /// The position of the track in the index.
    pub track: usize,
    /// Presentation times in ticks of the track, half-open. Of pictures, from one key point to
    /// another. `i64::MIN..i64::MAX` is everything.
    pub range: Range<i64>,
    /// In a track with a table, the numbers of the samples, if they are known.
    pub numbers: Option<Range<u32>>,
}

/// The samples of each want, in decode order.
pub type Window = Vec<Vec<Sample>>;

/// Finds the samples of each want. Reads only block headers, and of a table nothing at all. May
/// block.
pub fn samples(
    source: &dyn Source,
    index: &Index,
    wants: &[Want],
    budget: &Budget<'_>,
) -> Result<Window, Unreadable> {
    let mut window: Window = wants.iter().map(|want| from_table(index, want)).collect();
    let searched: Vec<(usize, matroska::Want)> = wants
        .iter()
        .enumerate()
        .filter(|(_, want)| {
            let track = index.tracks.get(want.track);
            track.is_some_and(|track| track.samples == Samples::Clusters)
        })
        .map(|(place, want)| {
            (place, matroska::Want { track: want.track, range: want.range.clone() })
        })
        .collect();
    if searched.is_empty() {
        return Ok(window);
    }
    let (places, wants): (Vec<usize>, Vec<matroska::Want>) = searched.into_iter().unzip();
    let found = matroska::samples(source, index, &wants, budget)?;
    for (place, found) in places.into_iter().zip(found) {
        if let Some(samples) = window.get_mut(place) {
            *samples = found;
        }
    }
    Ok(window)
}

/// The key picture at a key point of a track of pictures, and nothing that follows it: of a table
/// nothing is read, else the headers of the blocks before it in its cluster. May block.
pub fn key_picture(
    source: &dyn Source,
    index: &Index,
    track: &Track,
    key: &KeyPoint,
    budget: &Budget<'_>,
) -> Result<Option<Sample>, Unreadable> {
    let Some(table) = track.table() else {
        return matroska::key_picture(source, index, track, key, budget);
    };
    let at = u32::try_from(key.at).unwrap_or(u32::MAX);
    Ok(table.samples(at..at.saturating_add(1)).first().copied())
}

fn from_table(index: &Index, want: &Want) -> Vec<Sample> {
    let Some(table) = index.tracks.get(want.track).and_then(media::Track::table) else {
        return Vec::new();
    };
    let numbers = want
        .numbers
        .clone()
        .unwrap_or_else(|| table.first_at(want.range.start)..table.first_at(want.range.end));
    table.samples(numbers)
}
