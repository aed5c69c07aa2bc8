//! What a route asks of whoever uses it.

/// Who may use a route. Every route states one; a test walks the router and finds none without.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rule {
    /// Everybody, with or without a key.
    Open,
    /// Everybody whom the API keys let in, also by pages of other sites: what players and monitors need.
    Play,
    /// The same people, but what the household has and does is not for pages of other sites: nothing is changed.
    Watch,
    /// The same people; something of the household is changed, so never for pages of other sites.
    Edit,
    /// Whoever runs the server.
    Admin,
}

impl Rule {
    /// As in the OpenAPI document (`x-access`) and the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Play => "play",
            Self::Watch => "watch",
            Self::Edit => "edit",
            Self::Admin => "admin",
        }
    }
}
