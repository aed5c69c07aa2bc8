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
    #[error("{0:#}")]
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
