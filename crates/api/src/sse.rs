//! Server-sent events: a stream of changes that a page can take up again where it was cut off.
//!
//! Of what a reader has missed it gets all that is kept, then what happens. One that is too slow, or
//! was away for too long, gets `reset`: forget what you know and ask anew.
//!
//! What happens is not told in the order of its numbers: what another process wrote is found in the journal a moment
//! later, and of two that write at once either may be told first. So nothing is left out for its number being low, and
//! the `id` of an event says up to where all was told, which need not be its own number.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    broadcast::{self, error::RecvError},
};
use tokio_util::sync::CancellationToken;

use library::Event;

use crate::{problem::Problem, v1::events::shown};

/// How often something is said when there is nothing to say, so that proxies do not think that
/// nobody is there, and so that readers who are gone are noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The kind of events that only administrators hear.
const JOB: &str = "job";

/// How many may listen at once.
const LISTENERS: usize = 512;

/// How many events may have been told beyond one that was not, before that one is thought never to come: a number of a
/// journal can be without a line.
const AHEAD: usize = 1_000;

/// When a reader shall try again, in milliseconds.
const RETRY_MS: u32 = 2000;

/// What has happened since a reader was cut off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Missed {
    /// All of it.
    All(Vec<Event>),
    /// More than is kept.
    TooMuch,
}

/// Who listens, and until when.
#[derive(Clone)]
pub(crate) struct Listeners {
    places: Arc<Semaphore>,
    stop: CancellationToken,
    heartbeat: Duration,
}

impl Listeners {
    /// Until `stop` is cancelled, which ends every stream at once.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self { places: Arc::new(Semaphore::new(LISTENERS)), stop, heartbeat: HEARTBEAT }
    }

    /// A stream from now on, and of what was missed before that. `live` must have been subscribed
    /// before `newest` and `missed` were found out, or something could fall between.
    ///
    /// `newest` is the number of the newest event of the journal. Of jobs only who `administers` hears.
    pub(crate) fn stream(
        &self,
        live: broadcast::Receiver<Event>,
        newest: i64,
        missed: Missed,
        administers: bool,
    ) -> Result<Response, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| {
            let detail = format!("{LISTENERS} pages listen already; try again in a minute");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .header(header::RETRY_AFTER, HeaderValue::from_static("60"))
        })?;
        let mut first = format!("retry: {RETRY_MS}\n");
        let mut told = Told { whole: newest, ahead: BTreeSet::new() };
        let mut again = BTreeSet::new();
        match missed {
            Missed::All(events) => {
                for event in &events {
                    // They are of one moment, and in order.
                    told.whole = told.whole.max(event.number.unwrap_or(0));
                    again.extend(event.number);
                    if administers || event.kind != JOB {
                        write(&mut first, event, event.number);
                    }
                }
            }
            Missed::TooMuch => reset(&mut first, newest),
        }
        // Without data it is no event, and still remembered as the last id.
        let _ = write!(first, "id: {}\n\n", told.whole);
        let reader = Reader {
            first: Some(first),
            live,
            told,
            again,
            administers,
            heartbeat: self.heartbeat,
            stop: self.stop.clone(),
            _place: place,
        };
        let body = Body::from_stream(stream::unfold(reader, |mut reader| async move {
            let text = reader.next().await?;
            Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), reader))
        }));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            // A proxy that gathers answers would hold the events back.
            (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
        ];
        Ok((headers, body).into_response())
    }
}

/// The last event that a reader has seen. A number that is none counts as never.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Option<i64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}

/// What a reader was told.
struct Told {
    /// All events up to this number.
    whole: i64,
    /// The numbers of further ones.
    ahead: BTreeSet<i64>,
}

impl Told {
    fn note(&mut self, number: i64) {
        if number > self.whole {
            self.ahead.insert(number);
        }
        while let Some(next) = self.ahead.first().copied()
            && (next == self.whole.saturating_add(1) || self.ahead.len() > AHEAD)
        {
            self.whole = next;
            self.ahead.pop_first();
        }
    }
}

struct Reader {
    first: Option<String>,
    live: broadcast::Receiver<Event>,
    told: Told,
    /// The numbers of events that were told as missed, and may come once more.
    again: BTreeSet<i64>,
    administers: bool,
    heartbeat: Duration,
    stop: CancellationToken,
    _place: OwnedSemaphorePermit,
}

impl Reader {
    /// What to send next; none at the end.
    async fn next(&mut self) -> Option<String> {
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        let stop = self.stop.clone();
        tokio::select! {
            biased;
            () = stop.cancelled() => None,
            next = self.happened() => next,
        }
    }

    async fn happened(&mut self) -> Option<String> {
        loop {
            let event = match tokio::time::timeout(self.heartbeat, self.live.recv()).await {
                Err(_) => return Some(":\n\n".to_owned()),
                Ok(Ok(event)) => event,
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Err(RecvError::Lagged(_))) => {
                    // What is still in the buffer is older than what the reader will ask for.
                    self.live = self.live.resubscribe();
                    let mut text = String::new();
                    reset(&mut text, self.told.whole);
                    return Some(text);
                }
            };
            if event.number.is_some_and(|number| self.again.remove(&number)) {
                continue;
            }
            if let Some(number) = event.number {
                self.told.note(number);
            }
            if event.kind == JOB && !self.administers {
                continue;
            }
            let mut text = String::new();
            write(&mut text, &event, event.number.and(Some(self.told.whole)));
            return Some(text);
        }
    }
}

/// Writes an event; `id` is where to go on after it.
fn write(text: &mut String, Event { kind, body, .. }: &Event, id: Option<i64>) {
    // Writing to a string cannot fail.
    if let Some(id) = id {
        let _ = writeln!(text, "id: {id}");
    }
    let shown = shown(kind, body);
    let body = shown.as_ref().unwrap_or(body);
    // JSON has no line breaks of its own when it is written like this.
    let _ = writeln!(text, "event: {kind}\ndata: {body}\n");
}

fn reset(text: &mut String, id: i64) {
    let event = Event { number: None, kind: "reset".to_owned(), body: serde_json::json!({}) };
    write(text, &event, Some(id));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use http_body_util::BodyExt as _;

    use super::*;

    fn event(number: i64) -> Event {
        Event {
            number: Some(number),
            kind: "views".into(),
            body: serde_json::json!({ "views": number }),
        }
    }

    fn said(number: i64) -> String {
        said_with(number, number)
    }

    fn said_with(id: i64, number: i64) -> String {
        format!("id: {id}\nevent: views\ndata: {{\"views\":{number}}}\n\n")
    }

    async fn next(body: &mut Body) -> Option<String> {
        let data = body.frame().await?.unwrap().into_data().unwrap();
        Some(String::from_utf8(data.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_reader_gets_what_it_missed_and_then_what_happens_once() {
        let (sender, receiver) = broadcast::channel(8);
        let listeners = Listeners::new(CancellationToken::new());
        sender.send(event(5)).unwrap();
        let missed = Missed::All(vec![event(4), event(5)]);
        let mut body = listeners.stream(receiver, 5, missed, true).unwrap().into_body();
        let first = next(&mut body).await.unwrap();
        assert_eq!(first, format!("retry: 2000\n{}{}id: 5\n\n", said(4), said(5)));
        sender.send(event(6)).unwrap();
        assert_eq!(next(&mut body).await.unwrap(), said(6), "5 is not said twice");
        let moment = Event { number: None, kind: "scan".into(), body: serde_json::json!({}) };
        sender.send(moment).unwrap();
        assert_eq!(next(&mut body).await.unwrap(), "event: scan\ndata: {}\n\n");
    }

    #[tokio::test]
    async fn one_that_was_away_too_long_or_is_too_slow_begins_anew() {
        let (sender, receiver) = broadcast::channel(2);
        let listeners = Listeners::new(CancellationToken::new());
        let mut body = listeners.stream(receiver, 9, Missed::TooMuch, true).unwrap().into_body();
        let reset = "id: 9\nevent: reset\ndata: {}\n\n";
        assert_eq!(next(&mut body).await.unwrap(), format!("retry: 2000\n{reset}id: 9\n\n"));
        for number in 10..20 {
            sender.send(event(number)).unwrap();
        }
        assert_eq!(next(&mut body).await.unwrap(), reset);
        sender.send(event(20)).unwrap();
        // Of what came between it knows nothing, so it would go on from before that.
        assert_eq!(next(&mut body).await.unwrap(), said_with(9, 20));
    }

    #[tokio::test]
    async fn what_comes_late_is_told_and_is_not_skipped_by_who_comes_back() {
        let (sender, receiver) = broadcast::channel(8);
        let listeners = Listeners::new(CancellationToken::new());
        let mut body =
            listeners.stream(receiver, 5, Missed::All(Vec::new()), true).unwrap().into_body();
        next(&mut body).await.unwrap();
        for (number, id) in [(7, 5), (8, 5), (6, 8), (9, 9), (4, 9), (5, 9), (10, 10)] {
            sender.send(event(number)).unwrap();
            assert_eq!(next(&mut body).await.unwrap(), said_with(id, number));
        }
    }

    #[test]
    fn a_number_that_never_comes_is_not_waited_for_for_ever() {
        let mut told = Told { whole: 0, ahead: BTreeSet::new() };
        for number in 2..2000 {
            told.note(number);
            assert!(told.ahead.len() <= AHEAD);
        }
        assert_eq!((told.whole, told.ahead.len()), (1999, 0));
    }

    #[tokio::test]
    async fn only_administrators_hear_of_jobs() {
        let (sender, receiver) = broadcast::channel(8);
        let listeners = Listeners::new(CancellationToken::new());
        let job = |number| Event { kind: JOB.to_owned(), ..event(number) };
        let missed = Missed::All(vec![job(4), event(5)]);
        let mut body = listeners.stream(receiver, 5, missed, false).unwrap().into_body();
        assert_eq!(next(&mut body).await.unwrap(), format!("retry: 2000\n{}id: 5\n\n", said(5)));
        sender.send(job(6)).unwrap();
        sender.send(event(7)).unwrap();
        assert_eq!(next(&mut body).await.unwrap(), said(7));
    }

    #[tokio::test]
    async fn stopping_ends_every_stream() {
        let (_sender, receiver) = broadcast::channel(2);
        let stop = CancellationToken::new();
        let listeners = Listeners::new(stop.clone());
        let mut body =
            listeners.stream(receiver, 0, Missed::All(Vec::new()), true).unwrap().into_body();
        next(&mut body).await.unwrap();
        stop.cancel();
        assert_eq!(next(&mut body).await, None);
    }

    #[tokio::test]
    async fn silence_is_broken_now_and_then() {
        let (_sender, receiver) = broadcast::channel(2);
        let mut listeners = Listeners::new(CancellationToken::new());
        listeners.heartbeat = Duration::from_millis(1);
        let mut body =
            listeners.stream(receiver, 0, Missed::All(Vec::new()), true).unwrap().into_body();
        next(&mut body).await.unwrap();
        assert_eq!(next(&mut body).await.unwrap(), ":\n\n");
    }

    #[tokio::test]
    async fn there_are_only_so_many_places_and_leaving_frees_one() {
        let (sender, receiver) = broadcast::channel(2);
        let mut listeners = Listeners::new(CancellationToken::new());
        listeners.places = Arc::new(Semaphore::new(1));
        let stream = |receiver| listeners.stream(receiver, 0, Missed::All(Vec::new()), true);
        let one = stream(receiver).unwrap();
        assert!(stream(sender.subscribe()).is_err());
        drop(one);
        assert!(stream(sender.subscribe()).is_ok());
    }

    #[test]
    fn the_last_event_is_a_number_or_unknown() {
        let of = |value: &str| {
            last_event_id(&HeaderMap::from_iter([(
                header::HeaderName::from_static("last-event-id"),
                value.parse().unwrap(),
            )]))
        };
        assert_eq!(of("12"), Some(12));
        assert_eq!(of("x"), None);
        assert_eq!(last_event_id(&HeaderMap::new()), None);
    }
}
