//! What a key of the registry is, and how the value written for one is read.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{
    Settings,
    node::{Node, Value},
    values::{BadValue, ByteSize, Duration, Word, parse_word, words},
};
use crate::platform::Surroundings;

/// One configuration key: everything that loading, messages, the sample file and the documents need to
/// know about it.
pub struct Key {
    /// Its dotted name, in `snake_case`: `limits.header_timeout`.
    pub name: &'static str,
    /// What it does, in sentences.
    pub about: &'static str,
    /// What is written for it.
    pub kind: Kind,
    /// A value as somebody could write it in a file.
    pub example: &'static str,
    /// What applies when nobody writes anything, where that is not one fixed value.
    pub otherwise: Option<&'static str>,
    /// Puts a value into the settings.
    pub read: fn(&mut Settings, Reading<'_>) -> Result<(), Refusal>,
    /// The value in force, as JSON; secrets are masked by their own type.
    pub show: fn(&Settings) -> serde_json::Value,
}

/// What is written for a key, with its range.
///
/// A later kind may take a whole map or a list of maps: the reader of its key gets the node as it stands,
/// and the loader looks for unknown keys only above registered ones.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A text.
    Text,
    /// One word; the function lists them.
    Word(fn() -> Vec<&'static str>),
    /// A length of time, within these bounds.
    Duration(Duration, Duration),
    /// An amount of bytes, within these bounds.
    Size(ByteSize, ByteSize),
    /// A whole number, within these bounds.
    Number(u32, u32),
    /// A path of the file system.
    Path,
    /// A list of what is named: `paths`, `addresses`.
    List(&'static str),
}

impl Kind {
    /// A word out of those of `T`.
    pub const fn word<T: Word>() -> Self {
        Self::Word(words::<T>)
    }

    /// The kind in words: `duration, 100ms to 1h`.
    pub fn in_words(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Word(words) => words().join(", "),
            Self::Duration(least, most) => format!("duration, {least} to {most}"),
            Self::Size(least, most) => format!("size, {least} to {most}"),
            Self::Number(least, most) => format!("number, {least} to {most}"),
            Self::Path => "path".to_owned(),
            Self::List(of) => format!("list of {of}"),
        }
    }
}

impl Key {
    /// The environment variable of this key: `VIDICON_LIMITS_HEADER_TIMEOUT`.
    pub fn variable(&self) -> String {
        variable(self.name)
    }
}

/// The environment variable of a dotted name.
pub(super) fn variable(name: &str) -> String {
    format!("VIDICON_{}", name.replace('.', "_").to_uppercase())
}

/// Why a value was refused, and in which line of its file.
#[derive(Debug)]
pub struct Refusal {
    /// The line, when the value came from a file.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub why: String,
}

/// A value about to be read: what was written, for which key, and what relative paths count from.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The key it was written for.
    pub key: &'a Key,
    /// What was written.
    pub node: &'a Node,
    /// The folder of the configuration file it stood in; nothing for flags and the environment.
    pub folder: Option<&'a Path>,
    /// For `~`.
    pub around: &'a Surroundings,
}

impl<'a> Reading<'a> {
    /// A refusal of this value.
    pub fn refuse(&self, why: impl Into<String>) -> Refusal {
        Refusal { line: self.node.line, why: why.into() }
    }

    /// The text that was written.
    pub fn text(&self) -> Result<&'a str, Refusal> {
        match &self.node.value {
            Value::Text(text) => Ok(text),
            Value::Empty => Err(self.refuse(format!(
                "nothing is written there: write a value, like {}, or take the line out",
                self.key.example
            ))),
            Value::Bytes(_) => Err(self.refuse("this is not UTF-8 text: write it in UTF-8")),
            Value::List(_) => Err(self.refuse(format!(
                "a list stands where one value is wanted, like {}",
                self.key.example
            ))),
            Value::Map(_) => Err(self.refuse(format!(
                "keys stand below it where {} is wanted, like {}",
                if matches!(self.key.kind, Kind::List(_)) { "a list" } else { "a value" },
                self.key.example
            ))),
        }
    }

    /// A value that parses itself.
    pub fn parse<T: FromStr<Err = BadValue>>(&self) -> Result<T, Refusal> {
        self.text()?.parse().map_err(|why: BadValue| self.refuse(why.0))
    }

    /// One word out of those of `T`.
    pub fn word<T: Word>(&self) -> Result<T, Refusal> {
        parse_word(self.text()?).map_err(|why| self.refuse(why.0))
    }

    /// A duration within the bounds of the key.
    pub fn duration(&self) -> Result<Duration, Refusal> {
        let value = self.parse()?;
        match self.key.kind {
            Kind::Duration(least, most) => self.within(value, least, most),
            _ => Ok(value),
        }
    }

    /// An amount of bytes within the bounds of the key.
    pub fn size(&self) -> Result<ByteSize, Refusal> {
        let value = self.parse()?;
        match self.key.kind {
            Kind::Size(least, most) => self.within(value, least, most),
            _ => Ok(value),
        }
    }

    /// A whole number within the bounds of the key.
    pub fn number(&self) -> Result<u32, Refusal> {
        let text = self.text()?.trim();
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits {
            return Err(self.refuse(format!(
                "{text:?} is not a whole number: write one like {}",
                self.key.example
            )));
        }
        // Digits alone fail to parse only by being too many, and then they are above every bound.
        let value = text.parse().unwrap_or(u32::MAX);
        match self.key.kind {
            Kind::Number(least, most) => self.within(value, least, most),
            _ => Ok(value),
        }
    }

    /// A path: `~` expanded, and relative to the folder of the configuration file that names it. On the
    /// command line and in the environment relative paths count from the working folder, as everywhere.
    pub fn path(&self) -> Result<PathBuf, Refusal> {
        let written = match &self.node.value {
            Value::Bytes(bytes) => Path::new(bytes),
            _ => Path::new(self.text()?),
        };
        if written.as_os_str().is_empty() {
            return Err(
                self.refuse(format!("the path is empty: write one like {}", self.key.example))
            );
        }
        if written.as_os_str().as_encoded_bytes().contains(&0) {
            return Err(self.refuse("the path holds a NUL character: no file system takes one"));
        }
        let path = self.around.expand(written);
        Ok(self
            .folder
            .map_or_else(|| path.clone(), |folder| folder.join(&path).components().collect()))
    }

    /// The items of a list; one value stands for a list of one.
    pub fn items(&self) -> Result<Vec<Reading<'a>>, Refusal> {
        match &self.node.value {
            Value::List(nodes) => Ok(nodes.iter().map(|node| Reading { node, ..*self }).collect()),
            Value::Bytes(_) => Ok(vec![*self]),
            _ => self.text().map(|_| vec![*self]),
        }
    }

    /// A list whose items parse themselves.
    pub fn list<T: FromStr<Err = BadValue>>(&self) -> Result<Vec<T>, Refusal> {
        self.items()?.iter().map(Reading::parse).collect()
    }

    fn within<T: Copy + PartialOrd + std::fmt::Display>(
        &self,
        value: T,
        least: T,
        most: T,
    ) -> Result<T, Refusal> {
        if value < least {
            return Err(self.refuse(format!("{value} is too little: write {least} to {most}")));
        }
        if value > most {
            let written = self.text()?.trim();
            return Err(self.refuse(format!("{written} is too much: write {least} to {most}")));
        }
        Ok(value)
    }
}
