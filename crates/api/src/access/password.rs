//! The administrator's password: what it may be, and its hash (Argon2id).
//!
//! Hashing takes 19 MiB and some hundredths of a second of a core by design. It is done on threads that may wait, two
//! at a time, and only a few may queue for it.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::sync::Semaphore;

/// The fewest and the most bytes of a password.
pub const LENGTH: std::ops::RangeInclusive<usize> = 8..=256;

/// How many are hashed at a time, and how many may be under way in all.
const AT_A_TIME: usize = 2;
const UNDER_WAY: usize = 8;

/// Why there is no hash, or no answer whether a password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is too short, or too long.
    #[error(
        "a password has {} to {} bytes: choose {}",
        LENGTH.start(), LENGTH.end(), if *.0 { "a longer one" } else { "a shorter one" }
    )]
    Length(
        /// Whether it is too short.
        bool,
    ),
    /// Too many are asked about at once.
    #[error("too many passwords are being tried at once: try again in a few seconds")]
    Busy,
    /// The machine has no memory or no randomness, or what is kept is no hash.
    #[error("the password cannot be hashed on this machine")]
    Unable,
}

/// The hash of a password, in the PHC string format. Takes its time: not for a thread that drives connections.
pub fn hash(password: &str) -> Result<String, PasswordError> {
    check_length(password)?;
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|_| PasswordError::Unable)
}

/// Whether a text is a hash that [`hash`] may have made.
pub fn is_hash(text: &str) -> bool {
    text.len() <= 512 && text.starts_with("$argon2id$") && PasswordHash::new(text).is_ok()
}

fn check_length(password: &str) -> Result<(), PasswordError> {
    if LENGTH.contains(&password.len()) {
        return Ok(());
    }
    Err(PasswordError::Length(password.len() < *LENGTH.start()))
}

fn is_right(password: &str, hash: &str) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(hash).map_err(|_| PasswordError::Unable)?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Hashes and compares without holding up connections.
#[derive(Debug)]
pub(crate) struct Passwords {
    waiting: Semaphore,
    working: Semaphore,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { waiting: Semaphore::new(UNDER_WAY), working: Semaphore::new(AT_A_TIME) }
    }
}

impl Passwords {
    /// As [`hash`].
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        check_length(&password)?;
        self.work(move || hash(&password)).await
    }

    /// Whether this is the password of that hash. One that could not be any costs as much as another.
    pub(crate) async fn is_right(
        &self,
        mut password: String,
        hash: String,
    ) -> Result<bool, PasswordError> {
        let possible = LENGTH.contains(&password.len());
        if !possible {
            password.clear();
        }
        Ok(self.work(move || is_right(&password, &hash)).await? && possible)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _place = self.waiting.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _turn = self.working.acquire().await.map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| PasswordError::Unable)?
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_password_itself_fits_its_hash() {
        let hash = hash("correct horse").unwrap();
        assert!(is_hash(&hash), "{hash}");
        assert!(is_right("correct horse", &hash).unwrap());
        assert!(!is_right("correct horsE", &hash).unwrap());
        assert!(!is_right("", &hash).unwrap());
        assert_ne!(hash, super::hash("correct horse").unwrap(), "each has a salt of its own");
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert_eq!(hash("short").unwrap_err(), PasswordError::Length(true));
        assert_eq!(hash(&"x".repeat(257)).unwrap_err(), PasswordError::Length(false));
        assert!(!is_hash("secret") && !is_hash("$argon2id$nonsense"));
    }

    #[tokio::test]
    async fn a_crowd_is_sent_away_instead_of_queueing() {
        let passwords = Passwords::default();
        let held = passwords.waiting.acquire_many(8).await.unwrap();
        let refused = passwords.hash("correct horse".to_owned()).await;
        assert_eq!(refused, Err(PasswordError::Busy));
        drop(held);
        assert!(passwords.hash("correct horse".to_owned()).await.is_ok());
    }
}
