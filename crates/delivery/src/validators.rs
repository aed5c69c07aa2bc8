//! What tells one version of a file from another: its entity tag and its date
//! (RFC 9110 section 8.8).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

use crate::folders::FileIdentity;

/// The last second that an HTTP-date can name: the end of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// The validators of one version of a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Validators {
    /// The entity tag as it is sent, quotes included. Always strong.
    etag: HeaderValue,
    /// In whole seconds, never in the future, within what an HTTP-date can name.
    modified: SystemTime,
    /// Whether the date alone can stand for the bytes.
    date_is_strong: bool,
}

impl Validators {
    /// The validators of a file of `len` bytes that was changed at `modified`, seen at `now`.
    ///
    /// The tag is made of inode, size and time of change to the nanosecond, so it survives a
    /// restart and a rename and changes with every write that the file system's clock can tell
    /// from the one before. That clock ticks every few milliseconds on most kernels, and every two
    /// seconds on FAT: of two writes within one tick that leave the same size, the second keeps
    /// the tag. The device number is left out: it may change when a drive is plugged in again. A
    /// date in the future counts as `now` (RFC 9110 section 8.8.2.1).
    pub fn new(identity: FileIdentity, len: u64, modified: SystemTime, now: SystemTime) -> Self {
        let stamp = match modified.duration_since(UNIX_EPOCH) {
            Ok(after) => format!("\"{:x}-{len:x}-{:x}\"", identity.ino, after.as_nanos()),
            Err(before) => {
                format!("\"{:x}-{len:x}-n{:x}\"", identity.ino, before.duration().as_nanos())
            }
        };
        Self::stamped(stamp, modified, now)
    }

    /// The validators of something that is made from a file of that date, seen at `now`. `tag`
    /// tells every state of it from every other: letters, digits, hyphens.
    pub fn tagged(tag: &str, modified: SystemTime, now: SystemTime) -> Self {
        // The date of the file says nothing of how it is cut into segments.
        Self { date_is_strong: false, ..Self::stamped(format!("\"{tag}\""), modified, now) }
    }

    fn stamped(stamp: String, modified: SystemTime, now: SystemTime) -> Self {
        let age = now.duration_since(modified);
        let date = modified.min(now).duration_since(UNIX_EPOCH).unwrap_or_default().min(LAST_DATE);
        Self {
            // Hexadecimal digits, hyphens and quotes always make a header value.
            etag: HeaderValue::try_from(stamp).unwrap_or(HeaderValue::from_static("\"\"")),
            modified: UNIX_EPOCH + Duration::from_secs(date.as_secs()),
            // Within the same second the file may change again without a new date (section 8.8.2.2).
            date_is_strong: age.is_ok_and(|age| age >= Duration::from_secs(1)),
        }
    }

    /// The entity tag as it is sent, quotes included.
    pub fn etag(&self) -> &HeaderValue {
        &self.etag
    }

    /// The date of the last change, in whole seconds.
    pub fn modified(&self) -> SystemTime {
        self.modified
    }

    /// Whether the file rested long enough for its date to be a strong validator.
    pub fn date_is_strong(&self) -> bool {
        self.date_is_strong
    }

    /// The date as `Last-Modified` sends it.
    pub fn last_modified(&self) -> HeaderValue {
        HeaderValue::try_from(httpdate::fmt_http_date(self.modified))
            .unwrap_or(HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ID: FileIdentity = FileIdentity { dev: 1, ino: 0xab };

    fn at(seconds: u64, nanos: u32) -> SystemTime {
        UNIX_EPOCH + Duration::new(seconds, nanos)
    }

    #[test]
    fn the_tag_is_strong_and_changes_with_every_nanosecond_byte_and_inode() {
        let tag = |ino, len, nanos| {
            Validators::new(FileIdentity { dev: 1, ino }, len, at(5, nanos), at(9, 0)).etag
        };
        assert_eq!(tag(0xab, 16, 0), "\"ab-10-12a05f200\"");
        let all = [tag(1, 1, 1), tag(2, 1, 1), tag(1, 2, 1), tag(1, 1, 2)];
        for (index, one) in all.iter().enumerate() {
            assert!(all.iter().skip(index + 1).all(|other| other != one));
        }
        assert_eq!(
            Validators::new(FileIdentity { dev: 7, ..ID }, 1, at(5, 0), at(9, 0)),
            Validators::new(ID, 1, at(5, 0), at(9, 0)),
        );
    }

    #[test]
    fn last_modified_is_in_whole_seconds_and_never_later_than_now() {
        let of = |modified, now| Validators::new(ID, 1, modified, now).last_modified();
        assert_eq!(
            of(at(784_111_777, 999_999_999), at(2_000_000_000, 0)),
            "Sun, 06 Nov 1994 08:49:37 GMT"
        );
        assert_eq!(of(at(900_000_000, 0), at(784_111_777, 5)), "Sun, 06 Nov 1994 08:49:37 GMT");
    }

    #[test]
    fn dates_that_http_cannot_name_do_not_disturb() {
        let before = UNIX_EPOCH - Duration::from_millis(1);
        let early = Validators::new(ID, 1, before, at(5, 0));
        assert_eq!(early.last_modified(), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(early.etag(), "\"ab-1-nf4240\"");
        let late = UNIX_EPOCH + LAST_DATE + Duration::from_secs(1000);
        assert_eq!(
            Validators::new(ID, 1, late, late).last_modified(),
            "Fri, 31 Dec 9999 23:59:59 GMT"
        );
    }

    #[test]
    fn a_date_is_strong_once_the_file_has_rested_for_a_second() {
        let strong = |modified, now| Validators::new(ID, 1, modified, now).date_is_strong();
        assert!(!strong(at(5, 900), at(5, 950)));
        assert!(!strong(at(5, 900), at(6, 100)));
        assert!(strong(at(5, 900), at(6, 900)));
        assert!(!strong(at(50, 0), at(6, 0)), "from the future");
    }
}
