//! Goes over a stretch of clusters and notes what an index wants: key pictures, where clusters
//! are, where each track ends.

use std::ops::Range;

use bitstream::RandomAccess;
use media::{Budget, Codec, Framing, Timescale, Unreadable, rescale_round};

use crate::{
    blocks::{Block, Damage, Walk},
    clock::Clock,
    inflate,
    reader::Reader,
};

/// So many bytes of a picture tell what kind of picture it is.
pub(crate) const START: u64 = 4096;
/// Clusters, and times of sound without cadence, are noted at least so far apart, in nanoseconds, or
/// a live recording with a cluster for each picture would have an index as large as a table.
const APART: i64 = 500_000_000;
/// So many blocks of a cluster are looked at to find the first of a track.
const AHEAD: usize = 400;

/// A track, as far as a scan wants to know it.
#[derive(Clone, Debug)]
pub(crate) struct Lane<'a> {
    pub(crate) number: u64,
    pub(crate) video: bool,
    pub(crate) sound: bool,
    pub(crate) codec: &'a Codec,
    pub(crate) config: &'a [u8],
    pub(crate) framing: &'a Framing,
    pub(crate) clock: Clock,
}

/// A key picture, or sound whose time is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Key {
    /// When it is shown, in ticks of its track.
    pub(crate) own: i64,
    /// When the first of all from here on is shown.
    pub(crate) earliest: i64,
    /// Its cluster.
    pub(crate) at: u64,
    /// Where its block begins: not before `low`, and at `high` at the latest, if that is known.
    pub(crate) low: u64,
    pub(crate) high: Option<u64>,
    /// As [`media::KeyPoint::open`].
    pub(crate) open: bool,
    /// Whether the pictures behind it were looked at.
    pub(crate) checked: bool,
}

impl Key {
    /// The one in this block, at this time.
    fn seen(own: i64, block: &Block) -> Self {
        let place = block.data.start;
        Self {
            own,
            earliest: own,
            at: block.cluster,
            low: place,
            high: Some(place),
            open: false,
            checked: true,
        }
    }

    /// One of which no more than its cluster is known.
    pub(crate) fn somewhere(own: i64, at: u64) -> Self {
        Self { own, earliest: own, at, low: at, high: None, open: false, checked: false }
    }
}

/// What was found of one track.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) keys: Vec<Key>,
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    /// When the last frame ends.
    pub(crate) end: Option<i64>,
    /// The two last times.
    last: [Option<i64>; 2],
    /// The key picture behind which pictures may come that are shown before it.
    pending: Option<Pending>,
}

#[derive(Clone, Debug)]
struct Pending {
    key: Key,
    data: Range<u64>,
    watching: bool,
}

/// A scan, over one stretch after another.
pub(crate) struct Scan<'a> {
    lanes: Vec<Lane<'a>>,
    pub(crate) found: Vec<Found>,
    /// Clusters, by time in nanoseconds and position.
    pub(crate) points: Vec<(i64, u64)>,
    pub(crate) damage: Damage,
    /// Where the last block ends that was seen.
    pub(crate) reached: u64,
    /// Whether flags of key pictures are not to be believed.
    pub(crate) distrust: bool,
    frames: Vec<(u64, u32)>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(lanes: Vec<Lane<'a>>) -> Self {
        let found = lanes.iter().map(|_| Found::default()).collect();
        Self {
            lanes,
            found,
            points: Vec::new(),
            damage: Damage::default(),
            reached: 0,
            distrust: false,
            frames: Vec::new(),
        }
    }

    /// Goes over the clusters from `from` to `to`.
    pub(crate) fn run(
        &mut self,
        reader: &mut Reader<'_>,
        from: u64,
        to: u64,
        budget: &Budget<'_>,
    ) -> Result<(), Unreadable> {
        // What was last elsewhere says nothing of how long frames last here.
        self.found.iter_mut().for_each(|found| found.last = [None, None]);
        let mut walk = Walk::new(from, to, budget);
        let mut cluster = None;
        let mut count = 0_u64;
        while let Some(block) = walk.next(reader)? {
            if cluster != Some(block.cluster) {
                cluster = Some(block.cluster);
                self.point(&block);
            }
            self.reached = self.reached.max(block.data.end);
            count += 1;
            budget.samples(count)?;
            self.block(block, reader)?;
        }
        for at in 0..self.lanes.len() {
            self.close(at, reader)?;
        }
        self.damage.count += walk.damage.count;
        self.damage.truncated |= walk.damage.truncated;
        self.damage.first = self.damage.first.or(walk.damage.first);
        Ok(())
    }

    /// The key picture of one track at `own`, in the cluster at `at`: whether it is there, and
    /// what pictures behind it say of it. Looks no farther than it must.
    pub(crate) fn look(
        &mut self,
        reader: &mut Reader<'_>,
        lane: usize,
        (own, at): (i64, u64),
        budget: &Budget<'_>,
    ) -> Result<Option<Key>, Unreadable> {
        let (Some(number), Some(clock)) = self.lane(lane) else { return Ok(None) };
        let mut walk = Walk::new(at, reader.length(), budget);
        let mut behind = 0;
        while let Some(block) = walk.next(reader)? {
            let begun = self.found.get(lane).is_some_and(|found| found.pending.is_some());
            if begun {
                behind += 1;
                if behind > 80 {
                    break;
                }
            } else if block.cluster != at {
                break;
            }
            if block.track != number {
                continue;
            }
            if !(begun || block.key && clock.time(block.time) == own) {
                continue;
            }
            if begun && block.key {
                break;
            }
            self.block(block, reader)?;
            let found = self.found.get(lane);
            let watching = found.and_then(|found| Some(found.pending.as_ref()?.watching));
            if watching == Some(false) {
                break;
            }
        }
        self.close(lane, reader)?;
        Ok(self.found.get_mut(lane).and_then(|found| found.keys.pop()))
    }

    pub(crate) fn lanes(&self) -> &[Lane<'a>] {
        &self.lanes
    }

    /// A scan of the same tracks from the start, which believes the file.
    pub(crate) fn again(self) -> Self {
        Self::new(self.lanes)
    }

    /// Forgets what was found of tracks.
    pub(crate) fn forget(&mut self) {
        self.found.fill_with(Found::default);
    }

    fn lane(&self, lane: usize) -> (Option<u64>, Option<Clock>) {
        let lane = self.lanes.get(lane);
        (lane.map(|lane| lane.number), lane.map(|lane| lane.clock))
    }

    fn point(&mut self, block: &Block) {
        let Some(lane) = self.lanes.first() else { return };
        let time = lane.clock.nanos(block.cluster_time);
        let last = self.points.last();
        if last.is_none_or(|(last, at)| time >= last.saturating_add(APART) && block.cluster > *at) {
            self.points.push((time, block.cluster));
        }
    }

    fn block(&mut self, block: Block, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        let Some(at) = self.lanes.iter().position(|lane| lane.number == block.track) else {
            return Ok(());
        };
        let Some(lane) = self.lanes.get(at) else { return Ok(()) };
        let (clock, video) = (lane.clock, lane.video);
        let time = clock.time(block.time);
        block.frames(reader, &mut self.frames)?;
        let Some(found) = self.found.get_mut(at) else { return Ok(()) };
        found.frames += self.frames.len() as u64;
        found.bytes += self.frames.iter().map(|(_, size)| u64::from(*size)).sum::<u64>();
        let count = i64::try_from(self.frames.len()).unwrap_or(0).max(1);
        let cadence = i64::from(clock.cadence.unwrap_or(0));
        let last = time.saturating_add(cadence.saturating_mul(count - 1));
        if found.last[1].is_none_or(|latest| last > latest) {
            found.last = [found.last[1], Some(last)];
        }
        let stated = block.duration.map(|duration| clock.length(duration).into());
        let before = found.last[0].map(|before| last.saturating_sub(before));
        let lasts = clock.cadence.map(i64::from).or(stated).or(before);
        let end = last.saturating_add(lasts.unwrap_or(0).max(0));
        found.end = found.end.max(Some(end));
        self.mark(at, &block);
        if !video {
            return Ok(());
        }
        let key = if self.distrust {
            self.kind(at, block.data.clone(), reader)? != Some(RandomAccess::No)
        } else {
            block.key
        };
        if key {
            self.close(at, reader)?;
            let key = Key::seen(time, &block);
            if let Some(found) = self.found.get_mut(at) {
                found.pending = Some(Pending { key, data: block.data, watching: true });
            }
        } else if let Some(pending) =
            self.found.get_mut(at).and_then(|found| found.pending.as_mut())
            && pending.watching
        {
            if time < pending.key.own {
                pending.key.earliest = pending.key.earliest.min(time);
            } else {
                pending.watching = false;
            }
        }
        Ok(())
    }

    /// Whether nobody can tell when frames of a track begin but by looking at them.
    fn is_unsteady(lane: &Lane<'_>) -> bool {
        lane.sound && lane.clock.cadence.is_none()
    }

    /// Notes the time of a block of sound without cadence.
    fn mark(&mut self, at: usize, block: &Block) {
        let Some(lane) = self.lanes.get(at).filter(|lane| Self::is_unsteady(lane)) else { return };
        let own = lane.clock.time(block.time);
        let apart = rescale_round(APART, Timescale::NANOS, lane.clock.scale).unsigned_abs();
        let Some(found) = self.found.get_mut(at) else { return };
        if found.keys.last().is_none_or(|last| last.own.abs_diff(own) >= apart) {
            found.keys.push(Key::seen(own, block));
        }
    }

    /// Notes the time of the first block of each track of sound without cadence in every cluster at
    /// which reading can begin.
    pub(crate) fn marks(
        &mut self,
        reader: &mut Reader<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Unreadable> {
        let unsteady: Vec<usize> = (0..)
            .zip(&self.lanes)
            .filter(|(_, lane)| Self::is_unsteady(lane))
            .map(|(at, _)| at)
            .collect();
        if unsteady.is_empty() {
            return Ok(());
        }
        for (_, position) in self.points.clone() {
            let mut missing = unsteady.clone();
            let mut walk = Walk::new(position, reader.length(), budget);
            for _ in 0..AHEAD {
                let Some(block) = walk.next(reader)? else { break };
                if block.cluster != position || missing.is_empty() {
                    break;
                }
                let is_its =
                    |at: &usize| self.lanes.get(*at).is_some_and(|lane| lane.number == block.track);
                if let Some(place) = missing.iter().position(is_its) {
                    self.mark(missing.swap_remove(place), &block);
                }
            }
        }
        Ok(())
    }

    /// Nothing more is to come behind the last key picture of a track.
    fn close(&mut self, at: usize, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        let Some(pending) = self.found.get_mut(at).and_then(|found| found.pending.take()) else {
            return Ok(());
        };
        let mut key = pending.key;
        if key.earliest < key.own {
            // Nothing of H.264 that follows an IDR picture is shown before it.
            let hevc = self.lanes.get(at).is_some_and(|lane| *lane.codec == Codec::Hevc);
            key.open = !hevc || self.kind(at, pending.data, reader)? != Some(RandomAccess::Closed);
        }
        if let Some(found) = self.found.get_mut(at) {
            found.keys.push(key);
        }
        Ok(())
    }

    /// What kind of picture its bytes say that it is, if they reach far enough to say.
    pub(crate) fn kind(
        &self,
        at: usize,
        data: Range<u64>,
        reader: &mut Reader<'_>,
    ) -> Result<Option<RandomAccess>, Unreadable> {
        let Some(lane) = self.lanes.get(at) else { return Ok(None) };
        let size = data.end.saturating_sub(data.start).min(START);
        let bytes = unframed(lane.framing, reader.bytes(data.start, size)?);
        Ok(bitstream::picture(lane.codec, lane.config, &bytes))
    }
}

/// The beginning of a frame as it is sent, from the beginning as it is stored.
pub(crate) fn unframed(framing: &Framing, bytes: Vec<u8>) -> Vec<u8> {
    match framing {
        Framing::Stripped(start) => [start.as_slice(), &bytes].concat(),
        Framing::Zlib => inflate::inflate_start(&bytes, 1 << 20),
        Framing::Plain | Framing::Transport { .. } => bytes,
    }
}
