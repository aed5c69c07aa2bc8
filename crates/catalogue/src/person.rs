//! What one user did, as sets.

use std::collections::HashMap;

use crate::{Personal, ranked::Ranked, set::Set, titles::Titles};

#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    /// By stars, from 1.
    pub(crate) stars: [Set; 5],
    pub(crate) favourite: Set,
    pub(crate) watched: Set,
    /// There is a place to go on from.
    pub(crate) begun: Set,
    /// What was played, in the order of when, then by title.
    pub(crate) played: Ranked,
    /// When it was.
    when: HashMap<u32, i64>,
}

impl Person {
    /// When a row was played last; 0 if never.
    pub(crate) fn played_ms(&self, row: u32) -> i64 {
        self.when.get(&row).copied().unwrap_or_default()
    }

    /// Notes everything about a row anew. While much is `loading` no order is kept.
    pub(crate) fn set(&mut self, row: u32, personal: &Personal, titles: &Titles, loading: bool) {
        for (set, stars) in self.stars.iter_mut().zip(1..) {
            put(set, row, personal.rating == Some(stars));
        }
        put(&mut self.favourite, row, personal.favourite_ms.is_some());
        put(&mut self.watched, row, personal.watched_ms.is_some());
        put(&mut self.begun, row, personal.resume_ms.is_some());
        if self.when.get(&row).copied() == personal.played_ms {
            return;
        }
        self.unplace(row, titles);
        match personal.played_ms {
            Some(when) => self.when.insert(row, when),
            None => self.when.remove(&row),
        };
        if !loading {
            self.place(row, titles);
        }
    }

    /// Takes a row out of the order before its label changes.
    pub(crate) fn unplace(&mut self, row: u32, titles: &Titles) {
        let Some(when) = self.when.get(&row).copied() else { return };
        let Self { played, when: all, .. } = self;
        let key = |row: u32| (all.get(&row).copied().unwrap_or_default(), titles.label(row));
        let own = (when, titles.label(row));
        played.take(row, |other| key(other).cmp(&own));
    }

    /// Puts it in, if it is not there.
    pub(crate) fn place(&mut self, row: u32, titles: &Titles) {
        let Some(when) = self.when.get(&row).copied() else { return };
        let own = (when, titles.label(row));
        let place =
            self.played.partition(|other| (self.played_ms(other), titles.label(other)) < own);
        if self.played.get(place) != Some(row) {
            self.played.insert(place, row);
        }
    }

    /// Puts everything that was played in order, after much was loaded.
    pub(crate) fn loaded(&mut self, titles: &Titles) {
        let mut rows: Vec<u32> = self.when.keys().copied().collect();
        rows.sort_unstable_by_key(|row| (self.played_ms(*row), titles.label(*row)));
        self.played = Ranked::from_sorted(&rows);
        self.when.shrink_to_fit();
        self.sets_mut().for_each(Set::shrink);
    }

    fn sets_mut(&mut self) -> impl Iterator<Item = &mut Set> {
        let rest = [&mut self.favourite, &mut self.watched, &mut self.begun];
        self.stars.iter_mut().chain(rest)
    }

    pub(crate) fn memory(&self) -> usize {
        let sets = self.stars.iter().chain([&self.favourite, &self.watched, &self.begun]);
        let sets: usize = sets.map(Set::memory).sum();
        sets + self.played.memory() + self.when.capacity() * 17
    }
}

fn put(set: &mut Set, row: u32, member: bool) {
    if member {
        set.insert(row);
    } else {
        set.remove(row);
    }
}
