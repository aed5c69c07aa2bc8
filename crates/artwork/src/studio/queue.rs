//! Which work is next. No clocks, no tasks: only who is in which row.

use std::collections::{HashMap, VecDeque};

use tokio::{sync::watch, task::AbortHandle};

use super::{Crew, Key, Load, Made, Result, Urgency};
use crate::NoPicture;

/// The most works that somebody waits for: far more than a screen has room for. Then the oldest,
/// which has scrolled away, is given up.
const ON_DEMAND_MAX: usize = 256;
/// The most works in the background.
const BACKGROUND_MAX: usize = 10_000;

/// One work.
#[derive(Debug)]
pub(super) struct Work {
    number: u64,
    result: watch::Sender<Option<Result<Made>>>,
    /// How many hold a ticket that keeps it going.
    waiting: usize,
    /// Whether it is also made for nobody.
    background: bool,
    /// The row in which it waits or from which it came.
    row: Urgency,
    running: bool,
    /// Known a moment after it runs.
    task: Option<AbortHandle>,
}

/// What one gets who asks.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) number: u64,
    pub(super) result: watch::Receiver<Option<Result<Made>>>,
}

/// A work whose turn it is.
#[derive(Debug)]
pub(super) struct Next {
    pub(super) key: Key,
    pub(super) number: u64,
    pub(super) urgency: Urgency,
}

/// All works that are not finished.
#[derive(Debug)]
pub(super) struct Queue {
    crew: Crew,
    works: HashMap<Key, Work>,
    /// The newest is last, and goes first.
    on_demand: Vec<Key>,
    background: VecDeque<Key>,
    count: u64,
    /// The numbers of those under way, and the row from which each came. One that was called off is
    /// among them until its process has ended, and no work any more that somebody could join.
    under_way: HashMap<u64, Urgency>,
    /// Whether somebody takes works out of it until there are none.
    beginning: bool,
}

impl Queue {
    pub(super) fn new(crew: Crew) -> Self {
        Self {
            crew,
            works: HashMap::new(),
            on_demand: Vec::new(),
            background: VecDeque::new(),
            count: 0,
            under_way: HashMap::new(),
            beginning: false,
        }
    }

    pub(super) fn ask(&mut self, key: Key, urgency: Urgency) -> Asked {
        let on_demand = urgency == Urgency::OnDemand;
        if let Some(work) = self.works.get_mut(&key) {
            work.waiting += usize::from(on_demand);
            work.background |= !on_demand;
            let asked = Asked { number: work.number, result: work.result.subscribe() };
            if on_demand && !work.running {
                // To the front, from whichever row.
                work.row = Urgency::OnDemand;
                self.on_demand.retain(|other| *other != key);
                self.background.retain(|other| *other != key);
                self.on_demand.push(key);
            }
            return asked;
        }
        self.count += 1;
        let number = self.count;
        if !on_demand && self.background.len() >= BACKGROUND_MAX {
            let (_, result) = watch::channel(Some(Err(NoPicture::Busy)));
            return Asked { number, result };
        }
        let (sender, result) = watch::channel(None);
        let work = Work {
            number,
            result: sender,
            waiting: usize::from(on_demand),
            background: !on_demand,
            row: urgency,
            running: false,
            task: None,
        };
        self.works.insert(key.clone(), work);
        if on_demand {
            self.on_demand.push(key);
            if self.on_demand.len() > ON_DEMAND_MAX {
                let oldest = self.on_demand.remove(0);
                self.end(&oldest, Err(NoPicture::Busy));
            }
        } else {
            self.background.push_back(key);
        }
        Asked { number, result }
    }

    /// Whether the caller is the one to ask for works until there are none: nobody else does.
    pub(super) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.beginning, true)
    }

    /// The next work, which is taken to be running from now on.
    pub(super) fn next(&mut self) -> Option<Next> {
        let next = self.take();
        self.beginning &= next.is_some();
        next
    }

    fn take(&mut self) -> Option<Next> {
        let running = |row| self.under_way.values().filter(|from| **from == row).count();
        let (behind, ahead) = (running(Urgency::Background), running(Urgency::OnDemand));
        if ahead + behind >= self.crew.all.max(1) {
            return None;
        }
        let key = match self.on_demand.pop() {
            Some(key) => key,
            None if ahead > 0 || behind >= self.crew.background => return None,
            None => self.background.pop_front()?,
        };
        let work = self.works.get_mut(&key)?;
        work.running = true;
        self.under_way.insert(work.number, work.row);
        Some(Next { number: work.number, urgency: work.row, key })
    }

    /// It began as this task, which is not needed any more if the work was called off meanwhile.
    pub(super) fn began(&mut self, key: &Key, number: u64, task: AbortHandle) {
        match self.works.get_mut(key).filter(|work| work.number == number) {
            Some(work) => work.task = Some(task),
            None => task.abort(),
        }
    }

    /// Nothing of it runs any more, however it came to its end.
    pub(super) fn ended(&mut self, key: &Key, number: u64) {
        self.under_way.remove(&number);
        self.finish(key, number, Err(NoPicture::Cancelled));
    }

    /// It is finished. Nothing, if that was said before.
    pub(super) fn finish(&mut self, key: &Key, number: u64, made: Result<Made>) {
        if self.works.get(key).is_some_and(|work| work.number == number) {
            self.end(key, made);
        }
    }

    /// One who waited does not any more.
    pub(super) fn leave(&mut self, key: &Key, number: u64) {
        let Some(work) = self.works.get_mut(key).filter(|work| work.number == number) else {
            return;
        };
        work.waiting = work.waiting.saturating_sub(1);
        if work.waiting == 0 && !work.background {
            self.call_off(key);
        }
    }

    pub(super) fn stop_background(&mut self) {
        for work in self.works.values_mut() {
            work.background = false;
        }
        let idle = self.works.iter().filter(|(_, work)| work.waiting == 0);
        let idle: Vec<Key> = idle.map(|(key, _)| key.clone()).collect();
        for key in &idle {
            self.call_off(key);
        }
    }

    pub(super) fn set_crew(&mut self, crew: Crew) {
        self.crew = crew;
    }

    pub(super) fn load(&self) -> Load {
        Load {
            background: self.background.len(),
            on_demand: self.on_demand.len(),
            running: self.under_way.len(),
        }
    }

    /// Ends a work. Its place is free at once if it waited, and if it is under way when that has
    /// ended; who asks for the same from now on begins anew.
    fn call_off(&mut self, key: &Key) {
        let Some(work) = self.works.get(key) else { return };
        if let Some(task) = &work.task {
            task.abort();
        }
        if !work.running {
            self.on_demand.retain(|other| other != key);
            self.background.retain(|other| other != key);
        }
        self.end(key, Err(NoPicture::Cancelled));
    }

    fn end(&mut self, key: &Key, made: Result<Made>) {
        if let Some(work) = self.works.remove(key) {
            work.result.send_replace(Some(made));
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
