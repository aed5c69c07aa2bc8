//! What stands around the clusters: where everything is, and what the file says of itself.
//!
//! ```text
//! EBML header
//! Segment ─┬─ SeekHead   where the others are
//!          ├─ Info, Tracks
//!          ├─ Cluster …
//!          └─ Cues, Chapters, Attachments, Tags   before the clusters or behind them
//! ```

use media::{Attachment, Budget, Container, Unreadable};

use crate::{
    blocks::cluster_at,
    chapters,
    cues::{self, Cue},
    ebml::{self, Element, Header},
    entry::Entry,
    ids,
    reader::Reader,
    tags::Tags,
};

/// The most places that are followed from seek heads.
const MOST_PLACES: usize = 256;
/// The most tracks; each takes much more room here than in the file.
const MOST_TRACKS: usize = 1000;
/// 2001-01-01, where Matroska counts dates from, in seconds since 1970.
const MILLENNIUM: i64 = 978_307_200;

/// What stands around the clusters.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) container: Option<Container>,
    /// Where the data of the segment begin: positions in the file count from here.
    pub(crate) segment: u64,
    /// Where the segment ends, within the file.
    pub(crate) end: u64,
    /// By how many bytes the file is too short for it.
    pub(crate) missing: u64,
    /// Nanoseconds of a tick.
    pub(crate) tick: u64,
    /// In ticks.
    pub(crate) duration: Option<f64>,
    pub(crate) title: Option<String>,
    /// Seconds since 1970.
    pub(crate) created: Option<i64>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) cues: Vec<Cue>,
    pub(crate) chapters: Vec<chapters::Raw>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) tags: Tags,
    /// Where the first cluster begins.
    pub(crate) first: Option<u64>,
    /// Whether tracks come before it.
    pub(crate) tracks_first: bool,
    /// Elements that were read, by ID.
    seen: Vec<u32>,
    /// Places of which seek heads speak, and whether they were visited.
    places: Vec<(u32, u64, bool)>,
}

/// Whether a file that begins like this is one of these.
pub(crate) fn doc_type(start: &[u8]) -> Option<Container> {
    let header = Header::read(start).filter(|header| header.id == ids::EBML)?;
    let data = start.get(usize::try_from(header.length).ok()?..)?;
    let size = header.size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
    let data = data.get(..size.min(data.len()))?;
    let doc_type = ebml::children(data).find(|child| child.id == ids::DOC_TYPE);
    // Without one it is this kind [RFC 8794, 11.2.6 has no default; writers of old leave it out].
    let Some(doc_type) = doc_type else { return Some(Container::Matroska) };
    match doc_type.text().to_ascii_lowercase().as_str() {
        "webm" => Some(Container::WebM),
        "matroska" => Some(Container::Matroska),
        _ => None,
    }
}

impl Head {
    pub(crate) fn read(reader: &mut Reader<'_>, budget: &Budget<'_>) -> Result<Self, Unreadable> {
        let mut head = Self { tick: 1_000_000, ..Self::default() };
        let start = reader.peek(0, 512)?;
        head.container = doc_type(start);
        if head.container.is_none() {
            return Err(Unreadable::Unknown("it does not begin as Matroska or WebM does".into()));
        }
        let header = Header::read(start);
        let at = header.and_then(|header| header.length.checked_add(header.size.unwrap_or(0)));
        head.find_segment(at.unwrap_or(0), reader)?;
        head.walk(reader, budget)?;
        head.follow(reader, budget)?;
        head.tracks_first = head.seen.contains(&ids::TRACKS) && head.tracks_first;
        if head.entries.is_empty() || !head.seen.contains(&ids::CUES) {
            head.hop(reader, budget)?;
            head.follow(reader, budget)?;
        }
        Ok(head)
    }

    fn find_segment(&mut self, mut at: u64, reader: &mut Reader<'_>) -> Result<(), Unreadable> {
        // Only voids may come between.
        for _ in 0..64 {
            let Some(header) = Header::read(reader.peek(at, ebml::HEADER)?) else { break };
            let data = at.saturating_add(header.length);
            if header.id == ids::SEGMENT {
                let length = reader.length();
                // A size of zero is that of a writer which never came back to fill it in.
                let size = header.size.filter(|size| *size > 0).unwrap_or(length);
                let end = data.saturating_add(size);
                (self.segment, self.end) = (data, end.min(length));
                self.missing = header.size.map_or(0, |_| end.saturating_sub(length));
                return Ok(());
            }
            let Some(size) = header.size else { break };
            at = data.saturating_add(size);
        }
        Err(Unreadable::Damaged(format!("no segment begins at byte {at}, where one should")))
    }

    /// What comes before the first cluster.
    fn walk(&mut self, reader: &mut Reader<'_>, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let mut at = self.segment;
        while at < self.end {
            budget.time()?;
            let header = Header::read(reader.peek(at, ebml::HEADER)?);
            let known = header.filter(|header| {
                ids::is_top(header.id) || matches!(header.id, ids::VOID | ids::CRC_32)
            });
            let Some(header) = known else {
                // Something else, to be stepped over, or damage: then the walk over clusters
                // finds the first of them.
                let over = header.and_then(|header| header.size?.checked_add(header.length));
                match over.and_then(|over| at.checked_add(over)).filter(|next| *next < self.end) {
                    Some(next) => {
                        at = next;
                        continue;
                    }
                    None => break,
                }
            };
            if header.id == ids::CLUSTER {
                self.first = Some(at);
                self.tracks_first = self.seen.contains(&ids::TRACKS);
                return Ok(());
            }
            self.element(header, at, reader, budget)?;
            let Some(size) = header.size else { break };
            at = at.saturating_add(header.length).saturating_add(size);
        }
        self.tracks_first = self.seen.contains(&ids::TRACKS);
        Ok(())
    }

    /// What seek heads speak of.
    fn follow(&mut self, reader: &mut Reader<'_>, budget: &Budget<'_>) -> Result<(), Unreadable> {
        while let Some(place) = self.places.iter_mut().find(|(.., visited)| !visited) {
            place.2 = true;
            let (id, at, _) = *place;
            budget.time()?;
            let header = Header::read(reader.peek(at, ebml::HEADER)?);
            let Some(header) = header.filter(|header| header.id == id) else { continue };
            if id == ids::CLUSTER {
                let first = self.first.map_or(at, |first| first.min(at));
                if cluster_at(reader, at)? {
                    self.first = Some(first);
                }
                continue;
            }
            self.element(header, at, reader, budget)?;
        }
        Ok(())
    }

    /// From cluster to cluster to what stands behind them and no seek head speaks of.
    fn hop(&mut self, reader: &mut Reader<'_>, budget: &Budget<'_>) -> Result<(), Unreadable> {
        let Some(mut at) = self.first else { return Ok(()) };
        while at < self.end {
            budget.time()?;
            let header = Header::read(reader.peek(at, ebml::HEADER)?);
            let known = header.filter(|header| {
                ids::is_top(header.id) || matches!(header.id, ids::VOID | ids::CRC_32)
            });
            let Some(header) = known else { break };
            if header.id != ids::CLUSTER {
                self.element(header, at, reader, budget)?;
            }
            let Some(size) = header.size else { break };
            at = at.saturating_add(header.length).saturating_add(size);
        }
        Ok(())
    }

    /// Reads one element, unless it was read already.
    fn element(
        &mut self,
        header: Header,
        at: u64,
        reader: &mut Reader<'_>,
        budget: &Budget<'_>,
    ) -> Result<(), Unreadable> {
        let data = at.saturating_add(header.length);
        let size = header.size.unwrap_or(u64::MAX).min(self.end.saturating_sub(data));
        let again = self.seen.contains(&header.id);
        match header.id {
            ids::ATTACHMENTS if !again => {
                self.attachments = attachments(reader, data, data.saturating_add(size), budget)?;
            }
            // Many of these may follow one another.
            ids::SEEK_HEAD | ids::TAGS => {
                if let Some(place) = self.places.iter_mut().find(|place| place.1 == at) {
                    place.2 = true;
                } else if self.places.len() < MOST_PLACES {
                    self.places.push((header.id, at, true));
                } else {
                    return Ok(());
                }
                budget.memory(size)?;
                let bytes = reader.bytes(data, size)?;
                if header.id == ids::TAGS {
                    self.tags.read(&bytes);
                } else {
                    self.seek_head(&bytes);
                }
            }
            ids::INFO | ids::TRACKS | ids::CUES | ids::CHAPTERS if !again => {
                // Entries take more room than their bytes.
                budget.memory(size.saturating_mul(8))?;
                let bytes = reader.bytes(data, size)?;
                match header.id {
                    ids::INFO => self.info(&bytes),
                    ids::TRACKS => {
                        let entries = ebml::children(&bytes);
                        let entries = entries.filter(|child| child.id == ids::TRACK_ENTRY);
                        self.entries =
                            entries.take(MOST_TRACKS).map(|child| Entry::read(&child)).collect();
                    }
                    ids::CUES => self.cues = cues::read(&bytes, self.segment),
                    _ => self.chapters = chapters::read(&bytes),
                }
            }
            _ => return Ok(()),
        }
        self.seen.push(header.id);
        Ok(())
    }

    fn seek_head(&mut self, bytes: &[u8]) {
        for seek in ebml::children(bytes).filter(|child| child.id == ids::SEEK) {
            let value = |id| seek.children().find(|child| child.id == id).map(|child| child.uint());
            let Some(id) = value(ids::SEEK_ID).and_then(|id| u32::try_from(id).ok()) else {
                continue;
            };
            let Some(at) = value(ids::SEEK_POSITION) else { continue };
            let at = self.segment.saturating_add(at);
            let known = self.places.iter().any(|place| place.1 == at);
            // Clusters may be listed by the thousand; the first is enough.
            let cluster = id == ids::CLUSTER
                && (self.first.is_some() || self.places.iter().any(|place| place.0 == id));
            if !known && !cluster && self.places.len() < MOST_PLACES {
                self.places.push((id, at, false));
            }
        }
    }

    fn info(&mut self, bytes: &[u8]) {
        for child in ebml::children(bytes) {
            match child.id {
                ids::TIMESTAMP_SCALE => self.tick = child.uint().max(1),
                ids::DURATION => {
                    self.duration = Some(child.float())
                        .filter(|duration| duration.is_finite() && *duration > 0.0);
                }
                ids::TITLE => self.title = Some(child.text()).filter(|title| !title.is_empty()),
                ids::DATE_UTC => {
                    self.created =
                        child.date().map(|nanos| nanos.div_euclid(1_000_000_000) + MILLENNIUM);
                }
                _ => {}
            }
        }
    }

    /// How long it says that it is, in nanoseconds.
    pub(crate) fn duration_nanos(&self) -> Option<i64> {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        // a bound for the end, not a boundary; the cast saturates
        self.duration.map(|ticks| (ticks * self.tick as f64).round() as i64)
    }
}

/// Names, types and sizes; the data stay where they are.
fn attachments(
    reader: &mut Reader<'_>,
    start: u64,
    end: u64,
    budget: &Budget<'_>,
) -> Result<Vec<Attachment>, Unreadable> {
    let mut found = Vec::new();
    let mut at = start;
    // Where the file that is being read ends.
    let mut inside = start;
    while at < end {
        budget.time()?;
        budget.memory(found.len() as u64 * 256)?;
        let Some(header) = Header::read(reader.peek(at, ebml::HEADER)?) else { break };
        let data = at.saturating_add(header.length);
        let behind = header.size.map_or(u64::MAX, |size| data.saturating_add(size));
        if header.id == ids::ATTACHED_FILE {
            found.push(Attachment { name: String::new(), media_type: String::new(), size: 0 });
            (at, inside) = (data, behind);
            continue;
        }
        if behind > end {
            break;
        }
        let size = behind - data;
        if at < inside
            && let Some(file) = found.last_mut()
        {
            match header.id {
                ids::FILE_NAME | ids::FILE_MEDIA_TYPE if size <= 4096 => {
                    let bytes = reader.bytes(data, size)?;
                    let text = Element { id: header.id, data: &bytes }.text();
                    let name = header.id == ids::FILE_NAME;
                    *(if name { &mut file.name } else { &mut file.media_type }) = text;
                }
                ids::FILE_DATA => file.size = size,
                _ => {}
            }
        }
        at = behind;
    }
    Ok(found)
}
