//! From an ISO base media file to its index [ISO/IEC 14496-12], `QuickTime` included.
//!
//! ```text
//! walk ─► moov ─► movie ─► trak ─► entry (codec), edits, tables ─┐
//!      ─► moof ─────────► fragments ─────────────────────────────┴► prepare ─► finish
//! ```
//!
//! Only what an index needs is read: headers of boxes at the top, `moov` and `moof` boxes, and a
//! few first bytes of samples where the boxes do not tell enough. Boxes that are damaged say as
//! much as they can; what is missing because of it is noted.

mod boxes;
mod chapters;
mod defaults;
mod edits;
mod entry;
mod finish;
mod fragments;
mod metadata;
mod movie;
mod prepare;
mod probe;
mod samples;
mod tables;
mod trak;
mod walk;

use media::{
    Budget, Container, Index, Kind, Note, Raw, Source, Timescale, Unreadable,
    timeline::{Lead, RawTrack, Zero},
};

use boxes::{Header, letters};
use edits::Applied;
use entry::{Facts, Handler};
use fragments::Growing;
use movie::Movie;
use prepare::{Context, Prepared};
use samples::{Limits, Media};
use trak::Trak;
use walk::{Top, Walk};

/// Whether a file that begins like this is ISO base media. Sixteen bytes are enough.
pub fn sniff(start: &[u8]) -> bool {
    Header::parse(start).is_some_and(|header| {
        matches!(
            &header.kind,
            b"ftyp"
                | b"styp"
                | b"moov"
                | b"moof"
                | b"mdat"
                | b"free"
                | b"skip"
                | b"wide"
                | b"pnot"
                | b"sidx"
                | b"pdin"
        )
    })
}

/// Reads the index of a file.
pub fn read(source: &dyn Source, budget: &Budget<'_>) -> Result<Index, Unreadable> {
    let mut file = File::find_moov(source, budget)?;
    let moov = std::mem::take(&mut file.moov);
    let movie = movie::parse(&moov);
    if movie.tracks.is_empty() {
        return Err(Unreadable::Damaged(no_tracks(&moov)));
    }
    let mut notes = std::mem::take(&mut file.notes);
    let frames: Vec<_> = movie.tracks.iter().map(|trak| frame(trak, &movie, &mut notes)).collect();
    let mut medias = Medias::new(&movie, &frames, source.len(), budget);
    // Samples of a file with fragments are in both; else one track at a time is enough.
    let bare = movie.tracks.iter().all(|trak| trak.tables.sizes.count() == 0);
    let fragmented = movie.fragmented || bare || !file.early.is_empty();
    if fragmented {
        medias.gather_all()?;
    }
    file.add_fragments(fragmented.then_some(&mut medias.growing), &mut notes)?;
    let fast_start = file.is_fast_start();
    let container = if file.brand == Some(*b"qt  ") || file.brand.is_none() {
        Container::Mov
    } else {
        Container::Mp4
    };
    let context = Context { source, budget, fragmented };
    let mut index = assemble(&context, &movie, medias, notes)?;
    index.container = container;
    index.fast_start = fast_start;
    Ok(index)
}

/// The unit of a track's times, and what its edit list comes to.
fn frame(trak: &Trak<'_>, movie: &Movie<'_>, notes: &mut Vec<Note>) -> (Timescale, Applied) {
    let stated = movie.timescale.unwrap_or(Timescale::MILLIS);
    let timescale = Timescale::new(trak.timescale).unwrap_or_else(|| {
        let sound = trak.entries.iter().find_map(|entry| match &entry.facts {
            Facts::Audio { audio, .. } => Timescale::new(audio.sample_rate),
            _ => None,
        });
        let timescale = sound.unwrap_or(stated);
        let text = format!(
            "track {}: the unit of its times is not stated; taken for 1/{} s",
            trak.id,
            timescale.get()
        );
        notes.push(Note { text, loss: false });
        timescale
    });
    (timescale, edits::apply(&trak.edits, stated, timescale))
}

/// Whether the samples of a track are needed: its own, or as chapters.
fn is_wanted(trak: &Trak<'_>, movie: &Movie<'_>) -> bool {
    let played = trak.entries.iter().any(|entry| entry.facts != Facts::Other);
    played || is_chapters(trak, movie)
}

/// Whether another track has its chapters in this one.
fn is_chapters(trak: &Trak<'_>, movie: &Movie<'_>) -> bool {
    movie.tracks.iter().any(|other| other.chapters.contains(&trak.id))
}

/// The samples of the tracks: all at once, or each when it is asked for.
struct Medias<'a> {
    movie: &'a Movie<'a>,
    frames: &'a [(Timescale, Applied)],
    growing: Vec<Growing>,
    gathered: bool,
    /// Samples so far.
    count: u64,
    /// The room that the samples of an earlier track had: fresh memory is what costs most.
    room: Vec<Raw>,
    budget: &'a Budget<'a>,
}

impl<'a> Medias<'a> {
    fn new(
        movie: &'a Movie<'a>,
        frames: &'a [(Timescale, Applied)],
        file: u64,
        budget: &'a Budget<'a>,
    ) -> Self {
        let tracks = movie.tracks.iter().zip(frames);
        let growing = tracks.map(|(trak, (_, applied))| grow(trak, movie, *applied, file));
        let growing = growing.collect();
        Self { movie, frames, growing, gathered: false, count: 0, room: Vec::new(), budget }
    }

    /// Gathers the samples of all tracks, for fragments to add to.
    fn gather_all(&mut self) -> Result<(), Unreadable> {
        for order in 0..self.growing.len() {
            self.gather(order)?;
        }
        self.gathered = true;
        Ok(())
    }

    fn gather(&mut self, order: usize) -> Result<(), Unreadable> {
        let tracks = self.growing.get_mut(order).zip(self.movie.tracks.get(order));
        let Some((track, trak)) = tracks.filter(|(_, trak)| is_wanted(trak, self.movie)) else {
            return Ok(());
        };
        track.media.samples = std::mem::take(&mut self.room);
        track.media.samples.clear();
        let Growing { media, sync, packing, limits, .. } = track;
        tables::gather(&trak.tables, media, *sync, *packing, *limits, self.budget)?;
        self.count += media.samples.len() as u64;
        Ok(self.budget.samples(self.count)?)
    }

    /// The samples of a track, with the unit of their times and its edit list.
    fn take(&mut self, order: usize) -> Result<(Media, (Timescale, Applied)), Unreadable> {
        if !self.gathered {
            self.gather(order)?;
        }
        let media = self.growing.get_mut(order).map(|track| std::mem::take(&mut track.media));
        let frame = self.frames.get(order).copied();
        Ok((media.unwrap_or_default(), frame.unwrap_or((Timescale::MILLIS, Applied::default()))))
    }
}

fn grow(trak: &Trak<'_>, movie: &Movie<'_>, applied: Applied, file: u64) -> Growing {
    let defaults = movie.defaults.iter().find(|(id, _)| *id == trak.id);
    let packing = trak.entries.iter().find_map(|entry| match entry.facts {
        Facts::Audio { packing, .. } => packing,
        _ => None,
    });
    Growing {
        id: trak.id,
        defaults: defaults.map(|(_, defaults)| *defaults).unwrap_or_default(),
        sync: trak.handler == Handler::Video,
        packing,
        limits: Limits { file, keep_empty: trak.handler == Handler::Text },
        media: Media::new(applied.shift),
    }
}

/// The tracks, pictures first: they decide where the presentation begins.
fn assemble(
    context: &Context<'_>,
    movie: &Movie<'_>,
    mut medias: Medias<'_>,
    mut notes: Vec<Note>,
) -> Result<Index, Unreadable> {
    let (source, budget) = (context.source, context.budget);
    let is_video = |trak: &Trak<'_>| trak.handler == Handler::Video && !is_chapters(trak, movie);
    let scales = medias.frames.iter().map(|(scale, _)| *scale);
    let mut tracks: Vec<_> = movie
        .tracks
        .iter()
        .zip(scales)
        .map(|(trak, scale)| finish::other(trak, trak.entries.first(), scale))
        .collect();
    let mut pictures = Vec::new();
    for (order, trak) in movie.tracks.iter().enumerate().filter(|(_, trak)| is_video(trak)) {
        let (media, frame) = medias.take(order)?;
        let ready = prepare::prepare(context, trak, frame, media, &mut notes)?;
        pictures.extend(ready.filter(|ready| !is_cover(ready)).map(|ready| (order, ready)));
    }
    let mut raws: Vec<_> = pictures.iter_mut().map(|(_, ready)| take(&mut ready.raw)).collect();
    let lead = Lead::of(&mut raws, Zero::Stated);
    for ((order, ready), raw) in pictures.iter_mut().zip(raws) {
        ready.raw = raw;
        lead.place(&mut ready.raw);
        if let Some((place, trak)) = tracks.get_mut(*order).zip(movie.tracks.get(*order)) {
            *place = finish::track(source, budget, trak, ready, &mut notes);
        }
        medias.room = std::mem::take(&mut ready.raw.samples);
    }
    let mut chapters = Vec::new();
    for (order, trak) in movie.tracks.iter().enumerate().filter(|(_, trak)| !is_video(trak)) {
        let (media, frame) = medias.take(order)?;
        if is_chapters(trak, movie) {
            if trak.handler == Handler::Text && chapters.is_empty() {
                let language = trak.language.as_ref();
                chapters = chapters::from_track(source, &media, frame.0, language, lead.micros());
            }
        } else if let Some(mut ready) = prepare::prepare(context, trak, frame, media, &mut notes)? {
            lead.place(&mut ready.raw);
            if let Some(place) = tracks.get_mut(order) {
                *place = finish::track(source, budget, trak, &mut ready, &mut notes);
            }
            medias.room = ready.raw.samples;
        }
    }
    if tracks.iter().all(|track| track.kind() == Kind::Other) {
        return Err(Unreadable::Damaged(nothing_to_play(&notes)));
    }
    defaults::choose(&mut tracks, &movie.tracks);
    if chapters.is_empty() {
        chapters = chapters::from_marks(movie.marks.clone(), lead.micros());
    }
    Ok(Index {
        container: Container::Mp4,
        tracks,
        chapters,
        attachments: movie.covers.clone(),
        title: movie.title.clone(),
        created: movie.created,
        clusters: None,
        fast_start: false,
        notes,
    })
}

/// Takes the samples out.
fn take(raw: &mut RawTrack) -> RawTrack {
    let samples = std::mem::take(&mut raw.samples);
    RawTrack { samples, ..raw.clone() }
}

/// A picture that stands for the file, kept as a track of one sample.
fn is_cover(ready: &Prepared) -> bool {
    ready.raw.kind == Kind::Video
        && ready.raw.samples.len() == 1
        && matches!(ready.entry.codec.name(), "mjpeg" | "png" | "gif")
}

fn no_tracks(moov: &[u8]) -> String {
    if boxes::child(moov, b"cmov").is_some() {
        return "its moov box is compressed, which only old versions of QuickTime did".to_owned();
    }
    let found: Vec<_> = boxes::children(moov).take(8).map(|inner| letters(inner.kind)).collect();
    format!("its moov box describes no tracks; it contains {}", found.join(", "))
}

fn nothing_to_play(notes: &[Note]) -> String {
    let first = notes.iter().find(|note| note.loss).or(notes.first());
    match first {
        Some(note) => format!("there is nothing in it that can be played ({})", note.text),
        None => "there is nothing in it that can be played".to_owned(),
    }
}

/// The file as far as it was walked through.
struct File<'a> {
    walk: Walk<'a>,
    brand: Option<boxes::FourCc>,
    moov: Vec<u8>,
    moov_at: u64,
    /// Where the first media are.
    media_at: Option<u64>,
    /// Fragments that come before the `moov` box.
    early: Vec<Top>,
    notes: Vec<Note>,
    budget: &'a Budget<'a>,
}

impl<'a> File<'a> {
    /// Walks to the `moov` box and reads it.
    fn find_moov(source: &'a dyn Source, budget: &'a Budget<'a>) -> Result<Self, Unreadable> {
        let mut file = Self {
            walk: Walk::new(source, budget),
            brand: None,
            moov: Vec::new(),
            moov_at: 0,
            media_at: None,
            early: Vec::new(),
            notes: Vec::new(),
            budget,
        };
        let mut cut = false;
        while let Some(top) = file.walk.next()? {
            cut = top.cut;
            match &top.kind {
                b"ftyp" => file.brand = file.walk.body(&top)?.first_chunk().copied(),
                b"mdat" => file.media_at = file.media_at.or(Some(top.at)),
                b"moof" => {
                    file.early.push(top);
                    budget.memory(file.early.len() as u64 * size_of::<Top>() as u64)?;
                }
                b"moov" => {
                    file.moov = file.walk.take_body(&top)?;
                    file.moov_at = top.at;
                    if top.cut {
                        let text = "its moov box is cut off by the end of the file".to_owned();
                        file.notes.push(Note { text, loss: true });
                    }
                    return Ok(file);
                }
                _ => {}
            }
        }
        Err(Unreadable::Damaged(file.no_moov(cut, source.len())))
    }

    /// Why there is no `moov` box, as far as one can tell.
    fn no_moov(&self, cut: bool, length: u64) -> String {
        let lacks = "the file has no moov box, which tells where its pictures and sound are";
        let at = self.walk.position();
        if !self.early.is_empty() {
            return format!("{lacks}: it is a segment of a stream, without its initialization");
        }
        if cut || at >= length {
            return format!("{lacks}: it was cut off before it was finished");
        }
        format!("{lacks}: what begins at byte {at} of {length} is no box")
    }

    /// Walks to the end of the file and adds the samples of its fragments, if it may have any.
    fn add_fragments(
        &mut self,
        mut tracks: Option<&mut Vec<Growing>>,
        notes: &mut Vec<Note>,
    ) -> Result<(), Unreadable> {
        let mut early = std::mem::take(&mut self.early).into_iter();
        while let Some(top) = early.next().map_or_else(|| self.walk.next(), |top| Ok(Some(top)))? {
            match (&top.kind, &mut tracks) {
                (b"mdat", _) => self.media_at = self.media_at.or(Some(top.at)),
                (b"moof", Some(tracks)) => {
                    let body = self.walk.body(&top)?;
                    fragments::add(tracks, top.at, body, self.budget)?;
                    if top.cut {
                        let at = top.at;
                        let text =
                            format!("the fragment at byte {at} is cut off by the end of the file");
                        notes.push(Note { text, loss: true });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn is_fast_start(&self) -> bool {
        self.media_at.is_none_or(|media| self.moov_at < media)
    }
}

#[cfg(test)]
mod tests;
