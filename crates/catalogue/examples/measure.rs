//! Measures the catalogue with generated videos: `cargo run --release -p catalogue --example measure
//! -- 1000000`. Prints how long loading takes, how much memory is held, and for every kind of
//! question what the middle one and the slowest of a hundred take of a processor.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::unchecked_time_subtraction
)]

#[path = "measure/library.rs"]
mod library;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use catalogue::{
    Catalogue, FacetKind, Filters, Page, Position, Query, Range, Sort, TagId, UserId, VideoId,
    Watched,
};

use self::library::{Dice, Library, NOW_MS};

/// How often every question is asked.
const TIMES: usize = 300;

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

const SORTS: [Sort; 9] = [
    Sort::Title,
    Sort::Rating,
    Sort::Views,
    Sort::Added,
    Sort::Duration,
    Sort::Played,
    Sort::Made,
    Sort::Size,
    Sort::Random,
];

fn main() {
    let count: u32 = std::env::args().nth(1).map_or(100_000, |count| count.parse().unwrap());
    let library = Library::new(count);
    let begin = spent();
    (0..count).for_each(|number| drop(black_box(library.entry(number))));
    let making = spent() - begin;
    let before = resident();
    let mut catalogue = Catalogue::default();
    let begin = spent();
    catalogue.load((0..count).map(|number| (VideoId(number + 1), library.entry(number))));
    let loading = (spent() - begin).saturating_sub(making);
    let begin = spent();
    let personal = (0..count).filter_map(Library::personal);
    catalogue.load_personal(UserId::HOUSEHOLD, personal);
    let personal = spent() - begin;
    println!("{count} videos, loaded in {loading:.2?}, what the household did in {personal:.2?}");
    let held = catalogue.memory();
    let grown = resident().saturating_sub(before);
    println!("{:.1} MB held, the process grew by {:.1} MB", mega(held), mega(grown));
    println!("\n| question | p50 ms | p99 ms | p99 ms by the clock |\n|---|---|---|---|");
    pages(&catalogue, &library);
    texts(&catalogue, &library);
    facets(&catalogue, &library);
    changes(&mut catalogue, &library, count);
    println!("\n{:.1} MB held after changes", mega(catalogue.memory()));
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// The memory of this process in RAM.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    number.map_or(0, |kilo: usize| kilo * 1024)
}

/// What this thread has had of a processor: on a busy machine it says more than the clock.
fn spent() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.cast_unsigned(), u32::try_from(now.tv_nsec).unwrap())
}

fn time(name: &str, mut question: impl FnMut(&mut Dice)) {
    let mut dice = Dice::new(name.len() as u64);
    let mut passed = Vec::with_capacity(TIMES);
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let (begin, clock) = (spent(), Instant::now());
            question(&mut dice);
            passed.push(clock.elapsed());
            spent() - begin
        })
        .collect();
    times.sort_unstable();
    passed.sort_unstable();
    let [middle, high] = [times[TIMES / 2], times[TIMES * 99 / 100]].map(|t| t.as_secs_f64() * 1e3);
    let passed = passed[TIMES * 99 / 100].as_secs_f64() * 1e3;
    println!("| {name} | {middle:.2} | {high:.2} | {passed:.2} |");
}

fn page(catalogue: &Catalogue, query: &Query, position: &Position) -> Page {
    catalogue.page(query, position, 100).unwrap()
}

/// Filters as somebody might put them together.
fn some_filters(dice: &mut Dice, library: &Library) -> Filters {
    let mut filters = Filters::default();
    for _ in 0..=dice.below(2) {
        match dice.below(9) {
            0 => filters.all_tags.push(library.tag(dice).0),
            1 => filters.any_tags.extend([library.tag(dice).0, library.tag(dice).0]),
            2 => filters.no_tags.push(library.tag(dice).0),
            3 => filters.rating = Range { from: Some(3), to: None },
            4 => filters.duration_ms = Range { from: Some(700_000), to: Some(5_000_000) },
            5 => filters.height = Range { from: Some(720), to: Some(1500) },
            6 => filters.audio_languages.push("de".to_owned()),
            7 => filters.watched = Some(Watched::No),
            _ => filters.folder = library.entry(dice.below(library.count)).folders.pop(),
        }
    }
    filters
}

fn pages(catalogue: &Catalogue, library: &Library) {
    for sort in SORTS {
        for descending in [false, true] {
            let name = format!("{sort:?}{}", if descending { ", descending" } else { "" });
            let query = Query { sort, descending, ..Query::default() };
            time(&format!("{name}: first page"), |_| {
                black_box(page(catalogue, &query, &Position::Start));
            });
            time(&format!("{name}: any offset"), |dice| {
                let offset = dice.below(library.count) as usize;
                black_box(page(catalogue, &query, &Position::Offset(offset)));
            });
            time(&format!("{name}: filtered, any offset"), |dice| {
                let filters = some_filters(dice, library);
                let query = Query { filters, ..query.clone() };
                let offset = dice.below(library.count / 50 + 1) as usize;
                black_box(page(catalogue, &query, &Position::Offset(offset)));
            });
            let mut next = None;
            time(&format!("{name}: next page by cursor"), |dice| {
                let position = next.take().map_or_else(
                    || Position::Offset(dice.below(library.count) as usize),
                    Position::After,
                );
                next = page(catalogue, &query, &position).next;
            });
        }
    }
    time("filters: count", |dice| {
        let filters = some_filters(dice, library);
        black_box(catalogue.count(&Query { filters, ..Query::default() }));
    });
    let all = Filters {
        no_tags: vec![TagId(1)],
        rating: Range { from: Some(0), to: Some(4) },
        duration_ms: Range { from: Some(1), to: Some(u64::MAX) },
        height: Range { from: Some(1), to: Some(5_000) },
        added_ms: Range { from: Some(0), to: Some(NOW_MS) },
        audio_languages: vec!["en".to_owned(), "de".to_owned()],
        containers: vec!["matroska".to_owned(), "mp4".to_owned()],
        watched: Some(Watched::No),
        favourite: Some(false),
        problem: Some(false),
        ..Filters::default()
    };
    let query = Query { filters: all, sort: Sort::Views, descending: true, ..Query::default() };
    time("ten wide filters, Views, descending, any offset", |dice| {
        let offset = dice.below(library.count / 2) as usize;
        black_box(page(catalogue, &query, &Position::Offset(offset)));
    });
    time("random", |dice| {
        black_box(catalogue.random(&Query::default(), u64::from(dice.below(1000))));
    });
    time("folders of the top", |_| {
        black_box(catalogue.folders(""));
    });
    time("folders of the largest", |_| {
        black_box(catalogue.folders("shows"));
    });
}

fn texts(catalogue: &Catalogue, library: &Library) {
    let letters = [("one letter", 1), ("two letters", 2), ("three letters", 3), ("a word", 99)];
    for (name, length) in letters {
        for words in 0..4 {
            for sort in [Sort::Relevance, Sort::Title] {
                time(&format!("text: {words} words and {name}, {sort:?}"), |dice| {
                    let last = library.word(dice);
                    let mut text = String::new();
                    // Words that occur together, so that something is found.
                    let title = library.entry(dice.below(library.count)).title;
                    title.split(' ').take(words).for_each(|word| text = format!("{text}{word} "));
                    text.extend(last.chars().take(length));
                    let query = Query { text, sort, ..Query::default() };
                    black_box(page(catalogue, &query, &Position::Start));
                });
            }
        }
    }
    let mut letters = ('a'..='z').chain('0'..='9').cycle();
    time("text: every letter in turn, Relevance", |_| {
        let text = letters.next().unwrap().to_string();
        let query = Query { text, sort: Sort::Relevance, ..Query::default() };
        black_box(page(catalogue, &query, &Position::Start));
    });
    time("suggest: two letters", |dice| {
        let text: String = library.word(dice).chars().take(2).collect();
        black_box(catalogue.suggest(&text, 10));
    });
}

fn facets(catalogue: &Catalogue, library: &Library) {
    time("all facets of everything", |_| {
        black_box(catalogue.facets(&Query::default(), &KINDS, NOW_MS));
    });
    time("all facets, filtered", |dice| {
        let filters = some_filters(dice, library);
        let query = Query { filters, ..Query::default() };
        black_box(catalogue.facets(&query, &KINDS, NOW_MS));
    });
    time("all facets below a folder", |_| {
        let filters = Filters { folder: Some("shows".to_owned()), ..Filters::default() };
        let query = Query { filters, ..Query::default() };
        black_box(catalogue.facets(&query, &KINDS, NOW_MS));
    });
    time("all facets of a text", |dice| {
        let query = Query { text: library.word(dice).to_owned(), ..Query::default() };
        black_box(catalogue.facets(&query, &KINDS, NOW_MS));
    });
}

fn changes(catalogue: &mut Catalogue, library: &Library, count: u32) {
    time("put: viewed once more", |dice| {
        let number = dice.below(count);
        let mut entry = library.entry(number);
        entry.views += 1;
        catalogue.put(VideoId(number + 1), &entry);
    });
    time("put: another title", |dice| {
        let number = dice.below(count);
        let other = library.entry(dice.below(count)).title;
        let entry = library.entry(number);
        catalogue.put(VideoId(number + 1), &catalogue::Entry { title: other, ..entry });
    });
    let mut new = count;
    time("put: a new one", |_| {
        new += 1;
        catalogue.put(VideoId(new), &library.entry(new));
    });
    time("remove", |dice| catalogue.remove(VideoId(dice.below(count) + 1)));
    time("rate", |dice| {
        let personal =
            catalogue::Personal { rating: Some(4), played_ms: Some(NOW_MS), ..Default::default() };
        catalogue.set_personal(UserId::HOUSEHOLD, VideoId(dice.below(count) + 1), &personal);
    });
}
