//! Any text as a playlist: reader and judge come to an end, and what was read is written as
//! something that reads the same.
#![no_main]

use hls::{Context, Playlist, parse, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    validate(text, &Context::default());
    let written = match parse(text) {
        Ok(Playlist::Media(playlist)) => playlist.render(),
        Ok(Playlist::Multivariant(playlist)) => playlist.render(),
        Err(_) => return,
    };
    let again = match parse(&written) {
        Ok(Playlist::Media(playlist)) => playlist.render(),
        Ok(Playlist::Multivariant(playlist)) => playlist.render(),
        Err(error) => panic!("{error} in {written:?}"),
    };
    assert_eq!(again, written);
});
