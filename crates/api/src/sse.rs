//! Server-sent events: a stream of changes that a page can take up again where it was cut off.
//!
//! Of what a reader has missed it gets all that is kept, then what happens. One that is too slow, or
//! was away for too long, gets `reset`: forget what you know and ask anew.

use std::{fmt::Write as _, sync::Arc, time::Duration};

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
        let mut sent = newest;
        match missed {
            Missed::All(events) => {
                for event in &events {
                    sent = sent.max(event.number.unwrap_or(sent));
                    if administers || event.kind != JOB {
                        write(&mut first, event);
                    }
                }
            }
            Missed::TooMuch => reset(&mut first, newest),
        }
        // Without data it is no event, and still remembered as the last id.
        let _ = write!(first, "id: {sent}\n\n");
        let reader = Reader {
            first: Some(first),
            live,
            sent,
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

struct Reader {
    first: Option<String>,
    live: broadcast::Receiver<Event>,
    /// The number of the newest event that was sent.
    sent: i64,
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
                    reset(&mut text, self.sent);
                    return Some(text);
                }
            };
            if event.number.is_some_and(|number| number <= self.sent) {
                continue;
            }
            self.sent = event.number.unwrap_or(self.sent);
            if event.kind == JOB && !self.administers {
                continue;
            }
            let mut text = String::new();
            write(&mut text, &event);
            return Some(text);
        }
    }
}

fn write(text: &mut String, Event { number, kind, body }: &Event) {
    // Writing to a string cannot fail.
    if let Some(number) = number {
        let _ = writeln!(text, "id: {number}");
    }
    let shown = shown(kind, body);
    let body = shown.as_ref().unwrap_or(body);
    // JSON has no line breaks of its own when it is written like this.
    let _ = writeln!(text, "event: {kind}\ndata: {body}\n");
}

fn reset(text: &mut String, number: i64) {
    write(
        text,
        &Event { number: Some(number), kind: "reset".to_owned(), body: serde_json::json!({}) },
    );
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
        format!("id: {number}\nevent: views\ndata: {{\"views\":{number}}}\n\n")
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
        assert_eq!(next(&mut body).await.unwrap(), said(20));
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
