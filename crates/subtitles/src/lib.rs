//! Text subtitles.
