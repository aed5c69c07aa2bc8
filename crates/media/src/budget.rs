//! What reading a file may cost, so that no file can cost everything.

/// The bounds of one reader at work, and how it hears that nobody waits for it any more.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// The most samples (or blocks, or packets of sound) that a file may have.
    pub samples: u64,
    /// The most bytes of headers and tables that may be held at once.
    pub memory: u64,
    /// Asked every so often: whether to give up, because time is up or nobody waits.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Told every so often how far into the file the reader is, in bytes.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Default for Budget<'_> {
    /// Room for a day of video at 60 pictures a second with sound, and a time without end.
    fn default() -> Self {
        Self { samples: 20_000_000, memory: 1 << 30, stop: &|| false, progress: &|_| {} }
    }
}

impl std::fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget")
            .field("samples", &self.samples)
            .field("memory", &self.memory)
            .finish_non_exhaustive()
    }
}

/// Why a reader gave up.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Exhausted {
    /// More samples than allowed.
    #[error("it has more than {0} samples")]
    Samples(u64),
    /// Headers larger than allowed.
    #[error("its headers need {needed} bytes of memory; at most {allowed} are allowed")]
    Memory {
        /// What it takes.
        needed: u64,
        /// What there is.
        allowed: u64,
    },
    /// Told to stop.
    #[error("reading it took longer than allowed")]
    Time,
}

impl Budget<'_> {
    /// Fails when `count` samples are too many.
    pub fn samples(&self, count: u64) -> Result<(), Exhausted> {
        if count > self.samples { Err(Exhausted::Samples(self.samples)) } else { Ok(()) }
    }

    /// Fails when `needed` bytes of headers and tables are too many.
    pub fn memory(&self, needed: u64) -> Result<(), Exhausted> {
        let allowed = self.memory;
        if needed > allowed { Err(Exhausted::Memory { needed, allowed }) } else { Ok(()) }
    }

    /// Fails when it is time to stop.
    pub fn time(&self) -> Result<(), Exhausted> {
        if (self.stop)() { Err(Exhausted::Time) } else { Ok(()) }
    }
}
