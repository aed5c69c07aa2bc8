//! The layer of environment variables: `VIDICON_` and the key's name in capitals, dots as `_`.

use std::ffi::OsString;

use super::{
    key::{Key, Kind, variable},
    keys::{KEYS, SHORT},
    nearest::nearest,
    node::Node,
    source::{Problem, Source},
};

/// What all our variables begin with.
const PREFIX: &str = "VIDICON_";

/// The one variable that is no key: it names the configuration file.
pub(super) const CONFIG: &str = "VIDICON_CONFIG";

/// Keys for which nothing is not the same as not set: a secret that did not arrive would open to
/// everybody what was meant to be closed.
const NEVER_EMPTY: [&str; 2] = ["access.api_keys", "access.api_keys_file"];

/// A value for a key.
pub(super) struct Found {
    pub(super) key: &'static Key,
    pub(super) node: Node,
    pub(super) source: Source,
}

/// The values of our variables, sorted by name so that messages come in a stable order, and what is wrong:
/// variables that look like ours but are no key's, and empty ones where that matters. Other empty ones
/// count as not set.
pub(super) fn read(environment: &[(OsString, OsString)]) -> (Vec<Found>, Vec<Problem>) {
    let mut ours: Vec<(String, &OsString)> = environment
        .iter()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .filter(|(name, _)| name != CONFIG && !set_by_containers(name))
        .collect();
    ours.sort();
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in ours {
        match key_of(&name) {
            Some(key) if value.is_empty() && NEVER_EMPTY.contains(&key.name) => {
                problems.push(empty(name, key));
            }
            _ if value.is_empty() => {}
            Some(key) => {
                found.push(Found {
                    key,
                    node: node_for(key, value.clone()),
                    source: Source::Variable(name),
                });
            }
            None => problems.push(unknown(name)),
        }
    }
    found.extend(
        older(environment)
            .filter(|old| !found.iter().any(|new| new.key.name == old.key.name))
            .collect::<Vec<_>>(),
    );
    (found, problems)
}

/// Variables that the scripts understood which Vidicon replaces, and the keys that they are now. Their
/// values are numbers of seconds.
const OLDER: [(&str, &str); 1] = [("CACHE_TTL", "library.cache_ttl")];

fn older(environment: &[(OsString, OsString)]) -> impl Iterator<Item = Found> {
    OLDER.iter().filter_map(|(name, key)| {
        let (_, value) = environment.iter().find(|(given, _)| given == name)?;
        let key = KEYS.iter().find(|known| known.name == *key)?;
        let seconds = value.to_str().filter(|text| text.parse::<u32>().is_ok());
        let value = seconds.map_or_else(|| value.clone(), |seconds| format!("{seconds}s").into());
        let source = Source::Variable((*name).to_owned());
        (!value.is_empty()).then(|| Found { key, node: node_for(key, value), source })
    })
}

/// A value from outside a file, split at commas where the key takes a list.
pub(super) fn node_for(key: &Key, value: OsString) -> Node {
    match key.kind {
        Kind::List(_) => Node::comma_separated(value),
        _ => Node::argument(value),
    }
}

fn key_of(name: &str) -> Option<&'static Key> {
    let short = SHORT.iter().find(|(short, _)| variable(short) == name);
    KEYS.iter()
        .find(|key| key.variable() == name || short.is_some_and(|(_, full)| key.name == *full))
}

/// Kubernetes and Docker links describe a service called `vidicon` by variables with these beginnings. They
/// are nobody's mistake.
fn set_by_containers(name: &str) -> bool {
    let rest = name.strip_prefix(PREFIX).unwrap_or_default();
    ["SERVICE_", "PORT", "ENV_"].iter().any(|prefix| rest.starts_with(prefix)) || rest == "NAME"
}

fn empty(name: String, key: &Key) -> Problem {
    let why = format!(
        "{}: it is empty, which would let everybody in: did its secret arrive? Give it a value, or unset it; \
         VIDICON_ACCESS_API_KEYS=[] says that no key is wanted",
        key.name
    );
    Problem { source: Some(Source::Variable(name)), why }
}

fn unknown(name: String) -> Problem {
    // Without the prefix, which would make every name look a little like every other.
    let bare = |name: &str| name.strip_prefix(PREFIX).unwrap_or_default().to_lowercase();
    let known: Vec<String> = KEYS.iter().map(|key| bare(&key.variable())).collect();
    let hint = nearest(&bare(&name), known.iter().map(String::as_str))
        .map_or_else(String::new, |name| format!("; did you mean {}?", variable(name)));
    let why = format!(
        "no key has this variable{hint} (unset it, or find its name by `vidicon config --sample`)"
    );
    Problem { source: Some(Source::Variable(name)), why }
}
