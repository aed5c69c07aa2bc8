//! How many videos there would be with one filter more.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::{
    Facet, FacetKind, Facets, Query,
    bits::Bits,
    catalogue::Catalogue,
    rows::{DURATIONS, HEIGHTS, Key},
    select::Condition,
    text::Terms,
    values::{Kind, Value},
};

/// The most values of one facet. Few in tests.
const MOST: usize = if cfg!(test) { 2 } else { 200 };
/// How long ago something was added, in days, for the facet.
const AGES: [i64; 4] = [1, 7, 30, 365];
const DAY_MS: i64 = 86_400_000;

impl Catalogue {
    /// The counts of these facets for what a query means; `now_ms` is the time in milliseconds since
    /// 1970, for how long ago something was added.
    pub fn facets(&self, query: &Query, kinds: &[FacetKind], now_ms: i64) -> Facets {
        let conditions = self.conditions(query);
        let mut common = self.rows.alive.clone();
        let terms = Terms::parse(&query.text);
        if !terms.is_empty() {
            common = self.find(&terms);
        }
        // What has no facet of its own narrows all of them.
        let mut own: Vec<(FacetKind, &Condition<'_>)> = Vec::new();
        for condition in &conditions {
            match condition.own.filter(|kind| kinds.contains(kind)) {
                Some(kind) => own.push((kind, condition)),
                None => condition.keep_in(&mut common, self),
            }
        }
        let own: Vec<(FacetKind, Bits)> = own
            .into_iter()
            .map(|(kind, condition)| {
                let mut bits = common.clone();
                condition.keep_in(&mut bits, self);
                (kind, bits)
            })
            .collect();
        let without = |kind: Option<FacetKind>| {
            let mut bits = common.clone();
            for (_, other) in own.iter().filter(|(own, _)| Some(*own) != kind) {
                bits.keep(other);
            }
            bits
        };
        let result = without(None);
        let mut all: Vec<(FacetKind, Vec<Facet>)> = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let counted = if own.iter().any(|(own, _)| own == kind) {
                self.facet(*kind, &without(Some(*kind)), query, now_ms)
            } else {
                self.facet(*kind, &result, query, now_ms)
            };
            let mut facets: Vec<Facet> = counted
                .into_iter()
                .filter(|(_, count)| *count > 0)
                .map(|(value, count)| Facet { value, count })
                .collect();
            facets.sort_by(|one, other| {
                other.count.cmp(&one.count).then_with(|| one.value.cmp(&other.value))
            });
            facets.truncate(MOST);
            all.push((*kind, facets));
        }
        Facets { total: result.count(), all }
    }

    /// The values of one facet with their counts among these.
    fn facet(
        &self,
        kind: FacetKind,
        among: &Bits,
        query: &Query,
        now_ms: i64,
    ) -> Vec<(String, u64)> {
        let person = self.person(query.user);
        let values = |kind| most(self.values.of(kind), among);
        let rest = |counts: &[u64]| among.count() - counts.iter().sum::<u64>();
        match kind {
            FacetKind::Tags => values(Kind::Tag),
            FacetKind::VideoCodec => values(Kind::VideoCodec),
            FacetKind::AudioCodec => values(Kind::AudioCodec),
            FacetKind::AudioLanguage => values(Kind::AudioLanguage),
            FacetKind::TextLanguage => values(Kind::TextLanguage),
            FacetKind::Container => values(Kind::Container),
            FacetKind::Folder => {
                let folder = query.filters.folder.as_deref().unwrap_or_default();
                most(self.values.below(folder), among)
            }
            FacetKind::Duration => {
                let names = DURATIONS.map(|(_, _, name)| name);
                named(names, self.rows.durations.each_ref().map(|bits| bits.count_in(among)))
            }
            FacetKind::Height => {
                let names = HEIGHTS.map(|(_, _, name)| name);
                named(names, self.rows.heights.each_ref().map(|bits| bits.count_in(among)))
            }
            FacetKind::Rating => {
                let rated = person.stars.each_ref().map(|set| set.count_in(among));
                let mut counts = named(["1", "2", "3", "4", "5"], rated);
                counts.push(("0".to_owned(), rest(&rated)));
                counts
            }
            FacetKind::Watched => {
                let (yes, begun) = (person.watched.count_in(among), person.begun.count_in(among));
                let mut no = among.clone();
                person.watched.drop_from(&mut no);
                person.begun.drop_from(&mut no);
                named(["yes", "no", "begun"], [yes, no.count(), begun])
            }
            FacetKind::Favourite => {
                let yes = person.favourite.count_in(among);
                named(["yes", "no"], [yes, rest(&[yes])])
            }
            FacetKind::Added => {
                let since = AGES.map(|days| now_ms.saturating_sub(days * DAY_MS));
                let mut counts = [0; AGES.len()];
                for row in among.rows() {
                    let added = self.rows.key(Key::Added, row);
                    counts
                        .iter_mut()
                        .zip(since)
                        .for_each(|(n, since)| *n += u64::from(added >= since));
                }
                named(["1d", "7d", "30d", "365d"], counts)
            }
        }
    }
}

fn named<const N: usize>(names: [&str; N], counts: [u64; N]) -> Vec<(String, u64)> {
    names.into_iter().map(str::to_owned).zip(counts).collect()
}

/// The values that most of these have, and those that as many have as the last of them.
fn most<'a>(values: impl Iterator<Item = &'a Value>, among: &Bits) -> Vec<(String, u64)> {
    let mut values: Vec<(u64, &Value)> = values.map(|value| (value.set.len(), value)).collect();
    values.sort_unstable_by_key(|(size, _)| Reverse(*size));
    // The largest sets first: once there are enough counts, smaller sets need no look.
    let mut best = BinaryHeap::with_capacity(MOST + 1);
    let mut counted = Vec::new();
    for (size, value) in values {
        let least = best.peek().map_or(0, |Reverse(count)| *count);
        if best.len() >= MOST && size < least {
            break;
        }
        let count = value.set.count_in(among);
        if count == 0 || (best.len() >= MOST && count < least) {
            continue;
        }
        best.push(Reverse(count));
        if best.len() > MOST {
            best.pop();
        }
        counted.push((count, value));
    }
    let least = best.peek().map_or(0, |Reverse(count)| *count);
    let enough = counted.into_iter().filter(|(count, _)| *count >= least);
    let name =
        |value: &Value| value.tag.map_or_else(|| value.name.to_string(), |tag| tag.0.to_string());
    enough.map(|(count, value)| (name(value), count)).collect()
}
