//! What is asked of the catalogue, and what it answers.

use crate::{
    BadCursor, Page, Position, Query, Sort, TagId, VideoId,
    catalogue::Catalogue,
    cursor::Mark,
    fold::{begins_a_word, fold},
    parts::{Begin, Part},
};

/// How many folders are looked at for suggestions.
const LOOKED_AT: usize = 20_000;

impl Catalogue {
    /// A stretch of what a query means, of at most `limit` videos.
    ///
    /// # Errors
    /// If the position is a cursor that no page of this order gave.
    pub fn page(
        &self,
        query: &Query,
        position: &Position,
        limit: usize,
    ) -> Result<Page, BadCursor> {
        let mark = match position {
            Position::After(text) => Some(Mark::read(text, query)?),
            Position::Start | Position::Offset(_) => None,
        };
        let parts = self.parts(query);
        if mark.as_ref().is_some_and(|mark| usize::from(mark.part) >= parts.len()) {
            return Err(BadCursor);
        }
        let skip = match position {
            Position::Offset(offset) => *offset as u64,
            Position::Start | Position::After(_) => 0,
        };
        let mut taken = self.stretch(&parts, mark.as_ref(), skip, limit.saturating_add(1));
        let mut next = None;
        if taken.len() > limit {
            taken.truncate(limit);
            next = taken.last().and_then(|(number, row)| {
                Some(self.mark(*number, parts.get(*number)?, *row).write(query))
            });
        }
        let videos = taken.into_iter().map(|(_, row)| VideoId(self.rows.number(row))).collect();
        Ok(Page { videos, total: parts.iter().map(|part| part.bits.count()).sum(), next })
    }

    /// Rows with the numbers of their parts.
    fn stretch(
        &self,
        parts: &[Part<'_>],
        mark: Option<&Mark>,
        mut skip: u64,
        count: usize,
    ) -> Vec<(usize, u32)> {
        let mut taken = Vec::new();
        for (number, part) in parts.iter().enumerate() {
            let begin = match mark {
                Some(mark) if number < usize::from(mark.part) => continue,
                Some(mark) if number == usize::from(mark.part) => Begin::After(mark),
                _ => Begin::Skip(skip),
            };
            let rows = self.take(part, begin, count - taken.len());
            taken.extend(rows.into_iter().map(|row| (number, row)));
            if taken.len() >= count {
                break;
            }
            skip = skip.saturating_sub(part.bits.count());
        }
        taken
    }

    /// All that a query means, in its order. Meant for doing something with all of it: it takes as
    /// long as it is.
    pub fn ids(&self, query: &Query) -> Vec<VideoId> {
        let rows = self.stretch(&self.parts(query), None, 0, usize::MAX);
        rows.into_iter().map(|(_, row)| VideoId(self.rows.number(row))).collect()
    }

    /// How many videos a query means.
    pub fn count(&self, query: &Query) -> u64 {
        self.select(query).count()
    }

    /// One of what a query means: for every seed another one, and for each the same.
    pub fn random(&self, query: &Query, seed: u64) -> Option<VideoId> {
        let query = Query { sort: Sort::Random, seed, ..query.clone() };
        let rows = self.stretch(&self.parts(&query), None, 0, 1);
        rows.first().map(|(_, row)| VideoId(self.rows.number(*row)))
    }

    /// The best matches of a text that is being typed, neither hidden nor away; none for a text
    /// without words.
    pub fn suggest(&self, text: &str, limit: usize) -> Vec<VideoId> {
        if crate::text::Terms::parse(text).is_empty() {
            return Vec::new();
        }
        let query = Query { text: text.to_owned(), sort: Sort::Relevance, ..Query::default() };
        let rows = self.stretch(&self.parts(&query), None, 0, limit);
        rows.into_iter().map(|(_, row)| VideoId(self.rows.number(row))).collect()
    }

    /// How many videos have a tag, hidden ones and ones that are away too.
    pub fn tag_count(&self, tag: TagId) -> u64 {
        self.values.find_tag(tag).map_or(0, |id| self.values.set(id).len())
    }

    /// The folders directly below this one ("" is the top), in natural order, with how many videos are in
    /// and below each, hidden ones and ones that are away left out. Folders without any are not
    /// named.
    pub fn folders(&self, parent: &str) -> Vec<(String, u64)> {
        let below = self.values.below(parent).filter(|folder| folder.shown > 0);
        below.map(|folder| (folder.name.to_string(), u64::from(folder.shown))).collect()
    }

    /// Folders in whose own name a word begins like a text that is being typed, those nearest to the top first;
    /// hidden ones and ones that are away left out, none for an empty text. Of very many folders only
    /// the first 20,000 are looked at.
    pub fn folders_like(&self, text: &str, limit: usize) -> Vec<String> {
        let (mut found, mut looked_at) = (Vec::new(), 0);
        let text = fold(text.trim());
        let mut level: Vec<&str> = if text.is_empty() { Vec::new() } else { vec![""] };
        while !level.is_empty() {
            let mut next = Vec::new();
            let below = level.iter().flat_map(|folder| self.values.below(folder));
            for folder in below.filter(|folder| folder.shown > 0) {
                looked_at += 1;
                let name = folder.name.rsplit('/').next().unwrap_or_default();
                let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
                if found.len() >= limit || looked_at > LOOKED_AT {
                    return found;
                }
                if begins_a_word(&fold(&name), &text) {
                    found.push(folder.name.to_string());
                }
                next.push(&*folder.name);
            }
            level = next;
        }
        found
    }
}
