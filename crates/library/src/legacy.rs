//! The files in which older installations kept what people said of their videos: `ratings.json`,
//! `views.json`, `tags.json`, `favorites.json`. Reading and writing them; pure.
//!
//! They were written by scripts and mended by hand, so each entry is looked at by itself: what makes
//! no sense is listed with its reason, and the rest counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The names of the files, in the order in which they are read.
pub(crate) const NAMES: [&str; 4] = ["ratings.json", "views.json", "tags.json", "favorites.json"];
/// The longest file that is read.
pub(crate) const MOST: u64 = 256 << 20;
/// The longest name of a file that is taken for one.
const NAME: usize = 4096;
/// The most tags of one file, and their length in characters.
const TAGS: usize = 200;
const TAG: usize = 100;

/// What is said of one file.
#[derive(Clone, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub(crate) struct Said {
    /// 1 to 5.
    pub(crate) rating: Option<u8>,
    /// How often it was viewed.
    pub(crate) views: Option<u64>,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// Whether it is a favourite.
    pub(crate) favourite: bool,
}

impl Said {
    /// What is said that was not said before; none if that is nothing. Views only ever grow.
    pub(crate) fn beyond(&self, before: Option<&Self>) -> Option<Self> {
        let Some(before) = before else { return Some(self.clone()) };
        let new = Self {
            rating: self.rating.filter(|rating| before.rating != Some(*rating)),
            views: self.views.filter(|views| *views > before.views.unwrap_or(0)),
            tags: self.tags.iter().filter(|tag| !before.tags.contains(tag)).cloned().collect(),
            favourite: self.favourite && !before.favourite,
        };
        (new != Self::default()).then_some(new)
    }

    /// All that was said before and is said now.
    pub(crate) fn with(&self, before: Option<&Self>) -> Self {
        let Some(before) = before else { return self.clone() };
        let new = self.tags.iter().filter(|tag| !before.tags.contains(tag));
        Self {
            rating: self.rating.or(before.rating),
            views: self.views.max(before.views),
            tags: before.tags.iter().chain(new).cloned().collect(),
            favourite: self.favourite || before.favourite,
        }
    }
}

/// What the files of one folder say, by file name as it stands there.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Legacy {
    /// What is said, by file name.
    pub(crate) said: BTreeMap<String, Said>,
    /// What makes no sense.
    pub(crate) malformed: Vec<Malformed>,
}

/// An entry that makes no sense.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Malformed {
    /// The file that it stands in.
    pub file: String,
    /// The entry; none if it is the file as a whole.
    pub entry: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// The most malformed entries that are listed.
const LISTED: usize = 1_000;

impl Legacy {
    /// Takes in what one of the files says.
    pub(crate) fn read(&mut self, file: &str, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let value: Value = match serde_json::from_slice(bytes) {
            Ok(value) => value,
            Err(error) => return self.refuse(file, None, format!("it is not JSON: {error}")),
        };
        match (file, value) {
            ("favorites.json", Value::Array(all)) => {
                for one in all {
                    match one {
                        Value::String(name) => self.entry(file, name, |said| {
                            said.favourite = true;
                            Ok(())
                        }),
                        other => self.refuse(
                            file,
                            Some(short(&other)),
                            "a favourite is the name of a file".to_owned(),
                        ),
                    }
                }
            }
            // Some scripts wrote {filename: true}.
            ("favorites.json", Value::Object(all)) => self.object(file, all, |said, value| {
                said.favourite = value.as_bool().ok_or("it is neither true nor false")?;
                Ok(())
            }),
            ("favorites.json", _) => {
                self.refuse(file, None, "it is no list of file names".to_owned());
            }
            ("ratings.json", Value::Object(all)) => self.object(file, all, |said, value| {
                said.rating = Some(rating(value)?);
                Ok(())
            }),
            ("views.json", Value::Object(all)) => self.object(file, all, |said, value| {
                let views = whole(value).and_then(|views| u64::try_from(views).ok());
                said.views = Some(views.ok_or("views are a whole number, 0 or more")?);
                Ok(())
            }),
            ("tags.json", Value::Object(all)) => self.object(file, all, |said, value| {
                said.tags = tags(value)?;
                Ok(())
            }),
            _ => self.refuse(file, None, "it is no object with file names as keys".to_owned()),
        }
    }

    fn object(
        &mut self,
        file: &str,
        all: Map<String, Value>,
        note: impl Fn(&mut Said, &Value) -> Result<(), &'static str>,
    ) {
        for (name, value) in all {
            self.entry(file, name, |said| note(said, &value));
        }
    }

    fn entry(
        &mut self,
        file: &str,
        name: String,
        note: impl FnOnce(&mut Said) -> Result<(), &'static str>,
    ) {
        if name.is_empty() || name.len() > NAME || name.contains('\0') {
            return self.refuse(
                file,
                Some(short(&Value::String(name))),
                "this is no file's name".to_owned(),
            );
        }
        let mut said = self.said.get(&name).cloned().unwrap_or_default();
        match note(&mut said) {
            Ok(()) => drop(self.said.insert(name, said)),
            Err(reason) => self.refuse(file, Some(name), reason.to_owned()),
        }
    }

    fn refuse(&mut self, file: &str, entry: Option<String>, reason: String) {
        if self.malformed.len() < LISTED {
            self.malformed.push(Malformed { file: file.to_owned(), entry, reason });
        }
    }

    /// The four files, by name, as older installations wrote them.
    pub(crate) fn write(&self) -> [(&'static str, Value); 4] {
        let (mut ratings, mut views, mut tags) = (Map::new(), Map::new(), Map::new());
        let mut favourites = Vec::new();
        for (name, said) in &self.said {
            if let Some(rating) = said.rating {
                ratings.insert(name.clone(), json!(rating));
            }
            if let Some(count) = said.views.filter(|count| *count > 0) {
                views.insert(name.clone(), json!(count));
            }
            if !said.tags.is_empty() {
                tags.insert(name.clone(), json!(said.tags));
            }
            if said.favourite {
                favourites.push(json!(name));
            }
        }
        let [a, b, c, d] = NAMES;
        [
            (a, Value::Object(ratings)),
            (b, Value::Object(views)),
            (c, Value::Object(tags)),
            (d, Value::Array(favourites)),
        ]
    }
}

/// A whole number, also as a float without a fraction or as text, as loose scripts write it.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let text = number.to_string();
            text.strip_suffix(".0")?.parse().ok()
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn rating(value: &Value) -> Result<u8, &'static str> {
    let stars = whole(value).and_then(|stars| u8::try_from(stars).ok());
    stars.filter(|stars| (1..=5).contains(stars)).ok_or("a rating is a whole number from 1 to 5")
}

fn tags(value: &Value) -> Result<Vec<String>, &'static str> {
    let all = value.as_array().ok_or("tags are a list of texts")?;
    if all.len() > TAGS {
        return Err("these are more than 200 tags");
    }
    let tag = |value: &Value| {
        let tag = value.as_str().map(str::trim).filter(|tag| {
            !tag.is_empty() && tag.chars().count() <= TAG && !tag.chars().any(char::is_control)
        });
        tag.map(str::to_owned).ok_or("a tag is a text of 1 to 100 characters in one line")
    };
    all.iter().map(tag).collect()
}

/// A value as a report shows it.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn read(files: &[(&str, &str)]) -> Legacy {
        let mut legacy = Legacy::default();
        for (name, text) in files {
            legacy.read(name, text.as_bytes());
        }
        legacy
    }

    #[test]
    fn four_files_say_one_thing_of_each_video() {
        let legacy = read(&[
            ("ratings.json", r#"{"a.mp4": 5, "b.mp4": 1}"#),
            ("views.json", r#"{"a.mp4": 12}"#),
            ("tags.json", r#"{"a.mp4": ["cat", " fun "]}"#),
            ("favorites.json", r#"["a.mp4"]"#),
        ]);
        let a = Said {
            rating: Some(5),
            views: Some(12),
            tags: vec!["cat".into(), "fun".into()],
            favourite: true,
        };
        assert_eq!((&legacy.said["a.mp4"], legacy.said["b.mp4"].rating), (&a, Some(1)));
        assert!(legacy.malformed.is_empty());
    }

    #[test]
    fn what_makes_no_sense_is_listed_and_the_rest_counts() {
        let legacy = read(&[
            ("ratings.json", r#"{"a": 6, "b": "4", "c": 3.0, "d": 3.5, "e": null, "": 2}"#),
            ("views.json", r#"{"a": -1, "b": 7}"#),
            ("tags.json", r#"{"a": "cat", "b": ["", "x"], "c": ["ok"]}"#),
            ("favorites.json", r#"["a", 3, {"x": [1]}]"#),
        ]);
        let wrong: Vec<(&str, &str)> = legacy
            .malformed
            .iter()
            .map(|one| (one.file.as_str(), one.entry.as_deref().unwrap()))
            .collect();
        let expected = [
            ("ratings.json", "\"\""),
            ("ratings.json", "a"),
            ("ratings.json", "d"),
            ("ratings.json", "e"),
            ("views.json", "a"),
            ("tags.json", "a"),
            ("tags.json", "b"),
            ("favorites.json", "3"),
            ("favorites.json", "{\"x\":[1]}"),
        ];
        assert_eq!(wrong, expected);
        assert_eq!((legacy.said["b"].rating, legacy.said["c"].rating), (Some(4), Some(3)));
    }

    #[test]
    fn a_file_that_is_broken_as_a_whole_is_one_entry() {
        for (name, text) in [
            ("ratings.json", "{\"a\": 5"),
            ("tags.json", "[]"),
            ("favorites.json", "3"),
            ("views.json", ""),
        ] {
            let legacy = read(&[(name, text)]);
            assert_eq!(
                (legacy.malformed.len(), legacy.malformed[0].entry.as_ref()),
                (1, None),
                "{name}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(all in proptest::collection::btree_map("[a-z]{1,8}", (0..6_u8, 0..9_u64, "[a-z]{0,3}", proptest::bool::ANY), 0..20)) {
            let said = |(rating, views, tag, favourite): (u8, u64, String, bool)| Said {
                rating: Some(rating).filter(|rating| *rating > 0),
                views: Some(views).filter(|views| *views > 0),
                tags: Some(tag).filter(|tag| !tag.is_empty()).into_iter().collect(),
                favourite,
            };
            let said: BTreeMap<String, Said> = all.into_iter().map(|(name, one)| (name, said(one))).filter(|(_, said)| *said != Said::default()).collect();
            let legacy = Legacy { said, malformed: Vec::new() };
            let mut again = Legacy::default();
            for (name, value) in legacy.write() {
                again.read(name, value.to_string().as_bytes());
            }
            assert_eq!(again, legacy);
        }

        #[test]
        fn no_file_is_too_odd(bytes: Vec<u8>, text in "[\\[\\]{}\",:a-z0-9. ]{0,60}", kind in 0..4_usize) {
            let mut legacy = Legacy::default();
            legacy.read(NAMES[kind], &bytes);
            legacy.read(NAMES[kind], text.as_bytes());
        }
    }
}
