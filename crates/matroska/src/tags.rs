//! Tags: a title, and what mkvmerge counted while it wrote [RFC 9559, 5.1.8].

use crate::{ebml, ids};

/// What tags say.
#[derive(Debug, Default)]
pub(crate) struct Tags {
    /// Of the file as a whole.
    pub(crate) title: Option<String>,
    tracks: Vec<Counted>,
}

/// What was counted of one track.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    uid: u64,
    pub(crate) bytes: Option<u64>,
    pub(crate) frames: Option<u64>,
}

impl Tags {
    pub(crate) fn read(&mut self, bytes: &[u8]) {
        for tag in ebml::children(bytes).filter(|child| child.id == ids::TAG) {
            // 50 is the file: a film, an episode.
            let (mut level, mut uid) = (50, 0);
            let mut counted = Counted::default();
            let mut title = None;
            for child in tag.children() {
                match child.id {
                    ids::TARGETS => {
                        for child in child.children() {
                            match child.id {
                                ids::TARGET_TYPE_VALUE => level = child.uint(),
                                ids::TAG_TRACK_UID => uid = child.uint(),
                                _ => {}
                            }
                        }
                    }
                    ids::SIMPLE_TAG => {
                        let text = |id| {
                            let found = child.children().find(|child| child.id == id);
                            found.map(|found| found.text())
                        };
                        let name = text(ids::TAG_NAME).unwrap_or_default();
                        let value = text(ids::TAG_STRING).unwrap_or_default();
                        match name.to_ascii_uppercase().as_str() {
                            "TITLE" => title = Some(value),
                            "NUMBER_OF_BYTES" => counted.bytes = value.parse().ok(),
                            "NUMBER_OF_FRAMES" => counted.frames = value.parse().ok(),
                            _ => {}
                        }
                    }
                    _ => {}
                }
            }
            if uid != 0 {
                self.tracks.push(Counted { uid, ..counted });
            } else if level == 50 && self.title.is_none() {
                self.title = title.filter(|title| !title.is_empty());
            }
        }
    }

    /// What was counted of the track with this UID.
    pub(crate) fn counted(&self, uid: u64) -> Counted {
        let these = self.tracks.iter().filter(|counted| counted.uid == uid && uid != 0);
        these.fold(Counted::default(), |sum, counted| Counted {
            uid,
            bytes: sum.bytes.or(counted.bytes),
            frames: sum.frames.or(counted.frames),
        })
    }
}
