//! Chosen pictures of a film as a fragmented MP4 that ffmpeg reads from a pipe.
//!
//! ```text
//! init │ moof mdat: a shot │ moof mdat: the next, which follows at once …
//! ```
//!
//! A shot is one key picture, or a key picture and some that follow it. Its times are new ones, in
//! milliseconds. Where a shot cannot be read, the next takes its place.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use delivery::films::{Film, FilmError};
use isobmff::write::{Fragment, fragment};
use media::{
    Budget, Detail, Framing, Index, KeyPoint, Kind, Sample, Samples, Timescale, Track,
    rescale_floor,
};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    sync::mpsc,
};

use crate::NoPicture;

/// How long a picture that stands alone is shown: one for each of ffmpeg's.
pub(crate) const SLOT_MS: u32 = 40;
/// Larger pictures are left out: 8K has a few megabytes.
const PICTURE_MAX: u32 = 48 << 20;
/// A shot has no more bytes than that, nor more pictures.
const SHOT_MAX: u64 = 24 << 20;
const PICTURES_MAX: usize = 600;
/// After so many failures the disk is left alone.
const FAULTS_MAX: usize = 3;

/// A track of pictures of a film.
#[derive(Clone, Debug)]
pub(crate) struct Reel {
    film: Arc<Film>,
    track: usize,
    /// The track as ffmpeg sees it: no samples, times in milliseconds.
    seen: Arc<Track>,
    head: Bytes,
}

/// Some pictures that follow one another: one key picture, or from a key picture on.
#[derive(Clone, Debug)]
pub(crate) enum Shot {
    /// The key picture at this position of the track's key points.
    Key(usize),
    /// These samples, whose times are those of the reel.
    Run(Vec<Sample>),
}

/// Pictures from a key picture on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// As they are in the file.
    pub(crate) samples: Vec<Sample>,
    /// Whether more were wanted than one shot may have: the last of these is not the last wanted.
    pub(crate) cut: bool,
}

/// What was fed, in order: the numbers of the shots that could be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fed(Arc<Mutex<Vec<usize>>>);

impl Fed {
    fn add(&self, shot: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(shot);
    }

    /// Which shot was the one with this number.
    pub(crate) fn get(&self, number: usize) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(number).copied()
    }
}

impl Reel {
    /// The pictures of a film, if they can be put into MP4.
    pub(crate) fn of(film: &Arc<Film>) -> Option<Self> {
        let track = lead(film.index())?;
        let of = film.index().tracks.get(track)?;
        let mut detail = of.detail.clone();
        if let Detail::Video(video) = &mut detail {
            // Of screens on which what comes of it will not be shown; ffmpeg would pass it on.
            (video.mastering, video.light_level, video.dolby_vision) = (None, None, None);
        }
        let seen = Track {
            detail,
            timescale: Timescale::MILLIS,
            start: 0,
            end: 0,
            cadence: None,
            keys: Vec::new(),
            samples: Samples::None,
            ..of.clone()
        };
        let head = packager::init(&seen).ok()?;
        Some(Self { film: Arc::clone(film), track, seen: Arc::new(seen), head })
    }

    /// The track in the index.
    pub(crate) fn track(&self) -> &Track {
        // It was there when this was made; without it there is nothing to see.
        self.film.index().tracks.get(self.track).unwrap_or(&self.seen)
    }

    /// The times of its key pictures in milliseconds.
    pub(crate) fn keys_ms(&self) -> Vec<u64> {
        let track = self.track();
        track.keys.iter().map(|key| self.ms(key.time)).collect()
    }

    /// How long the pictures last, in milliseconds.
    pub(crate) fn duration_ms(&self) -> u64 {
        self.ms(self.track().end)
    }

    fn ms(&self, ticks: i64) -> u64 {
        let ms = rescale_floor(ticks, self.track().timescale, Timescale::MILLIS);
        u64::try_from(ms).unwrap_or(0)
    }

    /// The samples from a key picture on that are shown within `length_ms` of it, as they are in
    /// the file but for pictures before the key picture, which may need what is not there; as many
    /// of them as one shot may have. Reads headers at most.
    pub(crate) async fn run(&self, key: usize, length_ms: u64) -> Result<Run, NoPicture> {
        let track = self.track();
        let scale = track.timescale;
        let Some(start) = track.keys.get(key) else { return Ok(Run::default()) };
        let length = i64::try_from(length_ms).unwrap_or(i64::MAX);
        let length = media::rescale_ceil(length, Timescale::MILLIS, scale);
        // Some of those that are shown within it come later than others that are not.
        let length = length.saturating_add(track.earliness().into());
        let until = start.time.saturating_add(length);
        let end = track.keys.iter().skip(key + 1).find(|next| next.time >= until);
        let range = start.time..end.map_or(i64::MAX, |end| end.time);
        let want = demux::Want { track: self.track, range, numbers: None };
        let found = self.film.reading(move |film: &Film| {
            let budget = Budget::default();
            Ok(demux::samples(&film.source, film.index(), &[want], &budget)?)
        });
        let mut samples = found.await?.into_iter().next().unwrap_or_default();
        let first = samples.iter().position(|sample| sample.key).unwrap_or(0);
        samples.drain(..first);
        let shown = samples.first().map_or(0, Sample::presentation);
        samples.retain(|sample| sample.presentation() >= shown);
        let mut bytes = 0u64;
        let wanted = |sample: &Sample| sample.decode.saturating_sub(shown) < length;
        let fits = samples.iter().take(PICTURES_MAX).take_while(|sample| {
            bytes = bytes.saturating_add(sample.size.into());
            bytes <= SHOT_MAX && wanted(sample)
        });
        let count = fits.count().max(1);
        let cut = samples.get(count).is_some_and(wanted);
        samples.truncate(count);
        Ok(Run { samples, cut })
    }

    /// The init and these shots, written one after the other until the reader has enough. What was
    /// read is noted in `fed`. Fails if nothing could be read.
    pub(crate) async fn feed(
        &self,
        shots: &[Shot],
        fed: &Fed,
        mut to: impl AsyncWrite + Unpin,
    ) -> Result<(), NoPicture> {
        let (tx, mut rx) = mpsc::channel::<Bytes>(1);
        let produce = async move {
            let mut faults = Vec::new();
            let mut count = 0;
            // Whoever does not take it any more has enough.
            let mut wanted = tx.send(self.head.clone()).await.is_ok();
            for (number, shot) in shots.iter().enumerate() {
                if !wanted || faults.len() >= FAULTS_MAX {
                    break;
                }
                match self.piece(count, shot.clone()).await {
                    Ok(Some(piece)) => {
                        fed.add(number);
                        count += 1;
                        wanted = tx.send(piece).await.is_ok();
                    }
                    Ok(None) => {}
                    Err(error) => faults.push(error),
                }
            }
            match faults.into_iter().next() {
                Some(fault) if count == 0 => Err(NoPicture::from(fault)),
                _ if count == 0 => {
                    Err(NoPicture::Damaged("no picture is where it should be".to_owned()))
                }
                _ => Ok(()),
            }
        };
        let consume = async move {
            while let Some(piece) = rx.recv().await {
                if to.write_all(&piece).await.is_err() {
                    break;
                }
            }
            // Dropping `rx` tells the other side; dropping `to` tells the process.
        };
        let (produced, ()) = tokio::join!(produce, consume);
        produced
    }

    /// A shot as a fragment; `None` if it is not there.
    async fn piece(&self, count: u32, shot: Shot) -> Result<Option<Bytes>, FilmError> {
        let (track, seen) = (self.track, Arc::clone(&self.seen));
        let make = move |film: &Film| {
            let Some(track) = film.index().tracks.get(track) else { return Ok(None) };
            let samples = match shot {
                Shot::Run(samples) => samples,
                Shot::Key(key) => {
                    let Some(key) = track.keys.get(key) else { return Ok(None) };
                    key_picture(film, track, key, count)?.into_iter().collect()
                }
            };
            let total: u64 = samples.iter().map(|sample| u64::from(sample.size)).sum();
            if samples.is_empty() || total > SHOT_MAX.max(PICTURE_MAX.into()) {
                return Ok(None);
            }
            let whole =
                Fragment { sequence: count + 1, track: &seen, samples: &samples, skips: &[] };
            let mut bytes = fragment(&whole);
            for sample in &samples {
                packager::fetch(&film.source, track, sample, &mut bytes)?;
            }
            Ok(Some(Bytes::from(bytes)))
        };
        self.film.reading(make).await
    }
}

/// A key picture in its slot.
fn key_picture(
    film: &Film,
    track: &Track,
    key: &KeyPoint,
    slot: u32,
) -> Result<Option<Sample>, FilmError> {
    let budget = Budget::default();
    let found = demux::key_picture(&film.source, film.index(), track, key, &budget)?;
    let decode = i64::from(slot) * i64::from(SLOT_MS);
    Ok(found.map(|sample| Sample {
        decode,
        composition: 0,
        duration: SLOT_MS,
        key: true,
        ..sample
    }))
}

/// The position of the track whose pictures stand for the film.
fn lead(index: &Index) -> Option<usize> {
    let usable = |track: &Track| {
        let samples = match &track.samples {
            Samples::Table(table) => !table.is_empty(),
            Samples::Clusters => true,
            Samples::None => false,
        };
        track.kind() == Kind::Video
            && samples
            && !track.keys.is_empty()
            && track.framing != Framing::Zlib
            && isobmff::write::is_writable(track).is_ok()
    };
    let usable = || index.tracks.iter().enumerate().filter(|(_, track)| usable(track));
    let chosen = usable().find(|(_, track)| track.roles.default).or_else(|| usable().next());
    chosen.map(|(position, _)| position)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use testkit::oddities;

    use super::*;
    use crate::{Subject, testing::subject};

    #[tokio::test]
    async fn a_key_picture_found_alone_is_the_one_that_its_segment_begins_with() {
        for (file, searched) in
            [("large.mkv", true), ("clean.mp4", false), ("h264_open_gop.mp4", false)]
        {
            let path = oddities::named(file).path();
            let Subject::Film(film) = subject(&path).await else { panic!("a film") };
            let reel = Reel::of(&film).unwrap();
            let (track, index, budget) = (reel.track(), film.index(), Budget::default());
            assert_eq!(track.table().is_none(), searched, "{file}");
            assert!(track.keys.len() > 2, "{file}");
            for (number, key) in track.keys.iter().enumerate() {
                let end = track.keys.get(number + 1).map_or(i64::MAX, |next| next.time);
                let want = demux::Want { track: reel.track, range: key.time..end, numbers: None };
                let all = demux::samples(&film.source, index, &[want], &budget).unwrap();
                let first = all[0].iter().find(|sample| sample.key).unwrap();
                let alone = demux::key_picture(&film.source, index, track, key, &budget);
                let alone = alone.unwrap().unwrap();
                assert_eq!((alone.offset, alone.size), (first.offset, first.size), "{file}");
            }
        }
    }
}
