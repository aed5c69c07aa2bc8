//! A stretch of a film as an ordinary MP4 that is never written.

use std::sync::Arc;

use extents::Plan;
use packager::{
    Piece,
    clip::{self, NoClip, Stretch},
};

use super::{error::FilmError, film::Film};
use crate::{media_type::MediaType, reply::Made};

impl Film {
    /// A stretch of the film as an MP4: the header is made, the media stay in their file.
    pub async fn clip(self: &Arc<Self>, stretch: Stretch) -> Result<Made, FilmError> {
        let pieces = if let Some(pieces) = self.clips.get(&stretch) {
            pieces
        } else {
            let pieces = Arc::new(self.reading(move |film| film.clip_pieces(stretch)).await?);
            self.clips.keep(stretch, Arc::clone(&pieces));
            pieces
        };
        let parts = pieces
            .iter()
            .flat_map(|(track, piece)| self.plan(*track, vec![piece.clone()]).into_parts());
        let plan = Plan::new(parts);
        let Stretch { start, end, cut } = stretch;
        let cut = if cut == clip::Cut::Exact { "exact" } else { "key" };
        let stem = self.path.as_path().file_stem().unwrap_or_default();
        let mut name = stem.to_owned();
        name.push(".mp4");
        Ok(Made {
            plan,
            tag: format!("clip-{}-{start}-{end}-{cut}", self.presentation.tag),
            modified: self.modified,
            media_type: MediaType::MP4,
            immutable: false,
            download: Some(name),
            forms: None,
        })
    }

    /// Finds the samples and makes the header. Blocks.
    fn clip_pieces(&self, stretch: Stretch) -> Result<Vec<(usize, Piece)>, FilmError> {
        let presentation = &self.presentation;
        let tracks = clip::tracks(presentation, stretch).map_err(|error| of_clip(&error))?;
        let wants: Vec<demux::Want> = tracks
            .iter()
            .map(|one| demux::Want { track: one.track, range: one.range.clone(), numbers: None })
            .collect();
        let budget = media::Budget::default();
        let samples = demux::samples(&self.source, self.index(), &wants, &budget)?;
        clip::pieces(presentation, &tracks, samples).map_err(|error| of_clip(&error))
    }
}

fn of_clip(error: &NoClip) -> FilmError {
    match error {
        NoClip::Empty(_) => FilmError::Malformed(error.to_string()),
        NoClip::NotWritable(_) => FilmError::NotCarried(error.to_string()),
    }
}
