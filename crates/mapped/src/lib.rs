//! One file in memory.
