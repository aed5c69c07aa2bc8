//! `--only`: which servers and which measurements.

use anyhow::{Result, bail};

use crate::case::Case;
use crate::peers::Peer;

/// What a run covers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) peers: Vec<Peer>,
    pub(crate) cases: Vec<Case>,
}

impl Selection {
    /// Reads names of servers and measurements. Naming no server means all of them, and so for measurements,
    /// of which `cold` is only run when it is asked for.
    pub(crate) fn parse(only: &[String], cold: bool) -> Result<Self> {
        let mut peers = Vec::new();
        let mut cases = Vec::new();
        for name in only.iter().map(|name| name.trim()) {
            if let Some(peer) = Peer::ALL.into_iter().find(|peer| peer.name() == name) {
                peers.push(peer);
            } else if let Some(case) = Case::ALL.into_iter().find(|case| case.name() == name) {
                cases.push(case);
            } else {
                bail!(
                    "--only does not know {name:?}; servers: {}; measurements: {}",
                    Peer::ALL.map(Peer::name).join(", "),
                    Case::ALL.map(Case::name).join(", ")
                );
            }
        }
        if cold {
            cases.extend((!cases.is_empty()).then_some(Case::Cold));
        }
        let wanted = |case: &Case| match (cases.is_empty(), case) {
            (true, Case::Cold) => cold,
            (true, _) => true,
            (false, _) => cases.contains(case),
        };
        Ok(Self {
            peers: Peer::ALL
                .into_iter()
                .filter(|peer| peers.is_empty() || peers.contains(peer))
                .collect(),
            cases: Case::ALL.into_iter().filter(wanted).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn only(names: &[&str], cold: bool) -> Result<Selection> {
        Selection::parse(&names.iter().map(ToString::to_string).collect::<Vec<_>>(), cold)
    }

    #[test]
    fn without_names_everything_but_the_cold_disk_is_measured() {
        let all = only(&[], false).unwrap();
        assert_eq!(all.peers, Peer::ALL);
        assert_eq!(all.cases.len(), Case::ALL.len() - 1);
        assert!(!all.cases.contains(&Case::Cold));
        assert_eq!(only(&[], true).unwrap().cases, Case::ALL);
    }

    #[test]
    fn servers_and_measurements_are_chosen_apart() {
        let some = only(&["vidicon", "caddy", "ranges"], false).unwrap();
        assert_eq!(some.peers, [Peer::Caddy, Peer::Vidicon]);
        assert_eq!(some.cases, [Case::Ranges]);
        assert_eq!(only(&["cold"], false).unwrap().cases, [Case::Cold]);
        assert_eq!(only(&["ranges"], true).unwrap().cases, [Case::Ranges, Case::Cold]);
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = only(&["apache"], false).unwrap_err().to_string();
        assert!(
            error.contains("\"apache\"")
                && error.contains("nginx-nopush")
                && error.contains("ranges"),
            "{error}"
        );
    }
}
