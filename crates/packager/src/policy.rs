//! How long segments shall be.

use serde::{Deserialize, Serialize};

/// How long segments shall be, in milliseconds. Pictures decide: a segment begins where decoding
/// can begin, so one may be longer or shorter than it should.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub struct Policy {
    /// What a segment shall last.
    pub target: u32,
    /// What a segment lasts at least, where pictures allow and it is not the last.
    pub minimum: u32,
    /// What the first segment shall last, so that playing begins soon.
    pub first: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { target: 6_000, minimum: 1_000, first: 2_000 }
    }
}

impl Policy {
    /// The policy with every length made possible: none zero, the minimum not above the target.
    #[must_use]
    pub fn sane(self) -> Self {
        let target = self.target.clamp(500, 60_000);
        Self {
            target,
            minimum: self.minimum.clamp(100, target),
            first: self.first.clamp(100, target),
        }
    }
}
