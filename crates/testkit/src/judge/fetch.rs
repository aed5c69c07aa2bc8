//! Fetching over HTTP, and whether answers are what caches and seeking players rely on.

use std::{cell::RefCell, collections::BTreeMap, net::SocketAddr, rc::Rc};

use super::random::Random;
use crate::http::{Dial, Http, Response};

/// Everything that was fetched, by target.
#[derive(Debug)]
pub(super) struct Fetcher {
    pub(super) addr: SocketAddr,
    http: RefCell<Http>,
    had: RefCell<BTreeMap<String, Rc<Vec<u8>>>>,
}

impl Fetcher {
    #[track_caller]
    pub(super) fn new(addr: SocketAddr) -> Self {
        Self { addr, http: RefCell::new(Dial::to(addr).open()), had: RefCell::default() }
    }

    /// The bytes at a target, fetched once.
    pub(super) fn get(&self, target: &str) -> Result<Rc<Vec<u8>>, String> {
        if let Some(bytes) = self.had.borrow().get(target) {
            return Ok(Rc::clone(bytes));
        }
        let mut http = self.http.borrow_mut();
        let mut response = http.try_get(target);
        if response.is_err() {
            // The connection may have been closed after the last answer.
            *http = Dial::to(self.addr).open();
            response = http.try_get(target);
        }
        let response =
            response.map_err(|error| format!("GET {target} brought nothing: {error}"))?;
        if response.status != 200 {
            let start =
                String::from_utf8_lossy(&response.body).chars().take(200).collect::<String>();
            return Err(format!("GET {target} was answered with {}: {start}", response.status));
        }
        let bytes = Rc::new(response.body);
        self.had.borrow_mut().insert(target.to_owned(), Rc::clone(&bytes));
        Ok(bytes)
    }

    pub(super) fn text(&self, target: &str) -> Result<String, String> {
        let bytes = self.get(target)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| format!("{target} is not UTF-8"))
    }

    /// Fetches all of it again, in another order, over several connections: what came then but not
    /// the first time.
    pub(super) fn fetch_in_any_order(&self) -> Vec<String> {
        let mut targets: Vec<(String, Vec<u8>)> = {
            let had = self.had.borrow();
            had.iter().map(|(target, bytes)| (target.clone(), bytes.to_vec())).collect()
        };
        Random::new(7).shuffle(&mut targets);
        targets.truncate(300);
        let addr = self.addr;
        let threads: Vec<_> = (0..4)
            .map(|nth| {
                let mine: Vec<_> = targets.iter().skip(nth).step_by(4).cloned().collect();
                std::thread::spawn(move || {
                    let mut http = Dial::to(addr).open();
                    let mut findings = Vec::new();
                    for (target, bytes) in mine {
                        match http.try_get(&target) {
                            Ok(answer) if answer.status == 200 && answer.body == bytes => {}
                            Ok(answer) => findings.push(format!(
                                "{target}: fetched again, in another order, it is different: status {}, {} bytes instead of {}",
                                answer.status, answer.body.len(), bytes.len()
                            )),
                            Err(error) => {
                                findings.push(format!("{target}: fetched again: {error}"));
                                http = Dial::to(addr).open();
                            }
                        }
                    }
                    findings
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    }
}

/// The target that a reference means, seen from another target [RFC 3986, 5.2].
pub(super) fn resolve(base: &str, reference: &str) -> Result<String, String> {
    if reference.contains("://") {
        return Err(format!("{reference} is an absolute address"));
    }
    let base = base.split('?').next().unwrap_or(base);
    let (path, query) = reference.split_once('?').unwrap_or((reference, ""));
    let mut steps: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        base.trim_start_matches('/')
            .split('/')
            .rev()
            .skip(1)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect()
    };
    for step in path.trim_start_matches('/').split('/') {
        match step {
            "." => {}
            ".." => {
                steps.pop().ok_or(format!("{reference} leads out of {base}"))?;
            }
            step => steps.push(step),
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    Ok(format!("/{}{query}", steps.join("/")))
}

/// What kind of thing a target is, for its media type and its caching.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Nature {
    Playlist,
    Manifest,
    /// Init and media segments, whose bytes can never change.
    Segment,
    Clip,
}

/// Whether a target has a strong validator, an exact length, HEAD, ranges and conditions.
pub(super) fn behaviour(addr: SocketAddr, target: &str, nature: Nature) -> Vec<String> {
    let mut findings = Vec::new();
    let mut say = |text: String| findings.push(format!("{target}: {text}"));
    let mut http = Dial::to(addr).open();
    let mut ask = |method: &str, headers: &[(&str, &str)]| -> Option<Response> {
        http.send_request(method, target, headers);
        http.try_read_response(method).ok()
    };
    let Some(whole) = ask("GET", &[]) else { return vec![format!("{target}: no answer")] };
    let length = whole.body.len();
    let header = |answer: &Response, name: &str| {
        answer.headers.all(name).next().unwrap_or_default().to_owned()
    };
    let tag = header(&whole, "ETag");
    if !(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 3) {
        say(format!("its ETag is no strong one: {tag:?}"));
    }
    if header(&whole, "Content-Length") != length.to_string() {
        say(format!("it is {length} bytes long and says {:?}", header(&whole, "Content-Length")));
    }
    let caching = header(&whole, "Cache-Control");
    if nature != Nature::Clip && (nature == Nature::Segment) != caching.contains("immutable") {
        say(format!("its Cache-Control is {caching:?}"));
    }
    let media_type = header(&whole, "Content-Type");
    let types: &[&str] = match nature {
        Nature::Playlist => &["application/vnd.apple.mpegurl"],
        Nature::Manifest => &["application/dash+xml"],
        Nature::Clip => &["video/mp4", "audio/mp4"],
        Nature::Segment => &["video/mp4", "audio/mp4", "text/vtt", "video/mp2t", "application/mp4"],
    };
    if !types.iter().any(|wanted| media_type.starts_with(wanted)) {
        say(format!("its Content-Type is {media_type:?}"));
    }
    match ask("HEAD", &[]) {
        Some(head) if head.status == 200 => {
            for name in ["ETag", "Content-Length", "Content-Type", "Cache-Control"] {
                if header(&head, name) != header(&whole, name) {
                    say(format!("HEAD says {name}: {:?}", header(&head, name)));
                }
            }
        }
        other => say(format!("HEAD was answered with {:?}", other.map(|answer| answer.status))),
    }
    for (range, from, to) in [
        ("bytes=0-9".to_owned(), 0, 10.min(length)),
        (format!("bytes={}-", length / 2), length / 2, length),
        ("bytes=-7".to_owned(), length.saturating_sub(7), length),
        (format!("bytes={}-{}", length / 3, length / 3), length / 3, length / 3 + 1),
    ] {
        match ask("GET", &[("Range", &range), ("If-Range", &tag)]) {
            Some(part) if part.status == 206 => {
                if part.body != whole.body[from..to] {
                    say(format!("{range} brings other bytes than the whole has there"));
                }
                let wanted = format!("bytes {from}-{}/{length}", to.saturating_sub(1));
                if header(&part, "Content-Range") != wanted || header(&part, "ETag") != tag {
                    say(format!("{range} is answered with {:?}", part.headers));
                }
            }
            other => say(format!("{range} was answered with {:?}", other.map(|part| part.status))),
        }
    }
    let beyond = format!("bytes={length}-");
    for (name, value, wanted) in
        [("Range", beyond.as_str(), 416), ("If-None-Match", &tag, 304), ("If-Match", "\"no\"", 412)]
    {
        let status = ask("GET", &[(name, value)]).map(|answer| answer.status);
        if status != Some(wanted) {
            say(format!("{name}: {value} was answered with {status:?}"));
        }
    }
    match ask("GET", &[("Range", "bytes=0-9"), ("If-Range", "\"another\"")]) {
        Some(answer) if answer.status == 200 && answer.body == whole.body => {}
        other => say(format!(
            "a range of another version was answered with {:?}",
            other.map(|answer| answer.status)
        )),
    }
    findings
}
