//! The boxes of a file, visited once from its beginning to its end.

use media::{Budget, Note, Source, Unreadable};

use super::{
    boxes::FourCc,
    fragments::{self, Growing},
    walk::{Top, Walk},
};

/// The file as far as it was walked through.
pub(super) struct File<'a> {
    walk: Walk<'a>,
    /// The major brand, if there is one.
    pub brand: Option<FourCc>,
    /// What is in the `moov` box.
    pub moov: Vec<u8>,
    moov_at: u64,
    /// Where the first media are.
    media_at: Option<u64>,
    /// Fragments that come before the `moov` box.
    pub early: Vec<Top>,
    pub notes: Vec<Note>,
    budget: &'a Budget<'a>,
}

impl<'a> File<'a> {
    /// Walks to the `moov` box and reads it.
    pub(super) fn find_moov(
        source: &'a dyn Source,
        budget: &'a Budget<'a>,
    ) -> Result<Self, Unreadable> {
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
    pub(super) fn add_fragments(
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

    /// Whether what is needed to play comes before the media.
    pub(super) fn is_fast_start(&self) -> bool {
        self.media_at.is_none_or(|media| self.moov_at < media)
    }
}
