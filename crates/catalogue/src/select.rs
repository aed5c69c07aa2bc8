//! Which videos a query means.

use crate::{
    Away, FacetKind, Filters, Hidden, Query, Range, Watched, bits::Bits, catalogue::Catalogue,
    person::Person, rows::Key, set::Set, text::Terms, values::Kind,
};

/// One thing that must be so.
pub(crate) struct Condition<'a> {
    /// The facet whose own filter it is, where that is left aside for its counts.
    pub(crate) own: Option<FacetKind>,
    what: What<'a>,
}

enum What<'a> {
    /// It is in this set.
    In(&'a Set),
    /// It is in none of these.
    Outside(Vec<&'a Set>),
    /// It is among these.
    Among(Bits),
    /// It is in these, or in none of them.
    Flag(&'a Bits, bool),
    /// Its length, its smaller side or when it was added is within these bounds.
    Key(Key, i64, i64),
    Side(u32, u32),
}

impl Condition<'_> {
    /// Leaves of these only those for which it is so.
    pub(crate) fn keep_in(&self, bits: &mut Bits, catalogue: &Catalogue) {
        match &self.what {
            What::In(set) => set.keep_in(bits),
            What::Outside(sets) => sets.iter().for_each(|set| set.drop_from(bits)),
            What::Among(among) => bits.keep(among),
            What::Flag(flag, true) => bits.keep(flag),
            What::Flag(flag, false) => bits.drop_all(flag),
            What::Key(key, from, to) => {
                bits.retain(|row| (*from..=*to).contains(&catalogue.rows.key(*key, row)));
            }
            What::Side(from, to) => {
                bits.retain(|row| (*from..=*to).contains(&catalogue.rows.side(row)));
            }
        }
    }
}

impl Catalogue {
    /// The videos that a query means, but for its text.
    pub(crate) fn filter(&self, query: &Query) -> Bits {
        let mut bits = self.rows.alive.clone();
        // What is looked up row by row comes last, when fewer are left.
        for condition in self.conditions(query) {
            condition.keep_in(&mut bits, self);
        }
        bits
    }

    /// The videos that a query means.
    pub(crate) fn select(&self, query: &Query) -> Bits {
        let mut bits = self.filter(query);
        let terms = Terms::parse(&query.text);
        if !terms.is_empty() && !bits.is_empty() {
            bits.keep(&self.find(&terms));
        }
        bits
    }

    /// All conditions of a query but its text.
    pub(crate) fn conditions(&self, query: &Query) -> Vec<Condition<'_>> {
        let filters = &query.filters;
        let mut all = Vec::new();
        let mut push = |own, what| all.push(Condition { own, what });
        for what in self.tags(filters) {
            push(None, what);
        }
        for (own, kind, names) in [
            (FacetKind::VideoCodec, Kind::VideoCodec, &filters.video_codecs),
            (FacetKind::AudioCodec, Kind::AudioCodec, &filters.audio_codecs),
            (FacetKind::AudioLanguage, Kind::AudioLanguage, &filters.audio_languages),
            (FacetKind::TextLanguage, Kind::TextLanguage, &filters.text_languages),
            (FacetKind::Container, Kind::Container, &filters.containers),
        ] {
            if !names.is_empty() {
                let ids = names.iter().filter_map(|name| self.values.find(kind, name));
                push(Some(own), self.any(ids));
            }
        }
        if let Some(folder) = filters.folder.as_deref().filter(|folder| !folder.is_empty()) {
            let id = self.values.find(Kind::Folder, folder);
            push(None, self.any(id.into_iter()));
        }
        match filters.hidden {
            Hidden::No => push(None, What::Flag(&self.rows.hidden, false)),
            Hidden::Only => push(None, What::Flag(&self.rows.hidden, true)),
            Hidden::Too => {}
        }
        match filters.away {
            Away::No => push(None, What::Flag(&self.rows.away, false)),
            Away::Only => push(None, What::Flag(&self.rows.away, true)),
            Away::Too => {}
        }
        if let Some(problem) = filters.problem {
            push(None, What::Flag(&self.rows.problem, problem));
        }
        if let Some((_, videos)) = &filters.playlist {
            let mut bits = Bits::none(self.rows.width());
            videos.iter().filter_map(|id| self.rows.find(*id)).for_each(|row| bits.insert(row));
            push(None, What::Among(bits));
        }
        all.extend(self.personal(query));
        all.extend(ranges(filters));
        all
    }

    fn tags(&self, filters: &Filters) -> Vec<What<'_>> {
        let find = |tag: &_| self.values.find_tag(*tag);
        let mut whats = Vec::new();
        for tag in &filters.all_tags {
            whats.push(self.any(find(tag).into_iter()));
        }
        if !filters.any_tags.is_empty() {
            whats.push(self.any(filters.any_tags.iter().filter_map(find)));
        }
        let none: Vec<&Set> =
            filters.no_tags.iter().filter_map(find).map(|id| self.values.set(id)).collect();
        if !none.is_empty() {
            whats.push(What::Outside(none));
        }
        whats
    }

    /// To have one of these values.
    fn any(&self, mut ids: impl Iterator<Item = u32>) -> What<'_> {
        match (ids.next(), ids.next()) {
            (Some(one), None) => What::In(self.values.set(one)),
            (first, second) => {
                let mut bits = Bits::none(self.rows.width());
                let ids = first.into_iter().chain(second).chain(ids);
                ids.for_each(|id| self.values.set(id).add_to(&mut bits));
                What::Among(bits)
            }
        }
    }

    fn personal(&self, query: &Query) -> Vec<Condition<'_>> {
        let Filters { rating, watched, favourite, .. } = &query.filters;
        let person = self.person(query.user);
        let mut all = Vec::new();
        let mut push = |own, what| all.push(Condition { own: Some(own), what });
        if rating.from.is_some() || rating.to.is_some() {
            let chosen = person
                .stars
                .iter()
                .zip(1..)
                .partition::<Vec<_>, _>(|(_, stars)| within(*rating, *stars));
            if within(*rating, 0) {
                let others = chosen.1.into_iter().map(|(set, _)| set).collect();
                push(FacetKind::Rating, What::Outside(others));
            } else {
                let mut bits = Bits::none(self.rows.width());
                chosen.0.iter().for_each(|(set, _)| set.add_to(&mut bits));
                push(FacetKind::Rating, What::Among(bits));
            }
        }
        if let Some(watched) = watched {
            push(FacetKind::Watched, person_watched(person, *watched));
        }
        match favourite {
            Some(true) => push(FacetKind::Favourite, What::In(&person.favourite)),
            Some(false) => push(FacetKind::Favourite, What::Outside(vec![&person.favourite])),
            None => {}
        }
        all
    }
}

fn ranges(filters: &Filters) -> Vec<Condition<'static>> {
    let Filters { duration_ms, height, added_ms, .. } = filters;
    let mut all = Vec::new();
    let mut push = |own, what| all.push(Condition { own: Some(own), what });
    if let Some((from, to)) = bounds(*duration_ms, 0, u64::MAX) {
        let least = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
        push(FacetKind::Duration, What::Key(Key::Duration, least(from), least(to)));
    }
    if let Some((from, to)) = bounds(*height, 0, u32::MAX) {
        push(FacetKind::Height, What::Side(from, to));
    }
    if let Some((from, to)) = bounds(*added_ms, i64::MIN, i64::MAX) {
        push(FacetKind::Added, What::Key(Key::Added, from, to));
    }
    all
}

fn person_watched(person: &Person, watched: Watched) -> What<'_> {
    match watched {
        Watched::Yes => What::In(&person.watched),
        Watched::Begun => What::In(&person.begun),
        Watched::No => What::Outside(vec![&person.watched, &person.begun]),
    }
}

fn within<T: Ord + Copy>(range: Range<T>, value: T) -> bool {
    range.from.is_none_or(|from| from <= value) && range.to.is_none_or(|to| value <= to)
}

/// Both ends, if there is any bound.
fn bounds<T: Copy>(range: Range<T>, least: T, most: T) -> Option<(T, T)> {
    let bounded = range.from.is_some() || range.to.is_some();
    bounded.then(|| (range.from.unwrap_or(least), range.to.unwrap_or(most)))
}
