//! From the path of a URL and the headers of a request to a complete reply: status, headers and
//! an [`extents::Plan`] of the bytes.
//!
//! The way of a request through this room:
//!
//! 1. [`path`]: the encoded path becomes a row of plain names, or is refused. Pure.
//! 2. [`folders`]: the file is opened in the first media folder that has it, links permitting.
//! 3. [`validators`], [`conditions`], [`ranges`]: RFC 9110 decides what is sent. Pure.
//! 4. [`media_type`], [`disposition`]: what the bytes are and what a download is called. Pure.
//! 5. [`reply()`]: puts it together; a small body is read here, a large one stays in its file.
//!
//! This room has never heard of axum, sockets, users or configuration files. Sending the plan is
//! the business of `net`, and wording errors for clients that of `api`.

pub mod conditions;
pub mod disposition;
pub mod films;
pub mod folders;
mod forms;
mod gate;
pub mod media_type;
mod multipart;
pub mod path;
pub mod ranges;
mod read;
pub mod reply;
pub mod validators;

pub use folders::{FileIdentity, Folders, FoldersError, OpenError, OpenFile, Symlinks};
pub use forms::Forms;
pub use media_type::MediaType;
pub use path::{PathError, PathErrorKind, RelativePath};
pub use reply::{Ask, Made, Policy, Reply, ReplyError, reply, reply_made};
