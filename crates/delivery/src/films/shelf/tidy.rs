//! Keeps the shelf within bounds.
//!
//! Records go before what points to them, and a pointer that leads nowhere is not there: whenever
//! this is cut off, the shelf is sound.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{Head, Shelf, VERSION};

const DAY: Duration = Duration::from_hours(24);

/// What the shelf may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How long a record is kept that nobody asks for.
    pub(crate) unused: Duration,
    /// The same where another file is at its path now.
    pub(crate) replaced: Duration,
    /// The bytes of all records; beyond them the least recently used go.
    pub(crate) size: u64,
}

impl Bounds {
    pub(crate) const USUAL: Self = Self {
        unused: Duration::from_hours(365 * 24),
        replaced: Duration::from_hours(7 * 24),
        size: 10 << 30,
    };
}

/// A record on the shelf.
struct Entry {
    file: PathBuf,
    len: u64,
    used: SystemTime,
    /// Where its film was seen last.
    path: String,
}

impl Shelf {
    /// Removes what is beyond the bounds, unfinished, or of another version. Blocks, for seconds if
    /// there is much.
    pub(crate) fn tidy(&self, bounds: Bounds, now: SystemTime) {
        let Some(root) = &self.folder else { return };
        let mut kept = Vec::new();
        for file in inside(&root.join("files")).flat_map(|part| inside(&part)) {
            let Ok(metadata) = fs::metadata(&file) else { continue };
            let used = metadata.modified().unwrap_or(now);
            let unfinished = file.extension().is_none_or(|extension| extension != "vidx");
            let path = if unfinished { None } else { head_in(&file).map(|head| head.path) };
            match path {
                Some(path) => kept.push(Entry { file, len: metadata.len(), used, path }),
                // It may be in the making.
                None if age(used, now) > DAY => remove(&file),
                None => {}
            }
        }
        // The newest first.
        kept.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.used));
        let mut total = 0u64;
        let mut seen: HashSet<&str> = HashSet::new();
        for entry in &kept {
            let replaced = !seen.insert(&entry.path);
            let limit = if replaced { bounds.replaced } else { bounds.unused };
            if age(entry.used, now) > limit || total.saturating_add(entry.len) > bounds.size {
                remove(&entry.file);
            } else {
                total += entry.len;
            }
        }
        self.tidy_ids(&root.join("ids"));
    }

    /// Removes what points to records that are gone.
    fn tidy_ids(&self, ids: &Path) {
        for id in inside(ids) {
            for pointer in inside(&id) {
                let state = pointer.file_name().and_then(|name| name.to_str());
                let record = state.and_then(|state| self.place(state));
                if record.is_none_or(|record| !record.exists()) {
                    remove(&pointer);
                }
            }
            // Fails while there is something in it.
            let _ = fs::remove_dir(&id);
        }
    }
}

fn age(used: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(used).unwrap_or_default()
}

fn remove(file: &Path) {
    let _ = fs::remove_file(file);
}

fn inside(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// The head of a record; none if it is of another version, or damaged.
pub(super) fn head_in(file: &Path) -> Option<Head> {
    let mut file = File::open(file).ok()?;
    let mut length = [0; 4];
    file.read_exact(&mut length).ok()?;
    let mut head = Vec::new();
    file.take(u64::from(u32::from_le_bytes(length)).min(64 << 10)).read_to_end(&mut head).ok()?;
    let head: Head = postcard::from_bytes(&head).ok()?;
    (head.version == VERSION).then_some(head)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use media::{ContentId, Unreadable};

    use super::super::{Record, State};
    use super::*;
    use crate::films::unknown;

    struct Kit {
        folder: tempfile::TempDir,
        shelf: Shelf,
        now: SystemTime,
    }

    impl Kit {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let shelf = Shelf::new(Some(folder.path().to_owned()));
            Self { folder, shelf, now: SystemTime::now() }
        }

        /// A record that was used so many days ago.
        fn put(&self, state: &str, path: &str, days: u32) -> ContentId {
            let id = unknown(state);
            let index = Err(Unreadable::Unknown("x".repeat(1000)));
            let record = Record { id, path: path.to_owned(), index, len: 1, lasting: true };
            self.shelf.save(&State::named(state), &record).unwrap();
            self.used(&self.shelf.place(state).unwrap(), days);
            id
        }

        fn used(&self, file: &Path, days: u32) {
            let file = File::options().write(true).open(file).unwrap();
            file.set_modified(self.now - DAY * days).unwrap();
        }

        fn has(&self, state: &str) -> bool {
            self.shelf.load(&State::named(state)).is_some()
        }
    }

    #[test]
    fn what_nobody_asked_for_in_a_year_goes_and_what_points_to_it() {
        let kit = Kit::new();
        let (old, new) = (kit.put("old", "a.mp4", 400), kit.put("new", "b.mp4", 300));
        kit.shelf.tidy(Bounds::USUAL, kit.now);
        assert_eq!((kit.has("old"), kit.has("new")), (false, true));
        let ids = kit.folder.path().join("ids");
        assert!(!ids.join(old.to_string()).exists() && ids.join(new.to_string()).exists());
        assert_eq!(kit.shelf.seen(new).len(), 1);
    }

    #[test]
    fn of_a_file_that_was_changed_the_last_state_stays() {
        let kit = Kit::new();
        kit.put("first", "a.mp4", 20);
        kit.put("second", "a.mp4", 8);
        kit.put("third", "a.mp4", 1);
        kit.put("other", "b.mp4", 20);
        kit.shelf.tidy(Bounds::USUAL, kit.now);
        let there = ["first", "second", "third", "other"].map(|state| kit.has(state));
        assert_eq!(there, [false, false, true, true]);
    }

    #[test]
    fn of_too_much_the_least_recently_used_goes() {
        let kit = Kit::new();
        for (days, state) in (1..).zip(["one", "two", "three"]) {
            kit.put(state, &format!("{state}.mp4"), days);
        }
        // To be loaded is to be used.
        assert!(kit.has("three"));
        kit.shelf.tidy(Bounds { size: 2500, ..Bounds::USUAL }, SystemTime::now());
        assert_eq!(["one", "two", "three"].map(|state| kit.has(state)), [true, false, true]);
    }

    #[test]
    fn what_was_not_finished_or_is_damaged_goes_after_a_day() {
        let kit = Kit::new();
        kit.put("good", "a.mp4", 2);
        let part = kit.shelf.place("good").unwrap().parent().unwrap().to_owned();
        let names = [".1-abc", "damaged.vidx", ".2-new"];
        for (name, days) in names.into_iter().zip([2, 2, 0]) {
            fs::write(part.join(name), "half").unwrap();
            kit.used(&part.join(name), days);
        }
        kit.shelf.tidy(Bounds::USUAL, kit.now);
        assert_eq!(names.map(|name| part.join(name).exists()), [false, false, true]);
        assert!(kit.has("good"));
    }
}
