//! How much has to be fetched before the library page shows anything.

use anyhow::Result;

use super::first_page::assets;
use super::{Stage, serve};
use crate::client::Client;
use crate::demand::Demand;
use crate::numbers::real;
use crate::page::{Cell, Page, Table};

/// Scripts and styles that the HTML names, in each coding.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let Some(count) = stage.sizes.first() else { return Ok(()) };
    let server = serve::generated(stage, *count)?;
    let mut client = Client::connect(server.address)?;
    let html = client.get_with("/library", "Accept: text/html\r\n")?;
    let assets = assets(&String::from_utf8_lossy(&html));
    let mut table = Table::new(&["first load", "files", "plain, KB", "gzip, KB", "brotli, KB"]);
    for (name, end) in [("scripts", ".js"), ("styles", ".css")] {
        let files: Vec<&String> = assets.iter().filter(|path| path.ends_with(end)).collect();
        let mut cells = vec![Cell::Value(real(files.len() as u64), 0)];
        for coding in ["identity", "gzip", "br"] {
            let mut bytes = 0;
            for path in &files {
                bytes += client.time(path, &format!("Accept-Encoding: {coding}\r\n"))?.bytes;
            }
            cells.push(Cell::Value(real(bytes) / 1e3, 1));
            if end == ".js" && coding == "gzip" {
                page.bar(
                    "first load: scripts, gzip",
                    real(bytes) / 1e3,
                    "KB",
                    1,
                    Demand::AtMost(150.0),
                );
            }
        }
        table.row(name, cells);
    }
    page.table(
        "What is fetched first",
        "What the HTML of the library page names; the player is not among it.",
        &table,
    );
    Ok(())
}
