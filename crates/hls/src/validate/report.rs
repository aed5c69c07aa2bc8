//! What was found.

use super::{Severity, Tag, Violation};

/// The most violations that are told: whoever has more has seen enough.
const MOST: usize = 1_000;

/// Violations as they are found.
#[derive(Default)]
pub(super) struct Report(Vec<Violation>);

impl Report {
    pub(super) fn add(
        &mut self,
        line: usize,
        severity: Severity,
        section: &'static str,
        text: impl Into<String>,
    ) {
        if self.0.len() < MOST {
            self.0.push(Violation { line, severity, section, text: text.into() });
        }
    }

    pub(super) fn must(&mut self, line: usize, section: &'static str, text: impl Into<String>) {
        self.add(line, Severity::Must, section, text);
    }

    pub(super) fn should(&mut self, line: usize, section: &'static str, text: impl Into<String>) {
        self.add(line, Severity::Should, section, text);
    }

    pub(super) fn advise(&mut self, line: usize, section: &'static str, text: impl Into<String>) {
        self.add(line, Severity::Advice, section, text);
    }

    /// A MUST that is about a tag, in its section.
    pub(super) fn tag(&mut self, tag: &Tag<'_>, text: impl Into<String>) {
        self.must(tag.line, tag.section, text);
    }

    pub(super) fn finish(mut self) -> Vec<Violation> {
        self.0.sort_by_key(|violation| violation.line);
        self.0
    }
}
