//! The API keys of a file: one a line, comments after `#` at the beginning of a line.

use std::{fs::File, io::Read as _, path::Path};

use super::{subjects::Access, values::Secret};

/// The largest file of keys that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

impl Access {
    /// Every key: those of the configuration and those of `access.api_keys_file`.
    ///
    /// A file that is named but cannot be read, or holds no key, is an error: going on without keys would
    /// open to everybody what was meant to be closed.
    pub fn all_keys(&self) -> Result<Vec<Secret>, String> {
        let mut keys = self.api_keys.clone();
        keys.extend(self.keys_of_file()?);
        Ok(keys)
    }

    /// What is allowed but could be guessed by trying: keys that are short, wherever they stand. A file
    /// that cannot be read has none; [`Access::all_keys`] tells why.
    pub(super) fn warnings(&self) -> Vec<String> {
        let of_file = self.keys_of_file().unwrap_or_default();
        [("access.api_keys", &self.api_keys), ("access.api_keys_file", &of_file)]
            .into_iter()
            .filter_map(|(name, keys)| {
                let short = keys.iter().filter(|key| key.is_short()).count();
                (short > 0).then(|| {
                    format!(
                        "{name}: {short} of the keys {} shorter than {} characters and could be guessed by trying; \
                         make one with `openssl rand -hex 24`",
                        if short == 1 { "is" } else { "are" },
                        Secret::SHORT
                    )
                })
            })
            .collect()
    }

    /// The keys of `access.api_keys_file`; none when no file is named.
    fn keys_of_file(&self) -> Result<Vec<Secret>, String> {
        let Some(path) = &self.api_keys_file else { return Ok(Vec::new()) };
        let shown = path.display();
        let text = read(path).map_err(|error| {
            format!("access.api_keys_file: cannot read {shown}: {error}; mend the file or take the key out of the configuration")
        })?;
        let keys = parse(&text).map_err(|why| format!("access.api_keys_file: {shown}:{why}"))?;
        if keys.is_empty() {
            return Err(format!(
                "access.api_keys_file: {shown} holds no key: write one a line, for example the output of `openssl rand -hex 24`"
            ));
        }
        Ok(keys)
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(std::io::Error::other("it is larger than 1 MiB"));
    }
    Ok(text)
}

/// The keys of a text; a refusal begins with the number of its line.
fn parse(text: &str) -> Result<Vec<Secret>, String> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| line.parse().map_err(|why| format!("{number}: {why}")))
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keys_stand_one_a_line_with_comments_between() {
        let keys = parse("# the living room\n\n  0123456789abcdef  \r\nsecond-key\n").unwrap();
        assert_eq!(
            keys.iter().map(Secret::reveal).collect::<Vec<_>>(),
            ["0123456789abcdef", "second-key"]
        );
        assert!(
            parse("good\ntwo words\n").unwrap_err().starts_with("2: an API key holds a character")
        );
    }

    #[test]
    fn a_file_without_keys_does_not_open_the_door() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let access = Access { api_keys_file: Some(path.clone()), ..Access::default() };
        assert!(access.all_keys().unwrap_err().contains("cannot read"));
        std::fs::write(&path, "# nothing yet\n").unwrap();
        assert!(access.all_keys().unwrap_err().contains("holds no key"));
        std::fs::write(&path, "0123456789abcdef\n").unwrap();
        assert_eq!(access.all_keys().unwrap().len(), 1);
    }

    #[test]
    fn short_keys_are_told_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        std::fs::write(&path, "short\n0123456789abcdef\nbrief\n").unwrap();
        let api_keys = vec!["tiny".parse().unwrap(), "0123456789abcdef".parse().unwrap()];
        let access = Access { api_keys, api_keys_file: Some(path), ..Access::default() };
        let warnings = access.warnings();
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].starts_with("access.api_keys: 1 of the keys is shorter than 16"));
        assert!(warnings[1].starts_with("access.api_keys_file: 2 of the keys are shorter than 16"));
        let missing =
            Access { api_keys_file: Some(folder.path().join("none")), ..Access::default() };
        assert_eq!(missing.warnings(), [""; 0]);
    }
}
