//! One key picture, without going over what follows it.

use media::{Budget, Framing, Index, KeyPoint, Sample, Source, Track, Unreadable};

use crate::{blocks::Walk, clock::Clock, reader::Reader};

pub(crate) fn find(
    source: &dyn Source,
    index: &Index,
    track: &Track,
    key: &KeyPoint,
    budget: &Budget<'_>,
) -> Result<Option<Sample>, Unreadable> {
    let Some(clusters) = &index.clusters else { return Ok(None) };
    let clock = Clock::of(track, clusters);
    let mut reader = Reader::new(source);
    let mut walk = Walk::new(key.at, clusters.end, budget);
    let mut frames = Vec::new();
    while let Some(block) = walk.next(&mut reader)? {
        let time = clock.time(block.time);
        let is_ours = block.track == u64::from(track.number);
        // As a search for its segment would find it.
        if !is_ours || time < key.time || !(block.key || time == key.time) {
            continue;
        }
        block.frames(&mut reader, &mut frames)?;
        let Some(&(offset, size)) = frames.iter().find(|(_, size)| *size > 0) else { continue };
        let stripped = match &track.framing {
            Framing::Stripped(start) => u32::try_from(start.len()).unwrap_or(0),
            _ => 0,
        };
        let size = size.saturating_add(stripped);
        let duration = track.cadence.unwrap_or(1);
        return Ok(Some(Sample {
            offset,
            size,
            skip: 0,
            decode: time,
            duration,
            composition: 0,
            key: true,
        }));
    }
    Ok(None)
}
