//! The boxes at the top of a file, without the media in them.

use media::{Budget, Source, Unreadable, read_exact_at};

use super::boxes::{FourCc, Header, Size};

/// A box at the top of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Top {
    pub kind: FourCc,
    /// Where it begins.
    pub at: u64,
    /// Where what is in it begins.
    pub body: u64,
    /// Where it ends: at the end of the file at the latest.
    pub end: u64,
    /// Whether it claims to be longer than the file.
    pub cut: bool,
}

/// How much is read where little is asked for: the next header is often near.
const AHEAD: usize = 4096;

/// Goes from box to box.
pub(super) struct Walk<'a> {
    source: &'a dyn Source,
    budget: &'a Budget<'a>,
    length: u64,
    at: u64,
    window: Vec<u8>,
    window_at: u64,
}

impl<'a> Walk<'a> {
    pub(super) fn new(source: &'a dyn Source, budget: &'a Budget<'a>) -> Self {
        let length = source.len();
        Self { source, budget, length, at: 0, window: Vec::new(), window_at: 0 }
    }

    /// The next box; `None` at the end, or where no box begins.
    pub(super) fn next(&mut self) -> Result<Option<Top>, Unreadable> {
        self.budget.time()?;
        (self.budget.progress)(self.at);
        let at = self.at;
        let longest = Header::LONGEST.min(usize::try_from(self.length - at).unwrap_or(usize::MAX));
        let Some(header) = Header::parse(self.bytes(at, longest)?) else { return Ok(None) };
        let (end, cut) = match header.size {
            Size::Known(size) => match at.checked_add(size) {
                Some(end) if end <= self.length => (end, false),
                _ => (self.length, true),
            },
            Size::Rest => (self.length, false),
        };
        self.at = end;
        Ok(Some(Top { kind: header.kind, at, body: at + header.length as u64, end, cut }))
    }

    /// Where the walk is: at the end of the file, or where no box begins.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// What is in a box.
    pub(super) fn body(&mut self, top: &Top) -> Result<&[u8], Unreadable> {
        let size = top.end.saturating_sub(top.body);
        self.budget.memory(size)?;
        // With the next header, which saves a read for each fragment.
        let wanted = size.saturating_add(Header::LONGEST as u64).min(self.length - top.body);
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let bytes = self.bytes(top.body, wanted)?;
        Ok(bytes.get(..usize::try_from(size).unwrap_or(usize::MAX)).unwrap_or(bytes))
    }

    /// What is in a box, to keep.
    pub(super) fn take_body(&mut self, top: &Top) -> Result<Vec<u8>, Unreadable> {
        let size = top.end.saturating_sub(top.body);
        self.budget.memory(size)?;
        let mut body = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        read_exact_at(self.source, &mut body, top.body)
            .map_err(|error| unreadable(top.body, &error))?;
        Ok(body)
    }

    /// So many bytes at a place that is in the file.
    fn bytes(&mut self, at: u64, count: usize) -> Result<&[u8], Unreadable> {
        let inside = at.checked_sub(self.window_at).and_then(|skip| usize::try_from(skip).ok());
        let held = inside
            .filter(|skip| skip.checked_add(count).is_some_and(|end| end <= self.window.len()));
        let skip = if let Some(skip) = held {
            skip
        } else {
            let there = usize::try_from(self.length - at).unwrap_or(usize::MAX);
            self.window.resize(count.max(AHEAD).min(there), 0);
            self.window_at = at;
            if let Err(error) = read_exact_at(self.source, &mut self.window, at) {
                self.window.clear();
                return Err(unreadable(at, &error));
            }
            0
        };
        Ok(self.window.get(skip..skip + count).unwrap_or_default())
    }
}

/// The error for bytes that do not come.
pub(super) fn unreadable(at: u64, error: &std::io::Error) -> Unreadable {
    Unreadable::Damaged(format!("reading it at byte {at} failed: {error}"))
}
