//! Bars that ask for a figure, and whether they were reached.

/// What a bar asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Demand {
    AtLeast(f64),
    AtMost(f64),
}

/// A bar and what was measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
    pub(crate) digits: usize,
    pub(crate) demand: Demand,
}

impl Bar {
    /// A value that is not a number reaches nothing.
    pub(crate) fn reached(&self) -> bool {
        match self.demand {
            Demand::AtLeast(least) => self.value >= least,
            Demand::AtMost(most) => self.value <= most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(value: f64, demand: Demand) -> bool {
        Bar { what: String::new(), value, unit: "ms", digits: 1, demand }.reached()
    }

    #[test]
    fn a_bar_may_be_met_exactly() {
        assert!(bar(2.0, Demand::AtMost(2.0)) && !bar(2.1, Demand::AtMost(2.0)));
        assert!(bar(0.8, Demand::AtLeast(0.8)) && !bar(0.79, Demand::AtLeast(0.8)));
    }

    #[test]
    fn what_could_not_be_measured_is_not_reached() {
        assert!(!bar(f64::NAN, Demand::AtMost(2.0)) && !bar(f64::NAN, Demand::AtLeast(0.8)));
    }
}
