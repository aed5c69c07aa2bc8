//! Whether an MPD is as ISO/IEC 23009-1 demands, as far as a static one of ours can show it.
//!
//! ```text
//! text ── tree ─┬─ shape: elements, their order, attributes, how values are written (schema)
//!               └─ meaning: ids, timelines, addresses, what players need (presentation)
//! ```
//!
//! Independent of the writer: it works on the text. It knows the elements of static presentations
//! with segment templates; what else the standard has is told as not known.

mod forms;
mod presentation;
mod schema;
mod tree;

/// What is not as it should be: where, and what.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The way to the element: `MPD/Period[1]/AdaptationSet[2]`.
    pub place: String,
    /// What is wrong, for the person with the MPD.
    pub text: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// Everything that is not as it should be.
pub fn validate(text: &str) -> Vec<Fault> {
    let root = match tree::parse(text) {
        Ok(root) => root,
        Err(text) => return vec![Fault { place: String::new(), text }],
    };
    let mut faults = Vec::new();
    schema::check(&root, &mut faults);
    presentation::check(&root, &mut faults);
    faults
}

#[cfg(test)]
mod tests;
