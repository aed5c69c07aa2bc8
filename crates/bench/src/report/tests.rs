//! The page, from made-up figures.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::results::Failure;

fn report(results: Results) -> Report {
    let machine = Machine {
        processor: "A Processor".to_owned(),
        cores: 2,
        memory_gb: 24.6,
        kernel: "6.1".to_owned(),
        system: "Debian 12".to_owned(),
        date: "2026-11-21 09:00 UTC".to_owned(),
        server_core: 0,
        load_core: 1,
    };
    let versions = vec![(Peer::Nginx, "1.22.1".to_owned()), (Peer::Vidicon, "0.1.0".to_owned())];
    let left_out =
        vec![(Peer::Caddy, "caddy is not installed; the Debian package is: caddy".to_owned())];
    let verdicts = verdicts(&results);
    Report { machine, runs: 3, load_seconds: 3.0, versions, left_out, results, verdicts }
}

fn figures() -> Results {
    let mut results = Results::default();
    for (nginx, vidicon) in [(4.0, 5.0), (5.0, 6.0), (4.5, 5.5)] {
        results.add(Peer::Nginx, Metric::Rate64, nginx);
        results.add(Peer::Vidicon, Metric::Rate64, vidicon);
        results.add(Peer::Nginx, Metric::Cpu64, 0.18);
        results.add(Peer::Vidicon, Metric::Cpu64, 0.20);
    }
    results
}

#[test]
fn a_cell_shows_the_median_and_the_spread() {
    let page = report(figures()).markdown();
    assert!(
        page.contains("| server | 64 conn, GB/s | 64 conn, CPU-s/GB |\n|---|---:|---:|\n"),
        "{page}"
    );
    assert!(page.contains("| nginx, tcp_nopush off | 4.50 (4.00–5.00) | 0.180 |\n"), "{page}");
    assert!(page.contains("| Vidicon | 5.50 (5.00–6.00) | 0.200 |\n"), "{page}");
}

#[test]
fn a_bar_shows_both_sides_the_ratio_and_the_verdict() {
    let page = report(figures()).markdown();
    let rate = "| 1 GiB file, 64 connections: throughput | 5.50 GB/s | 4.50 GB/s (nginx, tcp_nopush off) | 1.22 | ≥ 1.0 | PASS |";
    assert!(page.contains(rate), "{page}");
    let cost = "| 1 GiB file, 64 connections: bytes per CPU-second | 0.200 CPU-s/GB | 0.180 CPU-s/GB (nginx, tcp_nopush off) | 0.90 | ≥ 1.0 | **MISSED** |";
    assert!(page.contains(cost), "{page}");
}

#[test]
fn a_limit_is_shown_with_its_unit() {
    let mut results = Results::default();
    results.add(Peer::Vidicon, Metric::IdleMemory, 12.34);
    let page = report(results).markdown();
    assert!(
        page.contains("| resident memory, idle | 12.3 MB | – | – | ≤ 40 MB | PASS |"),
        "{page}"
    );
}

#[test]
fn the_header_names_machine_versions_and_who_is_missing() {
    let page = report(figures()).markdown();
    for words in [
        "Machine: A Processor, 2 cores, 25 GB memory",
        "System: Debian 12; kernel 6.1",
        "nginx, tcp_nopush off 1.22.1; Vidicon 0.1.0",
        "Left out: Caddy: caddy is not installed",
    ] {
        assert!(page.contains(words), "{words} is not in {page}");
    }
}

#[test]
fn failures_and_a_busy_machine_are_said_aloud() {
    let mut results = figures();
    results.note_others(0.4);
    results.note_generator_limited(Peer::Vidicon, "small");
    let reason = "status 503 where 200 was due".to_owned();
    results.failures.push(Failure { peer: Peer::Vidicon, what: "ranges".to_owned(), reason });
    let page = report(results).markdown();
    assert!(
        page.contains(
            "Others took at most 40 % of one core during a load; **the machine was not quiet"
        ),
        "{page}"
    );
    assert!(page.contains("not Vidicon, was the limit in: small (1 times)"), "{page}");
    assert!(page.contains("- Vidicon, ranges: status 503 where 200 was due"), "{page}");
}

#[test]
fn without_vidicon_the_bars_say_so() {
    let mut results = Results::default();
    results.add(Peer::Nginx, Metric::Rate1, 4.0);
    assert!(report(results).markdown().contains("Nothing to judge"));
}

#[test]
fn thousands_are_grouped() {
    assert_eq!(grouped(98_835.4, 0), "98,835");
    assert_eq!(grouped(1_234_567.891, 2), "1,234,567.89");
    assert_eq!(grouped(999.0, 1), "999.0");
    assert_eq!(grouped(-1000.0, 0), "-1,000");
    assert_eq!(grouped(-100.0, 0), "-100");
}

#[test]
fn json_holds_every_run() {
    let value = serde_json::to_value(report(figures())).unwrap();
    assert_eq!(
        value.pointer("/values/vidicon/file_64_gb_per_s").unwrap().as_array().unwrap().len(),
        3
    );
    assert_eq!(value.pointer("/verdicts/0/passed").unwrap(), true);
}
