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
    Budget, Container, Index, Kind, Note, Source, Timescale, Unreadable,
    timeline::{self, Zero},
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
    let mut growing = Vec::with_capacity(movie.tracks.len());
    let mut total = 0;
    for (trak, (_, applied)) in movie.tracks.iter().zip(&frames) {
        let mut track = grow(trak, &movie, *applied, source.len());
        if is_wanted(trak, &movie) {
            let tables = &trak.tables;
            tables::gather(
                tables,
                &mut track.media,
                track.sync,
                track.packing,
                track.limits,
                budget,
            )?;
        }
        total += track.media.samples.len() as u64;
        budget.samples(total)?;
        growing.push(track);
    }
    let fragments = file.add_fragments(&mut growing, &mut notes)?;
    let fast_start = file.is_fast_start();
    let container = if file.brand == Some(*b"qt  ") || file.brand.is_none() {
        Container::Mov
    } else {
        Container::Mp4
    };
    let fragmented = movie.fragmented || fragments > 0;
    let context = Context { source, budget, fragmented };
    let medias = growing.into_iter().map(|track| track.media).collect();
    let mut index = assemble(&context, &movie, &frames, medias, notes)?;
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

fn assemble(
    context: &Context<'_>,
    movie: &Movie<'_>,
    frames: &[(Timescale, Applied)],
    medias: Vec<Media>,
    mut notes: Vec<Note>,
) -> Result<Index, Unreadable> {
    let mut prepared = Vec::new();
    let mut chapter_track = None;
    for (order, ((trak, frame), media)) in movie.tracks.iter().zip(frames).zip(medias).enumerate() {
        if is_chapters(trak, movie) {
            if trak.handler == Handler::Text && chapter_track.is_none() {
                chapter_track = Some((trak, frame.0, media));
            }
        } else if let Some(ready) =
            prepare::prepare(context, order, trak, *frame, media, &mut notes)?
            && !is_cover(&ready)
        {
            prepared.push(ready);
        }
    }
    let mut raws: Vec<_> =
        prepared.iter_mut().map(|ready| std::mem::replace(&mut ready.raw, empty())).collect();
    let shift = timeline::settle(&mut raws, Zero::Stated);
    for (ready, raw) in prepared.iter_mut().zip(raws) {
        ready.raw = raw;
    }
    let mut prepared = prepared.into_iter().peekable();
    let mut tracks = Vec::with_capacity(movie.tracks.len());
    for (order, (trak, (timescale, _))) in movie.tracks.iter().zip(frames).enumerate() {
        tracks.push(match prepared.next_if(|ready| ready.order == order) {
            Some(ready) => finish::track(context.source, context.budget, trak, ready, &mut notes),
            None => finish::other(trak, trak.entries.first(), *timescale),
        });
    }
    if tracks.iter().all(|track| track.kind() == Kind::Other) {
        return Err(Unreadable::Damaged(nothing_to_play(&notes)));
    }
    defaults::choose(&mut tracks, &movie.tracks);
    let chapters = chapter_track.map(|(trak, scale, media)| {
        chapters::from_track(context.source, &media, scale, trak.language.as_ref(), shift)
    });
    let chapters = chapters
        .filter(|chapters| !chapters.is_empty())
        .unwrap_or_else(|| chapters::from_marks(movie.marks.clone(), shift));
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

fn empty() -> timeline::RawTrack {
    timeline::RawTrack {
        kind: Kind::Other,
        timescale: Timescale::MILLIS,
        samples: Vec::new(),
        last_duration: 0,
    }
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

    /// Adds the samples of all fragments; tells how many fragments there are.
    fn add_fragments(
        &mut self,
        tracks: &mut [Growing],
        notes: &mut Vec<Note>,
    ) -> Result<u64, Unreadable> {
        let mut count = 0;
        for top in std::mem::take(&mut self.early) {
            let body = self.walk.body(&top)?;
            fragments::add(tracks, top.at, body, self.budget)?;
            count += 1;
        }
        while let Some(top) = self.walk.next()? {
            match &top.kind {
                b"mdat" => self.media_at = self.media_at.or(Some(top.at)),
                b"moof" => {
                    let body = self.walk.body(&top)?;
                    fragments::add(tracks, top.at, body, self.budget)?;
                    count += 1;
                    if top.cut {
                        let text = format!(
                            "the fragment at byte {} is cut off by the end of the file",
                            top.at
                        );
                        notes.push(Note { text, loss: true });
                    }
                }
                _ => {}
            }
        }
        Ok(count)
    }

    fn is_fast_start(&self) -> bool {
        self.media_at.is_none_or(|media| self.moov_at < media)
    }
}

#[cfg(test)]
mod tests;
