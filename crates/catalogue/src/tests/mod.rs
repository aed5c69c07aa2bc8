//! The catalogue against the plainest one that can be, after any sequence of changes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod make;
mod model;

use std::collections::BTreeSet;

use proptest::prelude::*;

use self::{
    make::{NOW_MS, Step, entry, query, steps},
    model::Model,
};
use crate::{Catalogue, FacetKind, Page, Personal, Position, Query, Sort, UserId, VideoId};

const KINDS: [FacetKind; 13] = [
    FacetKind::Tags,
    FacetKind::Rating,
    FacetKind::Duration,
    FacetKind::Height,
    FacetKind::VideoCodec,
    FacetKind::AudioCodec,
    FacetKind::AudioLanguage,
    FacetKind::TextLanguage,
    FacetKind::Folder,
    FacetKind::Container,
    FacetKind::Watched,
    FacetKind::Favourite,
    FacetKind::Added,
];

fn apply(step: &Step, catalogue: &mut Catalogue, model: &mut Model) {
    match step {
        Step::Put(id, entry) => {
            catalogue.put(*id, entry);
            model.tags.extend(entry.tags.iter().cloned());
            model.videos.insert(*id, entry.as_ref().clone());
        }
        Step::Remove(id) => {
            catalogue.remove(*id);
            model.videos.remove(id);
            model.personal.retain(|(_, video), _| video != id);
        }
        Step::Personal(user, id, personal) => {
            catalogue.set_personal(*user, *id, personal);
            if model.videos.contains_key(id) {
                model.personal.insert((*user, *id), *personal);
            }
        }
    }
}

fn changed(steps: &[Step]) -> (Catalogue, Model) {
    let (mut catalogue, mut model) = (Catalogue::default(), Model::default());
    for step in steps {
        apply(step, &mut catalogue, &mut model);
    }
    (catalogue, model)
}

/// The same by loading what there is in the end.
fn loaded(model: &Model) -> Catalogue {
    let mut catalogue = Catalogue::default();
    catalogue.load(model.videos.iter().map(|(id, entry)| {
        let mut entry = entry.clone();
        for (tag, name) in &mut entry.tags {
            name.clone_from(&model.tags[tag]);
        }
        (*id, entry)
    }));
    for user in [UserId::HOUSEHOLD, UserId(2)] {
        let all = model.personal.iter().filter(|((other, _), _)| *other == user);
        let all: Vec<(VideoId, Personal)> = all.map(|((_, id), own)| (*id, *own)).collect();
        catalogue.load_personal(user, all);
    }
    catalogue
}

/// Everything by pages of this length; each page is judged.
fn walk(catalogue: &Catalogue, query: &Query, limit: usize) -> Vec<VideoId> {
    let (mut seen, mut position) = (Vec::new(), Position::Start);
    loop {
        let page = catalogue.page(query, &position, limit).unwrap();
        assert!(page.videos.len() == limit || page.next.is_none());
        seen.extend(page.videos);
        match page.next {
            Some(next) => position = Position::After(next),
            None => return seen,
        }
    }
}

fn judge(catalogue: &Catalogue, model: &Model, query: &Query) {
    let mut wanted = model.ids(query);
    let ids = catalogue.ids(query);
    if query.sort == Sort::Random {
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, wanted, "{query:?}");
        wanted.clone_from(&ids);
    }
    assert_eq!(ids, wanted, "{query:?}");
    assert_eq!(catalogue.count(query), wanted.len() as u64);
    for limit in [1, 3, 100] {
        assert_eq!(walk(catalogue, query, limit), wanted, "{query:?} by {limit}");
    }
    for offset in [0, 1, 4, 9, 30, usize::MAX] {
        let page = catalogue.page(query, &Position::Offset(offset), 4).unwrap();
        let slice: Vec<VideoId> = wanted.iter().copied().skip(offset).take(4).collect();
        assert_eq!(page.videos, slice, "{query:?} from {offset}");
        assert_eq!(page.total, wanted.len() as u64);
        assert_eq!(page.next.is_some(), offset.saturating_add(4) < wanted.len());
    }
    let facets = catalogue.facets(query, &KINDS, NOW_MS);
    assert_eq!(facets.total, wanted.len() as u64);
    for (kind, facet) in facets.all {
        let facet: Vec<_> = facet.into_iter().map(|facet| (facet.value, facet.count)).collect();
        assert_eq!(facet, model.facet(query, kind, NOW_MS), "{kind:?} of {query:?}");
    }
    let chosen = catalogue.random(query, 7);
    assert_eq!(chosen.is_none(), wanted.is_empty());
    assert!(chosen.is_none_or(|chosen| wanted.contains(&chosen)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_answer_is_that_of_a_plain_list(
        steps in steps(90),
        queries in prop::collection::vec(query(), 1..12),
    ) {
        let (catalogue, model) = changed(&steps);
        let loaded = loaded(&model);
        prop_assert_eq!(catalogue.len(), model.videos.len());
        for query in &queries {
            judge(&catalogue, &model, query);
            judge(&loaded, &model, query);
            let by_relevance = Query { text: query.text.clone(), sort: Sort::Relevance, ..Query::default() };
            let wanted = if crate::text::Terms::parse(&query.text).is_empty() {
                Vec::new()
            } else {
                model.ids(&by_relevance).into_iter().take(3).collect()
            };
            prop_assert_eq!(catalogue.suggest(&query.text, 3), wanted);
        }
        for parent in ["", "a", "a/b", "a%20x", "nowhere"] {
            prop_assert_eq!(catalogue.folders(parent), model.folders(parent));
            prop_assert_eq!(loaded.folders(parent), model.folders(parent));
        }
    }

    #[test]
    fn whoever_walks_by_cursor_sees_what_stays_exactly_once(
        before in steps(60),
        meanwhile in prop::collection::vec(steps(4), 30),
        mut query in query(),
        limit in 1..5_usize,
    ) {
        query.text.clear();
        let (mut catalogue, mut model) = changed(&before);
        // What matches at the beginning, and whom no later step touches.
        let touched: BTreeSet<VideoId> = meanwhile.iter().flatten().map(Step::video).collect();
        let stays: Vec<VideoId> =
            catalogue.ids(&query).into_iter().filter(|id| !touched.contains(id)).collect();
        let (mut seen, mut position) = (Vec::new(), Position::Start);
        let mut meanwhile = meanwhile.iter();
        loop {
            let Page { videos, next, .. } = catalogue.page(&query, &position, limit).unwrap();
            seen.extend(videos);
            let Some(next) = next else { break };
            position = Position::After(next);
            for step in meanwhile.next().into_iter().flatten() {
                apply(step, &mut catalogue, &mut model);
            }
        }
        let of_stays: Vec<VideoId> = seen.into_iter().filter(|id| stays.contains(id)).collect();
        prop_assert_eq!(of_stays, stays);
    }

    #[test]
    fn what_all_took_away_leaves_nothing_behind(steps in steps(60)) {
        let (mut catalogue, model) = changed(&steps);
        model.videos.keys().for_each(|id| catalogue.remove(*id));
        prop_assert!(catalogue.is_empty());
        prop_assert_eq!(catalogue.folders(""), []);
        for kind in KINDS {
            prop_assert_eq!(catalogue.facets(&Query::default(), &[kind], 0).all, [(kind, vec![])]);
        }
        prop_assert_eq!(catalogue.dictionary.under("").count(), 0);
    }

    #[test]
    fn a_random_order_does_not_change_by_what_is_added(
        steps in steps(60), seed: u64, id in 200..300_u32, more in entry(),
    ) {
        let (mut catalogue, _) = changed(&steps);
        let query = Query { sort: Sort::Random, seed, ..Query::default() };
        let before = catalogue.ids(&query);
        catalogue.put(VideoId(id), &more);
        let after = catalogue.ids(&query).into_iter().filter(|other| other.0 != id);
        prop_assert_eq!(after.collect::<Vec<_>>(), before);
    }

    #[test]
    fn strange_texts_and_entries_are_survived(
        title in any::<String>(), text in any::<String>(), folder in any::<String>(),
    ) {
        let mut catalogue = Catalogue::default();
        let strange = crate::Entry {
            title: title.clone(),
            names: vec![text.clone()],
            folders: vec![folder.clone()],
            present: true,
            ..crate::Entry::default()
        };
        catalogue.put(VideoId(u32::MAX), &strange);
        catalogue.put(VideoId(0), &strange);
        let query = Query { text: title, ..Query::default() };
        prop_assert!(catalogue.count(&query) <= 2);
        let cursor = Position::After(text.clone());
        prop_assert!(catalogue.page(&query, &cursor, 5).is_err());
        catalogue.folders(&folder);
        catalogue.suggest(&text, 5);
        catalogue.remove(VideoId(u32::MAX));
        catalogue.remove(VideoId(0));
        prop_assert_eq!(catalogue.dictionary.under("").count(), 0);
    }
}

#[test]
fn many_titles_at_one_place_stay_in_order() {
    let mut catalogue = Catalogue::default();
    let entry = |title: String| crate::Entry { title, present: true, ..crate::Entry::default() };
    catalogue.put(VideoId(1), &entry("a".into()));
    catalogue.put(VideoId(2), &entry("c".into()));
    // Each goes between the last one and "c", and halves what is left there.
    for number in 0..3_000 {
        catalogue.put(VideoId(number + 10), &entry(format!("b {number}")));
    }
    let mut wanted = vec![VideoId(1)];
    wanted.extend((0..3_000).map(|number| VideoId(number + 10)));
    wanted.push(VideoId(2));
    assert_eq!(catalogue.ids(&Query::default()), wanted);
    let by_views = Query { sort: Sort::Views, descending: true, ..Query::default() };
    assert_eq!(catalogue.ids(&by_views), wanted);
}
