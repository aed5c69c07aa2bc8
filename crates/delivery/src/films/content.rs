//! What is asked of a film, and what is sent for it.

use std::{io, sync::Arc};

use bytes::Bytes;
use extents::{Extent, Make, Making, Part, Plan, Wait, Waiting};
use media::{Kind, Source, Track};
use packager::{
    Gather, Origin, Piece, Rendition,
    names::{Lane, Resource, Wrapping},
    playlists::{self, Flavour},
};

use super::{
    error::FilmError,
    film::Film,
    laid::Laid,
    rendered::Rendered,
    source::{Cached, FileSource},
};
use crate::{media_type::MediaType, reply::Made};

/// What is asked of a film: which kind of playlists, and which resource.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Wanted {
    /// Whether the film was named by its content id rather than by its path.
    pub by_id: bool,
    /// How many components its name had in the address, empty ones (`a//b`) included: relative
    /// addresses in the answer count them.
    pub depth: usize,
    /// HLS with CMAF (and DASH), or with transport streams.
    pub flavour: Flavour,
    /// The resource.
    pub resource: Resource,
}

impl Film {
    /// What is sent for a resource. Playlists and inits read nothing; segments read headers of
    /// clusters at most, where their samples must be searched.
    pub async fn content(self: &Arc<Self>, wanted: Wanted) -> Result<Made, FilmError> {
        let Wanted { flavour, resource, .. } = wanted;
        let tag = match resource {
            Resource::Init(_, tag) | Resource::Segment(_, tag, ..) => Some(tag),
            _ => None,
        };
        if tag.is_some_and(|tag| tag != self.presentation.tag) {
            return Err(FilmError::NoSuchPart);
        }
        match resource {
            Resource::Master | Resource::Manifest | Resource::Playlist(_) => {
                self.playlist(wanted).await
            }
            Resource::Init(lane, _) => self.init(lane, resource),
            Resource::Segment(Lane::Text(number), _, segment, Wrapping::WebVtt) => {
                let text = self.text_segment(number, segment, flavour).await?;
                Ok(self.made(resource, Plan::new([Part::Bytes(text)]), MediaType::WEBVTT))
            }
            Resource::Segment(Lane::Text(number), _, segment, Wrapping::Cmaf) => {
                let bytes = self.boxed_text_segment(number, segment).await?;
                Ok(self.made(resource, Plan::new([Part::Bytes(bytes)]), MediaType::MP4_TEXT))
            }
            Resource::Segment(Lane::IFrames(number), _, key, Wrapping::Cmaf) => {
                self.iframe(resource, number, key).await
            }
            Resource::Segment(lane, _, segment, Wrapping::Cmaf) => {
                self.segment(resource, lane, segment).await
            }
            Resource::Segment(lane, _, segment, Wrapping::Ts) => {
                self.ts_segment(resource, lane, segment).await
            }
            Resource::Segment(_, _, _, Wrapping::WebVtt) => Err(FilmError::NoSuchPart),
        }
    }

    /// Something that is named with the tag of this presentation.
    fn made(&self, resource: Resource, plan: Plan, media_type: MediaType) -> Made {
        Made {
            plan,
            tag: resource.to_string(),
            modified: self.modified,
            media_type,
            immutable: true,
            download: None,
            forms: None,
        }
    }

    async fn playlist(self: &Arc<Self>, wanted: Wanted) -> Result<Made, FilmError> {
        let Wanted { by_id, depth, flavour, resource } = wanted;
        let is_dash = resource == Resource::Manifest;
        let by_id = by_id && is_dash;
        let name = if by_id { self.id.to_string() } else { self.path.to_url_path() };
        let key = (flavour, resource, by_id);
        // There are as many addresses of another depth as somebody likes to write.
        let kept = !is_dash || depth == name.split('/').count();
        let rendered = match self.texts.known(&key).filter(|_| kept) {
            Some(rendered) => rendered,
            None if matches!(resource, Resource::Playlist(_)) => {
                self.texts.keep(key, self.render(wanted, &name)?)
            }
            None => {
                // It states bit rates: every sample is counted, once.
                let text = self.reading(move |film| film.render(wanted, &name)).await?;
                if kept { self.texts.keep(key, text) } else { Rendered::new(text) }
            }
        };
        Ok(Made {
            plan: Plan::new([Part::Bytes(rendered.bytes)]),
            tag: rendered.tag,
            modified: self.modified,
            media_type: if is_dash { MediaType::DASH } else { MediaType::HLS },
            immutable: false,
            download: None,
            forms: Some(rendered.forms),
        })
    }

    /// The text of a playlist or manifest of the film, which has this name in addresses.
    fn render(&self, wanted: Wanted, name: &str) -> Result<String, FilmError> {
        let Wanted { depth, flavour, resource, .. } = wanted;
        let presentation = &self.presentation;
        if flavour == Flavour::Ts {
            packager::ts::check(presentation).map_err(FilmError::NotCarried)?;
        }
        match resource {
            Resource::Master => Ok(playlists::multivariant(presentation, flavour).render()),
            Resource::Manifest => {
                // The segments are those of HLS, so that caches keep them once.
                let up = "../".repeat(depth + 1);
                let base = format!("{up}hls/{name}/");
                Ok(packager::manifest::manifest(presentation, Some(base)).render())
            }
            Resource::Playlist(Lane::Main) if flavour == Flavour::Cmaf => {
                Err(FilmError::NoSuchPart)
            }
            Resource::Playlist(lane) => {
                let playlist = packager::tree::playlist(presentation, lane, flavour);
                Ok(playlist.ok_or(FilmError::NoSuchPart)?.render())
            }
            Resource::Init(..) | Resource::Segment(..) => Err(FilmError::NoSuchPart),
        }
    }

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

    fn init(&self, lane: Lane, resource: Resource) -> Result<Made, FilmError> {
        let (bytes, media_type) = if let Lane::Text(number) = lane {
            (self.boxed_text_init(number)?, MediaType::MP4_TEXT)
        } else {
            let (_, _, track) = self.of_lane(lane)?;
            let bytes = packager::init(track);
            (bytes.map_err(|error| FilmError::NotCarried(error.to_string()))?, type_of(lane))
        };
        Ok(self.made(resource, Plan::new([Part::Bytes(bytes)]), media_type))
    }

    async fn segment(
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
    async fn iframe(
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

    async fn ts_segment(
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
        let maker = TsMaker { film: Arc::clone(self), segment };
        let range = 0..maker.len();
        let plan = Plan::new([Part::Made(Making { maker: Arc::new(maker), range })]);
        Ok(self.made(resource, plan, MediaType::TS))
    }

    /// The pieces as parts of a body.
    pub(super) fn plan(
        self: &Arc<Self>,
        track: usize,
        pieces: impl IntoIterator<Item = Piece>,
    ) -> Plan {
        Plan::new(pieces.into_iter().map(|piece| match piece {
            Piece::Bytes(bytes) => Part::Bytes(bytes),
            Piece::File(range) => {
                Part::Extent(Extent { file: Arc::clone(&self.source.file), range })
            }
            Piece::Gathered(gather) => {
                let maker = GatherMaker { film: Arc::clone(self), track, gather };
                let range = 0..maker.len();
                Part::Made(Making { maker: Arc::new(maker), range })
            }
        }))
    }
}

fn type_of(lane: Lane) -> MediaType {
    match lane {
        Lane::Audio(_) => MediaType::MP4_AUDIO,
        Lane::Text(_) => MediaType::MP4_TEXT,
        Lane::Video(_) | Lane::IFrames(_) | Lane::Main => MediaType::MP4,
    }
}

/// Samples that are gathered when they are sent.
struct GatherMaker {
    film: Arc<Film>,
    track: usize,
    gather: Arc<Gather>,
}

impl Make for GatherMaker {
    fn len(&self) -> u64 {
        self.gather.len()
    }

    fn make(&self, offset: u64, max: usize, wait: Wait) -> io::Result<Bytes> {
        let track = self.film.index().tracks.get(self.track);
        let track = track.ok_or(io::ErrorKind::NotFound)?;
        with_source(&self.film.source, wait, |source| self.gather.make(source, track, offset, max))
    }

    fn make_elsewhere(self: Arc<Self>, offset: u64, max: usize) -> Waiting {
        let gate = self.film.gate.clone();
        Box::pin(async move { gate.run(move || self.make(offset, max, Wait::Allowed)).await? })
    }
}

/// Packets that are made when they are sent.
struct TsMaker {
    film: Arc<Film>,
    segment: Arc<packager::ts::TsSegment>,
}

impl Make for TsMaker {
    fn len(&self) -> u64 {
        self.segment.len()
    }

    fn make(&self, offset: u64, max: usize, wait: Wait) -> io::Result<Bytes> {
        with_source(&self.film.source, wait, |source| {
            self.segment.make(source, &self.film.presentation, offset, max)
        })
    }

    fn make_elsewhere(self: Arc<Self>, offset: u64, max: usize) -> Waiting {
        let gate = self.film.gate.clone();
        Box::pin(async move { gate.run(move || self.make(offset, max, Wait::Allowed)).await? })
    }
}

/// The file as whoever makes something may read it.
fn with_source<T>(file: &FileSource, wait: Wait, make: impl FnOnce(&dyn Source) -> T) -> T {
    match wait {
        Wait::Allowed => make(file),
        Wait::Never => make(&Cached(file)),
    }
}
