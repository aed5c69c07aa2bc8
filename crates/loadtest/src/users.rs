//! The users: what each of them does, over and over, as quickly as it is answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{
    Mode,
    client::{Answer, Client, Question},
    playlist,
    stock::{Shown, Stock},
    tally::{Kind, Tally, is_unpackageable},
};

/// How much of a file is asked for at a time, in bytes.
const PIECE: u64 = 1 << 20;
/// How many segments are watched in a row.
const IN_A_ROW: usize = 10;
/// How many pictures of a page are looked at.
const PICTURES: usize = 24;
/// How long a user rests who met an error.
const REST: Duration = Duration::from_millis(100);

/// What all users have done, for whoever watches.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    pub(crate) requests: AtomicU64,
    pub(crate) errors: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

/// What a user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Browser,
    Seeker,
    Viewer,
}

/// The role of one user of many; none if there is nothing for it to ask for.
pub(crate) fn role(mode: Mode, number: usize, stock: &Stock) -> Option<Role> {
    use Role::{Browser, Seeker, Viewer};
    let wishes = match (mode, number % 4) {
        (Mode::Files, _) => [Seeker; 3],
        (Mode::Segments, _) => [Viewer; 3],
        (Mode::Api, _) => [Browser; 3],
        (Mode::Mixed, 0 | 1) => [Viewer, Seeker, Browser],
        (Mode::Mixed, 2) => [Browser, Viewer, Seeker],
        (Mode::Mixed, _) => [Seeker, Viewer, Browser],
    };
    wishes.into_iter().find(|wish| match wish {
        Browser => stock.listed.is_some(),
        Seeker => !stock.files.is_empty(),
        Viewer => !stock.films.is_empty(),
    })
}

pub(crate) struct User {
    pub(crate) client: Client,
    pub(crate) stock: Arc<Stock>,
    pub(crate) totals: Arc<Totals>,
    pub(crate) tally: Tally,
    pub(crate) dice: Dice,
}

impl User {
    /// Goes on for as long as it is polled.
    pub(crate) async fn go_on(&mut self, role: Role) {
        loop {
            let met = match role {
                Role::Browser => self.browse().await,
                Role::Seeker => self.seek().await,
                Role::Viewer => self.watch().await,
            };
            if met.is_none() {
                tokio::time::sleep(REST).await;
            }
        }
    }

    /// A page of the library somewhere, its pictures, and one of its videos.
    async fn browse(&mut self) -> Option<()> {
        const SORTS: [&str; 4] = ["title", "added", "rating", "duration"];
        let offset = self.dice.below(self.stock.listed.unwrap_or(0).saturating_sub(60).max(1));
        let sort = SORTS.get(self.dice.pick(SORTS.len())).unwrap_or(&"title");
        let target = format!("/api/v1/videos?limit=60&offset={offset}&sort={sort}");
        let page = self.ask(Kind::List, &target, None, true).await?;
        let shown: Shown = serde_json::from_slice(&page.body).ok()?;
        for poster in shown.items.iter().filter_map(|card| card.poster.as_ref()).take(PICTURES) {
            self.ask(Kind::Poster, &poster.url, None, false).await?;
        }
        let card = shown.items.get(self.dice.pick(shown.items.len()))?;
        self.ask(Kind::Video, &format!("/api/v1/videos/{}", card.id), None, false).await?;
        Some(())
    }

    /// A piece of a file somewhere.
    async fn seek(&mut self) -> Option<()> {
        let stock = Arc::clone(&self.stock);
        let file = stock.files.get(self.dice.pick(stock.files.len()))?;
        let first = self.dice.below(file.bytes.saturating_sub(PIECE).max(1));
        let last = (first + PIECE).min(file.bytes) - 1;
        self.ask(Kind::Range, &file.address, Some((first, last)), false).await?;
        Some(())
    }

    /// Some segments of a film in a row.
    async fn watch(&mut self) -> Option<()> {
        let stock = Arc::clone(&self.stock);
        let film = stock.films.get(self.dice.pick(stock.films.len()))?;
        let master = format!("/hls/{film}/master.m3u8");
        let answer = self.ask(Kind::Playlist, &master, None, true).await?;
        if is_unpackageable(Kind::Playlist, answer.status) {
            return Some(());
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let variants = playlist::lines(&text);
        let variant = variants.get(self.dice.pick(variants.len()))?;
        let media = playlist::resolve(&master, variant)?;
        let answer = self.ask(Kind::Playlist, &media, None, true).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        if let Some(init) = playlist::init(&text).and_then(|init| playlist::resolve(&media, init)) {
            self.ask(Kind::Segment, &init, None, false).await?;
        }
        let segments = playlist::lines(&text);
        let first = self.dice.pick(segments.len().saturating_sub(IN_A_ROW).max(1));
        for segment in segments.iter().skip(first).take(IN_A_ROW) {
            let segment = playlist::resolve(&media, segment)?;
            self.ask(Kind::Segment, &segment, None, false).await?;
        }
        Some(())
    }

    async fn ask(
        &mut self,
        kind: Kind,
        target: &str,
        range: Option<(u64, u64)>,
        keep: bool,
    ) -> Option<Answer> {
        let answer = self.client.ask(Question { target, range, keep }).await;
        let good = self.tally.count(kind, &answer);
        self.totals.requests.fetch_add(1, Ordering::Relaxed);
        if !good {
            self.totals.errors.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let answer = answer.ok()?;
        self.totals.bytes.fetch_add(answer.bytes, Ordering::Relaxed);
        Some(answer)
    }
}

/// Chance that can be repeated (xorshift, Marsaglia 2003).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        // All zeros would stay so.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most.max(1)
    }

    fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::File;

    #[test]
    fn of_mixed_users_half_watch_and_everybody_finds_something_to_do() {
        let file = || File { address: "/video/a".to_owned(), bytes: 1 };
        let all = Stock { files: vec![file()], films: vec!["a".to_owned()], listed: Some(1) };
        let roles: Vec<_> = (0..4).filter_map(|number| role(Mode::Mixed, number, &all)).collect();
        assert_eq!(roles, [Role::Viewer, Role::Viewer, Role::Browser, Role::Seeker]);
        let files = Stock { files: vec![file()], ..Stock::default() };
        assert!((0..4).all(|number| role(Mode::Mixed, number, &files) == Some(Role::Seeker)));
        assert_eq!(role(Mode::Api, 0, &files), None);
        assert_eq!(role(Mode::Mixed, 0, &Stock::default()), None);
    }

    #[test]
    fn dice_stay_below_and_move() {
        let mut dice = Dice::new(0);
        let thrown: Vec<_> = (0..50).map(|_| dice.below(6)).collect();
        assert!(thrown.iter().all(|throw| *throw < 6));
        assert!((0..6).all(|side| thrown.contains(&side)), "{thrown:?}");
        assert_eq!(dice.pick(0), 0);
    }
}
