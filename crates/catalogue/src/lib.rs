//! The library in memory, made for finding: which videos a query means, in which order, and how
//! many there would be with one filter more.
//!
//! It holds what is needed for that and no more: columns of numbers, orders, sets of videos and of
//! words. The truth is in the store; whoever keeps both in step is the library. This room has never
//! heard of SQL, files or clocks: the time comes in as an argument.

mod answer;
mod bits;
mod catalogue;
mod cursor;
mod dictionary;
mod entry;
mod facets;
mod fold;
mod ids;
mod parts;
mod person;
mod query;
mod ranked;
mod records;
mod rows;
mod select;
mod set;
#[cfg(test)]
mod tests;
mod text;
mod titles;
mod values;

pub use {
    catalogue::Catalogue,
    cursor::BadCursor,
    entry::{Entry, Personal},
    fold::has_word_like,
    ids::{PlaylistId, TagId, UserId, VideoId},
    query::{
        Away, Facet, FacetKind, Facets, Filters, Hidden, Page, Position, Query, Range, Sort,
        Watched,
    },
};
