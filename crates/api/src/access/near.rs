//! Whether sitting at this machine is enough to administer.
//!
//! A proxy on this machine asks from the same address as a person who sits at it, under whatever name its own client
//! gave. Most proxies write headers by which they are known; that one does not cannot be seen in a request.

use super::{asked::Asked, hosts::is_loopback};

/// Whether a request from this machine, under its own name and passed on by nobody, may administer without a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LocalAdmin {
    /// Unless the settings look as if a proxy stood before: a name is named by which others ask. Without that, pages
    /// behind a proxy can do nothing.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl LocalAdmin {
    /// Whether it may, where names are named or not.
    pub(crate) const fn allows(self, names: bool) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Auto => !names,
        }
    }
}

/// Whether the request seems to come from this machine: the connection does, the browser was told to ask it by its own
/// name, and no proxy says that it asks for somebody else.
pub(crate) fn seems_near(asked: &Asked<'_>) -> bool {
    asked.peer.is_loopback() && asked.host.is_some_and(is_loopback) && !asked.forwarded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_proxy_may_stand_before_nobody_is_near() {
        assert!(!LocalAdmin::Auto.allows(true));
        assert!(LocalAdmin::Auto.allows(false));
        assert!(LocalAdmin::On.allows(true));
        assert!(!LocalAdmin::Off.allows(false));
    }
}
