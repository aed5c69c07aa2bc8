//! Which files beside a video are its subtitles, and what their names say.
//!
//! A side file is called like the video, without its extension, and then, divided by points, in
//! any order and case: a language (`en`, `eng`, `pt-BR`, `German`), flags (`forced`, `sdh`, `cc`,
//! `hi`, `commentary`, `default`), and whatever else, which is its title.
//!
//! `hi` is a language (Hindi) and a flag (hearing impaired): it is the flag if another word of the
//! name is a language, else the language.

mod languages;

use media::Language;

use self::languages::language;
use crate::Kind;

/// A file of subtitles beside a video.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // independent words of a name
pub struct SideFile {
    /// Its name.
    pub name: String,
    /// What it is, by its extension.
    pub kind: Kind,
    /// The language, if the name tells.
    pub language: Option<Language>,
    /// What else the name tells.
    pub title: Option<String>,
    /// To be shown even when subtitles are off.
    pub forced: bool,
    /// For people who cannot hear.
    pub hearing_impaired: bool,
    /// Somebody talks about the film.
    pub commentary: bool,
    /// To be chosen when nobody chose another.
    pub default: bool,
}

/// The subtitles among `names` (of files in the folder of the video), of the video with that name.
/// First those that share its name to the letter, then those that do but for upper and lower case;
/// of each, by name.
pub fn side_files<'a>(
    video_file_name: &str,
    names: impl Iterator<Item = &'a str>,
) -> Vec<SideFile> {
    let stem = video_file_name.rsplit_once('.').map_or(video_file_name, |(stem, _)| stem);
    let mut found: Vec<(bool, SideFile)> = names.filter_map(|name| side_file(stem, name)).collect();
    found.sort_by(|(a_other_case, a), (b_other_case, b)| {
        (a_other_case, &a.name).cmp(&(b_other_case, &b.name))
    });
    found.into_iter().map(|(_, file)| file).collect()
}

/// The file, and whether it differs from the video in case.
fn side_file(stem: &str, name: &str) -> Option<(bool, SideFile)> {
    let (base, extension) = name.rsplit_once('.')?;
    let kind = match extension.to_ascii_lowercase().as_str() {
        "srt" => Kind::Srt,
        "vtt" => Kind::WebVtt,
        "ass" | "ssa" => Kind::Ass,
        _ => return None,
    };
    let (other_case, words) = match base.strip_prefix(stem) {
        Some(words) => (false, words),
        None => (true, strip_prefix_in_any_case(base, stem)?),
    };
    let words = if words.is_empty() { "" } else { words.strip_prefix('.')? };
    let mut file = SideFile {
        name: name.to_owned(),
        kind,
        language: None,
        title: None,
        forced: false,
        hearing_impaired: false,
        commentary: false,
        default: false,
    };
    file.read(words);
    Some((other_case, file))
}

fn strip_prefix_in_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for wanted in prefix.chars() {
        let letter = rest.next()?;
        if letter != wanted && !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(rest.as_str())
}

impl SideFile {
    fn read(&mut self, words: &str) {
        let mut title: Vec<&str> = Vec::new();
        let mut hi = false;
        for word in words.split('.').filter(|word| !word.is_empty()).take(32) {
            hi |= self.word(word, &mut title);
        }
        if hi && self.language.is_some() {
            self.hearing_impaired = true;
        } else if hi {
            self.language = Language::parse("hi");
        }
        if !title.is_empty() {
            self.title = Some(title.join("."));
        }
    }

    /// Takes in a word; whether it, or part of it, is `hi`.
    fn word<'a>(&mut self, word: &'a str, title: &mut Vec<&'a str>) -> bool {
        if self.known(word) {
            return word.eq_ignore_ascii_case("hi");
        }
        // `en-forced`, `eng_sdh`: all parts must mean something, or it is a title.
        let parts = || word.split(['-', '_', ' ']);
        let mut trial = self.clone();
        if parts().count() > 1 && parts().all(|part| trial.known(part)) {
            *self = trial;
            return parts().any(|part| part.eq_ignore_ascii_case("hi"));
        }
        title.push(word);
        false
    }

    /// Takes in a word that is a flag, or a language if there is none yet.
    fn known(&mut self, word: &str) -> bool {
        match word.to_ascii_lowercase().as_str() {
            "hi" => {}
            "forced" | "foreign" => self.forced = true,
            "sdh" | "cc" | "hoh" => self.hearing_impaired = true,
            "commentary" | "comments" => self.commentary = true,
            "default" => self.default = true,
            _ => {
                if self.language.is_some() {
                    return false;
                }
                self.language = language(word);
                return self.language.is_some();
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
