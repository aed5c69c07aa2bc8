//! Telling systemd, where it is listening, about the state of the service. Elsewhere this does
//! nothing.

use sd_notify::NotifyState;

/// The listeners are open.
pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// The first signal came.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot tell systemd about the state of the service");
    }
}
