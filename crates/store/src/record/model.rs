//! What a batch means, decided in memory.

use std::collections::HashMap;

use catalogue::VideoId;
use media::ContentId;

use crate::{Content, FileState, Found, What, stored::Stored, text::clean_within};

/// A video that is known, or will be.
#[derive(Debug)]
pub(super) struct Video {
    /// None: it has no number yet.
    pub(super) id: Option<VideoId>,
    /// Whether the database had it before this batch, and one of its files was there then.
    pub(super) before: Before,
    pub(super) content: ContentId,
    /// The ids that it had before, the one that the database has first.
    pub(super) former: Vec<ContentId>,
    pub(super) identity: i64,
    pub(super) old_identity: i64,
    pub(super) stored: Stored,
    pub(super) edits: i64,
    /// Present files that it had before, less those that this batch took away.
    pub(super) files: i64,
    /// The tags that it gets because it is new.
    pub(super) tags: Vec<String>,
    /// What is stored is to be replaced.
    pub(super) renewed: bool,
    /// Something about its files is different.
    pub(super) touched: bool,
    /// It became part of this one.
    pub(super) part_of: Option<usize>,
}

impl Video {
    /// Whether it came with this batch.
    pub(super) fn is_new(&self) -> bool {
        self.before == Before::New
    }
}

/// How a video stood before the batch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Before {
    New,
    Away,
    Present,
}

/// A file as it was before.
#[derive(Clone, Debug)]
pub(super) struct Old {
    pub(super) state: FileState,
    pub(super) size: i64,
    pub(super) modified_ns: i64,
    pub(super) inode: i64,
    pub(super) device: i64,
    pub(super) identity: i64,
    pub(super) problem: bool,
    pub(super) video: Option<usize>,
}

/// A file as it is to be written.
#[derive(Debug)]
pub(super) struct New {
    pub(super) found: Place,
    pub(super) state: FileState,
    pub(super) problem: Option<String>,
    pub(super) identity: i64,
    pub(super) video: Option<usize>,
}

/// Where a file is and how it stands.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) root: String,
    pub(super) path: String,
    pub(super) folder: String,
    pub(super) size: i64,
    pub(super) modified_ns: i64,
    pub(super) inode: i64,
    pub(super) device: i64,
    pub(super) beside: i64,
}

/// A batch and all that it concerns.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) videos: Vec<Video>,
    by_content: HashMap<ContentId, usize>,
    by_id: HashMap<VideoId, usize>,
    pub(super) old: HashMap<(String, String), Old>,
    /// For files of the batch that are known at other paths, by where they are in it: their video
    /// and the way in which its id was made.
    pub(super) moved: HashMap<usize, (usize, i64)>,
    pub(super) new: Vec<New>,
    /// Where in `new` a place is.
    places: HashMap<(String, String), usize>,
    /// For each file of the batch, its place in `new`.
    pub(super) answers: Vec<usize>,
    /// Videos that become one: the first ends, the second stays.
    pub(super) merges: Vec<(usize, usize)>,
}

/// The most bytes of a reason.
const REASON: usize = 2_000;

impl Model {
    /// Adds a video that the database has.
    pub(super) fn add_video(&mut self, video: Video) -> usize {
        let at = self.videos.len();
        self.by_content.insert(video.content, at);
        if let Some(id) = video.id {
            self.by_id.insert(id, at);
        }
        self.videos.push(video);
        at
    }

    /// Adds an earlier id of a video.
    pub(super) fn add_alias(&mut self, content: ContentId, video: VideoId) {
        if let Some(at) = self.by_id.get(&video) {
            self.by_content.entry(content).or_insert(*at);
        }
    }

    /// The video with a number.
    pub(super) fn of_id(&self, id: VideoId) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The one that it is part of now.
    fn resolve(&self, mut at: usize) -> usize {
        while let Some(next) = self.videos.get(at).and_then(|video| video.part_of) {
            at = next;
        }
        at
    }

    /// A row of `videos` by its place; there is one for every place that was given out.
    fn video(&mut self, at: usize) -> Option<&mut Video> {
        self.videos.get_mut(at)
    }

    /// Takes in one file.
    pub(super) fn take(&mut self, found: Found) {
        let key = (found.root.clone(), found.path.clone());
        let old = self.before(&key);
        let state = if found.shadowed { FileState::Shadowed } else { FileState::Present };
        let place = Place {
            root: found.root,
            path: found.path,
            folder: found.folder,
            size: crate::db::column(found.size),
            modified_ns: found.modified_ns,
            inode: found.inode.cast_signed(),
            device: found.device.cast_signed(),
            beside: found.beside,
        };
        let unchanged = old.as_ref().is_some_and(|old| {
            (old.size, old.modified_ns, old.inode, old.device)
                == (place.size, place.modified_ns, place.inode, place.device)
        });
        let before = old.as_ref().and_then(|old| old.video).map(|at| self.resolve(at));
        let mut new = New { found: place, state, problem: None, identity: 0, video: None };
        match found.what {
            What::Nothing => {}
            What::Problem(text) => {
                new.problem = Some(clean_within(text, REASON));
                // What was read once is what it is, although it cannot be read now.
                if unchanged {
                    new.video = before;
                    new.identity = old.as_ref().map_or(0, |old| old.identity);
                }
            }
            What::Same { video, identity_version } => {
                new.video = self.of_id(video).map(|at| self.resolve(at));
                new.identity = i64::from(identity_version);
            }
            What::Video(content) => {
                new.identity = i64::from(content.identity_version);
                let moved = self.moved.get(&self.answers.len()).copied();
                let was = match (before, moved) {
                    (Some(before), _) if unchanged => {
                        Some((before, old.as_ref().map_or(0, |old| old.identity)))
                    }
                    (_, Some((video, identity))) => Some((self.resolve(video), identity)),
                    _ => None,
                };
                new.video = Some(self.content(*content, before, was));
            }
        }
        self.settle(&key, new);
    }

    /// The file as it was, or as an earlier line of this batch left it.
    fn before(&self, key: &(String, String)) -> Option<Old> {
        if let Some(new) = self.places.get(key).and_then(|at| self.new.get(*at)) {
            return Some(Old {
                state: new.state,
                size: new.found.size,
                modified_ns: new.found.modified_ns,
                inode: new.found.inode,
                device: new.found.device,
                identity: new.identity,
                problem: new.problem.is_some(),
                video: new.video,
            });
        }
        self.old.get(key).cloned()
    }

    /// The video that a content is. `before` is the video of its path so far; `was` is the video of
    /// the same file so far, if nothing about the file has changed since but its path, and the way
    /// in which its id was made.
    fn content(
        &mut self,
        content: Content,
        before: Option<usize>,
        was: Option<(usize, i64)>,
    ) -> usize {
        let identity = i64::from(content.identity_version);
        let known = self.by_content.get(&content.id).map(|at| self.resolve(*at));
        let mut facts = content.facts;
        let tags = std::mem::take(&mut facts.tags);
        let stored = Stored::of(facts);
        let renamed = was.filter(|(at, made)| {
            Some(*at) != known
                && *made < identity
                // Another file may have given it its new id; this one then is another content that
                // the old way took for the same.
                && self.videos.get(*at).is_some_and(|video| video.identity < identity)
        });
        let at = match (renamed, known) {
            (Some((at, _)), None) => {
                self.rename(at, content.id);
                at
            }
            (Some((at, _)), Some(known)) => self.merge(at, known, content.id),
            (None, Some(known)) => known,
            (None, None) => {
                return self.add_video(Video {
                    id: None,
                    before: Before::New,
                    content: content.id,
                    former: Vec::new(),
                    identity,
                    old_identity: identity,
                    stored,
                    edits: 0,
                    files: 0,
                    tags,
                    renewed: false,
                    touched: true,
                    part_of: None,
                });
            }
        };
        if let Some(video) = self.video(at) {
            if video.content == content.id {
                video.identity = video.identity.max(identity);
            }
            let own = before == Some(at) || was.is_some_and(|(was, _)| was == at);
            let another_copy = !own && video.files > 0;
            let renewed = video.stored.renewed(stored, video.edits, another_copy);
            if renewed != video.stored {
                video.stored = renewed;
                video.renewed = true;
            }
        }
        at
    }

    fn rename(&mut self, at: usize, content: ContentId) {
        if let Some(video) = self.video(at) {
            let former = std::mem::replace(&mut video.content, content);
            video.former.push(former);
            video.touched = true;
        }
        self.by_content.insert(content, at);
    }

    /// Makes two videos one, which has this content id; the one that is there longer stays.
    fn merge(&mut self, one: usize, other: usize, content: ContentId) -> usize {
        let id = |at: usize| self.videos.get(at).and_then(|video| video.id);
        let (stays, ends) = match (id(one), id(other)) {
            (Some(first), Some(second)) if second < first => (other, one),
            (None, _) => (other, one),
            _ => (one, other),
        };
        let ended = self.video(ends).map(|video| {
            video.part_of = Some(stays);
            (video.id, video.files, video.edits, video.stored.clone())
        });
        if let Some((id, files, edits, stored)) = ended
            && let Some(video) = self.video(stays)
        {
            video.files += files;
            video.touched = true;
            video.stored.take_edits(video.edits, &stored, edits);
            video.edits |= edits;
            if id.is_some() {
                self.merges.push((ends, stays));
            }
        }
        if self.videos.get(stays).is_some_and(|video| video.content != content) {
            self.rename(stays, content);
        }
        stays
    }

    /// Keeps what a file is now, and who gained and lost by it.
    fn settle(&mut self, key: &(String, String), new: New) {
        let old = self.before(key);
        let was = old.as_ref().and_then(|old| old.video).map(|at| self.resolve(at));
        let was_there = old.as_ref().is_some_and(|old| old.state == FileState::Present);
        let is_there = new.state == FileState::Present;
        let different = old.as_ref().is_none_or(|old| {
            old.state != new.state
                || was != new.video
                || old.size != new.found.size
                || old.problem != new.problem.is_some()
        });
        if let Some(video) = was.and_then(|at| self.video(at)) {
            video.files -= i64::from(was_there);
            video.touched |= different;
        }
        if let Some(video) = new.video.and_then(|at| self.video(at)) {
            video.files += i64::from(is_there);
            video.touched |= different;
        }
        let at = if let Some(at) = self.places.get(key).copied() {
            if let Some(place) = self.new.get_mut(at) {
                *place = new;
            }
            at
        } else {
            self.new.push(new);
            self.places.insert(key.clone(), self.new.len() - 1);
            self.new.len() - 1
        };
        self.answers.push(at);
    }

    /// The video of a file of the batch, by its place, as what it is part of now.
    pub(super) fn video_of(&self, at: Option<usize>) -> Option<&Video> {
        self.videos.get(self.resolve(at?))
    }
}
