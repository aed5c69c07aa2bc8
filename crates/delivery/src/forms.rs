//! The compressed forms of a text that is kept, so that each is made once.

use std::sync::{PoisonError, RwLock};

use bytes::Bytes;

/// The forms of one text, by the name of their coding (RFC 9110 section 8.4.1). This room compresses
/// nothing: whoever does keeps here what was made.
#[derive(Debug, Default)]
pub struct Forms(RwLock<Vec<(&'static str, Option<Bytes>)>>);

impl Forms {
    /// The text in a coding: `None` if that was never made, `Some(None)` if it is not worth it.
    pub fn get(&self, coding: &str) -> Option<Option<Bytes>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, _)| *known == coding).map(|(_, form)| form.clone())
    }

    /// Keeps the text in a coding; gives the one that was kept first, which two who made it at the
    /// same time both send.
    pub fn keep(&self, coding: &'static str, form: Option<Bytes>) -> Option<Bytes> {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, first)) = all.iter().find(|(known, _)| *known == coding) {
            return first.clone();
        }
        all.push((coding, form.clone()));
        form
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_first_is_kept() {
        let forms = Forms::default();
        assert_eq!(forms.get("gzip"), None);
        let first = Some(Bytes::from_static(b"first"));
        assert_eq!(forms.keep("gzip", first.clone()), first);
        assert_eq!(forms.keep("gzip", None), first);
        assert_eq!(forms.get("gzip"), Some(first));
        assert_eq!(forms.get("br"), None);
    }
}
