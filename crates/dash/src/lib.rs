//! MPDs as values.
