//! From an index and the file to the samples of a stretch.
//!
//! Clusters hold the blocks of all tracks, more or less in the order of time: sound may be stored
//! a little before or behind the pictures that it belongs to. So a search for sound begins at the
//! cluster that ought to hold the first of it, goes back if that is not the first, and ends when
//! something later is seen.

mod job;

use std::ops::Range;

use media::{Budget, Clusters, Index, Sample, Samples, Source, Timescale, Unreadable};

use self::job::Job;
use crate::{blocks::Walk, reader::Reader};

/// How much later than a range the search for the rest of its sound goes on, and how much earlier
/// it begins, where nothing is seen that would end it; in nanoseconds.
const SLACK: i64 = 10_000_000_000;

/// The most that is fetched ahead of a search, in bytes: a segment of twenty megabits a second.
const AHEAD: u64 = 16 << 20;

/// What is wanted of one track.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Want {
    /// The position of the track in [`Index::tracks`].
    pub track: usize,
    /// Presentation times in ticks of that track.
    pub range: Range<i64>,
}

pub(crate) fn find(
    source: &dyn Source,
    index: &Index,
    wants: &[Want],
    budget: &Budget<'_>,
) -> Result<Vec<Vec<Sample>>, Unreadable> {
    let mut found: Vec<Vec<Sample>> = wants.iter().map(|_| Vec::new()).collect();
    let Some(clusters) = &index.clusters else { return Ok(found) };
    let mut jobs: Vec<Job<'_>> = Vec::with_capacity(wants.len());
    for (number, want) in wants.iter().enumerate() {
        let track = index.tracks.get(want.track);
        let track = track.filter(|track| track.samples == Samples::Clusters);
        if let Some(track) = track.filter(|_| !want.range.is_empty()) {
            jobs.extend(Job::new(number, track, clusters, &want.range));
        }
    }
    jobs.sort_by_key(|job| job.begin);
    let mut reader = Reader::new(source);
    // Wants that are far apart are not worth going over what is between.
    let mut rest = jobs.as_mut_slice();
    while let Some(first) = rest.first() {
        let mut end = first.until;
        let mut count = 1;
        for job in rest.iter().skip(1) {
            if job.begin > end {
                break;
            }
            end = end.max(job.until);
            count += 1;
        }
        let (these, others) = rest.split_at_mut(count.min(rest.len()));
        // Whoever wants pictures will have their bytes sent, and block headers lie between all of
        // them: a disk had better read the window once than look for each.
        if let Some(begin) = these.first().map(|job| job.begin)
            && these.iter().any(Job::is_of_pictures)
        {
            reader.soon(begin..end.min(begin.saturating_add(AHEAD)));
        }
        pass(&mut reader, these, clusters, budget)?;
        rest = others;
    }
    for job in &mut jobs {
        go_back(&mut reader, job, clusters, budget)?;
        if let Some(place) = found.get_mut(job.number) {
            *place = job.finish();
        }
    }
    Ok(found)
}

/// Goes over the clusters once for all of these.
fn pass(
    reader: &mut Reader<'_>,
    jobs: &mut [Job<'_>],
    clusters: &Clusters,
    budget: &Budget<'_>,
) -> Result<(), Unreadable> {
    let Some(begin) = jobs.first().map(|job| job.begin) else { return Ok(()) };
    let mut walk = Walk::new(begin, clusters.end, budget);
    let mut cluster = None;
    while let Some(block) = walk.next(reader)? {
        let entered = cluster != Some(block.cluster);
        cluster = Some(block.cluster);
        let mut busy = false;
        for job in jobs.iter_mut() {
            if entered {
                job.enter(&block);
            }
            if job.track == block.track && !job.done {
                job.block(&block, reader, budget)?;
            }
            busy |= !job.done;
        }
        if !busy {
            break;
        }
    }
    Ok(())
}

/// Looks for sound that is stored before the cluster where it ought to be.
fn go_back(
    reader: &mut Reader<'_>,
    job: &mut Job<'_>,
    clusters: &Clusters,
    budget: &Budget<'_>,
) -> Result<(), Unreadable> {
    let mut begin = job.begin;
    while begin > clusters.first && job.may_lack_its_first() {
        let before = clusters.points.iter().rev().find(|point| point.1 < begin);
        let (time, at) = before.copied().unwrap_or((i64::MIN, clusters.first));
        let mut walk = Walk::new(at, begin, budget);
        let mut earlier = job.earlier();
        while let Some(block) = walk.next(reader)? {
            if block.track == job.track {
                earlier.block(&block, reader, budget)?;
            }
        }
        job.prepend(earlier);
        begin = at;
        if time < job.from.saturating_sub(SLACK) {
            break;
        }
    }
    Ok(())
}

/// The cluster to begin at for what comes at `time`, in nanoseconds, and the first that comes
/// after it.
fn around(clusters: &Clusters, range: &Range<i64>) -> (u64, u64) {
    let after = clusters.points.partition_point(|point| point.0 <= range.start);
    let begin = after.checked_sub(1).and_then(|before| clusters.points.get(before));
    let after = clusters.points.partition_point(|point| point.0 < range.end);
    let end = clusters.points.get(after);
    (begin.map_or(clusters.first, |point| point.1), end.map_or(clusters.end, |point| point.1))
}

/// Ticks of a track in nanoseconds.
fn nanos(ticks: i64, scale: Timescale) -> i64 {
    media::rescale_round(ticks, scale, Timescale::NANOS)
}
