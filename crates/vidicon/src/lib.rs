//! The face of Vidicon: commands, configuration, wiring.
//!
//! - [`cli`]: what can be typed; [`commands`]: what then happens, one module a command.
//! - [`settings`]: every key, where its value comes from, what it comes to.
//! - [`platform`]: the surroundings of the process, as a value.
//! - [`data_folder`], [`media_folders`], [`logging`], [`open_files`]: what has to be in place before serving.
//! - [`new_password`]: how a password gets from the command line to the server.
//! - [`free_disk`]: how much there is. [`in_words`]: numbers as people read them.
//! - [`packaging`], [`census`]: a film written into a folder; a folder counted.
//! - [`rooms`]: what the settings come to for folders, films and the library.
//! - [`doctor`]: whether this machine has what is needed, and what each lack costs.
//!
//! No rule of the product is here: those are in `api`, `delivery` and `net`.

pub mod census;
pub mod cli;
pub mod commands;
pub mod data_folder;
pub mod doctor;
pub mod failure;
pub mod free_disk;
pub mod in_words;
pub mod logging;
pub mod media_folders;
pub mod new_password;
pub mod open_files;
pub mod packaging;
pub mod platform;
pub mod rooms;
pub mod settings;
