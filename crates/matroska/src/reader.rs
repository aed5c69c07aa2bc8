//! Reads a file at many small places with few and small reads.

use media::{Source, Unreadable};

/// What is read where the last place was far away: enough for a block header and some.
const FAR: usize = 512;
/// Places no farther apart than this lie close together, as small blocks of sound do.
const NEAR: usize = 4 * 1024;
/// What is read first where they do; more and more of it as long as they do. Often there are but two
/// or three between one picture and the next.
const FEW: usize = 1024;
/// The most that is read at once, and the most that can be looked at in one piece.
pub(crate) const MOST: usize = 32 * 1024;

/// A file, and the piece of it that was read last.
pub(crate) struct Reader<'a> {
    source: &'a dyn Source,
    length: u64,
    buffer: Vec<u8>,
    /// Where the piece begins, and how much of `buffer` it is.
    at: u64,
    filled: usize,
    /// How much is read next where places lie close together.
    near: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self { source, length: source.len(), buffer: vec![0; MOST], at: 0, filled: 0, near: FEW }
    }

    /// Says that places all over these bytes will be looked at.
    pub(crate) fn soon(&self, bytes: std::ops::Range<u64>) {
        self.source.soon(bytes);
    }

    /// The length of the file.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// At least `want` bytes (at most [`MOST`]) at `at`, or as many as there are.
    pub(crate) fn peek(&mut self, at: u64, want: usize) -> Result<&[u8], Unreadable> {
        let left = usize::try_from(self.length.saturating_sub(at)).unwrap_or(usize::MAX);
        let want = want.min(left).min(MOST);
        let skipped = at.checked_sub(self.at).and_then(|skipped| usize::try_from(skipped).ok());
        if let Some(skipped) = skipped
            && let Some(have) = self.filled.checked_sub(skipped)
            && have >= want
        {
            return Ok(self.buffer.get(skipped..self.filled).unwrap_or_default());
        }
        let gap = skipped.and_then(|skipped| skipped.checked_sub(self.filled));
        let near = skipped.is_some() && gap.is_none_or(|gap| gap < NEAR);
        // Most of what was read last was of use.
        let dense = near && gap.is_none_or(|gap| gap < self.filled / 4);
        self.near = if dense { (self.near * 2).min(MOST) } else { FEW };
        let wish = if near { self.near } else { FAR };
        self.fill(at, want, wish.max(want).min(left))?;
        Ok(self.buffer.get(..self.filled).unwrap_or_default())
    }

    /// Reads `wish` bytes or at least `want` of them.
    fn fill(&mut self, at: u64, want: usize, wish: usize) -> Result<(), Unreadable> {
        (self.at, self.filled) = (at, 0);
        while self.filled < want {
            let place = self.buffer.get_mut(self.filled..wish).unwrap_or_default();
            let from = at.saturating_add(self.filled as u64);
            match self.source.read_at(place, from) {
                // Shorter than it was when it was opened.
                Ok(0) => break,
                Ok(count) => self.filled = (self.filled + count).min(wish),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(from, &error)),
            }
        }
        Ok(())
    }

    /// The bytes at `at`, `size` of them or as many as there are. The caller has seen that so many
    /// may be held.
    pub(crate) fn bytes(&mut self, at: u64, size: u64) -> Result<Vec<u8>, Unreadable> {
        let size = size.min(self.length.saturating_sub(at));
        let size = usize::try_from(size).unwrap_or(0);
        let start = at.checked_sub(self.at).and_then(|skipped| usize::try_from(skipped).ok());
        if let Some(start) = start
            && let Some(have) =
                self.buffer.get(..self.filled).and_then(|have| have.get(start..)?.get(..size))
        {
            return Ok(have.to_vec());
        }
        let mut bytes = vec![0; size];
        let mut filled = 0;
        while filled < size {
            let from = at.saturating_add(filled as u64);
            match self.source.read_at(bytes.get_mut(filled..).unwrap_or_default(), from) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(from, &error)),
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }
}

fn failed(at: u64, error: &std::io::Error) -> Unreadable {
    Unreadable::Damaged(format!("it could not be read at byte {at}: {error}"))
}
