//! How a command ends when it does not end well, and the exit status for it.

use std::process::ExitCode;

use crate::settings::ConfigError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something that was typed or configured is wrong: exit status 2.
    #[error("{0}")]
    Usage(String),
    /// The machine or the moment did not allow it: exit status 1.
    #[error("{}", with_causes(.0))]
    Other(#[from] anyhow::Error),
    /// The command did its work, and its answer is no: exit status 1, nothing more to say.
    #[error("the answer is no")]
    No,
}

impl Failure {
    /// The exit status.
    pub fn status(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Other(_) | Self::No => ExitCode::from(1),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

/// The error and its causes, each told once: many messages end with their cause already.
fn with_causes(error: &anyhow::Error) -> String {
    let mut causes = error.chain().map(ToString::to_string);
    let mut text = causes.next().unwrap_or_default();
    for cause in causes {
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_told_once() {
        let told = |error: anyhow::Error| Failure::from(error).to_string();
        let denied = || anyhow::anyhow!("permission denied");
        assert_eq!(told(denied().context("cannot open a")), "cannot open a: permission denied");
        assert_eq!(
            told(denied().context("cannot open a: permission denied").context("cannot start")),
            "cannot start: cannot open a: permission denied"
        );
    }
}
