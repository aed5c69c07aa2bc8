//! A set of rows with one bit for every row: what a query means while it is being answered.

/// One bit for every row. Sets of different width can be combined; what is missing is 0.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Nothing, with room for so many rows.
    pub(crate) fn none(rows: usize) -> Self {
        Self { words: vec![0; rows.div_ceil(64)] }
    }

    pub(crate) fn contains(&self, row: u32) -> bool {
        self.words.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn insert(&mut self, row: u32) {
        let at = row as usize / 64;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        if let Some(word) = self.words.get_mut(at) {
            *word |= 1 << (row % 64);
        }
    }

    pub(crate) fn remove(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut(row as usize / 64) {
            *word &= !(1 << (row % 64));
        }
    }

    pub(crate) fn set(&mut self, row: u32, member: bool) {
        if member {
            self.insert(row);
        } else {
            self.remove(row);
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// How many are in both.
    pub(crate) fn count_in(&self, other: &Self) -> u64 {
        let both = self.words.iter().zip(&other.words);
        both.map(|(one, other)| u64::from((one & other).count_ones())).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
    }

    pub(crate) fn keep(&mut self, other: &Self) {
        let shared = other.words.len().min(self.words.len());
        let (both, alone) = self.words.split_at_mut(shared);
        for (word, other) in both.iter_mut().zip(&other.words) {
            *word &= other;
        }
        alone.fill(0);
    }

    pub(crate) fn drop_all(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// Keeps the members for which this is so.
    pub(crate) fn retain(&mut self, mut so: impl FnMut(u32) -> bool) {
        for (word, first) in self.words.iter_mut().zip((0_u32..).step_by(64)) {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !so(first + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// The members, smallest first.
    pub(crate) fn rows(&self) -> impl Iterator<Item = u32> {
        self.words.iter().zip((0_u32..).step_by(64)).flat_map(|(word, first)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some(first + bit)
            })
        })
    }

    /// The words that hold the 65,536 rows from this one on, which must be a multiple of that.
    pub(crate) fn stretch(&self, from: usize) -> &[u64] {
        let end = self.words.len().min(from / 64 + 1024);
        self.words.get(from / 64..end).unwrap_or_default()
    }

    /// The same, to be changed.
    pub(crate) fn stretch_mut(&mut self, from: usize) -> &mut [u64] {
        let end = self.words.len().min(from / 64 + 1024);
        self.words.get_mut(from / 64..end).unwrap_or_default()
    }

    /// All words, to be changed.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    pub(crate) fn memory(&self) -> usize {
        self.words.capacity() * 8
    }
}
