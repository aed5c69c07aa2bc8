//! Deadlines: how long a test waits for an event before it says that the event did not come.

use std::time::{Duration, Instant};

/// What every wait of the kit allows. Long, because a busy machine is no fault of the server;
/// no test gets near it unless something is broken.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Asks `ready` again and again until it gives something.
///
/// For what can only be asked and not be waited for, such as a counter in `/metrics`. `what` is
/// named when it does not come within [`DEADLINE`].
pub fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(
            started.elapsed() < DEADLINE,
            "{what} did not come within {} s",
            DEADLINE.as_secs()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}
