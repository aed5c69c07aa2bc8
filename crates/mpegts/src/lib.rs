//! MPEG transport streams.
