//! Boundaries, inits, segments.
