//! Vidicon.
fn main() {}
