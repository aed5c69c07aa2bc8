//! What the runs gave: values by server and quantity, and what failed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::metric::Metric;
use crate::numbers::Spread;
use crate::peers::Peer;

/// Something that could not be measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    pub(crate) peer: Peer,
    /// What was being measured.
    pub(crate) what: String,
    /// Why it could not be.
    pub(crate) reason: String,
}

/// The values of all runs.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Results {
    pub(crate) values: BTreeMap<Peer, BTreeMap<Metric, Vec<f64>>>,
    pub(crate) failures: Vec<Failure>,
    /// The greatest share of a core that programs outside the measurement took in any run, 0 to the number of cores.
    pub(crate) disturbance: f64,
    /// How often the load generator was the limit, by server and measurement.
    pub(crate) generator_limited: BTreeMap<Peer, BTreeMap<&'static str, usize>>,
}

impl Results {
    /// Adds the value of one run.
    pub(crate) fn add(&mut self, peer: Peer, metric: Metric, value: f64) {
        self.values.entry(peer).or_default().entry(metric).or_default().push(value);
    }

    /// Notes how much of a core others used in one run.
    pub(crate) fn note_others(&mut self, share: f64) {
        self.disturbance = self.disturbance.max(share);
    }

    /// Notes that the load generator kept the rate down in one run.
    pub(crate) fn note_generator_limited(&mut self, peer: Peer, case: &'static str) {
        *self.generator_limited.entry(peer).or_default().entry(case).or_default() += 1;
    }

    /// The spread of a quantity; none when it was not measured.
    pub(crate) fn spread(&self, peer: Peer, metric: Metric) -> Option<Spread> {
        Spread::of(self.values.get(&peer)?.get(&metric)?)
    }
}
