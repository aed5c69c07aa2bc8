//! One index for every container.
