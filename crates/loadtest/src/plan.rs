//! What is to be done, and its bounds.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Target;

/// What the users do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// They seek in files: ranges of 1 MiB.
    Files,
    /// They watch films by HLS: playlists, then one segment after the other.
    Segments,
    /// They browse: lists, filters, pictures, details.
    Api,
    /// Half of them watch, a quarter browses, a quarter seeks.
    #[default]
    Mixed,
}

impl Mode {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Segments => "segments",
            Self::Api => "api",
            Self::Mixed => "mixed",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mode {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        [Self::Files, Self::Segments, Self::Api, Self::Mixed]
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| {
                PlanError(format!("{text:?} is no mode: write files, segments, api or mixed"))
            })
    }
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which server is asked.
    pub target: Target,
    /// How many users there are, each with a connection of its own.
    pub connections: usize,
    /// How long they go on, in seconds.
    pub seconds: u64,
    /// What they do.
    pub mode: Mode,
    /// The API key that they show.
    pub key: Option<String>,
    /// Files to ask for, as paths below the media folders, beside those that the server lists.
    pub paths: Vec<String>,
}

/// Why a plan is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlanError(pub String);

impl Plan {
    /// How many users there may be.
    pub const CONNECTIONS: RangeInclusive<usize> = 1..=256;
    /// How many seconds they may go on.
    pub const SECONDS: RangeInclusive<u64> = 1..=60;

    /// Ten seconds of 16 users who do everything.
    pub fn new(target: Target) -> Self {
        Self {
            target,
            connections: 16,
            seconds: 10,
            mode: Mode::Mixed,
            key: None,
            paths: Vec::new(),
        }
    }

    /// Whether it keeps within the bounds.
    pub fn check(&self) -> Result<(), PlanError> {
        if !Self::CONNECTIONS.contains(&self.connections) {
            return Err(PlanError(format!(
                "{} connections: write {} to {}",
                self.connections,
                Self::CONNECTIONS.start(),
                Self::CONNECTIONS.end()
            )));
        }
        if !Self::SECONDS.contains(&self.seconds) {
            return Err(PlanError(format!(
                "{} seconds: write {} to {}",
                self.seconds,
                Self::SECONDS.start(),
                Self::SECONDS.end()
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_plan_has_bounds() {
        let plan = Plan::new("http://127.0.0.1:9000".parse().unwrap());
        assert_eq!(plan.check(), Ok(()));
        for connections in [0, 257] {
            let plan = Plan { connections, ..plan.clone() };
            assert!(plan.check().unwrap_err().0.contains("1 to 256"));
        }
        for seconds in [0, 61] {
            let plan = Plan { seconds, ..plan.clone() };
            assert!(plan.check().unwrap_err().0.contains("1 to 60"));
        }
    }

    #[test]
    fn modes_are_known_by_their_names() {
        for mode in [Mode::Files, Mode::Segments, Mode::Api, Mode::Mixed] {
            assert_eq!(mode.to_string().parse::<Mode>().unwrap(), mode);
        }
        assert!("all".parse::<Mode>().unwrap_err().0.contains("write files"));
    }
}
