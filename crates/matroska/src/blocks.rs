//! Walks over clusters: the header of every block, and none of what is in them.
//!
//! What cannot be understood is stepped over: to the end of its cluster where something
//! understandable follows there, else to the next cluster.

use std::ops::Range;

use media::{Budget, Unreadable};

use crate::{
    ebml::{self, Header},
    ids,
    lacing::{self, Lacing},
    reader::{MOST, Reader},
};

/// Enough for an element header and the beginning of a block.
const LOOK: usize = ebml::HEADER + 12;
/// How far the next cluster is looked for behind damage.
const FARTHEST: u64 = 256 << 20;
/// After so many elements the budget is asked.
const STEPS: u32 = 512;

/// A block of one or more frames.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The number of its track.
    pub(crate) track: u64,
    /// In ticks of the file.
    pub(crate) time: i64,
    /// Whether the file says that decoding can begin here.
    pub(crate) key: bool,
    /// In ticks of the file, if stated.
    pub(crate) duration: Option<u64>,
    pub(crate) lacing: Lacing,
    /// What follows the block's header.
    pub(crate) data: Range<u64>,
    /// Where its cluster begins, and that cluster's time in ticks of the file.
    pub(crate) cluster: u64,
    pub(crate) cluster_time: i64,
}

impl Block {
    /// Where its frames are, and their lengths; nothing if they do not fit.
    pub(crate) fn frames(
        &self,
        reader: &mut Reader<'_>,
        frames: &mut Vec<(u64, u32)>,
    ) -> Result<(), Unreadable> {
        frames.clear();
        let total = self.data.end.saturating_sub(self.data.start);
        if self.lacing == Lacing::None {
            frames.extend(u32::try_from(total).ok().map(|size| (self.data.start, size)));
            return Ok(());
        }
        let look = usize::try_from(total).unwrap_or(MOST).min(256);
        let mut start = reader.peek(self.data.start, look)?;
        let mut sizes = lacing::sizes(self.lacing, start, total);
        if sizes.is_none() {
            // Many frames, or long ones.
            start = reader.peek(self.data.start, MOST)?;
            sizes = lacing::sizes(self.lacing, start, total);
        }
        let Some((before, sizes)) = sizes else { return Ok(()) };
        let mut at = self.data.start.saturating_add(before);
        for size in sizes {
            frames.push((at, size));
            at = at.saturating_add(size.into());
        }
        Ok(())
    }
}

/// What was wrong on the way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Damage {
    /// Where something could not be understood for the first time.
    pub(crate) first: Option<u64>,
    /// How often.
    pub(crate) count: u32,
    /// Whether the file ends within a cluster.
    pub(crate) truncated: bool,
}

/// A cluster being walked over.
#[derive(Clone, Copy)]
struct Open {
    at: u64,
    /// Where it ends, if it says so.
    end: Option<u64>,
    time: i64,
}

/// A walk over the clusters from one place to another.
pub(crate) struct Walk<'b> {
    budget: &'b Budget<'b>,
    at: u64,
    end: u64,
    open: Option<Open>,
    steps: u32,
    pub(crate) damage: Damage,
}

impl<'b> Walk<'b> {
    /// From `at`, where a cluster or another element of the segment begins, to `end`.
    pub(crate) fn new(at: u64, end: u64, budget: &'b Budget<'b>) -> Self {
        Self { budget, at, end, open: None, steps: 0, damage: Damage::default() }
    }

    /// The next block.
    pub(crate) fn next(&mut self, reader: &mut Reader<'_>) -> Result<Option<Block>, Unreadable> {
        self.end = self.end.min(reader.length());
        while self.at < self.end {
            self.step()?;
            if let Some(Open { end: Some(end), .. }) = self.open
                && self.at >= end
            {
                self.open = None;
            }
            let header = Header::read(reader.peek(self.at, LOOK)?);
            match (header, self.open) {
                (None, _) => self.stumble(reader)?,
                (Some(header), None) => self.top(header, reader)?,
                (Some(header), Some(open)) => {
                    if let Some(block) = self.inside(header, open, reader)? {
                        return Ok(Some(block));
                    }
                }
            }
        }
        Ok(None)
    }

    fn step(&mut self) -> Result<(), Unreadable> {
        self.steps += 1;
        if self.steps >= STEPS {
            self.steps = 0;
            self.budget.time()?;
            (self.budget.progress)(self.at);
        }
        Ok(())
    }

    /// An element between clusters.
    fn top(&mut self, header: Header, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        let data = self.at.saturating_add(header.length);
        let end = header.size.map(|size| data.saturating_add(size));
        match (header.id, end) {
            (ids::CLUSTER, end) => {
                self.damage.truncated |= end.is_some_and(|end| end > self.end);
                self.open = Some(Open { at: self.at, end, time: 0 });
                self.at = data;
            }
            // Another file begins, joined to this one. It has its own times and tracks.
            (ids::EBML | ids::SEGMENT, _) => self.at = self.end,
            (id, Some(end)) if ids::is_top(id) || id == ids::VOID || id == ids::CRC_32 => {
                self.at = end;
            }
            (_, Some(end)) if end == self.end || top_at(reader, end)? => self.at = end,
            _ => self.stumble(reader)?,
        }
        Ok(())
    }

    /// An element of a cluster.
    fn inside(
        &mut self,
        header: Header,
        mut open: Open,
        reader: &mut Reader<'_>,
    ) -> Result<Option<Block>, Unreadable> {
        if ids::is_top(header.id) {
            self.open = None;
            return Ok(None);
        }
        let limit = open.end.map_or(self.end, |end| end.min(self.end));
        let data = self.at.saturating_add(header.length);
        let end = header.size.map(|size| data.saturating_add(size));
        let Some(end) = end.filter(|end| *end <= limit) else {
            let before = self.damage;
            self.stumble(reader)?;
            let beyond = end.is_some_and(|end| end > self.end) && ids::is_in_cluster(header.id);
            if beyond && self.at >= self.end {
                // Nothing follows: no damage, but the end of what was written or copied.
                self.damage = Damage { truncated: true, ..before };
            }
            return Ok(None);
        };
        let block = match header.id {
            ids::TIMESTAMP => {
                let bytes = reader.peek(data, 8)?;
                let size = usize::try_from(end - data).unwrap_or(usize::MAX).min(8);
                let value = ebml::Element { id: 0, data: bytes.get(..size).unwrap_or_default() };
                open.time = i64::try_from(value.uint()).unwrap_or(i64::MAX);
                self.open = Some(open);
                None
            }
            ids::SIMPLE_BLOCK => {
                let block = block(reader.peek(data, LOOK)?, data..end, open);
                block.map(|(block, flags)| Block { key: flags & 0x80 != 0, ..block })
            }
            ids::BLOCK_GROUP => self.group(data..end, open, reader)?,
            _ => None,
        };
        self.at = end;
        Ok(block.filter(|block| !block.data.is_empty()))
    }

    fn group(
        &mut self,
        group: Range<u64>,
        open: Open,
        reader: &mut Reader<'_>,
    ) -> Result<Option<Block>, Unreadable> {
        let (mut found, mut key, mut duration) = (None, true, None);
        let mut at = group.start;
        while at < group.end {
            self.step()?;
            let bytes = reader.peek(at, LOOK)?;
            let Some(header) = Header::read(bytes) else { break };
            let data = at.saturating_add(header.length);
            let end = header.size.map_or(u64::MAX, |size| data.saturating_add(size));
            if end > group.end {
                break;
            }
            match header.id {
                ids::BLOCK => {
                    found =
                        block(reader.peek(data, LOOK)?, data..end, open).map(|(block, _)| block);
                }
                ids::BLOCK_DURATION => {
                    let bytes = reader.peek(data, 8)?;
                    let size = usize::try_from(end - data).unwrap_or(usize::MAX).min(8);
                    let data = bytes.get(..size).unwrap_or_default();
                    duration = Some(ebml::Element { id: 0, data }.uint());
                }
                ids::REFERENCE_BLOCK => key = false,
                _ => {}
            }
            at = end;
        }
        Ok(found.map(|block| Block { key, duration, ..block }))
    }

    /// Goes on behind what cannot be understood.
    fn stumble(&mut self, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        self.damage.count = self.damage.count.saturating_add(1);
        self.damage.first.get_or_insert(self.at);
        let end = self.open.take().and_then(|open| open.end).filter(|end| *end > self.at);
        if let Some(end) = end
            && (end >= self.end || top_at(reader, end)?)
        {
            self.at = end;
            return Ok(());
        }
        let from = self.at + 1;
        self.at = from;
        while self.at < self.end && self.at - from < FARTHEST {
            self.budget.time()?;
            let bytes = reader.peek(self.at, MOST)?;
            let id = ids::CLUSTER.to_be_bytes();
            let Some(skip) = bytes.windows(4).position(|window| window == id) else {
                self.at += (bytes.len().max(4) - 3) as u64;
                continue;
            };
            self.at += skip as u64;
            if cluster_at(reader, self.at)? {
                return Ok(());
            }
            self.at += 1;
        }
        self.at = self.end;
        Ok(())
    }
}

/// The block in `bytes`, which begin with its header, and its flags.
fn block(bytes: &[u8], range: Range<u64>, open: Open) -> Option<(Block, u8)> {
    let (track, length) = ebml::number(bytes)?;
    let [high, low, flags] = *bytes.get(length..)?.first_chunk::<3>()?;
    let start = range.start + length as u64 + 3;
    let block = Block {
        track: track?,
        time: open.time.saturating_add(i16::from_be_bytes([high, low]).into()),
        key: false,
        duration: None,
        lacing: Lacing::of(flags),
        data: start..range.end,
        cluster: open.at,
        cluster_time: open.time,
    };
    (start <= range.end).then_some((block, flags))
}

/// Whether an element of a segment begins at `at`.
fn top_at(reader: &mut Reader<'_>, at: u64) -> Result<bool, Unreadable> {
    let header = Header::read(reader.peek(at, ebml::HEADER)?);
    Ok(header.is_some_and(|header| ids::is_top(header.id) || header.id == ids::VOID))
}

/// Whether a cluster begins at `at`.
pub(crate) fn cluster_at(reader: &mut Reader<'_>, at: u64) -> Result<bool, Unreadable> {
    let bytes = reader.peek(at, 2 * ebml::HEADER)?;
    let Some(header) = Header::read(bytes).filter(|header| header.id == ids::CLUSTER) else {
        return Ok(false);
    };
    let inside = usize::try_from(header.length).ok().and_then(|length| bytes.get(length..));
    let first = inside.and_then(Header::read);
    Ok(header.size == Some(0) || first.is_some_and(|first| ids::is_in_cluster(first.id)))
}
