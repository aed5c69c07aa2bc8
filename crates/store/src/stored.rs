//! What a video is like, as the columns have it.

use serde::Serialize;

use crate::{
    Facts, StoreError, TitleFrom,
    content::edited,
    db::{Columns, column},
    text::{clean, clean_within},
};

/// The columns of [`Stored`], in its order, of `videos v` and `details d`.
macro_rules! stored_columns {
    () => {
        "v.title, v.title_from, v.description, v.duration_ms, v.container, v.width, v.height, \
         v.frame_rate_milli, v.bit_rate, v.video_codec, v.audio_codecs, v.audio_languages, \
         v.text_languages, v.hdr, v.made_ms, d.body"
    };
}
pub(crate) use stored_columns;

/// The most bytes of a title, of a description, and of what only its own page shows.
const TITLE: usize = 1_000;
const DESCRIPTION: usize = 64 << 10;
const DETAILS: usize = 1 << 20;
/// The most bytes of a name of a coding or language, and the most of them in a list.
const WORD: usize = 64;
const WORDS: usize = 100;

/// The columns that a scan fills.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Stored {
    pub(crate) title: String,
    pub(crate) title_from: i64,
    pub(crate) description: Option<String>,
    pub(crate) duration_ms: i64,
    pub(crate) container: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frame_rate_milli: Option<i64>,
    pub(crate) bit_rate: Option<i64>,
    pub(crate) video_codec: Option<String>,
    pub(crate) audio_codecs: String,
    pub(crate) audio_languages: String,
    pub(crate) text_languages: String,
    pub(crate) hdr: Option<String>,
    pub(crate) made_ms: Option<i64>,
    pub(crate) details: String,
}

impl Stored {
    /// As a scan found it.
    pub(crate) fn of(facts: Facts) -> Self {
        let details = facts.details.to_string();
        Self {
            title: clean_within(facts.title, TITLE),
            // What somebody wrote is not found by a scan.
            title_from: facts.title_from.min(TitleFrom::Sidecar).number(),
            description: facts.description.map(|text| clean_within(text, DESCRIPTION)),
            duration_ms: column(facts.duration_ms),
            container: word(facts.container),
            width: facts.width,
            height: facts.height,
            frame_rate_milli: facts.frame_rate_milli.map(i64::from),
            bit_rate: facts.bit_rate.map(column),
            video_codec: facts.video_codec.map(word),
            audio_codecs: words(facts.audio_codecs),
            audio_languages: words(facts.audio_languages),
            text_languages: words(facts.text_languages),
            hdr: facts.hdr.map(word),
            made_ms: facts.made_ms,
            details: if details.len() > DETAILS { "null".to_owned() } else { details },
        }
    }

    /// As it is stored.
    pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            title: columns.text()?,
            title_from: columns.int()?,
            description: columns.maybe_text()?,
            duration_ms: columns.int()?,
            container: columns.text()?,
            width: columns.small()?,
            height: columns.small()?,
            frame_rate_milli: columns.maybe_int()?,
            bit_rate: columns.maybe_int()?,
            video_codec: columns.maybe_text()?,
            audio_codecs: columns.text()?,
            audio_languages: columns.text()?,
            text_languages: columns.text()?,
            hdr: columns.maybe_text()?,
            made_ms: columns.maybe_int()?,
            details: columns.maybe_text()?.unwrap_or_else(|| "null".to_owned()),
        })
    }

    /// What is to be stored now that a scan found `new`: what somebody wrote stays, and so does the
    /// title if this file is one copy more.
    pub(crate) fn renewed(&self, mut new: Self, edits: i64, another_copy: bool) -> Self {
        let keeps_title =
            edits & edited::TITLE != 0 || (another_copy && new.title_from <= self.title_from);
        if keeps_title {
            new.title.clone_from(&self.title);
            new.title_from = self.title_from;
        }
        if edits & edited::DESCRIPTION != 0 || (another_copy && self.description.is_some()) {
            new.description.clone_from(&self.description);
        }
        if edits & edited::MADE != 0 || (another_copy && self.made_ms.is_some()) {
            new.made_ms = self.made_ms;
        }
        new
    }

    /// Takes over what somebody wrote about another video that becomes part of this one, where
    /// nobody wrote about this one.
    pub(crate) fn take_edits(&mut self, own: i64, other: &Self, edits: i64) {
        let takes = |bit| edits & bit != 0 && own & bit == 0;
        if takes(edited::TITLE) {
            self.title.clone_from(&other.title);
            self.title_from = TitleFrom::User.number();
        }
        if takes(edited::DESCRIPTION) {
            self.description.clone_from(&other.description);
        }
        if takes(edited::MADE) {
            self.made_ms = other.made_ms;
        }
    }
}

fn word(text: String) -> String {
    clean_within(text, WORD)
}

fn words(list: Vec<String>) -> String {
    let words = list.into_iter().take(WORDS).map(|text| word(text.replace(',', " ")));
    clean(words.collect::<Vec<_>>().join(","))
}
