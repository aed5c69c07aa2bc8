//! Playlists for players that can set no header: the API key that came in the query goes into
//! every address of the playlist, since players leave the query behind.

use bytes::Bytes;
use delivery::{Made, MediaType};
use extents::{Part, Plan};

/// The playlist with the key of the query in its addresses; anything else as it is.
pub(super) fn with_key(made: Made, query: Option<&str>) -> Made {
    let key = query.and_then(|query| {
        query.split('&').find(|pair| pair.starts_with("api_key=") && is_plain(pair))
    });
    let Some(key) = key else { return made };
    let [Part::Bytes(bytes)] = made.plan.parts() else { return made };
    let Ok(text) = std::str::from_utf8(bytes) else { return made };
    let text = match made.media_type {
        MediaType::HLS => hls(text, key),
        MediaType::DASH => dash(text, key),
        _ => return made,
    };
    // Another key, other bytes, which nobody keeps. The tag tells nothing of the key but that.
    let hash = key
        .bytes()
        .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let tag = format!("{}-{:04x}", made.tag, hash & 0xffff);
    let plan = Plan::new([Part::Bytes(Bytes::from(text))]);
    Made { plan, tag, forms: None, ..made }
}

/// Whether it can stand in a playlist and an attribute as it is.
fn is_plain(pair: &str) -> bool {
    pair.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=_-.~%+".contains(&byte))
}

fn hls(text: &str, key: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        if line.starts_with('#') {
            match line.split_once("URI=\"").and_then(|(before, rest)| {
                let (uri, after) = rest.split_once('"')?;
                Some((before, uri, after))
            }) {
                Some((before, uri, after)) => {
                    out.extend([before, "URI=\"", uri, "?", key, "\"", after]);
                }
                None => out.push_str(line),
            }
        } else if line.is_empty() {
            out.push_str(line);
        } else {
            out.extend([line, "?", key]);
        }
        out.push('\n');
    }
    out
}

fn dash(text: &str, key: &str) -> String {
    text.replace(".m4s\"", &format!(".m4s?{key}\"")).replace(".mp4\"", &format!(".mp4?{key}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_gets_the_key() {
        let text = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:2,\na.m4s\n";
        let keyed = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4?api_key=k\"\n#EXTINF:2,\na.m4s?api_key=k\n";
        assert_eq!(hls(text, "api_key=k"), keyed);
    }

    #[test]
    fn a_key_that_would_break_a_playlist_is_left_out() {
        assert!(is_plain("api_key=ab%2Bc") && !is_plain("api_key=a\"b"));
    }
}
