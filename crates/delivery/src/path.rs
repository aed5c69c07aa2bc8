//! From the path of a URL to a relative path that is safe to look up.
//!
//! Pure: no disk is touched, so nothing here knows whether the file exists or where links lead
//! (see [`crate::folders`]). The encoded path is split at `/` first and each component is
//! percent-decoded once, so an encoded separator can never make a second component and a
//! doubly-encoded one is simply an odd name.
//!
//! What counts as a name depends on the system, see [`Rules`]. On Unix a name is a row of bytes:
//! invalid UTF-8, backslashes and newlines are legal and served.

mod rules;

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::OsStringExt,
    path::{Path, PathBuf},
};

pub use rules::Rules;

/// The longest name of one component, in bytes (`NAME_MAX`).
pub const MAX_COMPONENT: usize = 255;

/// The longest relative path, in bytes (`PATH_MAX` without its closing NUL).
pub const MAX_PATH: usize = 4095;

/// Whether a refused path is the client's mistake or merely names nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PathErrorKind {
    /// No file can ever have this path; a client that sends it is broken or up to something (400).
    Malformed,
    /// A sound path that names nothing which is served (404).
    NotFound,
}

/// Why a path of a URL is not looked up. One line for a person; the path itself is left out, for
/// the access log has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum PathError {
    /// `%` without two hexadecimal digits after it.
    #[error(
        "the path has a % that is not followed by two hexadecimal digits; write a plain % as %25"
    )]
    BadEncoding,
    /// `%00`.
    #[error("the path has a NUL byte")]
    Nul,
    /// `%2F` inside a component.
    #[error("the path has an encoded slash (%2F); no file name can contain one")]
    EncodedSlash,
    /// `.` or `..`, encoded or not.
    #[error("the path has a \".\" or \"..\" component; ask for the file by its full path")]
    DotComponent,
    /// A character that this system allows in no name, or gives a meaning of its own.
    #[error("the path has a character that no file name can contain on this system")]
    ForbiddenCharacter,
    /// A name that means a device, such as `NUL` or `COM1`.
    #[error("the path has a component that names a device on this system")]
    DeviceName,
    /// A dot or space at the end of a component, which this system would strip.
    #[error("the path has a component that ends in a dot or a space, which this system would drop")]
    TrailingDotOrSpace,
    /// Bytes that are not UTF-8, where names are text.
    #[error("the path is not valid UTF-8")]
    NotText,
    /// A component that begins with a dot.
    #[error("hidden files are not served")]
    Hidden,
    /// A slash at the end.
    #[error("the path names a folder; folders are not listed")]
    Directory,
    /// Nothing but slashes.
    #[error("the path names no file")]
    Empty,
    /// Longer than any name on disk, see [`MAX_COMPONENT`] and [`MAX_PATH`].
    #[error("the path is longer than any file's")]
    TooLong,
}

impl PathError {
    /// Whether the client is to be told "bad request" or "not found".
    pub fn kind(self) -> PathErrorKind {
        match self {
            Self::BadEncoding
            | Self::Nul
            | Self::EncodedSlash
            | Self::DotComponent
            | Self::ForbiddenCharacter
            | Self::DeviceName
            | Self::TrailingDotOrSpace
            | Self::NotText => PathErrorKind::Malformed,
            Self::Hidden | Self::Directory | Self::Empty | Self::TooLong => PathErrorKind::NotFound,
        }
    }
}

/// A path below a media folder: at least one component, none of them empty, `.`, `..` or hidden,
/// none with a separator or NUL in it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RelativePath(PathBuf);

impl RelativePath {
    /// Decodes and checks the path of a URL (without query), by the rules of this system.
    ///
    /// Slashes at the front and repeated slashes count as one, because addresses are often glued
    /// together from a base and a path. A slash at the end means a folder and is refused.
    pub fn from_url_path(encoded: &str) -> Result<Self, PathError> {
        Self::with_rules(encoded, Rules::HERE)
    }

    /// The same by the rules of a named system.
    ///
    /// A malformed path is reported as such even where an earlier component would be "not found".
    pub fn with_rules(encoded: &str, rules: Rules) -> Result<Self, PathError> {
        let mut joined = Vec::with_capacity(encoded.len());
        let mut missing = None;
        for component in encoded.split('/').filter(|component| !component.is_empty()) {
            if !joined.is_empty() {
                joined.push(b'/');
            }
            let start = joined.len();
            decode(component, &mut joined)?;
            match check(joined.get(start..).unwrap_or_default(), rules) {
                Ok(()) => {}
                Err(error) if error.kind() == PathErrorKind::NotFound => {
                    missing = missing.or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        if joined.is_empty() {
            return Err(PathError::Empty);
        }
        if joined.len() > MAX_PATH {
            return Err(PathError::TooLong);
        }
        if encoded.ends_with('/') {
            missing = missing.or(Some(PathError::Directory));
        }
        match missing {
            Some(error) => Err(error),
            None => Ok(Self(OsString::from_vec(joined).into())),
        }
    }

    /// The path of a file whose name the owner gave himself; it may be hidden.
    pub(crate) fn of_file_name(name: &OsStr) -> Self {
        Self(name.into())
    }

    /// A path as a folder below a media folder has it, checked like one of a URL.
    pub fn of_path(path: &Path) -> Result<Self, PathError> {
        Self::from_url_path(&Self(path.to_owned()).to_url_path())
    }

    /// The path as a URL has it: percent-encoded, components joined by `/`.
    pub fn to_url_path(&self) -> String {
        use std::os::unix::ffi::OsStrExt as _;
        percent_encoding::percent_encode(self.0.as_os_str().as_bytes(), IN_URLS).to_string()
    }

    /// The path of another file in the same folder; `None` if it may have no such name.
    pub fn sibling(&self, name: &str) -> Option<Self> {
        let own = self.to_url_path();
        let folder = own.rfind('/').map_or("", |slash| own.get(..=slash).unwrap_or_default());
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        Self::from_url_path(&format!("{folder}{name}")).ok()
    }

    /// The path, to be joined to a media folder.
    pub fn as_path(&self) -> &Path {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &OsStr {
        // There is always one: no component is `..` and there is at least one.
        self.0.file_name().unwrap_or(self.0.as_os_str())
    }
}

/// What stands for itself in the path of a URL.
const IN_URLS: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// Appends one percent-decoded component. Stricter than the `percent-encoding` crate, which lets
/// a malformed `%` through.
fn decode(component: &str, out: &mut Vec<u8>) -> Result<(), PathError> {
    let mut bytes = component.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|digit| char::from(digit).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(PathError::BadEncoding);
        };
        out.push(u8::try_from(high * 16 + low).map_err(|_| PathError::BadEncoding)?);
    }
    Ok(())
}

/// Judges one decoded component.
fn check(name: &[u8], rules: Rules) -> Result<(), PathError> {
    if name.contains(&0) {
        return Err(PathError::Nul);
    }
    if name.contains(&b'/') {
        return Err(PathError::EncodedSlash);
    }
    if matches!(name, b"." | b"..") {
        return Err(PathError::DotComponent);
    }
    rules.check(name)?;
    if name.starts_with(b".") {
        return Err(PathError::Hidden);
    }
    if name.len() > MAX_COMPONENT {
        return Err(PathError::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
