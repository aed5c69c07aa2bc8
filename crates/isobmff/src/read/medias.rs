//! The samples of all tracks, gathered together or one after the other.

use media::{Budget, Raw, Timescale, Unreadable};

use super::{
    edits::Applied,
    entry::{Facts, Handler},
    fragments::Growing,
    movie::Movie,
    samples::{Limits, Media},
    tables,
    trak::Trak,
};

/// The samples of the tracks: all at once, or each when it is asked for.
pub(super) struct Medias<'a> {
    movie: &'a Movie<'a>,
    pub frames: &'a [(Timescale, Applied)],
    pub growing: Vec<Growing>,
    gathered: bool,
    /// Samples so far.
    count: u64,
    /// The room that the samples of an earlier track had: fresh memory is what costs most.
    pub room: Vec<Raw>,
    budget: &'a Budget<'a>,
}

impl<'a> Medias<'a> {
    pub(super) fn new(
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
    pub(super) fn gather_all(&mut self) -> Result<(), Unreadable> {
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
    pub(super) fn take(
        &mut self,
        order: usize,
    ) -> Result<(Media, (Timescale, Applied)), Unreadable> {
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

/// Whether the samples of a track are needed: its own, or as chapters.
fn is_wanted(trak: &Trak<'_>, movie: &Movie<'_>) -> bool {
    let played = trak.entries.iter().any(|entry| entry.facts != Facts::Other);
    played || is_chapters(trak, movie)
}

/// Whether another track has its chapters in this one.
pub(super) fn is_chapters(trak: &Trak<'_>, movie: &Movie<'_>) -> bool {
    movie.tracks.iter().any(|other| other.chapters.contains(&trak.id))
}
