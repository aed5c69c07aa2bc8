//! One index, one way to samples, one identity, for every container.
//!
//! Which reader a file needs is told by its first bytes, never by its name. What the readers do is
//! theirs; where bytes come from is left to whoever asks.

mod complete;
mod identity;
mod measure;
mod recognise;
mod samples;
mod whole;

use media::{Budget, Index, Source, Unreadable};

pub use {
    identity::{IDENTITY_VERSION, of_bytes, of_index},
    recognise::{Format, recognise},
    samples::{Want, Window, key_picture, samples},
};

/// Reads what is needed of a file, and no more, into its index.
pub fn read(source: &dyn Source, budget: &Budget<'_>) -> Result<Index, Unreadable> {
    let start = recognise::start(source)
        .map_err(|error| Unreadable::Damaged(format!("its first bytes cannot be read: {error}")))?;
    match recognise(&start) {
        Format::IsoBmff => {
            let mut index = isobmff::read::read(source, budget)?;
            complete::complete(source, &mut index);
            Ok(index)
        }
        Format::Matroska => {
            let mut index = matroska::read(source, budget)?;
            whole::tabulate(source, &mut index, budget)?;
            measure::measure(source, &mut index, budget);
            Ok(index)
        }
        Format::MpegTs => mpegts::read(source, budget),
        Format::Other(name) => Err(Unreadable::NeedsPreparation(name.to_owned())),
        Format::Unknown if start.is_empty() => Err(Unreadable::Unknown("it is empty".to_owned())),
        Format::Unknown => {
            Err(Unreadable::Unknown("its first bytes belong to no container we know".to_owned()))
        }
    }
}
