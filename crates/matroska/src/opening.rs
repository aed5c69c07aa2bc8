//! The first frames of every track, from which its rhythm and its beginning are known.

use media::{Budget, Unreadable};

use crate::{
    blocks::Walk,
    entry::{Entry, Type},
    reader::Reader,
};

/// So many pictures from the first key picture on show the rhythm.
const PICTURES: usize = 48;
/// So many frames of sound.
const FRAMES: usize = 16;
/// A track that has not begun after so many blocks begins at zero for us.
const BLOCKS: u32 = 20_000;

/// A frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Its block's time in ticks of the file.
    pub(crate) time: i64,
    /// Its number in its block.
    pub(crate) nth: u32,
    pub(crate) offset: u64,
    pub(crate) size: u32,
    pub(crate) key: bool,
    pub(crate) cluster: u64,
}

/// The first frames of every track, in the order of `entries`, from `first` on.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    entries: &[Entry],
    first: u64,
    end: u64,
    budget: &Budget<'_>,
) -> Result<Vec<Vec<Seen>>, Unreadable> {
    let mut seen: Vec<Vec<Seen>> = entries.iter().map(|_| Vec::new()).collect();
    let mut walk = Walk::new(first, end, budget);
    let mut frames = Vec::new();
    for _ in 0..BLOCKS {
        let Some(block) = walk.next(reader)? else { break };
        let lane = entries.iter().position(|entry| entry.number == block.track);
        let Some((entry, list)) = lane.and_then(|at| Some((entries.get(at)?, seen.get_mut(at)?)))
        else {
            continue;
        };
        // Nothing before the first key picture can be shown.
        let early = entry.kind == Type::Video && list.is_empty() && !block.key;
        if early || list.len() >= 4 * PICTURES {
            continue;
        }
        block.frames(reader, &mut frames)?;
        for (nth, (offset, size)) in (0..).zip(&frames) {
            list.push(Seen {
                time: block.time,
                nth,
                offset: *offset,
                size: *size,
                key: block.key,
                cluster: block.cluster,
            });
        }
        let enough = entries.iter().zip(&seen).all(|(entry, list)| match entry.kind {
            Type::Video => list.len() >= PICTURES,
            Type::Audio => list.len() >= FRAMES,
            Type::Text | Type::Other => true,
        });
        if enough {
            break;
        }
    }
    Ok(seen)
}
