//! Chapters [RFC 9559, 5.1.7].

use media::{Chapter, Language};

use crate::{
    ebml::{self, Element},
    ids,
};

/// More chapters than any film has; each takes more room here than in the file.
const MOST: usize = 10_000;

/// A chapter with its times in nanoseconds of the file.
#[derive(Clone, Debug)]
pub(crate) struct Raw {
    start: i64,
    end: Option<i64>,
    title: String,
    language: Option<Language>,
}

/// The visible chapters of the first edition, in order of time.
pub(crate) fn read(bytes: &[u8]) -> Vec<Raw> {
    let edition = ebml::children(bytes).find(|child| child.id == ids::EDITION_ENTRY);
    let mut found: Vec<Raw> = edition
        .iter()
        .flat_map(Element::children)
        .filter(|child| child.id == ids::CHAPTER_ATOM)
        .filter_map(|atom| chapter(&atom))
        .take(MOST)
        .collect();
    found.sort_by_key(|chapter| chapter.start);
    found
}

fn chapter(atom: &Element<'_>) -> Option<Raw> {
    let mut raw = Raw { start: 0, end: None, title: String::new(), language: None };
    let (mut shown, mut titled) = (true, false);
    for child in atom.children() {
        match child.id {
            ids::CHAPTER_TIME_START => raw.start = i64::try_from(child.uint()).ok()?,
            ids::CHAPTER_TIME_END => raw.end = i64::try_from(child.uint()).ok(),
            ids::CHAPTER_FLAG_HIDDEN => shown &= !child.flag(),
            ids::CHAPTER_FLAG_ENABLED => shown &= child.flag(),
            // The first of its titles.
            ids::CHAPTER_DISPLAY if !titled => {
                titled = true;
                let (mut language, mut bcp47) = (String::from("eng"), None);
                for child in child.children() {
                    match child.id {
                        ids::CHAP_STRING => raw.title = child.text(),
                        ids::CHAP_LANGUAGE => language = child.text(),
                        ids::CHAP_LANGUAGE_BCP47 => bcp47 = Some(child.text()),
                        _ => {}
                    }
                }
                raw.language = Language::parse(bcp47.as_ref().unwrap_or(&language));
            }
            _ => {}
        }
    }
    shown.then_some(raw)
}

impl Raw {
    /// As presented, `origin` nanoseconds taken away.
    pub(crate) fn settle(&self, origin: i64) -> Chapter {
        let micros = |nanos: i64| nanos.saturating_sub(origin).div_euclid(1000).max(0);
        Chapter {
            start: micros(self.start),
            end: self.end.map(micros),
            title: self.title.clone(),
            language: self.language.clone(),
        }
    }
}
