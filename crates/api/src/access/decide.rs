//! The decision: a rule, a request, and who asks.

use super::{
    Refusal, Rule,
    asked::Asked,
    foreign::{self, Foreign, Friends},
    hosts::Hosts,
    near::seems_near,
};

/// What a rule is judged by, beside the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'a> {
    pub(crate) hosts: &'a Hosts,
    /// Sites whose pages may change things.
    pub(crate) friends: &'a Friends,
    /// Sites whose pages may read.
    pub(crate) readers: &'a Friends,
    /// Whether sitting at this machine is enough to administer.
    pub(crate) near_administers: bool,
}

/// In which session a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In none, and there is no administrator's password with which one could begin.
    NoPassword,
    /// In none, or in one that is over.
    NoSession,
    /// In one of an administrator.
    Administrator,
}

/// What can be told without a session: `None` means that only [`Standing`] decides.
///
/// Apart from the rest because looking a session up costs a question to the store.
pub(crate) fn without_session(
    rule: Rule,
    asked: &Asked<'_>,
    ground: Ground<'_>,
) -> Option<Result<(), Refusal>> {
    match rule {
        Rule::Open | Rule::Play => Some(Ok(())),
        Rule::Edit if asked.changes => Some(foreign(asked, ground.hosts, ground.friends)),
        Rule::Watch | Rule::Edit => {
            Some(foreign::refuse_reading(asked, ground.hosts, ground.readers).map_err(told))
        }
        Rule::Admin => {
            // Also for what only reads: a page of another site in a browser on this machine would
            // otherwise read with the rights of the machine. No other site is a friend here.
            if let Err(refusal) = foreign(asked, ground.hosts, &Friends::default()) {
                return Some(Err(refusal));
            }
            (ground.near_administers && seems_near(asked)).then_some(Ok(()))
        }
    }
}

/// The rest of the decision about an administrator's route.
pub(crate) fn with_standing(standing: Standing) -> Result<(), Refusal> {
    match standing {
        Standing::Administrator => Ok(()),
        Standing::NoSession => Err(Refusal::SessionMissing),
        Standing::NoPassword => Err(Refusal::Elsewhere),
    }
}

fn foreign(asked: &Asked<'_>, hosts: &Hosts, friends: &Friends) -> Result<(), Refusal> {
    foreign::refuse(asked, hosts, friends).map_err(told)
}

const fn told(why: Foreign) -> Refusal {
    match why {
        Foreign::Host => Refusal::ForeignHost,
        Foreign::Page => Refusal::ForeignPage,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NEAR: &str = "127.0.0.1";
    const FAR: &str = "192.168.1.9";
    const HERE: Option<&str> = Some("localhost:9000");

    fn asked<'a>(peer: &str, host: Option<&'a str>, changes: bool) -> Asked<'a> {
        let peer = peer.parse().unwrap();
        Asked { peer, tls: false, changes, host, origin: None, fetch_site: None, forwarded: false }
    }

    fn judged(rule: Rule, asked: &Asked<'_>, standing: Standing) -> Result<(), Refusal> {
        let friends = Friends { origins: vec!["https://friend.example".to_owned()] };
        let hosts = Hosts::default();
        let readers = Friends { origins: vec!["https://reader.example".to_owned()] };
        let ground =
            Ground { hosts: &hosts, friends: &friends, readers: &readers, near_administers: true };
        without_session(rule, asked, ground).unwrap_or_else(|| with_standing(standing))
    }

    #[test]
    fn the_household_may_watch_and_edit_from_anywhere() {
        for rule in [Rule::Open, Rule::Play, Rule::Watch, Rule::Edit] {
            for changes in [false, true] {
                let asked = asked(FAR, Some("tv.local"), changes);
                assert_eq!(judged(rule, &asked, Standing::NoPassword), Ok(()), "{rule:?}");
            }
        }
    }

    #[test]
    fn administration_is_for_this_machine_and_for_sessions() {
        use Standing::{Administrator, NoPassword, NoSession};
        let missing = Err(Refusal::SessionMissing);
        for (peer, host, standing, verdict) in [
            (NEAR, HERE, NoPassword, Ok(())),
            (NEAR, HERE, NoSession, Ok(())),
            ("::1", Some("[::1]:9000"), NoPassword, Ok(())),
            (FAR, Some("tv.local"), NoPassword, Err(Refusal::Elsewhere)),
            (FAR, Some("tv.local"), NoSession, missing),
            (FAR, Some("tv.local"), Administrator, Ok(())),
            // Somebody far who says that it is near.
            (FAR, HERE, NoSession, missing),
            // From the machine, under a name that others use too: that may be a proxy's doing.
            (NEAR, Some("tv.local"), NoSession, missing),
            (NEAR, None, NoSession, missing),
            (NEAR, Some("evil.example"), Administrator, Err(Refusal::ForeignHost)),
        ] {
            let verdict_here = judged(Rule::Admin, &asked(peer, host, false), standing);
            assert_eq!(verdict_here, verdict, "{peer} {host:?} {standing:?}");
        }
    }

    #[test]
    fn what_a_proxy_passes_on_is_not_from_this_machine() {
        let asked = Asked { forwarded: true, ..asked(NEAR, HERE, false) };
        assert_eq!(judged(Rule::Admin, &asked, Standing::NoSession), Err(Refusal::SessionMissing));
        assert_eq!(judged(Rule::Admin, &asked, Standing::Administrator), Ok(()));
    }

    #[test]
    fn where_nearness_counts_for_nothing_the_machine_signs_in_too() {
        let (hosts, friends) = (Hosts::default(), Friends::default());
        let ground =
            Ground { hosts: &hosts, friends: &friends, readers: &friends, near_administers: false };
        assert_eq!(without_session(Rule::Admin, &asked(NEAR, HERE, true), ground), None);
    }

    #[test]
    fn what_a_household_has_is_for_its_own_pages_for_programs_and_for_sites_that_are_named() {
        for rule in [Rule::Watch, Rule::Edit] {
            for (host, origin, verdict) in [
                ("localhost:9000", None, Ok(())),
                ("localhost:9000", Some("http://localhost:9000"), Ok(())),
                ("localhost:9000", Some("https://reader.example"), Ok(())),
                ("localhost:9000", Some("https://evil.example"), Err(Refusal::ForeignPage)),
                ("evil.example", None, Err(Refusal::ForeignHost)),
                ("evil.example", Some("https://reader.example"), Err(Refusal::ForeignHost)),
            ] {
                let asked = Asked { origin, ..asked(FAR, Some(host), false) };
                assert_eq!(judged(rule, &asked, Standing::NoSession), verdict, "{host} {origin:?}");
            }
        }
        // A browser asks over TLS by names of our certificate only.
        let secure = Asked { tls: true, ..asked(FAR, Some("tv.example.org"), false) };
        assert_eq!(judged(Rule::Watch, &secure, Standing::NoSession), Ok(()));
        // A link on another site leads a person here.
        let link = Asked { fetch_site: Some("cross-site"), ..asked(NEAR, HERE, false) };
        assert_eq!(judged(Rule::Watch, &link, Standing::NoSession), Ok(()));
    }

    #[test]
    fn pages_of_other_sites_edit_nothing_and_administer_nothing() {
        let page = |changes, origin| Asked {
            origin: Some(origin),
            fetch_site: Some("cross-site"),
            ..asked(NEAR, HERE, changes)
        };
        let refused = Err(Refusal::ForeignPage);
        let evil = "https://evil.example";
        assert_eq!(judged(Rule::Play, &page(true, evil), Standing::NoSession), Ok(()));
        assert_eq!(judged(Rule::Edit, &page(true, evil), Standing::NoSession), refused);
        // Reading, too: the log is not for pages of other sites.
        for changes in [false, true] {
            for origin in [evil, "https://friend.example"] {
                let verdict = judged(Rule::Admin, &page(changes, origin), Standing::Administrator);
                assert_eq!(verdict, refused, "{origin}");
            }
        }
        let friend = page(true, "https://friend.example");
        assert_eq!(judged(Rule::Edit, &friend, Standing::NoSession), Ok(()));
    }
}
