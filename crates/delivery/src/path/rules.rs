//! What a file name may be on each system, as data, so that every system's rules are tested on
//! every system.

use super::PathError;

/// The names that a system allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rules {
    /// A name is any row of bytes without `/` and NUL.
    Unix,
    /// A name is text without separators, drive letters, streams (`name:stream`), wildcards,
    /// control characters and device names, and does not end in a dot or a space.
    Windows,
}

impl Rules {
    /// The rules of the systems that Vidicon is built for.
    pub const HERE: Self = Self::Unix;

    /// Judges one decoded component that is neither `.` nor `..` and has no `/` or NUL.
    pub(super) fn check(self, name: &[u8]) -> Result<(), PathError> {
        match self {
            Self::Unix => Ok(()),
            Self::Windows => windows(name),
        }
    }
}

/// See "Naming Files, Paths, and Namespaces" in the Windows documentation.
fn windows(name: &[u8]) -> Result<(), PathError> {
    let text = std::str::from_utf8(name).map_err(|_| PathError::NotText)?;
    if text.chars().any(|c| c < ' ' || r#"\:*?"<>|"#.contains(c)) {
        return Err(PathError::ForbiddenCharacter);
    }
    if text.ends_with(['.', ' ']) {
        return Err(PathError::TrailingDotOrSpace);
    }
    // `nul.mp4`, `NUL .mp4` and `nul.tar.gz` all open the device on some version of Windows.
    let stem = text.split('.').next().unwrap_or(text).trim_end_matches(' ');
    if is_device(stem) {
        return Err(PathError::DeviceName);
    }
    Ok(())
}

fn is_device(stem: &str) -> bool {
    let plain = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];
    if plain.iter().any(|device| stem.eq_ignore_ascii_case(device)) {
        return true;
    }
    // Superscript digits count as digits here, for Windows reads them so.
    let mut chars = stem.chars();
    let Some(digit) = chars.next_back() else {
        return false;
    };
    (digit.is_ascii_digit() || matches!(digit, '¹' | '²' | '³'))
        && ["COM", "LPT"].iter().any(|port| chars.as_str().eq_ignore_ascii_case(port))
}
