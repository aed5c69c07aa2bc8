//! HLS playlists as values.
