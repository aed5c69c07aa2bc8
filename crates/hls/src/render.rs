//! Values to text.

mod media;
mod multivariant;
mod text;

pub(crate) use media::micros;

#[cfg(test)]
mod tests;
