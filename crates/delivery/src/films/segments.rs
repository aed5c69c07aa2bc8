//! Inits and segments of a film, laid out or taken from those that were.

use std::sync::Arc;

use extents::{Part, Plan};
use media::{Kind, Track};
use packager::{
    Origin, Rendition,
    names::{Lane, Resource},
};

use super::{error::FilmError, film::Film, laid::Laid};
use crate::{media_type::MediaType, reply::Made};

impl Film {
    /// The rendition of a lane, and the track that it comes from.
    fn of_lane(&self, lane: Lane) -> Result<(&Rendition, usize, &Track), FilmError> {
        let (kind, number) = match lane {
            Lane::Video(number) | Lane::IFrames(number) => (Kind::Video, number),
            Lane::Audio(number) => (Kind::Audio, number),
            Lane::Text(number) => (Kind::Text, number),
            Lane::Main => return Err(FilmError::NoSuchPart),
        };
        let rendition = self.presentation.rendition(kind, number).ok_or(FilmError::NoSuchPart)?;
        let Origin::Track(position) = rendition.origin else { return Err(FilmError::NoSuchPart) };
        let track = self.index().tracks.get(position).ok_or(FilmError::NoSuchPart)?;
        Ok((rendition, position, track))
    }

    pub(super) fn init(&self, lane: Lane, resource: Resource) -> Result<Made, FilmError> {
        let (bytes, media_type) = if let Lane::Text(number) = lane {
            (self.boxed_text_init(number)?, MediaType::MP4_TEXT)
        } else {
            let (_, _, track) = self.of_lane(lane)?;
            let bytes = packager::init(track);
            (bytes.map_err(|error| FilmError::NotCarried(error.to_string()))?, type_of(lane))
        };
        Ok(self.made(resource, Plan::new([Part::Bytes(bytes)]), media_type))
    }

    pub(super) async fn segment(
        self: &Arc<Self>,
        resource: Resource,
        lane: Lane,
        number: u32,
    ) -> Result<Made, FilmError> {
        let known = self.layouts.get(self.number, resource);
        let (position, pieces) = if let Some(Laid::Pieces(position, pieces)) = known {
            (position, pieces)
        } else {
            let (rendition, position, track) = self.of_lane(lane)?;
            let samples = self.samples(position, rendition, number).await?;
            let pieces = Arc::new(packager::media_segment(track, number, samples.to_vec()));
            let laid = Laid::Pieces(position, Arc::clone(&pieces));
            self.layouts.keep(self.number, resource, laid);
            (position, pieces)
        };
        Ok(self.made(resource, self.plan(position, pieces.iter().cloned()), type_of(lane)))
    }

    /// One key picture as a segment of its own.
    pub(super) async fn iframe(
        self: &Arc<Self>,
        resource: Resource,
        number: u32,
        key: u32,
    ) -> Result<Made, FilmError> {
        let (rendition, position, track) = self.of_lane(Lane::IFrames(number))?;
        let place = usize::try_from(key).ok().and_then(|key| key.checked_sub(1));
        let place = place.ok_or(FilmError::NoSuchPart)?;
        let keys = self.presentation.key_pictures(track);
        let point = **keys.get(place).ok_or(FilmError::NoSuchPart)?;
        let end = keys.get(place + 1).map_or(track.end, |next| next.time);
        drop(keys);
        let sample = if let Some(table) = track.table() {
            let at = u32::try_from(point.at).unwrap_or(u32::MAX);
            table.samples(at..at.saturating_add(1)).first().copied()
        } else {
            let segment = rendition.spans.partition_point(|span| span.start <= point.time);
            let segment = u32::try_from(segment).unwrap_or(u32::MAX);
            let samples = self.samples(position, rendition, segment).await?;
            let mut keys = samples.iter().filter(|sample| sample.key);
            keys.find(|sample| sample.presentation() >= point.time).copied()
        };
        let mut sample = sample.ok_or(FilmError::NoSuchPart)?;
        // Shown from its own time until the next key picture.
        sample.decode = point.time;
        sample.composition = 0;
        sample.duration = u32::try_from(end.saturating_sub(point.time)).unwrap_or(1).max(1);
        let pieces = packager::media_segment(track, key, vec![sample]);
        Ok(self.made(resource, self.plan(position, pieces), MediaType::MP4))
    }

    pub(super) async fn ts_segment(
        self: &Arc<Self>,
        resource: Resource,
        lane: Lane,
        number: u32,
    ) -> Result<Made, FilmError> {
        let known = self.layouts.get(self.number, resource);
        let segment = if let Some(Laid::Ts(segment)) = known {
            segment
        } else {
            let parts = packager::ts::parts(&self.presentation, lane, number)
                .ok_or(FilmError::NoSuchPart)?;
            let samples = self.ts_samples(&parts).await?;
            let segment = packager::ts::segment(&self.presentation, &parts, number, &samples);
            let segment = Arc::new(segment.map_err(FilmError::NotCarried)?);
            self.layouts.keep(self.number, resource, Laid::Ts(Arc::clone(&segment)));
            segment
        };
        Ok(self.made(resource, self.ts_plan(segment), MediaType::TS))
    }
}

fn type_of(lane: Lane) -> MediaType {
    match lane {
        Lane::Audio(_) => MediaType::MP4_AUDIO,
        Lane::Text(_) => MediaType::MP4_TEXT,
        Lane::Video(_) | Lane::IFrames(_) | Lane::Main => MediaType::MP4,
    }
}
