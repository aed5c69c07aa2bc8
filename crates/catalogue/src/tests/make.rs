//! Entries, changes and questions of all sorts, from so few words that much coincides.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    Away, Entry, Filters, Hidden, Personal, PlaylistId, Query, Range, Sort, TagId, UserId, VideoId,
    Watched,
};

pub(super) const NOW_MS: i64 = 1_000 * 86_400_000;

#[derive(Clone, Debug)]
pub(super) enum Step {
    Put(VideoId, Box<Entry>),
    Remove(VideoId),
    Personal(UserId, VideoId, Personal),
}

impl Step {
    pub(super) fn video(&self) -> VideoId {
        match self {
            Self::Put(id, _) | Self::Remove(id) | Self::Personal(_, id, _) => *id,
        }
    }
}

fn words(from: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    vec(select(from), 0..=most).prop_map(|words| words.join(" "))
}

fn names(from: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    vec(select(from), 0..3).prop_map(|names| {
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        names.dedup();
        names
    })
}

const WORDS: &[&str] =
    &["Part", "party", "2", "10", "007", "7", "Émile", "emil", "Don't", "日本語", "本日", "e-mail"];
const CODECS: &[&str] = &["aac", "ac3", "opus"];
const LANGUAGES: &[&str] = &["de", "en", "fr"];
const FOLDERS: &[&str] = &["", "a", "a/b", "a/b/c", "a/party", "a%20x", "a%20x/007", "b"];

fn added_ms() -> impl Strategy<Value = i64> {
    (0..500_i64).prop_map(|days| NOW_MS - days * days * 40_000_000)
}

fn tag() -> impl Strategy<Value = TagId> {
    (1..5_i64).prop_map(TagId)
}

pub(super) fn entry() -> impl Strategy<Value = Entry> {
    let texts = (
        words(WORDS, 3),
        vec(words(WORDS, 2).prop_map(|name| name + ".mkv"), 0..3),
        words(WORDS, 2),
        names(FOLDERS),
        vec((tag(), words(WORDS, 1)), 0..4),
    );
    let numbers = (
        select(&[0, 599_999, 600_000, 3_000_000, 3_600_000, 9_000_000][..]),
        select(&[0, 479, 480, 1_080, 1_920, 3_840][..]),
        select(&[0, 479, 720, 1_080, 2_160][..]),
        0..5_u64,
        0..4_u64,
        added_ms(),
        option::of(-2..3_i64),
    );
    let lists = (
        select(&["mp4", "matroska"][..]),
        option::of(select(CODECS)),
        names(CODECS),
        names(LANGUAGES),
        names(LANGUAGES),
    );
    let flags = (prop::bool::weighted(0.2), prop::bool::weighted(0.8), any::<bool>());
    (texts, numbers, lists, flags).prop_map(|(texts, numbers, lists, flags)| {
        let (title, names, description, folders, mut tags) = texts;
        tags.sort_by_key(|(tag, _)| *tag);
        tags.dedup_by_key(|(tag, _)| *tag);
        let (duration_ms, width, height, size, views, added_ms, made_ms) = numbers;
        let (container, video_codec, audio_codecs, audio_languages, text_languages) = lists;
        let (hidden, present, problem) = flags;
        Entry {
            title,
            names,
            description,
            folders,
            tags,
            duration_ms,
            width,
            height,
            size,
            container: container.to_owned(),
            video_codec: video_codec.map(str::to_owned),
            audio_codecs,
            audio_languages,
            text_languages,
            views,
            added_ms,
            made_ms,
            hidden,
            present,
            copies: 1,
            problem,
        }
    })
}

fn video() -> impl Strategy<Value = VideoId> {
    // Far apart as well, and few enough to be met again.
    prop_oneof![4 => 1..40_u32, 1 => 100_000..100_005_u32].prop_map(VideoId)
}

fn user() -> impl Strategy<Value = UserId> {
    select(&[UserId::HOUSEHOLD, UserId(2)][..])
}

fn personal() -> impl Strategy<Value = Personal> {
    let moment = || option::of(1..6_i64);
    (option::of(1..6_u8), moment(), moment(), option::of(0..9_u64), moment()).prop_map(
        |(rating, favourite_ms, watched_ms, resume_ms, played_ms)| Personal {
            rating,
            favourite_ms,
            watched_ms,
            resume_ms,
            played_ms,
        },
    )
}

pub(super) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (video(), entry()).prop_map(|(id, entry)| Step::Put(id, Box::new(entry))),
        1 => video().prop_map(Step::Remove),
        3 => (user(), video(), personal()).prop_map(|(user, id, own)| Step::Personal(user, id, own)),
    ];
    vec(step, 0..most)
}

fn range<T: Copy + std::fmt::Debug>(
    values: impl Strategy<Value = T> + Clone,
) -> impl Strategy<Value = Range<T>> {
    let bound = move || option::weighted(0.15, values.clone());
    (bound(), bound()).prop_map(|(from, to)| Range { from, to })
}

fn rarely<T: std::fmt::Debug>(
    what: impl Strategy<Value = Vec<T>>,
) -> impl Strategy<Value = Vec<T>> {
    option::weighted(0.15, what).prop_map(Option::unwrap_or_default)
}

fn text() -> impl Strategy<Value = String> {
    let word = select(
        &[
            "part", "PA", "é", "7", "mk", "em", "don't", "dont", "日本", "日", "語", "日語", "x",
            "b",
        ][..],
    );
    let form = select(&["", "", "", "-", "\""][..]);
    let word = (form, word).prop_map(|(form, word)| match form {
        "\"" => format!("\"{word}\""),
        form => format!("{form}{word}"),
    });
    option::weighted(0.4, vec(word, 1..3)).prop_map(|words| words.unwrap_or_default().join(" "))
}

fn filters() -> impl Strategy<Value = Filters> {
    let tags = || rarely(vec(tag(), 1..3));
    let lists = (
        (tags(), tags(), tags()),
        rarely(names(CODECS)),
        rarely(names(CODECS)),
        rarely(names(LANGUAGES)),
        rarely(names(LANGUAGES)),
        rarely(names(&["mp4", "webm"])),
    );
    let ranges = (
        range(0..6_u8),
        range(select(&[0, 600_000, 3_000_001_u64][..])),
        range(select(&[480, 719, 1_080_u32][..])),
        range(added_ms().boxed()),
    );
    let rest = (
        option::weighted(0.2, select(FOLDERS)),
        option::weighted(0.2, select(&[Watched::Yes, Watched::No, Watched::Begun][..])),
        option::weighted(0.2, any::<bool>()),
        select(&[Hidden::No, Hidden::Only, Hidden::Too, Hidden::Too][..]),
        select(&[Away::No, Away::Only, Away::Too, Away::Too][..]),
        option::weighted(0.2, any::<bool>()),
        option::weighted(0.2, vec(video(), 0..20)),
    );
    (lists, ranges, rest).prop_map(|(lists, ranges, rest)| {
        let (tags, video_codecs, audio_codecs, audio_languages, text_languages, containers) = lists;
        let (all_tags, any_tags, no_tags) = tags;
        let (rating, duration_ms, height, added_ms) = ranges;
        let (folder, watched, favourite, hidden, away, problem, playlist) = rest;
        Filters {
            all_tags,
            any_tags,
            no_tags,
            rating,
            duration_ms,
            height,
            added_ms,
            video_codecs,
            audio_codecs,
            audio_languages,
            text_languages,
            containers,
            folder: folder.map(str::to_owned),
            watched,
            favourite,
            hidden,
            away,
            problem,
            playlist: playlist.map(|videos| (PlaylistId(1), videos)),
        }
    })
}

pub(super) fn query() -> impl Strategy<Value = Query> {
    let sort = select(
        &[
            Sort::Title,
            Sort::Rating,
            Sort::Views,
            Sort::Added,
            Sort::Duration,
            Sort::Played,
            Sort::Made,
            Sort::Size,
            Sort::Random,
            Sort::Relevance,
        ][..],
    );
    // Somebody of whom nothing is known asks as well.
    let user = select(&[UserId::HOUSEHOLD, UserId(2), UserId(3)][..]);
    let filters = prop_oneof![filters(), Just(Filters::default())];
    (user, text(), filters, sort, any::<bool>(), 0..3_u64).prop_map(
        |(user, text, filters, sort, descending, seed)| Query {
            user,
            text,
            filters,
            sort,
            descending,
            seed,
        },
    )
}
