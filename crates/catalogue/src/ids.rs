//! Numbers by which the tables of the store and the sets of the catalogue know things.

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        pub struct $name(pub $inner);
    };
}

number! {
    /// A video: its number in the store. Never shown to clients, who know videos by their content id.
    VideoId(u32)
}
number! {
    /// Somebody who watches.
    UserId(i64)
}
number! {
    /// A tag.
    TagId(i64)
}
number! {
    /// A playlist.
    PlaylistId(i64)
}

impl UserId {
    /// The household: whoever has not said who they are.
    pub const HOUSEHOLD: Self = Self(1);
}
