//! Files are renamed, moved, replaced, copied and deleted at random, and scanned now and then: no
//! star, heart, tag, view, resume point or place in a playlist is ever lost.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{PlaylistId, UserId, VideoId};
use media::ContentId;
use store::{FileState, Found, Store, What};

use crate::kit::{ROOT, content, file, stores};

const ME: UserId = UserId::HOUSEHOLD;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// A file of the disk.
#[derive(Clone, Copy)]
struct OnDisk {
    content: u64,
    inode: u64,
    modified_ns: i64,
}

/// What must be known of a content for ever.
#[derive(Clone, Debug, Default)]
struct Owed {
    /// Any of these; where videos became one, either's.
    rating: BTreeSet<u8>,
    favourite: bool,
    resume: BTreeSet<u64>,
    views: u64,
    tags: BTreeSet<String>,
    in_playlist: usize,
}

struct World {
    dice: Dice,
    disk: BTreeMap<String, OnDisk>,
    next: u64,
    generation: i64,
    /// How ids are made; the second way takes pairs of the first few contents for one.
    identity: u32,
    owed: BTreeMap<ContentId, Owed>,
    playlist: PlaylistId,
    /// The videos that there were after the last scan.
    videos: Vec<(VideoId, ContentId)>,
}

impl World {
    fn id(&self, number: u64) -> ContentId {
        match self.identity {
            1 => content(number),
            2 if number < 20 => content(1_000_000 + number / 2),
            version => content(u64::from(version) * 1_000_000 + number),
        }
    }

    fn path(&mut self) -> String {
        format!("{}/{}.mp4", self.dice.roll(5), self.dice.roll(60))
    }

    fn some_path(&mut self) -> Option<String> {
        let at = self.dice.roll(self.disk.len().max(1) as u64);
        self.disk.keys().nth(usize::try_from(at).unwrap()).cloned()
    }

    fn new_file(&mut self, content: u64) -> OnDisk {
        self.next += 1;
        OnDisk { content, inode: self.next, modified_ns: i64::try_from(self.next).unwrap() }
    }

    /// Something happens on the disk.
    fn disturb(&mut self) {
        let to = self.path();
        let from = self.some_path();
        match (self.dice.roll(8), from) {
            // A rename, also over another file.
            (0..3, Some(from)) => {
                if let Some(file) = self.disk.remove(&from) {
                    self.disk.insert(to, file);
                }
            }
            (3, Some(from)) => {
                let copied = self.disk[&from].content;
                let copy = self.new_file(copied);
                self.disk.insert(to, copy);
            }
            (4, Some(from)) => {
                self.disk.remove(&from);
            }
            // A replacement in place, with the same inode.
            (5, Some(from)) => {
                let number = self.dice.roll(80);
                let new = self.new_file(number);
                let inode = self.disk[&from].inode;
                self.disk.insert(from, OnDisk { inode, ..new });
            }
            _ => {
                let number = self.dice.roll(80);
                let new = self.new_file(number);
                self.disk.insert(to, new);
            }
        }
    }

    fn found(&self, path: &str, disk: OnDisk) -> Found {
        let mut found = file(path, disk.content);
        found.inode = disk.inode;
        found.modified_ns = disk.modified_ns;
        let What::Video(read) = &mut found.what else { unreachable!() };
        read.id = self.id(disk.content);
        read.identity_version = self.identity;
        found
    }

    /// What the library does: what is as it was is left alone, what has moved is not read again if
    /// it need not be, the rest is read.
    async fn scan(&mut self, store: &Store) {
        self.generation += 1;
        let mut known = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = store.known(ROOT, &after, 37).await.unwrap();
            let Some(last) = page.last() else { break };
            after.clone_from(&last.path);
            known.extend(page.into_iter().map(|known| (known.path.clone(), known)));
        }
        let (mut batch, mut gone) = (Vec::new(), Vec::new());
        for (path, known) in &known {
            if known.state == FileState::Present && !self.disk.contains_key(path) {
                gone.push(known.file);
            }
        }
        for (path, disk) in &self.disk {
            let mut found = self.found(path, *disk);
            let same = known.get(path).is_some_and(|known| {
                (known.inode, known.modified_ns, known.size)
                    == (found.inode, found.modified_ns, found.size)
                    && known.state == FileState::Present
                    && known.identity_version == self.identity
            });
            if same {
                continue;
            }
            let moved = store.same_state(7, found.inode, found.size, found.modified_ns).await;
            if let Some(same) = moved.unwrap()
                && same.identity_version == self.identity
            {
                let (video, identity_version) = (same.video, same.identity_version);
                found.what = What::Same { video, identity_version };
            }
            batch.push(found);
        }
        // Either may come first.
        let first = self.dice.roll(2) == 0;
        if first {
            store.gone(&gone, self.generation).await.unwrap();
        }
        for batch in batch.chunks(29) {
            store.record(batch.to_vec(), self.generation, self.generation).await.unwrap();
        }
        if !first {
            store.gone(&gone, self.generation).await.unwrap();
        }
        let entries = store.entries(None, 10_000).await.unwrap();
        let videos: Vec<_> = entries.iter().map(|(video, _)| *video).collect();
        self.videos = store.contents_of(&videos).await.unwrap();
    }

    /// Somebody does something with a video that is known.
    async fn enjoy(&mut self, store: &Store) {
        if self.videos.is_empty() {
            return;
        }
        let at = usize::try_from(self.dice.roll(self.videos.len() as u64)).unwrap();
        let (video, id) = self.videos[at];
        let owed = self.owed.entry(id).or_default();
        let now = self.generation;
        match self.dice.roll(6) {
            0 => {
                let stars = u8::try_from(1 + self.dice.roll(5)).unwrap();
                store.rate(ME, id, Some(stars), now).await.unwrap();
                owed.rating = BTreeSet::from([stars]);
            }
            1 => {
                store.favourite(ME, id, true, now).await.unwrap();
                owed.favourite = true;
            }
            2 => {
                let position = 1 + self.dice.roll(50_000);
                store.progress(ME, id, position, 60_000, now).await.unwrap();
                owed.resume = BTreeSet::from([position]);
            }
            3 => {
                store.view(ME, id, now).await.unwrap();
                owed.views += 1;
            }
            4 => {
                let tag = format!("tag {}", self.dice.roll(9));
                store.tag(&[video], &tag, now).await.unwrap();
                owed.tags.insert(tag);
            }
            _ => {
                store.add_to_playlist(ME, self.playlist, &[video], None, now).await.unwrap();
                owed.in_playlist += 1;
            }
        }
    }

    /// All that is owed is there, and what is on the disk is what is present.
    async fn check(&mut self, store: &Store) {
        let videos: Vec<_> = self.videos.iter().map(|(video, _)| *video).collect();
        let rows = store.videos(ME, &videos).await.unwrap();
        let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.content, row)).collect();
        // What became one is owed as one.
        let mut now: BTreeMap<ContentId, Owed> = BTreeMap::new();
        for (id, owed) in std::mem::take(&mut self.owed) {
            let new = if rows.contains_key(&id) {
                id
            } else {
                store.video(ME, id).await.unwrap().unwrap().content
            };
            let sum = now.entry(new).or_default();
            sum.rating.extend(owed.rating);
            sum.favourite |= owed.favourite;
            sum.resume.extend(owed.resume);
            sum.views += owed.views;
            sum.tags.extend(owed.tags);
            sum.in_playlist += owed.in_playlist;
        }
        self.owed = now;
        let mut listed: BTreeMap<ContentId, usize> = BTreeMap::new();
        for item in store.playlist_items(ME, self.playlist, None, 100_000).await.unwrap() {
            *listed.entry(item.content).or_default() += 1;
        }
        let mut copies: BTreeMap<ContentId, u32> = BTreeMap::new();
        for disk in self.disk.values() {
            *copies.entry(self.id(disk.content)).or_default() += 1;
        }
        for (id, owed) in &self.owed {
            let row = &rows[id];
            let mine = row.personal;
            assert_eq!(mine.rating.is_some(), !owed.rating.is_empty(), "{owed:?}");
            assert!(mine.rating.is_none_or(|stars| owed.rating.contains(&stars)), "{owed:?}");
            assert_eq!(mine.favourite_ms.is_some(), owed.favourite);
            assert_eq!(mine.resume_ms.is_some(), !owed.resume.is_empty());
            assert!(mine.resume_ms.is_none_or(|at| owed.resume.contains(&at)));
            assert_eq!(row.views, owed.views);
            let tags: BTreeSet<_> = row.tags.iter().map(|tag| tag.name.clone()).collect();
            assert_eq!(tags, owed.tags);
            assert_eq!(listed.get(id).copied().unwrap_or(0), owed.in_playlist);
        }
        for (id, row) in &rows {
            assert_eq!(row.copies, copies.remove(id).unwrap_or(0), "{row:?}");
            assert_eq!(row.present, row.copies > 0);
        }
        assert!(copies.is_empty());
    }
}

#[tokio::test]
async fn ten_thousand_steps_lose_nothing() {
    for fresh in stores().await {
        let store = &fresh.store;
        let playlist = store.new_playlist(ME, "all", 1).await.unwrap().value.id;
        let mut world = World {
            dice: Dice(4),
            disk: BTreeMap::new(),
            next: 0,
            generation: 0,
            identity: 1,
            owed: BTreeMap::new(),
            playlist,
            videos: Vec::new(),
        };
        // A server answers over a socket; the model is the same.
        let steps = if fresh.server().is_none() { 10_000 } else { 1_500 };
        for step in 1..=steps {
            match world.dice.roll(10) {
                0..6 => world.disturb(),
                6..9 => world.enjoy(store).await,
                _ if world.dice.roll(4) == 0 => {
                    world.scan(store).await;
                    world.check(store).await;
                }
                _ => {}
            }
            if step == steps / 3 || step == steps * 2 / 3 {
                // A newer Vidicon is started, with files that were moved meanwhile.
                world.scan(store).await;
                world.check(store).await;
                world.identity += 1;
                (0..20).for_each(|_| world.disturb());
                world.scan(store).await;
            }
        }
        world.scan(store).await;
        world.check(store).await;
        assert!(world.owed.len() > 50, "{}", fresh.name);
    }
}
