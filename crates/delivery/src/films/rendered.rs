//! The playlists and manifests of a film as they are sent: rendered once, and kept with their
//! compressed forms.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;
use packager::{names::Resource, playlists::Flavour};

use super::FilmError;
use crate::forms::Forms;

/// Which text it is: the kind of playlists, the resource, and whether it names the film by its id.
pub(super) type Key = (Flavour, Resource, bool);

/// A text as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) bytes: Bytes,
    /// From its bytes.
    pub(super) tag: String,
    pub(super) forms: Arc<Forms>,
}

impl Rendered {
    pub(super) fn new(text: String) -> Self {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        let tag = hash.get(..24).unwrap_or_default().to_owned();
        Self { bytes: text.into(), tag, forms: Arc::default() }
    }
}

/// The texts of one film. Few: those of its renditions.
#[derive(Debug, Default)]
pub(super) struct Texts(RwLock<HashMap<Key, Rendered>>);

impl Texts {
    /// A text, rendered if this is the first time.
    pub(super) fn get(
        &self,
        key: Key,
        render: impl FnOnce() -> Result<String, FilmError>,
    ) -> Result<Rendered, FilmError> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(rendered) = known {
            return Ok(rendered);
        }
        let rendered = Rendered::new(render()?);
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Who was quicker has the forms that others fill.
        Ok(all.entry(key).or_insert(rendered).clone())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_is_rendered_once() {
        let texts = Texts::default();
        let key = (Flavour::Cmaf, Resource::Master, false);
        let first = texts.get(key, || Ok("one".to_owned())).unwrap();
        let second = texts.get(key, || Ok("two".to_owned())).unwrap();
        assert_eq!((&second.bytes[..], second.tag), (&b"one"[..], first.tag));
        assert!(Arc::ptr_eq(&first.forms, &second.forms));
        let other = (Flavour::Ts, Resource::Master, false);
        assert!(texts.get(other, || Err(FilmError::NoSuchPart)).is_err());
    }
}
