//! Every word of the library, and where it occurs.

use std::{collections::HashMap, hash::BuildHasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::{
    bits::Bits,
    ranked::Ranked,
    set::{Set, room},
    values::Values,
};

/// The words, each with a number that stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    words: Vec<Word>,
    /// Numbers that can be given again.
    free: Vec<u32>,
    /// The texts of all words, one behind the other.
    texts: Vec<u8>,
    /// How many of those bytes belong to no word any more.
    wasted: usize,
    by_text: HashTable<u32>,
    /// In the order of their texts. Not kept while much is loaded.
    order: Ranked,
    /// Ready answers for beginnings of one letter, which many words share.
    letters: HashMap<char, Letter>,
    hashes: DefaultHashBuilder,
}

#[derive(Clone, Debug, Default)]
struct Word {
    from: u32,
    len: u8,
    /// What it begins with, if that has two bytes; else 0.
    letter: u16,
    lists: Lists,
}

/// Where a word occurs. Most words occur once.
#[derive(Clone, Debug, Default)]
enum Lists {
    #[default]
    Nowhere,
    InTitle(u32),
    Elsewhere(u32),
    More(Box<More>),
}

#[derive(Clone, Debug, Default)]
struct More {
    in_title: Set,
    /// In the names of files or folders or in the description, and not in the title.
    elsewhere: Set,
    /// Tags with this word in their name.
    values: Box<[u32]>,
}

/// The words that begin with a letter, together.
#[derive(Clone, Debug, Default)]
struct Letter {
    in_title: Set,
    /// In the title, in the names of files or folders or in the description.
    anywhere: Set,
    /// Tags, each as often as it has such words.
    values: Vec<u32>,
}

/// Letters from here on have no ready answers: scripts with so many that each has few words.
const LAST_LETTER: char = '\u{600}';

/// Which part of a video has a word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    Title,
    Rest,
}

impl Dictionary {
    fn bytes(&self, word: &Word) -> &[u8] {
        let from = word.from as usize;
        self.texts.get(from..from + usize::from(word.len)).unwrap_or_default()
    }

    fn text(&self, id: u32) -> &[u8] {
        self.words.get(id as usize).map_or(&[], |word| self.bytes(word))
    }

    /// The number of a word that occurs.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hashes.hash_one(text.as_bytes());
        self.by_text.find(hash, |id| self.text(*id) == text.as_bytes()).copied()
    }

    /// The number of a word, which is going to occur. While much is `loading` no order is kept.
    pub(crate) fn number(&mut self, text: &str, loading: bool) -> u32 {
        if let Some(id) = self.find(text) {
            return id;
        }
        let word = Word {
            from: u32::try_from(self.texts.len()).unwrap_or(u32::MAX),
            len: u8::try_from(text.len()).unwrap_or(u8::MAX),
            letter: text.chars().next().map_or(0, |c| u16::try_from(u32::from(c)).unwrap_or(0)),
            lists: Lists::Nowhere,
        };
        if self.texts.capacity() - self.texts.len() < text.len() {
            self.texts.reserve_exact(self.texts.len() / 16 + text.len());
        }
        self.texts.extend_from_slice(text.as_bytes());
        let id = self.free.pop().unwrap_or_else(|| {
            room(&mut self.words);
            self.words.push(Word::default());
            u32::try_from(self.words.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(slot) = self.words.get_mut(id as usize) {
            *slot = word;
        }
        if !loading {
            let place = self.order.partition(|other| self.text(other) < text.as_bytes());
            self.order.insert(place, id);
        }
        let Self { words, texts, by_text, hashes, .. } = self;
        let rehash = |id: &u32| hashes.hash_one(slice(texts, words.get(*id as usize)));
        by_text.insert_unique(hashes.hash_one(text.as_bytes()), id, rehash);
        id
    }

    /// Puts the words in order after so many rows were loaded, makes the ready answers, and gives
    /// back memory.
    pub(crate) fn loaded(&mut self, rows: usize) {
        let mut ids: Vec<u32> = self.by_text.iter().copied().collect();
        ids.sort_unstable_by(|one, other| self.text(*one).cmp(self.text(*other)));
        self.order = Ranked::from_sorted(&ids);
        self.words.shrink_to_fit();
        self.texts.shrink_to_fit();
        let mut letters: HashMap<char, (Bits, Bits)> = HashMap::new();
        for id in ids {
            let Some(letter) = self.letter(id) else { continue };
            let (in_title, anywhere) =
                letters.entry(letter).or_insert_with(|| (Bits::none(rows), Bits::none(rows)));
            self.titles_to(id, in_title);
            match self.words.get(id as usize).map(|word| &word.lists) {
                Some(Lists::Elsewhere(row)) => anywhere.insert(*row),
                Some(Lists::More(more)) => more.elsewhere.add_to(anywhere),
                _ => {}
            }
        }
        for (letter, (in_title, mut anywhere)) in letters {
            let letter = self.letters.entry(letter).or_default();
            letter.in_title = Set::from_bits(&in_title);
            letter.in_title.add_to(&mut anywhere);
            letter.anywhere = Set::from_bits(&anywhere);
        }
        for word in &mut self.words {
            if let Lists::More(more) = &mut word.lists {
                more.in_title.shrink();
                more.elsewhere.shrink();
            }
        }
    }

    /// Notes that a video has this word.
    pub(crate) fn add(&mut self, id: u32, part: Part, row: u32) {
        let Some(word) = self.words.get_mut(id as usize) else { return };
        match (&word.lists, part) {
            (Lists::Nowhere, Part::Title) => word.lists = Lists::InTitle(row),
            (Lists::Nowhere, Part::Rest) => word.lists = Lists::Elsewhere(row),
            _ => {
                if let Some(more) = word.more() {
                    more.part(part).insert(row);
                }
            }
        }
    }

    /// Notes that a video has it no more. Words that occur nowhere are forgotten by [`Self::tidy`].
    pub(crate) fn remove(&mut self, id: u32, part: Part, row: u32) {
        let Some(word) = self.words.get_mut(id as usize) else { return };
        match (&mut word.lists, part) {
            (Lists::More(more), part) => more.part(part).remove(row),
            (Lists::InTitle(one), Part::Title) | (Lists::Elsewhere(one), Part::Rest)
                if *one == row =>
            {
                word.lists = Lists::Nowhere;
            }
            _ => {}
        }
    }

    /// Notes that a tag has this word in its name.
    pub(crate) fn add_value(&mut self, id: u32, value: u32) {
        let word = self.words.get_mut(id as usize);
        let Some(more) = word.and_then(Word::more) else { return };
        let mut values = std::mem::take(&mut more.values).into_vec();
        values.push(value);
        more.values = values.into_boxed_slice();
        if let Some(letter) = self.letter(id) {
            self.letters.entry(letter).or_default().values.push(value);
        }
    }

    /// Notes that it has it no more.
    pub(crate) fn remove_value(&mut self, id: u32, value: u32) {
        let values = self.letter(id).and_then(|letter| self.letters.get_mut(&letter));
        if let Some(values) = values.map(|letter| &mut letter.values)
            && let Some(at) = values.iter().position(|other| *other == value)
        {
            values.swap_remove(at);
        }
        if let Some(Word { lists: Lists::More(more), .. }) = self.words.get_mut(id as usize) {
            let mut values = std::mem::take(&mut more.values).into_vec();
            values.retain(|other| *other != value);
            more.values = values.into_boxed_slice();
        }
    }

    /// What a word begins with, if there are ready answers for that.
    fn letter(&self, id: u32) -> Option<char> {
        let letter = char::from_u32(u32::from(self.words.get(id as usize)?.letter))?;
        (letter != '\0' && letter < LAST_LETTER).then_some(letter)
    }

    /// What these words begin with; ascending.
    pub(crate) fn letters(&self, words: &[u32]) -> Vec<char> {
        let mut letters: Vec<char> = words.iter().filter_map(|id| self.letter(*id)).collect();
        letters.sort_unstable();
        letters.dedup();
        letters
    }

    /// Notes whether a video has a word with this beginning in its title, or anywhere.
    pub(crate) fn set_letter(&mut self, letter: char, part: Part, row: u32, has: bool) {
        let letter = self.letters.entry(letter).or_default();
        let set = match part {
            Part::Title => &mut letter.in_title,
            Part::Rest => &mut letter.anywhere,
        };
        if has {
            set.insert(row);
        } else {
            set.remove(row);
        }
    }

    /// The ready answer for this beginning.
    fn ready(&self, beginning: &str) -> Option<&Letter> {
        let mut letters = beginning.chars();
        let letter = letters.next().filter(|letter| *letter < LAST_LETTER)?;
        letters.next().is_none().then(|| self.letters.get(&letter))?
    }

    /// Forgets a word that occurs nowhere.
    pub(crate) fn tidy(&mut self, id: u32) {
        let Some(word) = self.words.get(id as usize) else { return };
        let empty = match &word.lists {
            Lists::Nowhere => true,
            Lists::More(more) => {
                more.in_title.is_empty() && more.elsewhere.is_empty() && more.values.is_empty()
            }
            _ => false,
        };
        // A word that is forgotten already has no text.
        if !empty || word.len == 0 {
            return;
        }
        let text = self.bytes(word).to_vec();
        let place = self.order.partition(|other| self.text(other) < text.as_slice());
        if self.order.get(place) == Some(id) {
            self.order.remove(place);
        }
        let hash = self.hashes.hash_one(text.as_slice());
        if let Ok(entry) = self.by_text.find_entry(hash, |other| *other == id) {
            entry.remove();
        }
        self.wasted += text.len();
        self.free.push(id);
        if let Some(word) = self.words.get_mut(id as usize) {
            *word = Word::default();
        }
        if self.wasted > 65_536 && self.wasted > self.texts.len() / 2 {
            self.compact();
        }
    }

    /// Writes the texts anew without those of forgotten words.
    fn compact(&mut self) {
        let mut texts = Vec::with_capacity(self.texts.len() - self.wasted);
        for word in &mut self.words {
            let from = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            texts.extend_from_slice(slice(&self.texts, Some(&*word)));
            word.from = from;
        }
        self.texts = texts;
        self.wasted = 0;
    }

    /// The words that begin with this, itself among them.
    pub(crate) fn under<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = u32> + 'a {
        let beginning = beginning.as_bytes();
        let place = self.order.partition(|other| self.text(other) < beginning);
        self.order.forward(place).take_while(|id| self.text(*id).starts_with(beginning))
    }

    /// Adds all videos that have this word in the title.
    pub(crate) fn titles_to(&self, id: u32, bits: &mut Bits) {
        match self.words.get(id as usize).map(|word| &word.lists) {
            Some(Lists::InTitle(row)) => bits.insert(*row),
            Some(Lists::More(more)) => more.in_title.add_to(bits),
            _ => {}
        }
    }

    /// Adds all videos that have this word anywhere.
    pub(crate) fn all_to(&self, id: u32, values: &Values, bits: &mut Bits) {
        match self.words.get(id as usize).map(|word| &word.lists) {
            Some(Lists::InTitle(row) | Lists::Elsewhere(row)) => bits.insert(*row),
            Some(Lists::More(more)) => {
                more.in_title.add_to(bits);
                more.elsewhere.add_to(bits);
                more.values.iter().for_each(|value| values.set(*value).add_to(bits));
            }
            _ => {}
        }
    }

    /// Adds all videos that have a word with this beginning in the title.
    pub(crate) fn titles_under_to(&self, beginning: &str, bits: &mut Bits) {
        match self.ready(beginning) {
            Some(letter) => letter.in_title.add_to(bits),
            None => self.under(beginning).for_each(|word| self.titles_to(word, bits)),
        }
    }

    /// Adds all videos that have a word with this beginning anywhere.
    pub(crate) fn all_under_to(&self, beginning: &str, values: &Values, bits: &mut Bits) {
        match self.ready(beginning) {
            Some(letter) => {
                letter.anywhere.add_to(bits);
                letter.values.iter().for_each(|value| values.set(*value).add_to(bits));
            }
            None => self.under(beginning).for_each(|word| self.all_to(word, values, bits)),
        }
    }

    pub(crate) fn memory(&self) -> usize {
        let letters = self.letters.values().map(|letter| {
            let sets = letter.in_title.memory() + letter.anywhere.memory();
            sets + letter.values.capacity() * 4 + size_of::<Letter>()
        });
        let lists = self.words.iter().map(|word| match &word.lists {
            Lists::More(more) => {
                let sets = more.in_title.memory() + more.elsewhere.memory();
                size_of::<More>() + sets + more.values.len() * 4
            }
            _ => 0,
        });
        lists.sum::<usize>()
            + letters.sum::<usize>()
            + self.words.capacity() * size_of::<Word>()
            + self.texts.capacity()
            + self.by_text.capacity() * 5
            + self.order.memory()
            + self.free.capacity() * 4
    }
}

fn slice<'a>(texts: &'a [u8], word: Option<&Word>) -> &'a [u8] {
    let range = word.map_or(0..0, |w| w.from as usize..w.from as usize + usize::from(w.len));
    texts.get(range).unwrap_or_default()
}

impl Word {
    /// Its lists, with room for everything.
    fn more(&mut self) -> Option<&mut More> {
        let more = match std::mem::take(&mut self.lists) {
            Lists::More(more) => more,
            Lists::Nowhere => Box::default(),
            Lists::InTitle(row) => Box::new(More { in_title: Set::One(row), ..More::default() }),
            Lists::Elsewhere(row) => Box::new(More { elsewhere: Set::One(row), ..More::default() }),
        };
        self.lists = Lists::More(more);
        match &mut self.lists {
            Lists::More(more) => Some(more),
            _ => None,
        }
    }
}

impl More {
    fn part(&mut self, part: Part) -> &mut Set {
        match part {
            Part::Title => &mut self.in_title,
            Part::Rest => &mut self.elsewhere,
        }
    }
}
