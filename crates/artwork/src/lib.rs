//! Pictures of videos: posters, storyboards for the seek bar, silent previews for the pointer.
//!
//! ```text
//! Film ─► key pictures, chosen by its index ─► ffmpeg (stdin → stdout) ─► Album ─► Poster, Storyboard
//!   └───► samples of a few moments ──────────► ffmpeg ─────────────────────────► Preview
//! File ─► what no index is made of (AVI…): ffmpeg reads it itself ────► the same
//! bytes ► an uploaded picture ───────────────► decoded here ──────────────────► Poster
//!                                                                        │
//!                                                  Pictures: files named by their content
//! ```
//!
//! Our own index knows every key picture, so ffmpeg gets the chosen ones and nothing else: about a
//! hundred reads and one process for a film of any length. What it says comes back as pixels
//! through a pipe; judging, scaling and JPEG are done here, and no process writes into our folder.
//!
//! - [`Workshop`] makes them, one thing at a time for whoever calls it.
//! - [`Studio`] is the queue before it: what is on screen first, one work however many ask.
//! - [`Pictures`] is the folder in which they lie.
//!
//! Which video needs which picture, and where results are remembered, is left to others. This room
//! has never heard of HTTP, SQL or users.

mod album;
mod choice;
mod colour;
mod error;
mod ffmpeg;
mod foreign;
mod frames;
mod hdr;
mod judge;
mod kinds;
mod moments;
mod pictures;
mod pixels;
mod preview;
mod process;
mod reel;
mod sizes;
mod stills;
mod studio;
mod subject;
mod sweep;
mod upload;
mod vtt;
mod workshop;

pub use {
    error::NoPicture,
    kinds::{Origin, PictureFile, Poster, Preview, Stills, Storyboard},
    pictures::Pictures,
    sizes::WIDTHS,
    studio::{Crew, Load, Made, Studio, Task, Ticket, Urgency},
    subject::Subject,
    sweep::Swept,
    upload::UPLOAD_MAX,
    vtt::storyboard_vtt,
    workshop::{Settings, Workshop},
};

#[cfg(test)]
mod testing;
