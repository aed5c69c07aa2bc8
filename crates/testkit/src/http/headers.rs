//! Header fields as they came: in order, duplicates and all.

use std::io;

/// Names and values. Names are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Reads lines that end with CRLF.
    pub fn parse(lines: &[u8]) -> io::Result<Self> {
        let bad = |line: &str| io::Error::other(format!("not a header field: {line:?}"));
        let text = String::from_utf8_lossy(lines);
        let mut fields = Vec::new();
        for line in text.split_terminator("\r\n") {
            let (name, value) = line.split_once(':').ok_or_else(|| bad(line))?;
            // RFC 9112 section 5.1: no white space between name and colon.
            if name.is_empty() || name.contains([' ', '\t']) || value.contains(['\r', '\n']) {
                return Err(bad(line));
            }
            fields.push((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()));
        }
        Ok(Self(fields))
    }

    /// All values of a name, in order.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_owned();
        let same = move |field: &&(String, String)| field.0.eq_ignore_ascii_case(&name);
        self.0.iter().filter(same).map(|field| field.1.as_str())
    }

    /// The value of a name; a name that comes twice ends the test.
    #[track_caller]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.all(name);
        let first = all.next();
        assert!(all.next().is_none(), "{name} comes more than once: {self:?}");
        first
    }

    /// The value of a name that must be there once.
    #[track_caller]
    pub fn one(&self, name: &str) -> &str {
        self.get(name).unwrap_or_else(|| panic!("there is no {name}: {self:?}"))
    }

    /// Whether there is a field of this name.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// Names in lower case and values, sorted, without those named: for comparing two responses.
    pub fn comparable(&self, without: &[&str]) -> Vec<(String, String)> {
        let mut fields: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .filter(|(name, _)| !without.contains(&name.as_str()))
            .collect();
        fields.sort();
        fields
    }
}
