//! What the doctor found, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing is lacking.
    Ok,
    /// Something is lacking that Vidicon can do without, at a cost.
    Warning,
    /// Vidicon does not start or does not serve like this.
    Failed,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// How it came out.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What the lack costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<String>,
}

impl Check {
    /// Nothing is lacking.
    pub fn ok(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self { name: name.into(), state: State::Ok, found: found.into(), cost: None, mend: None }
    }

    /// Something is lacking that Vidicon can do without.
    pub fn warning(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self { state: State::Warning, ..Self::ok(name, found) }
    }

    /// Something is lacking that Vidicon needs.
    pub fn failed(name: impl Into<String>, found: impl Into<String>) -> Self {
        Self { state: State::Failed, ..Self::ok(name, found) }
    }

    /// What the lack costs.
    #[must_use]
    pub fn costs(self, cost: impl Into<String>) -> Self {
        Self { cost: Some(cost.into()), ..self }
    }

    /// How to mend it.
    #[must_use]
    pub fn mend(self, mend: impl Into<String>) -> Self {
        Self { mend: Some(mend.into()), ..self }
    }
}

/// All checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The checks, in the order made.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether anything failed; warnings are no failure.
    pub fn failed(&self) -> bool {
        self.count(State::Failed) > 0
    }

    /// For programs: `ok`, and the checks.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({ "ok": !self.failed(), "checks": self.checks })
    }

    /// For people; in colour on request.
    pub fn text(&self, colour: bool) -> String {
        let width = self.checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
        let mut out = String::new();
        for check in &self.checks {
            let (mark, code) = match check.state {
                State::Ok => ("ok     ", "32"),
                State::Warning => ("warning", "33"),
                State::Failed => ("FAILED ", "31"),
            };
            let mark = if colour { format!("\x1b[{code}m{mark}\x1b[0m") } else { mark.to_owned() };
            let mut found = check.found.lines();
            let first = found.next().unwrap_or_default();
            let _ = writeln!(out, "{mark}  {:width$}  {first}", check.name);
            let indent = " ".repeat(width + 11);
            for line in found {
                let _ = writeln!(out, "{indent}{line}");
            }
            for (word, text) in [("costs", &check.cost), ("mend", &check.mend)] {
                if let Some(text) = text {
                    let _ = writeln!(out, "{indent}{word}: {text}");
                }
            }
        }
        let _ = match (self.count(State::Failed), self.count(State::Warning)) {
            (0, 0) => writeln!(out, "\nAll is well."),
            (0, warnings) => writeln!(out, "\nVidicon can serve; warnings: {warnings}."),
            (failed, warnings) => writeln!(out, "\nFailed: {failed}; warnings: {warnings}."),
        };
        out
    }

    fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report {
            checks: vec![
                Check::ok("ffmpeg", "6.1"),
                Check::warning("free disk", "12 MiB").costs("recordings stop").mend("make room"),
                Check::failed("listener", "one\ntwo"),
            ],
        }
    }

    #[test]
    fn a_report_reads_in_columns_and_says_what_it_comes_to() {
        assert_eq!(
            report().text(false),
            "ok       ffmpeg     6.1\n\
             warning  free disk  12 MiB\n\
             \u{20}                   costs: recordings stop\n\
             \u{20}                   mend: make room\n\
             FAILED   listener   one\n\
             \u{20}                   two\n\
             \n\
             Failed: 1; warnings: 1.\n"
        );
    }

    #[test]
    fn warnings_alone_are_no_failure() {
        let mut report = report();
        assert!(report.failed());
        report.checks.pop();
        assert!(!report.failed());
        assert_eq!(report.json()["ok"], true);
        assert_eq!(report.json()["checks"][1]["state"], "warning");
        assert_eq!(report.json()["checks"][0].get("cost"), None);
    }
}
