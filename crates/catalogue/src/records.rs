//! For every row a small record of bytes: its folded title, its words that are neither in the title
//! nor in the names of its folders, and its values, so that all of it can be found again when the video changes.
//!
//! Records lie one behind the other in blocks. A block half of whose bytes are of no use any more is
//! given up: what is of use in it is written once more.

use crate::set::room;

/// The bytes of a block. Records begin at multiples of 4, so that an address has 32 bits.
const BLOCK: usize = 1 << 18;
/// The bytes before a record: its row and its length.
const HEAD: usize = 6;
const NONE: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    blocks: Vec<Block>,
    /// Blocks that are empty.
    free: Vec<usize>,
    /// Where new records go.
    current: usize,
    /// For every row its address: the block, and the place in it in steps of 4 bytes.
    at: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    live: usize,
}

/// What a record holds.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Record {
    /// The folded title.
    pub(crate) title: String,
    /// The numbers of the words that are neither in the title nor in its folders; ascending.
    pub(crate) words: Vec<u32>,
    /// The numbers of its values; ascending.
    pub(crate) values: Vec<u32>,
}

fn padded(len: usize) -> usize {
    (HEAD + len).next_multiple_of(4)
}

impl Records {
    fn bytes(&self, row: u32) -> &[u8] {
        let stored = || {
            let address = self.at.get(row as usize).filter(|at| **at != NONE)?;
            let block = self.blocks.get((address >> 16) as usize)?;
            let (_, _, body) = head(block.bytes.get((address & 0xffff) as usize * 4..)?)?;
            Some(body)
        };
        stored().unwrap_or_default()
    }

    /// The folded title of a row.
    pub(crate) fn title(&self, row: u32) -> &str {
        let mut bytes = self.bytes(row);
        let len = take(&mut bytes) as usize;
        bytes.get(..len).and_then(|title| std::str::from_utf8(title).ok()).unwrap_or_default()
    }

    /// The whole record of a row; an empty one if there is none.
    pub(crate) fn get(&self, row: u32) -> Record {
        let title = self.title(row).to_owned();
        let mut bytes = self.bytes(row);
        take(&mut bytes);
        bytes = bytes.get(title.len()..).unwrap_or_default();
        let words = take_list(&mut bytes);
        Record { title, words, values: take_list(&mut bytes) }
    }

    /// Writes the record of a row anew.
    pub(crate) fn put(&mut self, row: u32, record: &Record) {
        let mut body = Vec::with_capacity(record.title.len() + 64);
        push(&mut body, u32::try_from(record.title.len()).unwrap_or(0));
        body.extend_from_slice(record.title.as_bytes());
        push_list(&mut body, &record.words);
        push_list(&mut body, &record.values);
        self.remove(row);
        self.append(row, &body);
    }

    /// Forgets the record of a row.
    pub(crate) fn remove(&mut self, row: u32) {
        let len = padded(self.bytes(row).len());
        let Some(at) = self.at.get_mut(row as usize).filter(|at| **at != NONE) else { return };
        let number = (std::mem::replace(at, NONE) >> 16) as usize;
        let Some(block) = self.blocks.get_mut(number) else { return };
        block.live = block.live.saturating_sub(len);
        if number == self.current || block.live * 2 > block.bytes.len() {
            return;
        }
        let old = std::mem::take(block);
        self.free.push(number);
        let mut rest = old.bytes.as_slice();
        let mut place = 0;
        while let Some((row, len, body)) = head(rest) {
            let address = u32::try_from((number << 16) | (place / 4)).unwrap_or(NONE);
            if self.at.get(row as usize) == Some(&address) {
                self.append(row, body);
            }
            place += padded(len);
            rest = rest.get(padded(len)..).unwrap_or_default();
        }
    }

    fn append(&mut self, row: u32, body: &[u8]) {
        let len = u16::try_from(body.len()).unwrap_or(0);
        let body = body.get(..usize::from(len)).unwrap_or_default();
        let size = padded(body.len());
        let full = self.blocks.get(self.current).is_none_or(|b| b.bytes.len() + size > BLOCK);
        if full {
            if let Some(block) = self.blocks.get_mut(self.current) {
                block.bytes.shrink_to_fit();
            }
            self.current = self.free.pop().unwrap_or_else(|| {
                room(&mut self.blocks);
                self.blocks.push(Block::default());
                self.blocks.len() - 1
            });
        }
        let Some(block) = self.blocks.get_mut(self.current) else { return };
        let place = block.bytes.len();
        if block.bytes.capacity() < place + size {
            block.bytes.reserve_exact((place / 2 + size).min(BLOCK - place).max(size));
        }
        block.bytes.extend_from_slice(&row.to_le_bytes());
        block.bytes.extend_from_slice(&len.to_le_bytes());
        block.bytes.extend_from_slice(body);
        block.bytes.resize(place + size, 0);
        block.live += size;
        let at = row as usize;
        while self.at.len() <= at {
            room(&mut self.at);
            self.at.push(NONE);
        }
        if let Some(slot) = self.at.get_mut(at) {
            // 65,536 blocks of 256 KiB: a hundred million videos.
            *slot = u32::try_from((self.current << 16) | (place / 4)).unwrap_or(NONE);
        }
    }

    /// Gives back memory after much was loaded.
    pub(crate) fn loaded(&mut self) {
        self.at.shrink_to_fit();
        self.blocks.shrink_to_fit();
        self.blocks.iter_mut().for_each(|block| block.bytes.shrink_to_fit());
    }

    pub(crate) fn memory(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| block.bytes.capacity()).sum();
        blocks + self.blocks.capacity() * size_of::<Block>() + self.at.capacity() * 4
    }
}

/// The row, the length and the body of the record that begins here.
fn head(bytes: &[u8]) -> Option<(u32, usize, &[u8])> {
    let (row, rest) = bytes.split_first_chunk::<4>()?;
    let (len, rest) = rest.split_first_chunk::<2>()?;
    let len = usize::from(u16::from_le_bytes(*len));
    Some((u32::from_le_bytes(*row), len, rest.get(..len)?))
}

/// Seven bits to a byte, the lowest first; the last byte has no upper bit.
fn push(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        let [low, ..] = number.to_le_bytes();
        bytes.push(low | 0x80);
        number >>= 7;
    }
    let [low, ..] = number.to_le_bytes();
    bytes.push(low);
}

fn take(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0_u32, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

/// How many there are, then by how much each is larger than the one before.
fn push_list(bytes: &mut Vec<u8>, list: &[u32]) {
    push(bytes, u32::try_from(list.len()).unwrap_or(0));
    let mut last = 0;
    for number in list {
        push(bytes, number - last);
        last = *number;
    }
}

fn take_list(bytes: &mut &[u8]) -> Vec<u32> {
    let len = take(bytes);
    let mut last = 0;
    (0..len)
        .map(|_| {
            last += take(bytes);
            last
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn records_outlive_the_giving_up_of_blocks() {
        let record = |row: u32, round: u32| Record {
            title: format!("title {row} of round {round}"),
            words: (0..row % 50).map(|word| word * 1000 + round).collect(),
            values: vec![row, row + 1, row + 300],
        };
        let mut records = Records::default();
        for round in 0..12 {
            for row in (0..9_000).filter(|row| round == 0 || (row * 7 + round) % 3 > 0) {
                records.put(row, &record(row, round));
            }
        }
        for row in 0..9_000 {
            let last = (0..12).rev().find(|round| *round == 0 || (row * 7 + round) % 3 > 0);
            assert_eq!(records.get(row), record(row, last.unwrap()));
        }
        let before = records.memory();
        (0..8_990).for_each(|row| records.remove(row));
        assert!(records.memory() < before / 2, "{} of {before}", records.memory());
        assert_eq!(records.get(3), Record::default());
        assert_eq!(records.title(8_999), records.get(8_999).title);
    }
}
