//! Every oddity can be made, and is what it says.
#![allow(clippy::unwrap_used, missing_docs)]

use testkit::{oddities, tools};

#[test]
fn every_oddity_can_be_made_and_read() {
    for oddity in oddities::all() {
        let path = oddity.path();
        let printed = tools::run_clean(
            tools::require("ffprobe", "ffmpeg")
                .args(["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0"])
                .arg(&path),
        );
        assert!(!printed.is_empty(), "{}: no track", oddity.file);
    }
}
