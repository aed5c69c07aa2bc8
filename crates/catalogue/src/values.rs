//! What videos have in common: tags, folders, codings, languages, containers, and who has which.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use percent_encoding::percent_decode_str;

use crate::{
    TagId,
    dictionary::Dictionary,
    fold::{cut, fold, natural, words},
    set::{Set, room},
};

/// So much of a name is looked at for words, in bytes.
const NAME: usize = 1_000;

/// What a value is a value of.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Kind {
    Tag,
    VideoCodec,
    AudioCodec,
    AudioLanguage,
    TextLanguage,
    Container,
    /// Its set is of the videos in it and below it.
    Folder,
}

/// One value and the videos that have it.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    kind: Kind,
    pub(crate) name: Box<str>,
    /// The number of a tag.
    pub(crate) tag: Option<TagId>,
    /// The folder above; none at the top.
    parent: Option<u32>,
    /// The folders directly below, in natural order.
    children: Vec<u32>,
    pub(crate) set: Set,
    /// How many of them are neither hidden nor away.
    pub(crate) shown: u32,
    /// The words of its name; ascending.
    words: Box<[u32]>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Values {
    /// `None` are numbers that can be given again.
    all: Vec<Option<Value>>,
    free: Vec<u32>,
    by_name: HashTable<u32>,
    by_tag: HashMap<TagId, u32>,
    /// All but folders.
    lists: [Vec<u32>; 6],
    /// The folders without one above.
    top: Vec<u32>,
    hashes: DefaultHashBuilder,
    /// The folder that was asked for last while loading, and its numbers: the next video is mostly
    /// in the same one.
    recent: Option<(Box<str>, Vec<u32>)>,
    nothing: Set,
}

fn hash(hashes: &DefaultHashBuilder, kind: Kind, name: &str) -> u64 {
    hashes.hash_one((kind, name))
}

impl Values {
    pub(crate) fn get(&self, id: u32) -> Option<&Value> {
        self.all.get(id as usize)?.as_ref()
    }

    fn get_mut(&mut self, id: u32) -> Option<&mut Value> {
        self.all.get_mut(id as usize)?.as_mut()
    }

    /// Which videos have it.
    pub(crate) fn set(&self, id: u32) -> &Set {
        self.get(id).map_or(&self.nothing, |value| &value.set)
    }

    /// A value that some video has. Not for tags.
    pub(crate) fn find(&self, kind: Kind, name: &str) -> Option<u32> {
        let same = |id: &u32| self.get(*id).is_some_and(|v| v.kind == kind && *v.name == *name);
        self.by_name.find(hash(&self.hashes, kind, name), same).copied()
    }

    pub(crate) fn find_tag(&self, tag: TagId) -> Option<u32> {
        self.by_tag.get(&tag).copied()
    }

    /// All values of a kind that is not folders.
    pub(crate) fn of(&self, kind: Kind) -> impl Iterator<Item = &Value> {
        self.lists.get(kind as usize).into_iter().flatten().filter_map(|id| self.get(*id))
    }

    /// The folders directly below this one, "" being the top, in natural order.
    pub(crate) fn below(&self, folder: &str) -> impl Iterator<Item = &Value> {
        let children = match folder {
            "" => Some(&self.top),
            folder => self
                .find(Kind::Folder, folder)
                .and_then(|id| self.get(id))
                .map(|value| &value.children),
        };
        children.into_iter().flatten().filter_map(|id| self.get(*id))
    }

    /// The number of a value, which some video is going to have. Not for tags and folders.
    pub(crate) fn number(&mut self, kind: Kind, name: &str) -> u32 {
        self.find(kind, name).unwrap_or_else(|| self.make(kind, name, None, None))
    }

    /// The numbers of a folder and all above it. "" has none: everything is in it.
    pub(crate) fn folder(
        &mut self,
        path: &str,
        dictionary: &mut Dictionary,
        loading: bool,
        numbers: &mut Vec<u32>,
    ) {
        if let Some((last, known)) = &self.recent
            && **last == *path
        {
            numbers.extend(known);
            return;
        }
        let first = numbers.len();
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let (mut parent, mut begin) = (None, 0);
        for end in ends {
            let (Some(folder), Some(name)) = (path.get(..end), path.get(begin..end)) else {
                return;
            };
            begin = end + 1;
            if name.is_empty() {
                continue;
            }
            let id = self.find(Kind::Folder, folder).unwrap_or_else(|| {
                let id = self.make(Kind::Folder, folder, None, parent);
                let name = percent_decode_str(name).decode_utf8_lossy();
                let words = numbers_of(&name, dictionary, loading);
                if let Some(value) = self.get_mut(id) {
                    value.words = words.into_boxed_slice();
                }
                id
            });
            parent = Some(id);
            numbers.push(id);
        }
        if loading {
            self.recent = Some((path.into(), numbers.get(first..).unwrap_or_default().to_vec()));
        }
    }

    /// The number of a tag, which now has this name.
    pub(crate) fn tag(
        &mut self,
        tag: TagId,
        name: &str,
        dictionary: &mut Dictionary,
        loading: bool,
    ) -> u32 {
        let id = match self.find_tag(tag) {
            Some(id) if self.get(id).is_some_and(|value| *value.name == *name) => return id,
            Some(id) => id,
            None => self.make(Kind::Tag, "", Some(tag), None),
        };
        self.describe(id, name, dictionary, loading);
        if let Some(value) = self.get_mut(id) {
            value.name = name.into();
        }
        id
    }

    fn make(&mut self, kind: Kind, name: &str, tag: Option<TagId>, parent: Option<u32>) -> u32 {
        let id = self.free.pop().unwrap_or_else(|| {
            room(&mut self.all);
            self.all.push(None);
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(slot) = self.all.get_mut(id as usize) {
            *slot = Some(Value {
                kind,
                name: name.into(),
                tag,
                parent,
                children: Vec::new(),
                set: Set::default(),
                shown: 0,
                words: Box::default(),
            });
        }
        if let Some(tag) = tag {
            self.by_tag.insert(tag, id);
        } else {
            let Self { all, by_name, hashes, .. } = self;
            let rehash = |id: &u32| {
                let value = all.get(*id as usize).and_then(Option::as_ref);
                value.map_or(0, |value| hash(hashes, value.kind, &value.name))
            };
            by_name.insert_unique(hash(hashes, kind, name), id, rehash);
        }
        let at = match (kind, parent) {
            (Kind::Folder, None) => self.place(&self.top, name),
            (Kind::Folder, Some(parent)) => {
                self.get(parent).map_or(0, |parent| self.place(&parent.children, name))
            }
            _ => 0,
        };
        if let Some(list) = self.siblings(kind, parent) {
            room(list);
            match kind {
                Kind::Folder => list.insert(at.min(list.len()), id),
                _ => list.push(id),
            }
        }
        id
    }

    /// Where a folder belongs among others, in natural order.
    fn place(&self, list: &[u32], name: &str) -> usize {
        let lower = name.to_ascii_lowercase();
        list.partition_point(|other| {
            let other = self.get(*other).map(|value| value.name.to_ascii_lowercase());
            natural(&other.unwrap_or_default(), &lower).is_lt()
        })
    }

    /// The list that a value stands in.
    fn siblings(&mut self, kind: Kind, parent: Option<u32>) -> Option<&mut Vec<u32>> {
        match (kind, parent) {
            (Kind::Folder, None) => Some(&mut self.top),
            (Kind::Folder, Some(parent)) => self.get_mut(parent).map(|value| &mut value.children),
            _ => self.lists.get_mut(kind as usize),
        }
    }

    /// Makes a tag be found by the words of this name, and by no others. (The words of folders are
    /// kept with their videos: very many folders have the same one.)
    fn describe(&mut self, id: u32, name: &str, dictionary: &mut Dictionary, loading: bool) {
        let new = numbers_of(name, dictionary, loading);
        let Some(value) = self.get_mut(id) else { return };
        let old = std::mem::replace(&mut value.words, new.clone().into_boxed_slice());
        for word in new.iter().filter(|word| old.binary_search(word).is_err()) {
            dictionary.add_value(*word, id);
        }
        for word in old.iter().filter(|word| new.binary_search(word).is_err()) {
            dictionary.remove_value(*word, id);
            dictionary.tidy(*word);
        }
    }

    /// The words of the folders among these values; ascending.
    pub(crate) fn folder_words(&self, ids: &[u32]) -> Vec<u32> {
        let values = ids.iter().filter_map(|id| self.get(*id));
        let folders = values.filter(|value| value.kind == Kind::Folder);
        let mut words: Vec<u32> = folders.flat_map(|value| value.words.iter().copied()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// Notes that these have one video more or less that is neither hidden nor away.
    pub(crate) fn show(&mut self, ids: &[u32], more: bool) {
        for id in ids {
            if let Some(value) = self.get_mut(*id) {
                value.shown = value.shown.saturating_add_signed(if more { 1 } else { -1 });
            }
        }
    }

    /// Notes that a video has this value.
    pub(crate) fn insert(&mut self, id: u32, row: u32) {
        if let Some(value) = self.get_mut(id) {
            value.set.insert(row);
        }
    }

    /// Notes that it has it no more. A value that nobody has is forgotten.
    pub(crate) fn remove(&mut self, id: u32, row: u32, dictionary: &mut Dictionary) {
        if let Some(value) = self.get_mut(id) {
            value.set.remove(row);
        }
        let mut next = Some(id);
        while let Some(id) = next {
            next = self.forget_empty(id, dictionary);
        }
    }

    /// Forgets a value that nobody has; returns the folder above, which may be empty now.
    fn forget_empty(&mut self, id: u32, dictionary: &mut Dictionary) -> Option<u32> {
        let value = self.get(id)?;
        if !value.set.is_empty() || !value.children.is_empty() {
            return None;
        }
        let value = self.all.get_mut(id as usize)?.take()?;
        if let Some(tag) = value.tag {
            for word in &value.words {
                dictionary.remove_value(*word, id);
                dictionary.tidy(*word);
            }
            self.by_tag.remove(&tag);
        } else {
            let hash = hash(&self.hashes, value.kind, &value.name);
            if let Ok(entry) = self.by_name.find_entry(hash, |other| *other == id) {
                entry.remove();
            }
        }
        if let Some(list) = self.siblings(value.kind, value.parent)
            && let Some(at) = list.iter().position(|other| *other == id)
        {
            list.remove(at);
        }
        self.free.push(id);
        value.parent
    }

    /// Gives back memory after much was loaded.
    pub(crate) fn loaded(&mut self) {
        self.recent = None;
        self.all.shrink_to_fit();
        self.all.iter_mut().flatten().for_each(|value| value.set.shrink());
    }

    pub(crate) fn memory(&self) -> usize {
        let each = self.all.iter().flatten().map(|value| {
            let lists = (value.words.len() + value.children.capacity()) * 4;
            value.name.len() + value.set.memory() + lists
        });
        each.sum::<usize>()
            + self.all.capacity() * size_of::<Option<Value>>()
            + self.by_name.capacity() * 5
            + self.by_tag.capacity() * 17
    }
}

/// The numbers of the words of a name; ascending.
fn numbers_of(name: &str, dictionary: &mut Dictionary, loading: bool) -> Vec<u32> {
    let folded = fold(name);
    let words = words(cut(&folded, NAME), true);
    let mut numbers: Vec<u32> = words.map(|word| dictionary.number(word.text, loading)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
