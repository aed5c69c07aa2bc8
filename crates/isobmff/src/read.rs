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
mod file;
mod finish;
mod fragments;
mod medias;
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
    timeline::{Lead, RawTrack, Zero},
};

use boxes::{Header, letters};
use edits::Applied;
use entry::{Facts, Handler};
use file::File;
use medias::{Medias, is_chapters};
use movie::Movie;
use prepare::{Context, Prepared};
use trak::Trak;

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

#[cfg(test)]
mod tests;
