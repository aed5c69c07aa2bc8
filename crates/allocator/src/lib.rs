//! The allocator of the program, and how much of what it no longer needs it keeps for itself.
//!
//! By itself it keeps freed memory for a second and gives it back only while it goes on working. After a
//! library is read it goes on with next to nothing, and would keep for ever what reading it took.

use libmimalloc_sys::{mi_option_set, mi_option_t};

pub use mimalloc::MiMalloc;

/// `mi_option_purge_delay` of <mimalloc.h>, which the bindings do not name.
const PURGE_DELAY: mi_option_t = 15;
/// How long freed memory is kept, in milliseconds: longer than the pause between two packets of an
/// answer.
const KEPT_MS: std::ffi::c_long = 10;

/// Lets freed memory go back to the system soon. To be called once, before there are other threads.
pub fn give_back_soon() {
    // SAFETY: The option exists in every version of the library that the workspace allows; its value is
    // a number of milliseconds that may be set at any time. Nothing else is touched.
    #[allow(unsafe_code)]
    unsafe {
        mi_option_set(PURGE_DELAY, KEPT_MS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_delay_that_is_set() {
        // SAFETY: Reads a number.
        #[allow(unsafe_code)]
        let get = || unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        assert_eq!(get(), 1_000, "what this version does by itself: is it still the same option?");
        give_back_soon();
        assert_eq!(get(), KEPT_MS);
    }
}
