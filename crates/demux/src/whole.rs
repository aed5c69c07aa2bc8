//! Files whose samples are searched, and that are small enough to be gone over once and for all:
//! their tracks get tables, and nothing of them has to be reckoned.

use media::{
    Budget, Index, KeyPoint, Kind, Raw, Sample, SampleTable, Samples, Source, Track, Unreadable,
};

use crate::{Want, samples};

/// Files with no more bytes of clusters than this are gone over.
const WHOLE: u64 = 32 << 20;
/// A track of more samples than this, which is strange in so few bytes, gets no table.
const SAMPLES: u64 = 1 << 20;

/// Gives the pictures and the sound of a small file their tables. Text stays where it is: a table
/// has no room for how long it is shown.
pub(crate) fn tabulate(
    source: &dyn Source,
    index: &mut Index,
    budget: &Budget<'_>,
) -> Result<(), Unreadable> {
    let Some(clusters) = &index.clusters else { return Ok(()) };
    if clusters.end.saturating_sub(clusters.first) > WHOLE {
        return Ok(());
    }
    let has_media = |track: &Track| {
        matches!(track.kind(), Kind::Video | Kind::Audio) && track.samples == Samples::Clusters
    };
    let tracks = index.tracks.iter().enumerate().filter(|(_, track)| has_media(track));
    let everything = i64::MIN..i64::MAX;
    let wants: Vec<Want> =
        tracks.map(|(track, _)| Want { track, range: everything.clone(), numbers: None }).collect();
    let bounded = Budget { samples: budget.samples.min(SAMPLES), ..*budget };
    let Ok(found) = samples(source, index, &wants, &bounded) else {
        // What can be read of it is searched, as that of a large file is.
        return Ok(budget.time()?);
    };
    if let Some(clusters) = &mut index.clusters {
        clusters.spaces.clear();
    }
    for (want, found) in wants.iter().zip(found) {
        if let Some(track) = index.tracks.get_mut(want.track) {
            settle(track, &found);
        }
    }
    Ok(())
}

/// Makes a table of the samples of a track, unless it has none or times that no table can hold.
fn settle(track: &mut Track, found: &[Sample]) {
    let raw = |sample: &Sample| Raw {
        offset: sample.offset,
        size: sample.size,
        skip: sample.skip,
        time: sample.presentation(),
        key: sample.key,
        closed: false,
    };
    let raws: Vec<Raw> = found.iter().map(raw).collect();
    let Some(last) = found.last() else { return };
    let Ok(table) = SampleTable::build_without_keys(&raws, last.duration) else { return };
    if track.kind() == Kind::Video {
        let keys = numbered(&track.keys, found, &table);
        if keys.is_empty() {
            return;
        }
        track.keys = keys;
    } else {
        // The table knows every time.
        track.keys.clear();
    }
    let first = table.samples(0..1);
    track.start = first.first().map_or(track.start, |first| first.decode);
    track.end = table.end();
    track.count = Some(table.len().into());
    track.bytes = Some(table.total_bytes());
    track.samples = Samples::Table(table);
}

/// The key points of clusters as those of a table: by the number of their first sample.
fn numbered(keys: &[KeyPoint], found: &[Sample], table: &SampleTable) -> Vec<KeyPoint> {
    let mut numbered: Vec<KeyPoint> = Vec::with_capacity(keys.len());
    let mut rest = (0u32..).zip(found);
    for key in keys {
        // As a search would find it.
        let begins = |sample: &Sample| {
            let time = sample.presentation();
            sample.offset >= key.at && time >= key.time && (sample.key || time == key.time)
        };
        let Some((number, _)) = rest.find(|(_, sample)| begins(sample)) else { break };
        let Some(first) = table.samples(number..number + 1).first().copied() else { break };
        numbered.push(KeyPoint { time: first.decode, at: number.into(), open: key.open });
    }
    numbered
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn picture(offset: u64, decode: i64, composition: i32, key: bool) -> Sample {
        Sample { offset, size: 10, skip: 0, decode, duration: 1, composition, key }
    }

    #[test]
    fn key_points_get_the_number_of_their_first_sample_and_its_time() {
        // I P b | I b P, the second group with a picture that leads it; clusters at 0 and 100.
        let found = [
            picture(5, 0, 0, true),
            picture(20, 1, 1, false),
            picture(40, 2, -1, false),
            picture(105, 3, 1, true),
            picture(120, 4, -1, false),
            picture(140, 5, 0, false),
        ];
        let raw = |sample: &Sample| Raw {
            offset: sample.offset,
            size: sample.size,
            time: sample.presentation(),
            key: sample.key,
            ..Raw::default()
        };
        let raws: Vec<Raw> = found.iter().map(raw).collect();
        let table = SampleTable::build_without_keys(&raws, 1).unwrap();
        let keys = [
            KeyPoint { time: 0, at: 0, open: false },
            KeyPoint { time: 3, at: 100, open: true },
            KeyPoint { time: 9, at: 200, open: false },
        ];
        let numbered = numbered(&keys, &found, &table);
        assert_eq!(
            numbered,
            [KeyPoint { time: 0, at: 0, open: false }, KeyPoint { time: 3, at: 3, open: true }]
        );
        assert_eq!(table.samples(0..6), found, "a table has what was found");
    }
}
