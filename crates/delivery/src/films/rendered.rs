//! The playlists and manifests of a film as they are sent: rendered once, and kept with their
//! compressed forms.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;
use packager::{names::Resource, playlists::Flavour};

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
    /// A text that was rendered before.
    pub(super) fn known(&self, key: &Key) -> Option<Rendered> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// A text that was rendered now. Who was quicker has the forms that others fill.
    pub(super) fn keep(&self, key: Key, text: String) -> Rendered {
        let rendered = Rendered::new(text);
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        all.entry(key).or_insert(rendered).clone()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_text_is_kept_with_the_forms_of_who_was_first() {
        let texts = Texts::default();
        let key = (Flavour::Cmaf, Resource::Master, false);
        assert!(texts.known(&key).is_none());
        let first = texts.keep(key, "one".to_owned());
        let second = texts.keep(key, "one".to_owned());
        assert_eq!((&second.bytes[..], second.tag), (&b"one"[..], first.tag));
        assert!(Arc::ptr_eq(&first.forms, &second.forms));
        assert!(Arc::ptr_eq(&first.forms, &texts.known(&key).unwrap().forms));
        assert!(texts.known(&(Flavour::Ts, Resource::Master, false)).is_none());
    }
}
