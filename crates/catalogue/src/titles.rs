//! The order of titles. Every row has a label, a number that grows along it: whoever sorts by
//! anything else breaks ties by labels and need not look at titles.

use std::cmp::Ordering;

use crate::{
    fold::{natural, natural_key},
    ranked::{Place, Ranked},
    records::Records,
    set::room,
};

/// The distance of labels at an end of the order.
const STEP: u64 = 1 << 32;

#[derive(Clone, Debug, Default)]
pub(crate) struct Titles {
    pub(crate) order: Ranked,
    /// By row; 0 means none. Never the largest number.
    labels: Vec<u64>,
}

/// Whose title it is: the folded title and the number of the video, which breaks ties.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Titled<'a> {
    pub(crate) title: &'a str,
    pub(crate) number: u32,
}

/// How a row compares with this title.
pub(crate) fn compare(row: u32, with: Titled<'_>, records: &Records, numbers: &[u32]) -> Ordering {
    let number = numbers.get(row as usize).copied().unwrap_or_default();
    natural(records.title(row), with.title).then(number.cmp(&with.number))
}

impl Titles {
    /// The label of a row.
    pub(crate) fn label(&self, row: u32) -> u64 {
        self.labels.get(row as usize).copied().unwrap_or_default()
    }

    /// The first row that is not before this title.
    pub(crate) fn place(&self, of: Titled<'_>, records: &Records, numbers: &[u32]) -> Place {
        self.order.partition(|row| compare(row, of, records, numbers).is_lt())
    }

    /// Puts a row, whose record and number are known, in its place.
    pub(crate) fn insert(&mut self, row: u32, records: &Records, numbers: &[u32]) {
        let number = numbers.get(row as usize).copied().unwrap_or_default();
        let place = self.place(Titled { title: records.title(row), number }, records, numbers);
        let (before, behind) = self.order.around(place);
        let label = match (before.map(|row| self.label(row)), behind.map(|row| self.label(row))) {
            (None, None) => Some(u64::MAX / 2),
            (Some(before), None) => {
                middle(before, u64::MAX).map(|m| m.min(before.saturating_add(STEP)))
            }
            (None, Some(behind)) => middle(0, behind).map(|m| m.max(behind.saturating_sub(STEP))),
            (Some(before), Some(behind)) => middle(before, behind),
        };
        let place = self.order.insert(place, row);
        self.set(row, label.unwrap_or_default());
        if label.is_none() {
            self.spread(place);
        }
    }

    /// Takes a row out, whose title is still what it was.
    pub(crate) fn remove(&mut self, row: u32) {
        let label = self.label(row);
        let Self { order, labels } = self;
        let label_of = |row: u32| labels.get(row as usize).copied().unwrap_or_default();
        order.take(row, |other| label_of(other).cmp(&label));
        self.set(row, 0);
    }

    /// Orders all these rows, in place of what was there.
    pub(crate) fn load(&mut self, rows: &[u32], records: &Records, numbers: &[u32]) {
        let mut keys = Vec::with_capacity(rows.len() * 48);
        // The beginning of the key decides mostly, without a look at the rest.
        let mut items: Vec<(u64, u32, u32)> = Vec::with_capacity(rows.len());
        for row in rows {
            let from = keys.len();
            natural_key(records.title(*row), &mut keys);
            let key = keys.get(from..).unwrap_or_default();
            let mut first = [0; 8];
            first.iter_mut().zip(key).for_each(|(to, byte)| *to = *byte);
            keys.push(0);
            items.push((u64::from_be_bytes(first), u32::try_from(from).unwrap_or(u32::MAX), *row));
        }
        // No title has a zero byte, so a key ends before one.
        let key = |from: u32| {
            let key = keys.get(from as usize..).unwrap_or_default();
            key.iter().take_while(|byte| **byte != 0)
        };
        let number = |row: u32| numbers.get(row as usize);
        items.sort_unstable_by(|one, other| {
            let order = one.0.cmp(&other.0).then_with(|| key(one.1).cmp(key(other.1)));
            order.then_with(|| number(one.2).cmp(&number(other.2)))
        });
        let sorted: Vec<u32> = items.into_iter().map(|(_, _, row)| row).collect();
        self.order = Ranked::from_sorted(&sorted);
        self.labels = vec![0; numbers.len()];
        let step = u64::MAX / 2 / (sorted.len() as u64 + 1);
        for (row, label) in sorted.iter().zip((u64::MAX / 4..).step_by(step as usize)) {
            self.set(*row, label);
        }
    }

    fn set(&mut self, row: u32, label: u64) {
        while self.labels.len() <= row as usize {
            room(&mut self.labels);
            self.labels.push(0);
        }
        if let Some(slot) = self.labels.get_mut(row as usize) {
            *slot = label;
        }
    }

    /// Gives new labels around this place, where there was none left: to as many neighbours as it
    /// takes for wide gaps.
    fn spread(&mut self, around: Place) {
        let mut many = 32;
        loop {
            let mut rows: Vec<u32> = self.order.backward(around).take(many).collect();
            let low = self.order.backward(around).nth(many).map_or(0, |row| self.label(row));
            rows.reverse();
            rows.extend(self.order.forward(around).take(many));
            let high = self.order.forward(around).nth(many);
            let high = high.map_or(u64::MAX - 1, |row| self.label(row));
            let step = (high - low) / (rows.len() as u64 + 1);
            if step >= STEP || rows.len() == self.order.len() {
                let labels = (1..).map(|i| low + i * step);
                rows.iter().zip(labels).for_each(|(row, label)| self.set(*row, label));
                return;
            }
            many *= 4;
        }
    }

    pub(crate) fn memory(&self) -> usize {
        self.order.memory() + self.labels.capacity() * 8
    }
}

/// What is strictly between, if there is anything.
fn middle(low: u64, high: u64) -> Option<u64> {
    let middle = low + high.saturating_sub(low) / 2;
    (middle > low && middle < high).then_some(middle)
}
