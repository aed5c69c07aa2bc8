//! Loading: defaults, then the file, then the environment, then flags, each over the one before.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use super::{
    Settings,
    environment::{self, CONFIG, Found, node_for},
    file::{self, MAX_BYTES},
    key::{Key, Reading},
    keys::{self, KEYS, SHORT},
    nearest::nearest,
    node::{Entry, Node, Value},
    source::{ConfigError, Flags, Problem, Source},
};
use crate::platform::Surroundings;

/// The configuration in force.
#[derive(Debug)]
pub struct Loaded {
    /// What is set.
    pub settings: Settings,
    /// Where each value that is not a default came from, by the name of its key.
    pub sources: BTreeMap<&'static str, Source>,
    /// The configuration file that was read.
    pub file: Option<PathBuf>,
    /// What is allowed but probably not meant.
    pub warnings: Vec<String>,
}

impl Loaded {
    /// Where the value of this key came from.
    pub fn source(&self, key: &Key) -> &Source {
        self.sources.get(key.name).unwrap_or(&Source::Default)
    }
}

/// Reads the configuration. Every problem is reported, not only the first, and also those in values that a
/// later layer replaces: they would bite on the day the flag is left out.
pub fn load(flags: &Flags, around: &Surroundings) -> Result<Loaded, ConfigError> {
    let mut load = Load::new(around);
    let file = load.find_file(flags);
    if let Some((path, asked_by)) = &file {
        load.file(path, asked_by.as_deref());
    }
    let (found, unknown) = environment::read(&around.environment);
    load.problems.extend(unknown);
    for Found { key, node, source } in found {
        load.put(key, &node, &source, None);
    }
    load.flags(flags);
    load.finish(file.map(|(path, _)| path))
}

/// Loading on its way.
struct Load<'a> {
    around: &'a Surroundings,
    settings: Settings,
    sources: BTreeMap<&'static str, Source>,
    problems: Vec<Problem>,
}

impl<'a> Load<'a> {
    fn new(around: &'a Surroundings) -> Self {
        Self {
            around,
            settings: Settings::defaults(around),
            sources: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, source: Source, why: impl Into<String>) {
        self.problems.push(Problem { source: Some(source), why: why.into() });
    }

    /// The file to read, and who asked for it when it was not found by looking.
    fn find_file(&self, flags: &Flags) -> Option<(PathBuf, Option<String>)> {
        if let Some(path) = &flags.config {
            return Some((self.around.expand(path), Some("--config".to_owned())));
        }
        if let Some(path) = self.around.variable(CONFIG) {
            return Some((
                self.around.expand(Path::new(path)),
                Some(format!("environment variable {CONFIG}")),
            ));
        }
        let found = self
            .around
            .config_candidates()
            .into_iter()
            .find(|path| self.around.absolute(path).exists())?;
        // "./vidicon.yaml" reads better as "vidicon.yaml".
        let found = found.strip_prefix(".").map_or_else(|_| found.clone(), Path::to_owned);
        Some((found, None))
    }

    fn file(&mut self, path: &Path, asked_by: Option<&str>) {
        let at = |line| Source::File { path: path.to_owned(), line };
        let absolute = self.around.absolute(path);
        let text = match read_text(&absolute) {
            Ok(text) => text,
            Err(error) => {
                let asked = asked_by.map_or_else(String::new, |who| format!("{who}: "));
                let why = format!(
                    "{asked}cannot read the configuration file {}: {error}; mend it, or name another by --config",
                    path.display()
                );
                self.problems.push(Problem { source: None, why });
                return;
            }
        };
        let json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let node = if json { file::read_json(&text) } else { file::read_yaml(&text) };
        match node {
            Ok(Node { value: Value::Map(entries), .. }) => {
                let folder = absolute.parent().unwrap_or(&absolute).to_owned();
                self.section("", &entries, &FileAt { path, folder: &folder });
            }
            Ok(_) => {}
            Err(flaw) => self.problem(at(flaw.line), flaw.why),
        }
    }

    /// Reads the keys of a map whose name is `section`, empty for the file itself.
    fn section(&mut self, section: &str, entries: &[Entry], file: &FileAt<'_>) {
        for Entry { key: word, line, node } in entries {
            let name = if section.is_empty() { word.clone() } else { format!("{section}.{word}") };
            let source = Source::File { path: file.path.to_owned(), line: Some(*line) };
            let is_section = keys::is_section(&name);
            let value = !matches!(node.value, Value::Map(_) | Value::Empty);
            let key = keys::find(&name).or_else(|| short(&name).filter(|_| value));
            match (&node.value, key) {
                // Both `limits.x:` and `x:` below `limits:` are fine, but not in one file.
                (_, Some(key)) if self.sources.contains_key(key.name) => {
                    let why =
                        format!("{} stands here a second time: take one of the two out", key.name);
                    self.problem(source, why);
                }
                (_, Some(key)) => self.put(key, node, &source, Some(file.folder)),
                (Value::Map(entries), None) if is_section => self.section(&name, entries, file),
                // A section whose keys are all commented out.
                (Value::Empty, None) if is_section => {}
                _ if is_section => {
                    let why = format!(
                        "{name} is a section: write its keys below it, indented by two spaces"
                    );
                    self.problem(source, why);
                }
                _ => self.problem(source, unknown(&name)),
            }
        }
    }

    fn flags(&mut self, flags: &Flags) {
        for text in &flags.set {
            self.set(text);
        }
        let paths = |paths: &[PathBuf]| {
            paths.iter().map(|path| path.clone().into_os_string()).collect::<Vec<_>>()
        };
        if !flags.folders.is_empty() {
            self.flag("folders", "DIR", &Node::arguments(paths(&flags.folders)));
        }
        if !flags.listen.is_empty() {
            self.flag(
                "listen",
                "--listen",
                &Node::arguments(flags.listen.iter().map(OsString::from)),
            );
        }
        if let Some(data) = &flags.data {
            self.flag("data", "--data", &Node::argument(data.clone().into_os_string()));
        }
    }

    fn flag(&mut self, name: &str, flag: &str, node: &Node) {
        if let Some(key) = keys::find(name) {
            self.put(key, node, &Source::Flag(flag.to_owned()), None);
        }
    }

    fn set(&mut self, text: &str) {
        let flag = Source::Flag("--set".to_owned());
        let Some((name, value)) = text.split_once('=') else {
            let why = format!(
                "{text:?} has no \"=\": write --set key=value, like --set limits.header_timeout=5s"
            );
            return self.problem(flag, why);
        };
        let name = name.trim();
        match keys::find(name).or_else(|| short(name)) {
            Some(key) => self.put(key, &node_for(key, value.into()), &flag, None),
            None if keys::is_section(name) => {
                let first = first_key(name);
                let why = format!("{name} is a section: set one of its keys, like --set {first}=…");
                self.problem(flag, why);
            }
            None => self.problem(flag, unknown(name)),
        }
    }

    /// Puts one value into the settings and remembers where it came from.
    fn put(&mut self, key: &'static Key, node: &Node, source: &Source, folder: Option<&Path>) {
        let reading = Reading { key, node, folder, around: self.around };
        if let Err(refusal) = (key.read)(&mut self.settings, reading) {
            // An item of a list has a line of its own.
            let at = match (source, refusal.line) {
                (Source::File { path, .. }, Some(line)) => {
                    Source::File { path: path.clone(), line: Some(line) }
                }
                _ => source.clone(),
            };
            self.problem(at, format!("{}: {}", key.name, refusal.why));
        }
        self.sources.insert(key.name, source.clone());
    }

    /// What concerns several keys together, once all are read.
    fn finish(mut self, file: Option<PathBuf>) -> Result<Loaded, ConfigError> {
        let settings = &self.settings;
        let mut together = Vec::new();
        if settings.data.as_os_str().is_empty() {
            together.push("data: this user has no home folder to keep data in: name a folder by --data or VIDICON_DATA".to_owned());
        }
        if settings.folders.is_empty() {
            together.push("folders: there is no media folder: name at least one, like `vidicon serve ~/Videos`".to_owned());
        }
        // Only where each was read well: what follows from a mistake is no second one.
        if self.problems.is_empty() {
            together.extend(settings.listeners().err());
            together.extend(settings.tls.certificate().err());
            together
                .extend(settings.segments.check().err().map(|(_, why)| format!("segments.{why}")));
        }
        self.problems.extend(together.into_iter().map(|why| Problem { source: None, why }));
        if !self.problems.is_empty() {
            return Err(ConfigError(self.problems));
        }
        let warnings = warnings(&self.settings);
        Ok(Loaded { settings: self.settings, sources: self.sources, file, warnings })
    }
}

/// The file being read.
struct FileAt<'a> {
    path: &'a Path,
    /// The folder that relative paths count from; absolute.
    folder: &'a Path,
}

/// What is allowed but probably not meant.
fn warnings(settings: &Settings) -> Vec<String> {
    let mut warnings = settings.access.warnings();
    if !settings.tls.names.is_empty() && settings.tls.mode() != super::TlsMode::SelfSigned {
        warnings.push(
            "tls.names has no effect: it goes into the certificate of tls.mode self-signed only"
                .to_owned(),
        );
    }
    if settings.limits.connections_per_address > settings.limits.connections {
        warnings.push(
            "limits.connections_per_address is larger than limits.connections and has no effect"
                .to_owned(),
        );
    }
    warnings
}

/// The key that a text written for this section is for.
fn short(section: &str) -> Option<&'static Key> {
    SHORT.iter().find(|(short, _)| *short == section).and_then(|(_, full)| keys::find(full))
}

fn first_key(section: &str) -> &'static str {
    let below =
        |key: &&Key| key.name.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'));
    KEYS.iter().find(below).map_or("", |key| key.name)
}

fn unknown(name: &str) -> String {
    let candidates = KEYS.iter().map(|key| key.name).chain(keys::sections());
    let hint = nearest(name, candidates)
        .map_or_else(String::new, |name| format!("; did you mean {name}?"));
    format!("there is no key {name}{hint} (`vidicon config --sample` shows them all)")
}

/// Reads a whole file, bounded, as UTF-8.
fn read_text(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8 text"))
}
