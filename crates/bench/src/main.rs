//! `vidicon-bench`: measures Vidicon on this machine, side by side with nginx and Caddy where they do the same.
//!
//! It starts every server itself, on loopback and on one core, asks from another core, and prints a table
//! in Markdown. It knows the servers by their command lines only, and it ends by process id whatever it
//! started. What the figures ought to be is written in `bars`; what is measured, in `case`.

#[cfg(target_os = "linux")]
/// That of the server: indexes are read in this process, and fresh memory is what they cost most.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod bars;
#[cfg(target_os = "linux")]
mod case;
#[cfg(target_os = "linux")]
mod client;
#[cfg(target_os = "linux")]
mod cold;
#[cfg(target_os = "linux")]
mod cores;
#[cfg(target_os = "linux")]
mod cost;
#[cfg(target_os = "linux")]
mod demand;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod http;
#[cfg(target_os = "linux")]
mod library;
#[cfg(target_os = "linux")]
mod load;
#[cfg(target_os = "linux")]
mod machine;
#[cfg(target_os = "linux")]
mod metric;
#[cfg(target_os = "linux")]
mod numbers;
#[cfg(target_os = "linux")]
mod packaging;
#[cfg(target_os = "linux")]
mod page;
#[cfg(target_os = "linux")]
mod peers;
#[cfg(target_os = "linux")]
mod procfs;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod results;
#[cfg(target_os = "linux")]
mod selection;
#[cfg(target_os = "linux")]
mod server;
#[cfg(target_os = "linux")]
mod slow;
#[cfg(target_os = "linux")]
mod stop;
#[cfg(target_os = "linux")]
mod verify;
#[cfg(target_os = "linux")]
mod workdir;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    use clap::Parser as _;

    /// Measures Vidicon against nginx and Caddy on this machine.
    #[derive(clap::Parser)]
    #[command(name = "vidicon-bench", version, args_override_self = true)]
    struct Cli {
        #[command(subcommand)]
        what: What,
    }

    #[derive(clap::Subcommand)]
    enum What {
        /// Serving files: whole, by ranges, small ones, memory, time to start.
        Files(files::Options),
        /// The library: lists, filters, words, pages, scans, memory, users.
        Library(library::Options),
        /// Just-in-time packaging: indexes, first bytes, segments, playlists, the first frame in a browser.
        Packaging(packaging::Options),
    }

    let outcome = match Cli::parse().what {
        What::Files(options) => files::run(&options),
        What::Library(options) => library::run(&options),
        What::Packaging(options) => packaging::run(&options),
    };
    match outcome {
        Ok(files::Outcome::Complete) => std::process::ExitCode::SUCCESS,
        Ok(files::Outcome::Incomplete) => std::process::ExitCode::FAILURE,
        Err(error) => {
            eprintln!("vidicon-bench: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!(
        "vidicon-bench needs Linux: it reads /proc, pins cores and lets the kernel drop bodies."
    );
    std::process::exit(1);
}
