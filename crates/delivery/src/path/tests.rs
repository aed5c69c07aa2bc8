#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn unix(encoded: &str) -> Result<String, PathError> {
    RelativePath::with_rules(encoded, Rules::Unix)
        .map(|path| path.as_path().to_string_lossy().into_owned())
}

fn windows(encoded: &str) -> Result<String, PathError> {
    RelativePath::with_rules(encoded, Rules::Windows)
        .map(|path| path.as_path().to_string_lossy().into_owned())
}

#[test]
fn plain_and_encoded_names_are_decoded_once() {
    for (encoded, path) in [
        ("a.mp4", "a.mp4"),
        ("/a.mp4", "a.mp4"),
        ("/films/a%20b.mp4", "films/a b.mp4"),
        ("/%E6%98%A0%E7%94%BB.mkv", "映画.mkv"),
        ("/映画.mkv", "映画.mkv"),
        ("/100%25.mp4", "100%.mp4"),
        ("/a+b.mp4", "a+b.mp4"),
        ("/%252e%252e/x", "%2e%2e/x"),
        ("/%252Fetc", "%2Fetc"),
        ("/a%3Fb%23c.mp4", "a?b#c.mp4"),
        ("/a%5Cb%0Ac", "a\\b\nc"),
    ] {
        assert_eq!(unix(encoded).as_deref(), Ok(path), "{encoded}");
    }
}

#[test]
fn slashes_at_the_front_and_repeated_ones_count_as_one() {
    assert_eq!(unix("//films///a.mp4").as_deref(), Ok("films/a.mp4"));
    assert_eq!(unix("//etc/passwd").as_deref(), Ok("etc/passwd"));
}

#[test]
fn malformed_paths_are_told_why() {
    for (encoded, error) in [
        ("/a%", PathError::BadEncoding),
        ("/a%2", PathError::BadEncoding),
        ("/a%zz", PathError::BadEncoding),
        ("/a%+1", PathError::BadEncoding),
        ("/a%2/b", PathError::BadEncoding),
        ("/a%00.mp4", PathError::Nul),
        ("/a%2Fb", PathError::EncodedSlash),
        ("/..%2f..%2fetc%2fpasswd", PathError::EncodedSlash),
        ("/../a", PathError::DotComponent),
        ("/a/..", PathError::DotComponent),
        ("/a/%2e%2E/b", PathError::DotComponent),
        ("/a/.%2e/b", PathError::DotComponent),
        ("/a/./b", PathError::DotComponent),
        ("/.hidden/../b", PathError::DotComponent),
    ] {
        assert_eq!(unix(encoded), Err(error), "{encoded}");
        assert_eq!(error.kind(), PathErrorKind::Malformed);
    }
}

#[test]
fn what_is_hidden_or_a_folder_or_too_long_does_not_exist() {
    let long = "x".repeat(MAX_COMPONENT + 1);
    let deep = "x/".repeat(MAX_PATH / 2) + "xx";
    for (encoded, error) in [
        ("", PathError::Empty),
        ("/", PathError::Empty),
        ("///", PathError::Empty),
        ("/films/", PathError::Directory),
        ("/.git/config", PathError::Hidden),
        ("/films/%2Esecret", PathError::Hidden),
        ("/...", PathError::Hidden),
        (&long, PathError::TooLong),
        (&deep, PathError::TooLong),
    ] {
        assert_eq!(unix(encoded), Err(error), "{encoded}");
        assert_eq!(error.kind(), PathErrorKind::NotFound);
    }
    assert!(unix(&"x".repeat(MAX_COMPONENT)).is_ok());
}

#[test]
fn on_unix_a_name_is_bytes_and_overlong_utf8_is_never_a_dot_or_a_slash() {
    use std::os::unix::ffi::OsStrExt;
    for (encoded, bytes) in [
        ("/%c0%ae%c0%ae/x", &b"\xc0\xae\xc0\xae/x"[..]),
        ("/a%c0%afb", b"a\xc0\xafb"),
        ("/caf%e9.avi", b"caf\xe9.avi"),
    ] {
        let path = RelativePath::from_url_path(encoded).unwrap();
        assert_eq!(path.as_path().as_os_str().as_bytes(), bytes);
    }
}

#[test]
fn on_windows_separators_drives_streams_and_devices_are_refused() {
    for (encoded, error) in [
        ("/a%5Cb", PathError::ForbiddenCharacter),
        ("/..%5C..%5Cwindows", PathError::ForbiddenCharacter),
        ("/C:/x", PathError::ForbiddenCharacter),
        ("/a.mp4::$DATA", PathError::ForbiddenCharacter),
        ("/a%0Ab", PathError::ForbiddenCharacter),
        ("/a%3f", PathError::ForbiddenCharacter),
        ("/nul", PathError::DeviceName),
        ("/films/NUL.mp4", PathError::DeviceName),
        ("/con%20.mp4", PathError::DeviceName),
        ("/Com1.tar.gz", PathError::DeviceName),
        ("/lpt%C2%B9", PathError::DeviceName),
        ("/conin$", PathError::DeviceName),
        ("/a.mp4.", PathError::TrailingDotOrSpace),
        ("/a.mp4%20", PathError::TrailingDotOrSpace),
        ("/caf%e9", PathError::NotText),
        ("/%c0%ae%c0%ae/x", PathError::NotText),
    ] {
        assert_eq!(windows(encoded), Err(error), "{encoded}");
        assert_eq!(error.kind(), PathErrorKind::Malformed);
    }
    for fine in ["/console.mp4", "/com.mp4", "/com12.mp4", "/nullify", "/a.nul", "/映画1.mkv"] {
        assert!(windows(fine).is_ok(), "{fine}");
    }
}

#[test]
fn the_file_name_is_the_last_component() {
    assert_eq!(RelativePath::from_url_path("/a/b%20c.mp4").unwrap().file_name(), "b c.mp4");
    assert_eq!(RelativePath::from_url_path("/c.mp4").unwrap().file_name(), "c.mp4");
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_a_row_of_plain_visible_names(encoded in "([a-c./%\\\\]|%2[eEfF5]|%00|%c0%ae|\\PC){0,40}") {
        for rules in [Rules::Unix, Rules::Windows] {
            if let Ok(path) = RelativePath::with_rules(&encoded, rules) {
                prop_assert!(path.as_path().is_relative());
                let mut count = 0;
                for component in path.as_path().components() {
                    let std::path::Component::Normal(name) = component else {
                        return Err(TestCaseError::fail(format!("{component:?}")));
                    };
                    let name = name.as_encoded_bytes();
                    prop_assert!(!name.starts_with(b".") && !name.contains(&0) && name.len() <= MAX_COMPONENT);
                    count += 1;
                }
                prop_assert!(count > 0);
            }
        }
    }
}
