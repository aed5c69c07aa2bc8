//! As much of an HLS playlist as it takes to fetch what it names (RFC 8216 section 4).

/// The addresses that stand alone in a line: variants, or segments.
pub(crate) fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// The address of the init, if it has one.
pub(crate) fn init(text: &str) -> Option<&str> {
    let attributes = text.lines().find_map(|line| line.trim().strip_prefix("#EXT-X-MAP:"))?;
    let (_, rest) = attributes.split_once("URI=\"")?;
    Some(rest.split_once('"')?.0)
}

/// The path that an address of a playlist leads to; none if it leads to another server.
pub(crate) fn resolve(playlist: &str, address: &str) -> Option<String> {
    if address.starts_with("//") || address.contains("://") {
        return None;
    }
    if address.starts_with('/') {
        return Some(address.to_owned());
    }
    let path = playlist.split_once('?').map_or(playlist, |(path, _)| path);
    let (folder, _) = path.rsplit_once('/')?;
    Some(format!("{folder}/{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_playlist_names_is_found() {
        let text = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"1@2\"\n#EXTINF:6,\n1.m4s\r\n\n#EXTINF:6,\n2.m4s\n";
        assert_eq!(lines(text), ["1.m4s", "2.m4s"]);
        assert_eq!(init(text), Some("init.mp4"));
        assert_eq!(init("#EXTM3U\n"), None);
    }

    #[test]
    fn addresses_count_from_the_playlist_and_stay_with_the_server() {
        let from = "/hls/a%20b.mp4/master.m3u8?api_key=x";
        assert_eq!(resolve(from, "v1.m3u8").as_deref(), Some("/hls/a%20b.mp4/v1.m3u8"));
        assert_eq!(resolve(from, "/x/y").as_deref(), Some("/x/y"));
        assert_eq!(resolve(from, "http://evil.example/x"), None);
        assert_eq!(resolve(from, "//evil.example/x"), None);
    }
}
