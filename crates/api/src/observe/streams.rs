//! Who watches what. A player that fetches segments asks anew every few seconds, and one that seeks asks for range after
//! range; people think of each as one stream. So requests for media are gathered by client, program and film, and a
//! stream ends when nothing was asked for a while.
//!
//! Only [large](Exchange::is_large) answers are looked at, so that small files cost nothing here.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use http::HeaderValue;
use net::Exchange;
use percent_encoding::percent_decode_str;

use super::{moment, status::Stream};

/// How long after its last answer a stream is still one, in milliseconds: a player has half a minute in store.
const LINGERS_MS: i64 = 30_000;
/// How many streams are told apart.
const MOST: usize = 4096;
/// Over how many seconds a rate is taken.
const RATE_S: usize = 10;
/// How many bytes of a name or of what a program says it is are kept.
const TEXT: usize = 256;

/// Whose stream it is, and of what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    address: IpAddr,
    agent: Box<str>,
    what: Box<str>,
}

#[derive(Debug)]
struct Watching {
    route: &'static str,
    since_ms: i64,
    last_ms: i64,
    requests: u64,
    /// Bytes of the answers that are over.
    done: u64,
    /// Answers under way, by where they lie in memory, which nothing else does as long as they do.
    open: Vec<(usize, Weak<Exchange>)>,
    /// Bytes in all, at each of the last seconds.
    totals: VecDeque<u64>,
}

impl Watching {
    /// Bytes in all. The exchanges that were looked at are `held`: see [`Held`].
    fn total(&self, held: &mut Held) -> u64 {
        let open = self.open.iter().filter_map(|(_, exchange)| exchange.upgrade());
        let under_way: u64 = open
            .map(|exchange| {
                let sent = exchange.sent();
                held.push(exchange);
                sent
            })
            .sum();
        self.done + under_way
    }

    fn rate(&self) -> u64 {
        let (Some(first), Some(last)) = (self.totals.front(), self.totals.back()) else { return 0 };
        let seconds = self.totals.len().saturating_sub(1).max(1) as u64;
        last.saturating_sub(*first) / seconds
    }
}

/// Exchanges that are looked at. An answer may end meanwhile; then this is the last that has it, and dropping it tells us
/// of its end. So it is dropped when the lock is not held any more: it must be declared before the lock is taken.
type Held = Vec<Arc<Exchange>>;

/// The streams of one server.
#[derive(Debug, Default)]
pub(crate) struct Streams(Mutex<HashMap<Key, Watching>>);

impl Streams {
    /// An answer begins.
    pub(crate) fn answered(&self, exchange: &Arc<Exchange>, now_ms: i64) {
        let Some(key) = key(exchange) else { return };
        let mut streams = self.lock();
        if streams.len() >= MOST && !streams.contains_key(&key) {
            return;
        }
        let watching = streams.entry(key).or_insert_with(|| Watching {
            route: exchange.route().0,
            since_ms: now_ms,
            last_ms: now_ms,
            requests: 0,
            done: 0,
            open: Vec::new(),
            totals: VecDeque::new(),
        });
        watching.last_ms = now_ms;
        watching.requests += 1;
        watching.open.push((Arc::as_ptr(exchange).addr(), Arc::downgrade(exchange)));
    }

    /// An answer is over.
    pub(crate) fn finished(&self, exchange: &Exchange, now_ms: i64) {
        let Some(key) = key(exchange) else { return };
        let mut streams = self.lock();
        let Some(watching) = streams.get_mut(&key) else { return };
        let address = std::ptr::from_ref(exchange).addr();
        let before = watching.open.len();
        watching.open.retain(|(open, _)| *open != address);
        if watching.open.len() < before {
            watching.last_ms = now_ms;
            watching.done += exchange.sent();
        }
    }

    /// A second is over: what has been quiet for long is no stream any more. How many bytes are under way.
    pub(crate) fn tick(&self, now_ms: i64) -> u64 {
        let mut held = Held::new();
        let mut streams = self.lock();
        streams.retain(|_, one| !one.open.is_empty() || now_ms - one.last_ms < LINGERS_MS);
        let mut under_way = 0;
        for watching in streams.values_mut() {
            if watching.totals.len() > RATE_S {
                watching.totals.pop_front();
            }
            let total = watching.total(&mut held);
            watching.totals.push_back(total);
            under_way += total - watching.done.min(total);
        }
        under_way
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// Each of them, the longest first.
    pub(crate) fn list(&self) -> Vec<Stream> {
        let mut held = Held::new();
        let streams = self.lock();
        let mut all: Vec<_> = streams.iter().collect();
        all.sort_by_key(|(_, watching)| watching.since_ms);
        let told = all.into_iter().map(|(key, watching)| Stream {
            address: key.address.to_string(),
            agent: key.agent.to_string(),
            what: key.what.to_string(),
            route: watching.route.to_owned(),
            since: moment(watching.since_ms),
            last: moment(watching.last_ms),
            requests: watching.requests,
            open: watching.open.len(),
            bytes: watching.total(&mut held),
            bytes_per_second: watching.rate(),
        });
        told.collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Watching>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose stream an answer belongs to; none if it is no media, or too small to be worth it.
fn key(exchange: &Exchange) -> Option<Key> {
    if !exchange.is_large() || !exchange.status().is_some_and(|status| status.is_success()) {
        return None;
    }
    Some(Key {
        what: what(exchange.route().0, exchange.target.path())?.into(),
        address: exchange.peer.address.ip().to_canonical(),
        agent: agent(exchange.agent.as_ref()).into(),
    })
}

/// What is watched: the path of a file below its media folder, or a content id; none if the route has no media.
fn what(route: &str, path: &str) -> Option<String> {
    let below = match route {
        "files" => path.strip_prefix("/video/").or_else(|| path.strip_prefix('/'))?,
        "clip" => path.strip_prefix("/clip/")?.strip_suffix(".mp4")?,
        "hls" | "hls_ts" | "dash" => {
            let (_, film) = path.strip_prefix('/')?.split_once('/')?;
            film.rsplit_once('/')?.0
        }
        _ => return None,
    };
    Some(cut(percent_decode_str(below).decode_utf8_lossy().into_owned()))
}

/// What the program of a client says it is.
pub(super) fn agent(header: Option<&HeaderValue>) -> String {
    cut(header
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .unwrap_or_default())
}

pub(super) fn cut(mut text: String) -> String {
    if text.len() > TEXT {
        let mut end = TEXT;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_ranges_of_a_film_are_one_thing_to_watch() {
        for (route, path, film) in [
            ("files", "/video/shows/a%20b.mkv", Some("shows/a b.mkv")),
            ("files", "/shows/a.mkv", Some("shows/a.mkv")),
            ("hls", "/hls/shows/a.mkv/v1-3.m4s", Some("shows/a.mkv")),
            (
                "hls_ts",
                "/hls-ts/abcdefghijklmnopqrstuvwxyz/3.ts",
                Some("abcdefghijklmnopqrstuvwxyz"),
            ),
            ("dash", "/dash/a.mkv/init.mp4", Some("a.mkv")),
            ("clip", "/clip/shows/a.mkv.mp4", Some("shows/a.mkv")),
            ("page", "/", None),
            ("api", "/api/v1/videos", None),
        ] {
            assert_eq!(what(route, path).as_deref(), film, "{path}");
        }
    }

    #[test]
    fn long_texts_are_cut_at_a_letter() {
        assert_eq!(cut("ü".repeat(200)), format!("{}…", "ü".repeat(128)));
        assert_eq!(cut("short".to_owned()), "short");
    }

    #[test]
    fn a_rate_is_taken_over_the_last_seconds() {
        let mut watching = Watching {
            route: "files",
            since_ms: 0,
            last_ms: 0,
            requests: 1,
            done: 0,
            open: Vec::new(),
            totals: VecDeque::new(),
        };
        assert_eq!(watching.rate(), 0);
        watching.totals = [1000, 2000, 5000].into();
        assert_eq!(watching.rate(), 2000);
    }
}
