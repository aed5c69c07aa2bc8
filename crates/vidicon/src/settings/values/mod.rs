//! Values that parse themselves, with their units.
//!
//! Each type reads the text a person writes (`30s`, `20GiB`, `http://0.0.0.0:9000`) and displays
//! itself so that reading the display gives the same value again. A refusal says what was written,
//! what is wrong and how it is written right; where it stood (file and line, variable, flag) is
//! added by whoever read it.

mod duration;
mod listen;
mod origin;
mod secret;
mod size;
mod word;

pub use duration::Duration;
pub use listen::{ListenEntry, Scheme};
pub use origin::Origin;
pub use secret::Secret;
pub use size::ByteSize;
pub use word::{Word, parse_word, words};

/// Why a text is not a value of its kind: a sentence for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadValue(pub String);
