//! The registry and the settings written out: the sample file, the table of the documents, the listing of
//! `vidicon config`.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::{Loaded, Settings, Source, key::Key, keys::KEYS};
use crate::platform::Surroundings;

/// How wide the prose of the sample is, in characters.
const WIDTH: usize = 96;

/// The sample file: every key with its explanation, its default and an example.
///
/// Explanations begin with `##` and settings with `# `, so that taking one `# ` away from each line of a
/// part, as editors do, leaves a file that works.
pub fn sample() -> String {
    let settings = Settings::defaults(&Surroundings::default());
    let mut out = String::from(
        "## Vidicon's configuration, every key with its default.\n\
         ##\n\
         ## Save it as vidicon.yaml where Vidicon is started, in ~/.config/vidicon/ or in /etc/vidicon/, and take\n\
         ## the \"# \" away from the lines that you want to change, and from the line of their section.\n\
         ## Durations are written 500ms, 30s, 1m30s, 2h or 7d, sizes 64KiB, 20GiB or 10MB.\n\
         ## Flags beat environment variables, these beat this file, and this file beats the defaults.\n\
         ## `vidicon config` shows what is in force and where it came from.\n",
    );
    let mut open: Vec<&str> = Vec::new();
    for key in KEYS {
        let mut path: Vec<&str> = key.name.split('.').collect();
        let word = path.pop().unwrap_or_default();
        let kept = open.iter().zip(&path).take_while(|(a, b)| a == b).count();
        out.push('\n');
        for (depth, section) in path.iter().enumerate().skip(kept) {
            let _ = writeln!(out, "# {}{section}:", "  ".repeat(depth));
        }
        let indent = "  ".repeat(path.len());
        for line in wrapped(key.about, WIDTH.saturating_sub(indent.len())) {
            let _ = writeln!(out, "## {indent}{line}");
        }
        let _ = writeln!(out, "## {indent}({}; {})", key.kind.in_words(), key.variable());
        let value = match key.otherwise {
            None => yaml(&(key.show)(&settings)),
            Some(otherwise) => {
                let _ = writeln!(out, "## {indent}Default: {otherwise}. Example:");
                key.example.to_owned()
            }
        };
        // An example is no default, so it stays prose until somebody means it.
        let mark = if key.otherwise.is_some() { "##" } else { "#" };
        let _ = writeln!(out, "{mark} {indent}{word}: {value}");
        open = path;
    }
    out
}

/// The table of keys in the documents.
pub fn table() -> String {
    let settings = Settings::defaults(&Surroundings::default());
    let mut out = String::from("| key | default | values | what it does |\n|---|---|---|---|\n");
    for key in KEYS {
        let default = match key.otherwise {
            Some(otherwise) => otherwise.to_owned(),
            None => format!("`{}`", yaml(&(key.show)(&settings))),
        };
        let about = key.about.replace('|', "\\|").replace('*', "\\*");
        let _ = writeln!(out, "| `{}` | {default} | {} | {about} |", key.name, key.kind.in_words());
    }
    out
}

/// The values in force and their sources, for people.
pub fn listing(loaded: &Loaded) -> String {
    let rows: Vec<(&str, String, String)> = KEYS
        .iter()
        .map(|key| (key.name, plain(&(key.show)(&loaded.settings)), loaded.source(key).to_string()))
        .collect();
    let width = |of: fn(&(&str, String, String)) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (names, values) =
        (width(|row| row.0.chars().count()), width(|row| row.1.chars().count().min(48)));
    let mut out = match &loaded.file {
        Some(path) => format!("Configuration file: {}\n\n", path.display()),
        None => "Configuration file: none\n\n".to_owned(),
    };
    for (name, value, source) in &rows {
        let _ = writeln!(out, "{name:names$}  {value:values$}  {source}");
    }
    out
}

/// The values in force and their sources, for programs.
pub fn json(loaded: &Loaded) -> Json {
    let of = |key: &Key| {
        let mut entry = Map::new();
        entry.insert("value".to_owned(), (key.show)(&loaded.settings));
        let source = loaded.source(key);
        let (from, more) = match source {
            Source::Default => ("default", None),
            Source::File { path, line } => {
                if let Some(line) = line {
                    entry.insert("line".to_owned(), json!(line));
                }
                ("file", Some(("file", path.display().to_string())))
            }
            Source::Variable(name) => ("environment", Some(("variable", name.clone()))),
            Source::Flag(flag) => ("flag", Some(("flag", flag.clone()))),
        };
        entry.insert("from".to_owned(), json!(from));
        if let Some((name, value)) = more {
            entry.insert(name.to_owned(), json!(value));
        }
        Json::Object(entry)
    };
    let keys: Map<String, Json> = KEYS.iter().map(|key| (key.name.to_owned(), of(key))).collect();
    json!({
        "file": loaded.file.as_ref().map(|path| path.display().to_string()),
        "keys": keys,
        "warnings": loaded.warnings,
    })
}

/// A value as YAML on one line. JSON's lists are YAML's; a text without anything special stands bare.
fn yaml(value: &Json) -> String {
    match value {
        Json::String(text)
            if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte)) =>
        {
            text.clone()
        }
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(Json::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// A value for people: lists by commas, `-` for nothing.
fn plain(value: &Json) -> String {
    match value {
        Json::Null => "-".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => "-".to_owned(),
        Json::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The words of a text in lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
