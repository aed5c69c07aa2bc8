//! The identity of content: what stays when a file is renamed, moved, or given other tags.
//!
//! Made of what the tracks are and of some of their bytes, not of where they lie: a title that is
//! written into the file moves everything in it and changes nothing of this.

use std::io;

use blake3::Hasher;
use media::{Budget, ContentId, Index, Kind, Sample, Samples, Source, Track, read_exact_at};

use crate::{Want, samples};

/// The version of the way in which ids are made. Whoever changes what goes into one, also by reading
/// tracks or key pictures otherwise, counts it up: the library then knows that a file that has not
/// changed and has another id is the same video.
pub const IDENTITY_VERSION: u32 = 1;

/// How many samples of a track are looked at, and how many bytes of each at most.
const PROBES: u32 = 8;
const PROBE_BYTES: usize = 4 << 10;

/// The identity of a file with an index. Reads a few kilobytes. May block.
pub fn of_index(source: &dyn Source, index: &Index) -> ContentId {
    let mut hasher = Hasher::new();
    hasher.update(b"media");
    for (position, track) in index.tracks.iter().enumerate() {
        if !matches!(track.kind(), Kind::Video | Kind::Audio) {
            continue;
        }
        hasher.update(track.codec.name().as_bytes());
        hasher.update(&track.end.saturating_sub(track.start).to_le_bytes());
        hasher.update(&track.timescale.get().to_le_bytes());
        if let Some(table) = track.table() {
            hasher.update(&table.len().to_le_bytes());
            hasher.update(&table.total_bytes().to_le_bytes());
        }
        hasher.update(&(track.keys.len() as u64).to_le_bytes());
        for key in &track.keys {
            hasher.update(&key.time.to_le_bytes());
        }
        for sample in probes(source, index, position, track) {
            let mut bytes = vec![0; (sample.size as usize).min(PROBE_BYTES)];
            if read_exact_at(source, &mut bytes, sample.offset).is_ok() {
                hasher.update(&bytes);
            }
        }
    }
    ContentId::of(&hasher)
}

/// Samples from everywhere in a track.
fn probes(source: &dyn Source, index: &Index, position: usize, track: &Track) -> Vec<Sample> {
    if let Some(table) = track.table() {
        let step = (table.len() / PROBES).max(1);
        let numbers = (0..table.len()).step_by(step as usize);
        return numbers.flat_map(|number| table.samples(number..number + 1)).collect();
    }
    if track.samples != Samples::Clusters || track.kind() != Kind::Video {
        return Vec::new();
    }
    let step = (track.keys.len() / PROBES as usize).max(1);
    let keys = track.keys.iter().step_by(step);
    let first_of = |key: &media::KeyPoint| {
        let range = key.time..key.time.saturating_add(1);
        let want = Want { track: position, range, numbers: None };
        let found = samples(source, index, &[want], &Budget::default()).ok()?;
        found.first()?.first().copied()
    };
    keys.filter_map(first_of).collect()
}

/// The identity of a file that has no index: by its length and bytes from everywhere in it.
pub fn of_bytes(source: &dyn Source) -> io::Result<ContentId> {
    let mut hasher = Hasher::new();
    hasher.update(b"bytes");
    hasher.update(&source.len().to_le_bytes());
    let mut block = vec![0; usize::try_from(source.len()).unwrap_or(usize::MAX).min(64 << 10)];
    let last = source.len().saturating_sub(block.len() as u64);
    for part in 0..8u64 {
        read_exact_at(source, &mut block, last / 7 * part)?;
        hasher.update(&block);
    }
    Ok(ContentId::of(&hasher))
}
