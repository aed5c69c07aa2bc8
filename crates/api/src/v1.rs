//! `/api/v1`: the whole product as REST, a module for each noun.

pub(crate) mod filter;
