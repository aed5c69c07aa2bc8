//! How long questions take: of one client, and of eight at a time.

use std::net::SocketAddrV4;
use std::thread;
use std::time::Duration;

use anyhow::{Result, anyhow};

use super::pace::Pace;
use super::questions::{QUESTIONS, Question};
use super::{Stage, serve};
use crate::client::Client;
use crate::demand::Demand;
use crate::files::say;
use crate::numbers::{Dice, Spread};
use crate::page::{Cell, Page, Table};
use crate::procfs;
use crate::report::grouped;
use crate::server::Server;

/// How many clients ask at a time.
const CLIENTS: u64 = 8;

/// Every kind of question of every library, and how long a server takes to its first list.
pub(super) fn measure(stage: &Stage, page: &mut Page) -> Result<()> {
    let mut starts = Table::new(&["library of", "start to first list, ms"]);
    for count in &stage.sizes {
        let runs = stage.pick(5, 1);
        let mut times = Vec::new();
        let mut server = serve::generated(stage, *count)?;
        times.push(server.start.as_secs_f64() * 1e3);
        let headings = [
            "question",
            "1 client: p50 ms",
            "p99 ms",
            "CPU ms",
            "8 clients: p50 ms",
            "p99 ms",
            "answers/s",
        ];
        let mut table = Table::new(&headings);
        let mut worst: Option<(f64, &str)> = None;
        for question in &QUESTIONS {
            say(&format!("{count}: {}", question.name));
            let (alone, cpu) = alone(stage, &server, question, *count)?;
            let (together, rate) = together(stage, server.address, question, *count)?;
            let slow = alone.ms(990);
            if question.has_bar && worst.is_none_or(|(most, _)| slow > most) {
                worst = Some((slow, question.name));
            }
            let values = [alone.ms(500), slow, cpu, together.ms(500), together.ms(990)]
                .map(|ms| Cell::Value(ms, 2));
            table.row(question.name, values.into_iter().chain([Cell::Value(rate, 0)]));
        }
        server.check_alive()?;
        let size = grouped(crate::numbers::real(*count), 0);
        page.table(
            &format!("Questions to a library of {size}"),
            "Each question is another one of its kind; lists have 100 videos. The time is to the last byte of the answer; \
             CPU is the server's, for one answer to one client, which says more than the clock on a machine that others use.",
            &table,
        );
        let (slow, name) = worst.unwrap_or((f64::NAN, "nothing"));
        let what = format!("{size} videos, slowest kind of query ({name}): p99");
        page.bar(what, slow, "ms", 1, Demand::AtMost(30.0));
        drop(server);
        for _ in 1..runs {
            times.push(serve::generated(stage, *count)?.start.as_secs_f64() * 1e3);
        }
        if let Some(spread) = Spread::of(&times) {
            say(&format!("{count}: first list after {:.0} ms", spread.median));
        }
        starts.row(&size, [Cell::Runs(times, 0)]);
    }
    page.table("From the start of the process to the first list", "", &starts);
    Ok(())
}

/// What one client met, and the processor time of the server for one answer, in milliseconds.
fn alone(stage: &Stage, server: &Server, question: &Question, count: u64) -> Result<(Pace, f64)> {
    let mut dice = Dice::new(11);
    // The first ones make the server read what it has not read yet.
    ask(stage, server.address, question, count, &mut dice, stage.pick(30, 4))?;
    let before = procfs::cpu(server.pid())?;
    let pace =
        Pace::of(ask(stage, server.address, question, count, &mut dice, stage.pick(300, 40))?);
    let cpu = (procfs::cpu(server.pid())? - before) * 1e3 / pace.count();
    Ok((pace, cpu))
}

/// What all clients met, and how many answers there were in a second.
fn together(
    stage: &Stage,
    address: SocketAddrV4,
    question: &Question,
    count: u64,
) -> Result<(Pace, f64)> {
    let begun = std::time::Instant::now();
    let times: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn(move || {
                    let mut dice = Dice::new(100 + client);
                    ask(stage, address, question, count, &mut dice, stage.pick(100, 10))
                })
            })
            .collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.join().map_err(|_| anyhow!("a client panicked"))??);
        }
        anyhow::Ok(all)
    })?;
    let pace = Pace::of(times);
    let rate = pace.count() / begun.elapsed().as_secs_f64();
    Ok((pace, rate))
}

fn ask(
    stage: &Stage,
    address: SocketAddrV4,
    question: &Question,
    count: u64,
    dice: &mut Dice,
    asks: usize,
) -> Result<Vec<Duration>> {
    let mut client = Client::connect(address)?;
    let mut times = Vec::with_capacity(asks);
    for _ in 0..asks {
        stage.stop.check()?;
        times.push(client.time(&(question.path)(dice, count), "")?.total);
    }
    Ok(times)
}
