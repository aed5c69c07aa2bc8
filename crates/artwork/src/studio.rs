//! The queue before the workshop: what is on screen goes first, and a thing is made once however
//! many ask for it.

mod queue;
mod ticket;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use delivery::{Folders, films::Films};
use tokio::runtime::Handle;

use crate::{NoPicture, Poster, Preview, Stills, Subject, Workshop};

use self::queue::{Next, Queue};
pub use self::ticket::Ticket;

/// Who waits for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Urgency {
    /// Nobody: it may be needed some day.
    Background,
    /// Somebody who looks at its place.
    OnDemand,
}

/// What is to be made.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Task {
    /// Poster and storyboard.
    Stills,
    /// The preview, which had better look at these moments, in milliseconds; empty for even ones.
    Preview(Vec<u64>),
    /// The poster from this moment, in milliseconds.
    PosterAt(u64),
}

/// What was made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Made {
    /// Poster and storyboard.
    Stills(Stills),
    /// The preview.
    Preview(Preview),
    /// The poster from a moment.
    Poster(Poster),
}

/// How many work at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crew {
    /// At most so many for the background; 0 stops it.
    pub background: usize,
    /// At most so many in all, at least 1.
    pub all: usize,
}

impl Default for Crew {
    fn default() -> Self {
        Self { background: 1, all: 2 }
    }
}

/// How many wait and work.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Load {
    /// Works for the background that wait.
    pub background: usize,
    /// Works that somebody waits for and that have not begun.
    pub on_demand: usize,
    /// Works under way.
    pub running: usize,
}

/// The name of a work: the video and what is made of it.
type Key = (String, Task);
type Result<T> = std::result::Result<T, NoPicture>;

/// Makes pictures in turn. Cloning is cheap; when the last clone and the last ticket are dropped,
/// what is under way is ended.
#[derive(Clone, Debug)]
pub struct Studio(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    workshop: Workshop,
    films: Films,
    folders: Folders,
    queue: Mutex<Queue>,
}

impl Studio {
    /// One for the videos of these folders.
    pub fn new(workshop: Workshop, films: Films, folders: Folders, crew: Crew) -> Self {
        let queue = Mutex::new(Queue::new(crew));
        Self(Arc::new(Inner { workshop, films, folders, queue }))
    }

    /// What pictures are made with, for whatever needs no turn: uploads, smaller sizes.
    pub fn workshop(&self) -> &Workshop {
        &self.0.workshop
    }

    /// Asks for something of a video, which is named by its content id or by the path of its file
    /// as a URL has it. Who asks for what is being made shares it.
    ///
    /// Of what somebody waits for, the newest goes first, for that is what is on screen now. It is
    /// called off when all who wait have dropped their tickets. Work for the background goes on
    /// without tickets; none of it begins while somebody waits.
    ///
    /// Must be called within a runtime.
    pub fn ask(&self, video: &str, task: Task, urgency: Urgency) -> Ticket {
        let key = (video.to_owned(), task);
        let asked = self.0.queue().ask(key.clone(), urgency);
        self.0.begin();
        Ticket::new(asked, key, urgency, Arc::clone(&self.0))
    }

    /// Calls off all work for the background that nobody waits for, also what is under way.
    pub fn stop_background(&self) {
        self.0.queue().stop_background();
        self.0.begin();
    }

    /// How many may work from now on. What is under way goes on.
    pub fn set_crew(&self, crew: Crew) {
        self.0.queue().set_crew(crew);
        self.0.begin();
    }

    /// How many wait and work.
    pub fn load(&self) -> Load {
        self.0.queue().load()
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins whatever may begin now; nothing outside a runtime.
    ///
    /// A runtime that ends drops what it is given at once, and with it the turn, which comes here
    /// again: so the queue is not held meanwhile, and whoever comes second leaves the rest to the
    /// first, who goes on until there is nothing.
    fn begin(self: &Arc<Self>) {
        let Ok(runtime) = Handle::try_current() else { return };
        if !self.queue().begin() {
            return;
        }
        loop {
            let next = self.queue().next();
            let Some(Next { key, number, urgency }) = next else { return };
            let turn = Turn { studio: Arc::clone(self), key: key.clone(), number };
            let work = runtime.spawn(async move {
                let made = turn.studio.make(&turn.key, urgency).await;
                turn.studio.queue().finish(&turn.key, turn.number, made);
                // Dropping the turn lets the next one begin.
            });
            self.queue().began(&key, number, work.abort_handle());
        }
    }

    async fn make(&self, (video, task): &Key, urgency: Urgency) -> Result<Made> {
        let subject = Subject::named(&self.films, &self.folders, video).await?;
        match task {
            Task::Stills => self.workshop.stills(&subject, urgency).await.map(Made::Stills),
            Task::Preview(moments) => {
                self.workshop.preview(&subject, moments, urgency).await.map(Made::Preview)
            }
            Task::PosterAt(ms) => {
                self.workshop.poster_at(&subject, *ms, urgency).await.map(Made::Poster)
            }
        }
    }
}

/// A work under way. However it ends, also when it is called off or panics, the next begins.
struct Turn {
    studio: Arc<Inner>,
    key: Key,
    number: u64,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.studio.queue().ended(&self.key, self.number);
        self.studio.begin();
    }
}

#[cfg(test)]
mod tests;
