//! The catalogue itself: what is put in, and kept in order.

use std::collections::HashMap;

use crate::{
    Entry, Personal, UserId, VideoId,
    dictionary::{Dictionary, Part},
    fold::{cut, fold, words},
    person::Person,
    ranked::Ranked,
    records::{Record, Records},
    rows::{KEYS, Key, Rows},
    titles::Titles,
    values::{Kind, Values},
};

/// The most bytes of a folded title that count for its order and as its words.
pub(crate) const TITLE: usize = 240;
/// The most bytes of a description, of all names of files, whose words are kept.
const TEXT: usize = 32_768;
/// The most words of a video outside its title.
const WORDS: usize = 4_000;
/// The most tags, folders, codings or languages of a video.
const VALUES: usize = 500;

/// The library in memory. Reading never changes it, so that it can stand behind one lock.
///
/// ```
/// use catalogue::{Catalogue, Entry, Position, Query, VideoId};
///
/// let mut catalogue = Catalogue::default();
/// let entry = |title: &str| Entry { title: title.into(), present: true, ..Entry::default() };
/// catalogue.put(VideoId(1), &entry("Été à la plage"));
/// catalogue.put(VideoId(2), &entry("Winter"));
/// let query = Query { text: "ete pla".into(), ..Query::default() };
/// let page = catalogue.page(&query, &Position::Start, 50)?;
/// assert_eq!(page.videos, [VideoId(1)]);
/// # Ok::<(), catalogue::BadCursor>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub(crate) rows: Rows,
    pub(crate) records: Records,
    pub(crate) titles: Titles,
    /// By [`Key`].
    pub(crate) orders: [Ranked; KEYS.len()],
    pub(crate) dictionary: Dictionary,
    pub(crate) values: Values,
    people: HashMap<UserId, Person>,
    /// What is known of somebody who did nothing.
    nobody: Person,
}

impl Catalogue {
    /// How many videos it knows, hidden ones and ones that are away among them.
    pub fn len(&self) -> usize {
        self.titles.order.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// About how many bytes of memory it holds. Counting takes some milliseconds.
    pub fn memory(&self) -> usize {
        let orders: usize = self.orders.iter().map(Ranked::memory).sum();
        let people: usize = self.people.values().map(Person::memory).sum();
        let texts = self.records.memory() + self.dictionary.memory() + self.values.memory();
        self.rows.memory() + self.titles.memory() + orders + people + texts
    }

    /// Takes a video in, or takes in what is new about one that it knows. What users did with it
    /// stays. Much longer lists and texts than any video has are cut off.
    pub fn put(&mut self, video: VideoId, entry: &Entry) {
        let known = self.rows.find(video);
        let row = known.unwrap_or_else(|| self.rows.make(video));
        let old = self.records.get(row);
        let (new, titled) = self.describe(entry, false);
        let moved = known.is_none() || old.title != new.title;
        if known.is_some() {
            self.leave_orders(row, moved, Some(entry));
        }
        let before = self.words(&old);
        let now = Words { rest: self.rest(&new, &titled), titled };
        // All that comes before anything that goes: a word may move from the title to elsewhere.
        for word in added(&before.titled, &now.titled) {
            self.dictionary.add(word, Part::Title, row);
        }
        for word in added(&before.rest, &now.rest) {
            self.dictionary.add(word, Part::Rest, row);
        }
        for value in added(&old.values, &new.values) {
            self.values.insert(value, row);
        }
        if self.rows.shown(row) {
            self.values.show(&old.values, false);
        }
        if entry.present && !entry.hidden {
            self.values.show(&new.values, true);
        }
        self.set_letters(row, &before, &now);
        if moved && known.is_some() {
            self.titles.remove(row);
        }
        if known.is_none() || old != new {
            self.records.put(row, &new);
        }
        if moved {
            self.titles.insert(row, &self.records, &self.rows.numbers);
        }
        self.forget_words(row, &before, &now);
        for value in added(&new.values, &old.values) {
            self.values.remove(value, row, &mut self.dictionary);
        }
        self.rows.write(row, entry);
        self.enter_orders(row);
    }

    /// Forgets a video, and what users did with it.
    pub fn remove(&mut self, video: VideoId) {
        let Some(row) = self.rows.find(video) else { return };
        for person in self.people.values_mut() {
            person.set(row, &Personal::default(), &self.titles, false);
        }
        self.leave_orders(row, true, None);
        self.titles.remove(row);
        let record = self.records.get(row);
        let (before, now) = (self.words(&record), Words::default());
        self.set_letters(row, &before, &now);
        self.forget_words(row, &before, &now);
        if self.rows.shown(row) {
            self.values.show(&record.values, false);
        }
        for value in record.values {
            self.values.remove(value, row, &mut self.dictionary);
        }
        self.records.remove(row);
        self.rows.remove(video, row);
    }

    /// Notes all that a user did with a video. Of a video that it does not know nothing is kept.
    pub fn set_personal(&mut self, user: UserId, video: VideoId, personal: &Personal) {
        let Some(row) = self.rows.find(video) else { return };
        self.people.entry(user).or_default().set(row, personal, &self.titles, false);
    }

    /// Takes in a whole library, in place of everything that was there.
    pub fn load(&mut self, videos: impl IntoIterator<Item = (VideoId, Entry)>) {
        *self = Self::default();
        for (video, entry) in videos {
            if self.rows.find(video).is_some() {
                continue;
            }
            let row = self.rows.make(video);
            let (record, titled) = self.describe(&entry, true);
            self.records.put(row, &record);
            let now = Words { rest: self.rest(&record, &titled), titled };
            for word in now.titled {
                self.dictionary.add(word, Part::Title, row);
            }
            for word in now.rest {
                self.dictionary.add(word, Part::Rest, row);
            }
            if entry.present && !entry.hidden {
                self.values.show(&record.values, true);
            }
            for value in record.values {
                self.values.insert(value, row);
            }
            self.rows.write(row, &entry);
        }
        self.rows.loaded();
        self.records.loaded();
        self.values.loaded();
        self.dictionary.loaded(self.rows.width());
        let rows: Vec<u32> = self.rows.alive.rows().collect();
        self.titles.load(&rows, &self.records, &self.rows.numbers);
        for (order, key) in self.orders.iter_mut().zip(KEYS) {
            let dated = |row: &u32| key != Key::Made || self.rows.dated.contains(*row);
            let item = |row: u32| (self.rows.key(key, row), self.titles.label(row), row);
            let mut items: Vec<_> = rows.iter().copied().filter(dated).map(item).collect();
            items.sort_unstable();
            let sorted: Vec<u32> = items.into_iter().map(|(_, _, row)| row).collect();
            *order = Ranked::from_sorted(&sorted);
        }
    }

    /// Takes in all that a user did, in place of what was known of them. Videos that it does not
    /// know are left out.
    pub fn load_personal(
        &mut self,
        user: UserId,
        all: impl IntoIterator<Item = (VideoId, Personal)>,
    ) {
        let mut person = Person::default();
        for (video, personal) in all {
            if let Some(row) = self.rows.find(video) {
                person.set(row, &personal, &self.titles, true);
            }
        }
        person.loaded(&self.titles);
        self.people.insert(user, person);
    }

    /// What is known of a user.
    pub(crate) fn person(&self, user: UserId) -> &Person {
        self.people.get(&user).unwrap_or(&self.nobody)
    }

    /// The record of a video, and the words of its title; all of them have numbers then.
    fn describe(&mut self, entry: &Entry, loading: bool) -> (Record, Vec<u32>) {
        let Self { dictionary, values, .. } = self;
        // Values first: a tag that has another name now may make words be forgotten.
        let mut all = Vec::with_capacity(16);
        for (tag, name) in entry.tags.iter().take(VALUES) {
            all.push(values.tag(*tag, name, dictionary, loading));
        }
        for folder in entry.folders.iter().take(VALUES) {
            values.folder(cut(folder, TEXT / 8), dictionary, loading, &mut all);
        }
        let lists = [
            (Kind::AudioCodec, &entry.audio_codecs),
            (Kind::AudioLanguage, &entry.audio_languages),
            (Kind::TextLanguage, &entry.text_languages),
        ];
        for (kind, list) in lists {
            all.extend(list.iter().take(VALUES).map(|name| values.number(kind, name)));
        }
        all.extend(entry.video_codec.iter().map(|name| values.number(Kind::VideoCodec, name)));
        if !entry.container.is_empty() {
            all.push(values.number(Kind::Container, &entry.container));
        }
        let full = fold(cut(&entry.title, TEXT));
        let title = cut(&full, TITLE).trim_end();
        let mut titled = Vec::with_capacity(16);
        let texts: Vec<&str> = words(title, true).map(|word| word.text).collect();
        titled.extend(texts.iter().map(|text| dictionary.number(text, loading)));
        titled.sort_unstable();
        titled.dedup();
        let mut rest = Vec::with_capacity(32);
        let mut take = |folded: &str| {
            // Names are mostly made of the title: comparing is quicker than looking up.
            let numbers = words(folded, true).take(WORDS);
            let numbers = numbers.filter(|word| texts.len() > 64 || !texts.contains(&word.text));
            rest.extend(numbers.map(|word| dictionary.number(word.text, loading)));
        };
        take(full.get(title.len()..).unwrap_or_default());
        for name in entry.names.iter().take(VALUES) {
            take(&fold(cut(name, TEXT / 32)));
        }
        if !entry.description.is_empty() {
            take(&fold(cut(&entry.description, TEXT)));
        }
        rest.sort_unstable();
        rest.dedup();
        let in_folders = values.folder_words(&all);
        rest.retain(|word| {
            titled.binary_search(word).is_err() && in_folders.binary_search(word).is_err()
        });
        // What is cut off may be new, and occur nowhere else.
        for word in rest.split_off(rest.len().min(WORDS)) {
            dictionary.tidy(word);
        }
        all.sort_unstable();
        all.dedup();
        (Record { title: title.to_owned(), words: rest, values: all }, titled)
    }

    /// All words of a row whose record this is.
    fn words(&self, record: &Record) -> Words {
        let found = words(&record.title, true).filter_map(|word| self.dictionary.find(word.text));
        let mut titled: Vec<u32> = found.collect();
        titled.sort_unstable();
        titled.dedup();
        Words { rest: self.rest(record, &titled), titled }
    }

    /// The words outside the title, those of the folders among them; ascending.
    fn rest(&self, record: &Record, titled: &[u32]) -> Vec<u32> {
        let mut rest = self.values.folder_words(&record.values);
        rest.retain(|word| titled.binary_search(word).is_err());
        rest.extend(&record.words);
        rest.sort_unstable();
        rest
    }

    /// Notes with which letters its words begin now.
    fn set_letters(&mut self, row: u32, old: &Words, new: &Words) {
        let dictionary = &mut self.dictionary;
        let titled = [old, new].map(|words| dictionary.letters(&words.titled));
        let all = [old, new].map(|words| {
            dictionary.letters(&[words.titled.as_slice(), words.rest.as_slice()].concat())
        });
        for (part, [old, new]) in [(Part::Title, titled), (Part::Rest, all)] {
            for letter in new.iter().filter(|letter| old.binary_search(letter).is_err()) {
                dictionary.set_letter(*letter, part, row, true);
            }
            for letter in old.iter().filter(|letter| new.binary_search(letter).is_err()) {
                dictionary.set_letter(*letter, part, row, false);
            }
        }
    }

    /// Forgets of the words before those that it has no more.
    fn forget_words(&mut self, row: u32, before: &Words, now: &Words) {
        for word in added(&now.titled, &before.titled) {
            self.dictionary.remove(word, Part::Title, row);
        }
        for word in added(&now.rest, &before.rest) {
            self.dictionary.remove(word, Part::Rest, row);
        }
        for word in before.titled.iter().chain(&before.rest) {
            self.dictionary.tidy(*word);
        }
    }

    /// Takes a row out of the orders in which it is going to have another place.
    fn leave_orders(&mut self, row: u32, moved: bool, new: Option<&Entry>) {
        let Self { rows, titles, orders, people, .. } = self;
        let label = titles.label(row);
        for (order, key) in orders.iter_mut().zip(KEYS) {
            if moved || new.is_none_or(|entry| rows.changes(key, row, entry)) {
                let own = (rows.key(key, row), label);
                order.take(row, |other| (rows.key(key, other), titles.label(other)).cmp(&own));
            }
        }
        if moved {
            for person in people.values_mut() {
                person.unplace(row, titles);
            }
        }
    }

    /// Puts a row into the orders in which it has no place.
    fn enter_orders(&mut self, row: u32) {
        let Self { rows, titles, orders, people, .. } = self;
        let label = titles.label(row);
        for (order, key) in orders.iter_mut().zip(KEYS) {
            if key == Key::Made && !rows.dated.contains(row) {
                continue;
            }
            let own = (rows.key(key, row), label);
            let place = order.partition(|other| (rows.key(key, other), titles.label(other)) < own);
            if order.get(place) != Some(row) {
                order.insert(place, row);
            }
        }
        for person in people.values_mut() {
            person.place(row, titles);
        }
    }
}

/// The numbers of the words of a video; ascending.
#[derive(Debug, Default)]
struct Words {
    titled: Vec<u32>,
    /// None that is in the title.
    rest: Vec<u32>,
}

/// What the second list has and the first one has not; both ascending.
fn added<'a>(before: &'a [u32], now: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    now.iter().copied().filter(|number| before.binary_search(number).is_err())
}
