//! Where decoding can begin, and where tracks end: from cues as far as they are right, and by
//! going over blocks where they are not.

use bitstream::RandomAccess;
use media::{Budget, Clusters, KeyPoint, Timescale, Unreadable, rescale_round};

use crate::{
    blocks::Damage,
    clock::Clock,
    ebml::HEADER,
    head::Head,
    opening::Seen,
    reader::Reader,
    scan::{Key, Scan},
};

/// Between cues farther apart than this, in nanoseconds, more key pictures are looked for.
const GAP: i64 = 15_000_000_000;
/// So many bytes before the last stretch are gone over for where tracks end; of what ended before
/// that, the end is looked for by halves.
const BACK: u64 = 256 << 20;
/// So many key pictures show whether those of the file are followed by pictures shown before them.
const SHOWN: usize = 4;

/// What was found of one track.
pub(crate) struct Ends {
    pub(crate) keys: Vec<KeyPoint>,
    /// For each of these, how many bytes there are up to the next.
    pub(crate) spaces: Vec<u64>,
    pub(crate) end: Option<i64>,
    /// Frames and bytes, if all were counted.
    pub(crate) counted: Option<(u64, u64)>,
}

/// What was found.
pub(crate) struct Found {
    pub(crate) lanes: Vec<Ends>,
    pub(crate) points: Vec<(i64, u64)>,
    pub(crate) damage: Damage,
    pub(crate) note: Option<String>,
}

/// Finds key pictures and clusters, from the cues if they are right.
pub(crate) fn find(
    head: &Head,
    clusters: &Clusters,
    opened: &[Vec<Seen>],
    mut scan: Scan<'_>,
    reader: &mut Reader<'_>,
    budget: &Budget<'_>,
) -> Result<Found, Unreadable> {
    let mut note = None;
    if liars(opened, &scan, reader)? {
        scan.distrust = true;
        note = Some("what it marks as key pictures are none; each picture was looked at".into());
    }
    let from_cues = if head.cues.is_empty() || scan.distrust {
        None
    } else {
        let keys = from_cues(head, clusters, opened, &mut scan, reader, budget)?;
        if keys.is_none() {
            note = Some("its cues are wrong and were not used".into());
        }
        keys
    };
    let whole = from_cues.is_none();
    let mut keys: Vec<Vec<Key>> = if let Some(keys) = from_cues {
        scan.points = points(head, clusters, &scan, &keys);
        keys
    } else {
        scan.run(reader, clusters.first, clusters.end, budget)?;
        if scan.distrust && scan.found.iter().all(|found| found.keys.is_empty()) {
            // Better the file's word than nothing.
            scan = scan.again();
            scan.run(reader, clusters.first, clusters.end, budget)?;
        }
        opened.iter().map(|_| Vec::new()).collect()
    };
    if !whole {
        scan.marks(reader, budget)?;
        let last = fill_gaps(clusters, &mut scan, &keys, reader, budget)?;
        find_ends(opened, last, &mut scan, reader, budget)?;
    }
    let mut places: Vec<u64> = scan.points.iter().map(|point| point.1).collect();
    places.sort_unstable();
    let mut lanes = Vec::with_capacity(keys.len());
    for (at, keys) in keys.iter_mut().enumerate() {
        let Some(found) = scan.found.get_mut(at) else { continue };
        let counted = whole.then_some((found.frames, found.bytes));
        let end = found.end;
        keys.append(&mut found.keys);
        settle(keys);
        check_open(keys, at, clusters, &mut scan, reader, budget)?;
        let (keys, spaces) = key_points(keys, &places, scan.reached);
        lanes.push(Ends { keys, spaces, end, counted });
    }
    let mut points = std::mem::take(&mut scan.points);
    points.sort_unstable();
    points.dedup_by(|next, kept| next.1 <= kept.1);
    Ok(Found { lanes, points, damage: scan.damage, note })
}

/// Whether a picture that the file calls a key picture is none.
fn liars(
    opened: &[Vec<Seen>],
    scan: &Scan<'_>,
    reader: &mut Reader<'_>,
) -> Result<bool, Unreadable> {
    for (lane, seen) in opened.iter().enumerate() {
        if scan.video(lane).is_none() {
            continue;
        }
        for seen in seen.iter().filter(|seen| seen.key).take(3) {
            let data = seen.offset..seen.offset.saturating_add(seen.size.into());
            if scan.kind(lane, data, reader)? == Some(RandomAccess::No) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// In order, each once.
fn settle(keys: &mut Vec<Key>) {
    // What was looked at comes first and stays.
    keys.sort_by_key(|key| (key.own, !key.checked, key.at));
    keys.dedup_by_key(|key| key.own);
    // What lies before its predecessor in the file is none of ours.
    let mut last = 0;
    keys.retain(|key| {
        let forward = key.at >= last;
        last = last.max(key.at);
        forward
    });
}

/// Key pictures as key points, and how many bytes of the file there are from each to the next, or
/// more. `places` are beginnings of clusters in order.
fn key_points(keys: &[Key], places: &[u64], end: u64) -> (Vec<KeyPoint>, Vec<u64>) {
    let mut points: Vec<(KeyPoint, &Key)> = keys
        .iter()
        .map(|key| (KeyPoint { time: key.earliest, at: key.at, open: key.open }, key))
        .collect();
    // Nothing comes before the first: what leads it cannot be decoded.
    if let Some((point, key)) = points.first_mut()
        && key.open
    {
        *point = KeyPoint { time: key.own, at: key.at, open: false };
    }
    points.dedup_by(|(next, _), (kept, _)| next.time <= kept.time);
    let ends = points.iter().skip(1).map(|(_, key)| {
        key.high.unwrap_or_else(|| {
            let behind = places.partition_point(|place| *place <= key.at);
            places.get(behind).copied().unwrap_or(end)
        })
    });
    let ends = ends.chain([end]).collect::<Vec<_>>();
    let space = |((_, key), end): (&(KeyPoint, &Key), u64)| end.saturating_sub(key.low);
    let spaces = points.iter().zip(ends).map(space).collect();
    (points.into_iter().map(|(point, _)| point).collect(), spaces)
}

/// The key pictures of each track that the cues tell; `None` if the cues are wrong.
fn from_cues(
    head: &Head,
    clusters: &Clusters,
    opened: &[Vec<Seen>],
    scan: &mut Scan<'_>,
    reader: &mut Reader<'_>,
    budget: &Budget<'_>,
) -> Result<Option<Vec<Vec<Key>>>, Unreadable> {
    let mut all = Vec::with_capacity(opened.len());
    let inside = |at: u64| (clusters.first..clusters.end).contains(&at);
    // An index of sound alone has cues too; without any inside the file they say nothing.
    if !head.cues.iter().any(|cue| inside(cue.at)) {
        return Ok(None);
    }
    for (lane, seen) in opened.iter().enumerate() {
        let mut keys = Vec::new();
        let Some((number, clock)) = scan.video(lane).filter(|_| !seen.is_empty()) else {
            all.push(keys);
            continue;
        };
        let first = seen.first().map(|seen| (clock.time(seen.time), seen.cluster));
        let Some((start, cluster)) = first else { continue };
        for cue in head.cues.iter().filter(|cue| cue.track == number && inside(cue.at)) {
            let own = clock.time(cue.time);
            if own >= start {
                let plain = Key::somewhere(own, cue.at);
                let low = cue.inside.and_then(|inside| cue.at.checked_add(inside));
                // The data of a cluster begin behind its header.
                let high = low.and_then(|low| low.checked_add(HEADER as u64));
                keys.push(Key { low: low.unwrap_or(cue.at), high, ..plain });
            }
        }
        if keys.is_empty() {
            return Ok(None);
        }
        // Each of a few in different parts must be where it should.
        let ordered = keys.iter().zip(keys.iter().skip(1)).all(|(one, next)| one.at <= next.at);
        let last = keys.len() - 1;
        for number in [0, last / 2, last] {
            let Some(key) = keys.get_mut(number) else { continue };
            if key.checked {
                continue;
            }
            match scan.look(reader, lane, (key.own, key.at), budget)? {
                Some(found) if ordered => *key = found,
                _ => return Ok(None),
            }
        }
        if keys.first().is_some_and(|key| key.own > start) {
            let first = scan.look(reader, lane, (start, cluster), budget)?;
            keys.insert(0, first.unwrap_or(Key::somewhere(start, cluster)));
        }
        all.push(keys);
    }
    scan.forget();
    Ok(Some(all))
}

/// Clusters to begin at, from the cues.
fn points(head: &Head, clusters: &Clusters, scan: &Scan<'_>, keys: &[Vec<Key>]) -> Vec<(i64, u64)> {
    let Some(clock) = scan.clock() else { return Vec::new() };
    let mut points: Vec<(i64, u64)> = head
        .cues
        .iter()
        .filter(|cue| (clusters.first..clusters.end).contains(&cue.at))
        .map(|cue| (clock.nanos(cue.time), cue.at))
        .collect();
    let firsts = keys.iter().enumerate().filter_map(|(lane, keys)| {
        let key = keys.first()?;
        let (_, clock) = scan.video(lane)?;
        Some((rescale_round(key.own, clock.scale, Timescale::NANOS), key.at))
    });
    points.extend(firsts);
    // One for each cluster, with the first time it is mentioned.
    points.sort_unstable_by_key(|(time, at)| (*at, *time));
    points.dedup_by_key(|(_, at)| *at);
    points
}

/// Goes over the stretches of which cues say nothing, and over the last; where that begins.
fn fill_gaps(
    clusters: &Clusters,
    scan: &mut Scan<'_>,
    keys: &[Vec<Key>],
    reader: &mut Reader<'_>,
    budget: &Budget<'_>,
) -> Result<u64, Unreadable> {
    let mut stretches = Vec::new();
    let mut video = false;
    for (lane, keys) in keys.iter().enumerate() {
        let Some((_, clock)) = scan.video(lane) else { continue };
        video |= !keys.is_empty();
        let far = rescale_round(GAP, Timescale::NANOS, clock.scale);
        for (one, next) in keys.iter().zip(keys.iter().skip(1)) {
            if next.own.saturating_sub(one.own) > far && one.at < next.at {
                stretches.push((one.at, next.at));
            }
        }
        stretches.extend(keys.last().map(|last| (last.at, clusters.end)));
    }
    if !video {
        let last = scan.points.last().map_or(clusters.first, |point| point.1);
        stretches.push((last, clusters.end));
    }
    // Each stretch once, though many tracks ask for it.
    stretches.sort_unstable();
    let last = stretches.iter().find(|(_, to)| *to == clusters.end).map(|(from, _)| *from);
    let mut done = 0;
    for (from, to) in stretches {
        let from = from.max(done);
        if from < to {
            scan.run(reader, from, to, budget)?;
            done = to;
        }
    }
    Ok(last.unwrap_or(clusters.end))
}

/// Goes back from the last stretch, which begins at `to`, to where those tracks end of which it has
/// nothing.
fn find_ends(
    opened: &[Vec<Seen>],
    mut to: u64,
    scan: &mut Scan<'_>,
    reader: &mut Reader<'_>,
    budget: &Budget<'_>,
) -> Result<(), Unreadable> {
    let lost = |scan: &Scan<'_>| -> Vec<usize> {
        let lanes = scan.lanes().iter().zip(&scan.found).zip(opened).enumerate();
        lanes
            .filter(|(_, ((lane, found), seen))| {
                (lane.sound || lane.video) && found.end.is_none() && !seen.is_empty()
            })
            .map(|(at, _)| at)
            .collect()
    };
    let last = to;
    let mut places: Vec<u64> = scan.points.iter().map(|point| point.1).collect();
    places.sort_unstable();
    places.retain(|at| *at < last);
    while let Some(at) = places.last().copied()
        && last - at <= BACK
        && !lost(scan).is_empty()
    {
        scan.run(reader, at, to, budget)?;
        places.pop();
        to = at;
    }
    for lane in lost(scan) {
        let mut has = |place: usize| -> Result<bool, Unreadable> {
            let frames = |scan: &Scan<'_>| scan.found.get(lane).map(|found| found.frames);
            let before = frames(scan);
            let from = places.get(place).copied().unwrap_or(to);
            scan.run(reader, from, places.get(place + 1).copied().unwrap_or(to), budget)?;
            Ok(frames(scan) != before)
        };
        // The last place from which on there is something of it.
        let (mut low, mut high) = (0, places.len());
        while low < high {
            let middle = low.midpoint(high);
            if has(middle)? { low = middle + 1 } else { high = middle }
        }
    }
    Ok(())
}

/// Whether pictures behind key pictures are shown before them: looks at a few, and at all if it is
/// so for one of these.
fn check_open(
    keys: &mut Vec<Key>,
    lane: usize,
    clusters: &Clusters,
    scan: &mut Scan<'_>,
    reader: &mut Reader<'_>,
    budget: &Budget<'_>,
) -> Result<(), Unreadable> {
    let mut any = keys.iter().any(|key| key.earliest < key.own);
    let shared = keys.iter().zip(keys.iter().skip(1)).filter(|(one, next)| one.at == next.at);
    let crowded = shared.count() * 8 > keys.len();
    for number in 0..keys.len() {
        if number >= SHOWN && !any {
            break;
        }
        if any && crowded && keys.iter().any(|key| !key.checked) {
            // One way over all is shorter than one from the beginning of its cluster to each.
            let from = keys.first().map_or(clusters.first, |key| key.at);
            scan.run(reader, from, clusters.end, budget)?;
            let found = scan.found.get_mut(lane).map(|found| std::mem::take(&mut found.keys));
            keys.extend(found.unwrap_or_default());
            settle(keys);
            break;
        }
        let Some(key) = keys.get_mut(number) else { break };
        if !key.checked {
            if let Some(found) = scan.look(reader, lane, (key.own, key.at), budget)? {
                *key = found;
            }
            key.checked = true;
        }
        any |= key.earliest < key.own;
    }
    Ok(())
}

impl Scan<'_> {
    /// The number and clock of a track, if it is one of pictures.
    fn video(&self, lane: usize) -> Option<(u64, Clock)> {
        let lane = self.lanes().get(lane).filter(|lane| lane.video)?;
        Some((lane.number, lane.clock))
    }

    /// The clock of any track: nanoseconds are the same for all.
    fn clock(&self) -> Option<Clock> {
        self.lanes().first().map(|lane| lane.clock)
    }
}
