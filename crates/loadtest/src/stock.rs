//! What there is to ask for: what the server lists, and what the plan names.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::client::{Client, Question};

/// What stays as it is in a path of a URL (RFC 3986 section 3.3).
const IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// How many videos are looked at.
const VIDEOS: usize = 100;

/// What there is to ask for.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    pub(crate) files: Vec<File>,
    /// Content ids, or paths: what stands behind `/hls/`.
    pub(crate) films: Vec<String>,
    /// How many videos the server lists; none if it lists nothing.
    pub(crate) listed: Option<u64>,
}

/// A file: its address, and how long it is.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) address: String,
    pub(crate) bytes: u64,
}

#[derive(Deserialize)]
struct List {
    items: Vec<Video>,
    total: u64,
}

#[derive(Deserialize)]
struct Video {
    id: String,
    /// Percent-encoded, as in every answer about videos.
    path: String,
    size: u64,
    #[serde(default = "yes")]
    present: bool,
}

const fn yes() -> bool {
    true
}

/// What a list of videos says, as far as users need it.
#[derive(Debug, Deserialize)]
pub(crate) struct Shown {
    pub(crate) items: Vec<Card>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) poster: Option<Poster>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Poster {
    pub(crate) url: String,
}

impl Stock {
    /// Looks around. That a server lists nothing is no error: an old one, or one that is no Vidicon.
    pub(crate) async fn look(client: &mut Client, paths: &[String]) -> Result<Self, String> {
        let mut stock = Self::default();
        let target = format!("/api/v1/videos?limit={VIDEOS}");
        let answer = client.ask(Question { target: &target, range: None, keep: true }).await?;
        if answer.status.is_success()
            && let Ok(list) = serde_json::from_slice::<List>(&answer.body)
        {
            stock.listed = Some(list.total);
            for video in list.items.into_iter().filter(|video| video.present) {
                let address = format!("/video/{}", video.path.trim_start_matches('/'));
                stock.files.push(File { address, bytes: video.size });
                stock.films.push(video.id);
            }
        }
        for path in paths {
            let address = address_of(path);
            let question = Question { target: &address, range: Some((0, 0)), keep: false };
            let answer = client.ask(question).await?;
            let Some(bytes) = answer.of.filter(|_| answer.status.is_success()) else {
                return Err(format!("{path} answers with status {}", answer.status.as_u16()));
            };
            stock.films.push(utf8_percent_encode(path, IN_PATH).to_string());
            stock.files.push(File { address, bytes });
        }
        stock.files.retain(|file| file.bytes > 0);
        Ok(stock)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.films.is_empty() && self.listed.is_none()
    }
}

fn address_of(path: &str) -> String {
    format!("/video/{}", utf8_percent_encode(path.trim_start_matches('/'), IN_PATH))
}
