//! What can be typed.

use std::{path::PathBuf, sync::LazyLock};

use clap::{Args, Parser, Subcommand, ValueHint};

use crate::settings::{Flags, values::Duration};

/// The version, with the commit when the build was told one by the variable `VIDICON_COMMIT`.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let version = env!("CARGO_PKG_VERSION");
    match option_env!("VIDICON_COMMIT").filter(|commit| !commit.is_empty()) {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    }
});

/// Turns a folder of videos into a streaming service on your own network.
#[derive(Debug, Parser)]
#[command(name = "vidicon", version = VERSION.as_str(), subcommand_help_heading = "Commands")]
pub struct Cli {
    /// What to do; help when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// One of the things that Vidicon does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the media folders
    Serve(Configured),
    /// Check this machine: ffmpeg, ports, folders, limits
    Doctor {
        /// The configuration to check.
        #[command(flatten)]
        configured: Configured,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the configuration in force and where each value comes from
    Config {
        /// The configuration to show.
        #[command(flatten)]
        configured: Configured,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
        /// Print a sample configuration file with every key instead
        #[arg(long, conflicts_with = "json")]
        sample: bool,
    },
    /// Show what is in a video file, and what each kind of client can do with it
    Probe {
        /// The file
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a video file as HLS and DASH into a folder, for any web server or CDN
    Package(Package),
    /// Count how much of a folder plays as it is, and what the rest needs
    Census {
        /// The folder
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
        /// List every file that cannot be read, not only the first
        #[arg(long)]
        all: bool,
    },
    /// Ask a running Vidicon whether it is alive
    Health {
        /// Its address, like <http://127.0.0.1:9000/health> [default: the first listener configured]
        url: Option<String>,
        /// The configuration that says where it listens.
        #[command(flatten)]
        options: Options,
    },
    /// Print the description of the HTTP API, OpenAPI 3.1
    Openapi,
    /// Put simulated users to a server, and tell how it bears them
    Loadtest(LoadTest),
    /// Administer the Vidicon of this machine
    #[command(subcommand)]
    Admin(Admin),
    /// Write all of the library into one file, also while it is in use
    Backup {
        /// The file
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// The configuration that says where the library is.
        #[command(flatten)]
        options: Options,
    },
    /// Make the library from a backup, on this or the other kind of database
    Restore {
        /// The file
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Replace the library that is there
        #[arg(long)]
        replace: bool,
        /// The configuration that says where the library is.
        #[command(flatten)]
        options: Options,
    },
    /// Take over ratings.json, views.json, tags.json and favorites.json of an older installation
    Import {
        /// The folder in which they are
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
        /// The configuration that says where the library is.
        #[command(flatten)]
        options: Options,
    },
    /// Write these four files, and all of the library: as JSON, and as a backup
    Export {
        /// The folder to write into; it is made if need be
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath, default_value = ".")]
        folder: PathBuf,
        /// Replace files of these names that are there
        #[arg(long)]
        force: bool,
        /// The configuration that says where the library is.
        #[command(flatten)]
        options: Options,
    },
    /// Make the pictures that are missing
    Thumbnails {
        /// Make those anew that are there, but for posters that somebody chose
        #[arg(long)]
        all: bool,
        /// The configuration, and the media folders.
        #[command(flatten)]
        configured: Configured,
    },
    /// Tell of what use the answers are that a running Vidicon keeps, or forget them
    #[command(subcommand)]
    Cache(Cache),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Which server, how many users, for how long.
#[derive(Args, Debug)]
pub struct LoadTest {
    /// The server's address, like <http://127.0.0.1:9000>
    pub url: String,
    /// How many users, each with a connection of its own: 1 to 256
    #[arg(long, value_name = "N", default_value_t = 16)]
    pub connections: usize,
    /// For how many seconds: 1 to 60
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub seconds: u64,
    /// What they do: seek in files, watch segments, browse by the api, or mixed
    #[arg(long, value_name = "files|segments|api|mixed", default_value = "mixed")]
    pub mode: loadtest::Mode,
    /// A file to ask for, beside those that the server lists: its path below the media folder; may be given several times
    #[arg(long, value_name = "PATH")]
    pub path: Vec<String>,
    /// The API key to show; other users of this machine can see it meanwhile
    #[arg(long, value_name = "KEY")]
    pub api_key: Option<String>,
    /// The server is on another machine, and it is yours
    #[arg(long)]
    pub yes_it_is_mine: bool,
    /// Answer in JSON
    #[arg(long)]
    pub json: bool,
}

/// What an administrator does from the command line.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Set the administrator's password, with which administration works from other machines
    Password {
        /// Read it from the first line of standard input, without asking
        #[arg(long)]
        stdin: bool,
        /// The configuration that says where the data folder is.
        #[command(flatten)]
        options: Options,
    },
}

/// What to do with the answers that a running Vidicon keeps.
#[derive(Debug, Subcommand)]
pub enum Cache {
    /// Say how many there are, and how often they were of use
    Status {
        /// The configuration that says where it listens.
        #[command(flatten)]
        options: Options,
    },
    /// Forget them
    Refresh {
        /// The configuration that says where it listens.
        #[command(flatten)]
        options: Options,
    },
}

/// What to write where, and how it is cut.
#[derive(Args, Debug)]
pub struct Package {
    /// The file
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The folder to write into; it is made if need be
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: PathBuf,
    /// How long segments shall be
    #[arg(long, value_name = "DURATION", default_value = "6s")]
    pub target: Duration,
    /// How long a segment is at least, where the pictures allow
    #[arg(long, value_name = "DURATION", default_value = "1s")]
    pub minimum: Duration,
    /// How long the first segment shall be
    #[arg(long, value_name = "DURATION", default_value = "2s")]
    pub first: Duration,
    /// Write HLS with transport streams too, into the folder `ts` in it
    #[arg(long)]
    pub ts: bool,
    /// Write into a folder that is not empty
    #[arg(long)]
    pub force: bool,
}

/// A configuration, and the media folders.
#[derive(Args, Debug)]
pub struct Configured {
    /// Folders of videos [default: ./videos]
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub folders: Vec<PathBuf>,
    /// The rest of it.
    #[command(flatten)]
    pub options: Options,
}

/// A configuration. Flags beat environment variables, these beat the file, and the file beats defaults.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Listen here; may be given several times [default: 0.0.0.0:9000]
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Vec<String>,
    /// Read this configuration file (YAML or JSON)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Keep everything that Vidicon writes here
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub data: Option<PathBuf>,
    /// Set any key, like `limits.header_timeout=5s`; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

impl From<Configured> for Flags {
    fn from(configured: Configured) -> Self {
        Self { folders: configured.folders, ..configured.options.into() }
    }
}

impl From<Options> for Flags {
    fn from(options: Options) -> Self {
        let Options { listen, config, data, set } = options;
        Self { config, folders: Vec::new(), listen, data, set }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Cli::command().debug_assert();
    }
}
