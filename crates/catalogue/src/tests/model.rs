//! The plainest catalogue that can be: a list, looked through for every question.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    Away, Entry, FacetKind, Filters, Hidden, Personal, Query, Range, Sort, TagId, UserId, VideoId,
    Watched,
};

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) videos: BTreeMap<VideoId, Entry>,
    pub(super) personal: BTreeMap<(UserId, VideoId), Personal>,
    /// A tag is called what the last video said.
    pub(super) tags: BTreeMap<TagId, String>,
}

/// Enough for what the tests write.
fn fold(text: &str) -> String {
    text.replace(['É', 'é'], "e").replace('\'', "").to_lowercase()
}

fn is_cjk(c: char) -> bool {
    ('一'..='龥').contains(&c)
}

/// Runs of letters and digits.
fn runs(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut runs: Vec<String> = vec![String::new()];
    let mut last = ' ';
    for c in folded.chars() {
        if !c.is_alphanumeric() || is_cjk(c) != is_cjk(last) {
            runs.push(String::new());
        }
        if c.is_alphanumeric() {
            runs.last_mut().unwrap().push(c);
        }
        last = c;
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Whether one of these runs has what is asked for.
fn has(runs: &[String], word: &str, open: bool) -> bool {
    let signs: Vec<char> = word.chars().collect();
    if is_cjk(signs[0]) {
        let found = |part: &[char]| {
            let part: String = part.iter().collect();
            runs.iter().any(|run| run.contains(&part))
        };
        return if signs.len() == 1 { found(&signs) } else { signs.windows(2).all(found) };
    }
    runs.iter().any(|run| run == word || (open && run.starts_with(word)))
}

/// A text as words to have (the last one perhaps open) and words not to have.
fn terms(text: &str) -> (Vec<(String, bool)>, Vec<String>) {
    let (mut all, mut none) = (Vec::new(), Vec::new());
    // The tests write quotes around single words only.
    for part in text.split_whitespace() {
        let quoted = part.contains('"');
        if let Some(part) = part.strip_prefix('-') {
            none.extend(runs(part));
        } else {
            all.extend(runs(part).into_iter().map(|run| (run, quoted)));
        }
    }
    let open = text.split_whitespace().rfind(|part| !runs(part).is_empty());
    let open = open.is_some_and(|part| !part.starts_with('-') && !part.contains('"'));
    let last = all.len();
    let all = all.into_iter().enumerate().map(|(at, (run, _))| (run, open && at + 1 == last));
    (all.collect(), none)
}

pub(super) fn natural(title: &str) -> Vec<(u32, u128)> {
    let mut key = Vec::new();
    let mut number: Option<u128> = None;
    for c in fold(title).trim().chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0) * 10 + u128::from(digit));
            continue;
        }
        key.extend(number.take().map(|number| (u32::from('0'), number)));
        key.push((u32::from(c), 0));
    }
    key.extend(number.map(|number| (u32::from('0'), number)));
    key
}

fn within<T: Ord>(range: &Range<T>, value: &T) -> bool {
    range.from.as_ref().is_none_or(|from| from <= value)
        && range.to.as_ref().is_none_or(|to| value <= to)
}

fn one_of(wanted: &[String], has: &[String]) -> bool {
    wanted.is_empty() || wanted.iter().any(|name| has.contains(name))
}

fn below(folder: &str, parent: &str) -> bool {
    folder == parent || folder.starts_with(&format!("{parent}/"))
}

impl Model {
    fn of(&self, user: UserId, video: VideoId) -> Personal {
        self.personal.get(&(user, video)).copied().unwrap_or_default()
    }

    fn all_runs(&self, entry: &Entry) -> Vec<String> {
        let tags = entry.tags.iter().map(|(tag, _)| &self.tags[tag]);
        let folders = entry.folders.iter().map(|folder| folder.replace("%20", " "));
        let mut all = runs(&entry.title);
        all.extend(tags.chain(&entry.names).flat_map(|text| runs(text)));
        all.extend(folders.flat_map(|folder| runs(&folder)));
        all.extend(runs(&entry.description));
        all
    }

    fn matches(&self, query: &Query, video: VideoId, without: Option<FacetKind>) -> bool {
        let (entry, own) = (&self.videos[&video], self.of(query.user, video));
        let f = &query.filters;
        let tags: BTreeSet<TagId> = entry.tags.iter().map(|(tag, _)| *tag).collect();
        let (all, none) = terms(&query.text);
        let runs = self.all_runs(entry);
        let side = entry.width.min(entry.height);
        let codec: Vec<String> = entry.video_codec.iter().cloned().collect();
        let yes = |kind: FacetKind, so: bool| so || without == Some(kind);
        all.iter().all(|(word, open)| has(&runs, word, *open))
            && !none.iter().any(|word| has(&runs, word, false))
            && f.all_tags.iter().all(|tag| tags.contains(tag))
            && (f.any_tags.is_empty() || f.any_tags.iter().any(|tag| tags.contains(tag)))
            && !f.no_tags.iter().any(|tag| tags.contains(tag))
            && yes(FacetKind::Rating, within(&f.rating, &own.rating.unwrap_or(0)))
            && yes(FacetKind::Duration, within(&f.duration_ms, &entry.duration_ms))
            && yes(FacetKind::Height, within(&f.height, &side))
            && yes(FacetKind::Added, within(&f.added_ms, &entry.added_ms))
            && yes(FacetKind::VideoCodec, one_of(&f.video_codecs, &codec))
            && yes(FacetKind::AudioCodec, one_of(&f.audio_codecs, &entry.audio_codecs))
            && yes(FacetKind::AudioLanguage, one_of(&f.audio_languages, &entry.audio_languages))
            && yes(FacetKind::TextLanguage, one_of(&f.text_languages, &entry.text_languages))
            && yes(
                FacetKind::Container,
                one_of(&f.containers, std::slice::from_ref(&entry.container)),
            )
            && f.folder
                .as_ref()
                .filter(|parent| !parent.is_empty())
                .is_none_or(|parent| entry.folders.iter().any(|folder| below(folder, parent)))
            && yes(FacetKind::Watched, f.watched.is_none_or(|watched| is(own, watched)))
            && yes(
                FacetKind::Favourite,
                f.favourite.is_none_or(|yes| own.favourite_ms.is_some() == yes),
            )
            && (f.hidden == Hidden::Too || (f.hidden == Hidden::Only) == entry.hidden)
            && (f.away == Away::Too || (f.away == Away::Only) != entry.present)
            && f.problem.is_none_or(|problem| entry.problem == problem)
            && f.playlist.as_ref().is_none_or(|(_, videos)| videos.contains(&video))
    }

    /// What a query means, in its order; a random one by number.
    pub(super) fn ids(&self, query: &Query) -> Vec<VideoId> {
        let mut ids: Vec<VideoId> =
            self.videos.keys().copied().filter(|id| self.matches(query, *id, None)).collect();
        let title = |id: &VideoId| (natural(&self.videos[id].title), *id);
        ids.sort_by_cached_key(title);
        if query.sort == Sort::Title && query.descending {
            ids.reverse();
        }
        let sign = |key: i64| if query.descending { -key } else { key };
        // Unknown ones are last, whichever way round.
        let known = |key: Option<i64>| (key.is_none(), key.map(sign));
        ids.sort_by_cached_key(|id| {
            let (entry, own) = (&self.videos[id], self.of(query.user, *id));
            match query.sort {
                Sort::Title | Sort::Random => known(Some(0)),
                Sort::Rating => known(own.rating.map(i64::from)),
                Sort::Played => known(own.played_ms),
                Sort::Made => known(entry.made_ms),
                Sort::Views => known(Some(entry.views.cast_signed())),
                Sort::Added => known(Some(entry.added_ms)),
                Sort::Duration => known(Some(entry.duration_ms.cast_signed())),
                Sort::Size => known(Some(entry.size.cast_signed())),
                Sort::Relevance => {
                    let (views, class) = (entry.views.cast_signed(), class(query, entry));
                    known(Some(class * 1_000_000 - views))
                }
            }
        });
        if query.sort == Sort::Random {
            ids.sort_unstable();
        }
        ids
    }

    /// The counts of a facet, as they are answered.
    pub(super) fn facet(&self, query: &Query, kind: FacetKind, now_ms: i64) -> Vec<(String, u64)> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (id, entry) in &self.videos {
            if self.matches(query, *id, Some(kind)) {
                for value in self.values(query, kind, *id, entry, now_ms) {
                    *counts.entry(value).or_default() += 1;
                }
            }
        }
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|(value, count)| (Reverse(*count), value.clone()));
        // Tests are content with fewer.
        counts.truncate(2);
        counts
    }

    fn values(
        &self,
        query: &Query,
        kind: FacetKind,
        id: VideoId,
        entry: &Entry,
        now_ms: i64,
    ) -> BTreeSet<String> {
        let own = self.of(query.user, id);
        let side = u64::from(entry.width.min(entry.height));
        let some = |all: &[(&str, bool)]| {
            all.iter().filter(|(_, so)| *so).map(|(name, _)| (*name).to_owned()).collect()
        };
        let set = |all: &[String]| all.iter().cloned().collect();
        match kind {
            FacetKind::Tags => entry.tags.iter().map(|(tag, _)| tag.0.to_string()).collect(),
            FacetKind::Rating => [own.rating.unwrap_or(0).to_string()].into(),
            FacetKind::Duration => {
                let s = 1_000;
                some(&[
                    ("..600", entry.duration_ms <= 600 * s),
                    ("600..1800", (600 * s..=1800 * s).contains(&entry.duration_ms)),
                    ("1800..3600", (1800 * s..=3600 * s).contains(&entry.duration_ms)),
                    ("3600..7200", (3600 * s..=7200 * s).contains(&entry.duration_ms)),
                    ("7200..", entry.duration_ms >= 7200 * s),
                ])
            }
            FacetKind::Height => some(&[
                ("..479", side < 480),
                ("480..719", (480..720).contains(&side)),
                ("720..1079", (720..1080).contains(&side)),
                ("1080..1439", (1080..1440).contains(&side)),
                ("1440..2159", (1440..2160).contains(&side)),
                ("2160..", side >= 2160),
            ]),
            FacetKind::VideoCodec => entry.video_codec.iter().cloned().collect(),
            FacetKind::AudioCodec => set(&entry.audio_codecs),
            FacetKind::AudioLanguage => set(&entry.audio_languages),
            FacetKind::TextLanguage => set(&entry.text_languages),
            FacetKind::Container => [entry.container.clone()].into(),
            FacetKind::Folder => {
                children(entry, query.filters.folder.as_deref().unwrap_or_default())
            }
            FacetKind::Watched => some(&[
                ("yes", is(own, Watched::Yes)),
                ("no", is(own, Watched::No)),
                ("begun", is(own, Watched::Begun)),
            ]),
            FacetKind::Favourite => {
                some(&[("yes", own.favourite_ms.is_some()), ("no", own.favourite_ms.is_none())])
            }
            FacetKind::Added => {
                let within = |days: i64| entry.added_ms >= now_ms - days * 86_400_000;
                some(&[
                    ("1d", within(1)),
                    ("7d", within(7)),
                    ("30d", within(30)),
                    ("365d", within(365)),
                ])
            }
        }
    }

    pub(super) fn folders(&self, parent: &str) -> Vec<(String, u64)> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let shown = Query { filters: Filters::default(), ..Query::default() };
        for (id, entry) in &self.videos {
            if self.matches(&shown, *id, None) {
                for folder in children(entry, parent) {
                    *counts.entry(folder).or_default() += 1;
                }
            }
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(folder, _)| natural(folder));
        counts
    }
}

/// How well the title matches: the less, the better.
fn class(query: &Query, entry: &Entry) -> i64 {
    let (all, _) = terms(&query.text);
    let runs = runs(&entry.title);
    if all.iter().all(|(word, _)| has(&runs, word, false)) {
        0
    } else if all.iter().all(|(word, open)| has(&runs, word, *open)) {
        1
    } else {
        2
    }
}

fn is(own: Personal, watched: Watched) -> bool {
    match watched {
        Watched::Yes => own.watched_ms.is_some(),
        Watched::Begun => own.resume_ms.is_some(),
        Watched::No => own.watched_ms.is_none() && own.resume_ms.is_none(),
    }
}

/// The folders directly below this one that a video is in or below.
fn children(entry: &Entry, parent: &str) -> BTreeSet<String> {
    let prefix = if parent.is_empty() { String::new() } else { format!("{parent}/") };
    let below = entry.folders.iter().filter_map(|folder| folder.strip_prefix(prefix.as_str()));
    let names = below.filter_map(|rest| rest.split('/').next()).filter(|name| !name.is_empty());
    names.map(|name| format!("{prefix}{name}")).collect()
}
