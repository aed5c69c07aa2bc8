//! Memory of a server that nobody asks for anything.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::{Stage, serve};
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::real;
use crate::page::{Cell, Page, Table};
use crate::procfs;
use crate::report::grouped;

/// Measured when it has settled.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let wait = Duration::from_secs(stage.pick(60, 5));
    let mut table =
        Table::new(&["library of", "after its first list, MB", "a minute later, MB", "most, MB"]);
    for count in &stage.sizes {
        let server = serve::generated(stage, *count)?;
        let early = real(procfs::resident(server.pid())?) / 1e6;
        say(&format!("{count}: waiting {} s for memory to settle", wait.as_secs()));
        let until = Instant::now() + wait;
        while Instant::now() < until {
            stage.stop.check()?;
            thread::sleep(Duration::from_millis(100));
        }
        let idle = real(procfs::resident(server.pid())?) / 1e6;
        let most = real(procfs::most_resident(server.pid())?) / 1e6;
        let size = grouped(real(*count), 0);
        table.row(&size, [early, idle, most].map(|value| Cell::Value(value, 1)));
        if *count == 100_000 {
            page.bar(
                format!("resident memory, idle, {size} videos"),
                idle,
                "MB",
                1,
                Demand::AtMost(80.0),
            );
        }
    }
    page.table("Resident memory", "Nobody is connected after the first list.", &table);
    Ok(())
}
