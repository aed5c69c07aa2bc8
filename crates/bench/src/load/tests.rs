//! The load generator against a small server of our own, on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread;

use super::*;

const BODY: u64 = 300_000;
const REQUEST: Request = Request { path: "/x", length: BODY, range: None, gzip: false };

/// Answers every request with `answer(number of the request)`, connection by connection, until the client leaves.
fn serve(answer: fn(usize) -> Vec<u8>) -> SocketAddrV4 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let SocketAddr::V4(address) = listener.local_addr().unwrap() else { panic!("not IPv4") };
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut stream = stream;
                let mut line = String::new();
                let mut number = 0;
                while reader.read_line(&mut line).is_ok_and(|got| got > 0) {
                    if line == "\r\n" {
                        if stream.write_all(&answer(number)).is_err() {
                            return;
                        }
                        number += 1;
                    }
                    line.clear();
                }
            });
        }
    });
    address
}

fn good(_: usize) -> Vec<u8> {
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n").into_bytes();
    answer.resize(answer.len() + usize::try_from(BODY).unwrap(), 7);
    answer
}

fn load(address: SocketAddrV4, asks: Vec<Ask>, measure: Duration) -> Load {
    Load { address, asks, warm_up: Duration::ZERO, measure }
}

#[test]
fn every_answer_is_counted_with_its_bytes_and_its_latency() {
    let asks = vec![Ask::Always(REQUEST); 3];
    let load = load(serve(good), asks, Duration::from_millis(100));
    let mut marks = 0;
    let mark = || {
        marks += 1;
        Ok(marks)
    };
    let (tally, first, last) = run(&load, &Stop::default(), mark).unwrap();
    assert_eq!((first, last), (1, 2));
    assert!(tally.requests > 0);
    assert!(tally.bytes >= tally.requests * BODY);
    assert_eq!(tally.latencies.len(), usize::try_from(tally.requests).unwrap());
    assert!(tally.latencies.is_sorted());
}

#[test]
fn a_load_of_single_questions_ends_with_the_last_answer() {
    let asks = vec![Ask::Once(REQUEST), Ask::Once(REQUEST), Ask::Always(REQUEST)];
    let load = load(serve(good), asks, Duration::from_mins(1));
    let (tally, ..) = run(&load, &Stop::default(), || Ok(())).unwrap();
    assert_eq!(tally.once_bytes, 2 * BODY);
}

#[test]
fn a_wrong_status_ends_the_run_with_a_reason() {
    let address = serve(|number| match number {
        0 => good(0),
        _ => b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_vec(),
    });
    let load = load(address, vec![Ask::Always(REQUEST)], Duration::from_mins(1));
    let error = run(&load, &Stop::default(), || Ok(())).unwrap_err();
    assert!(error.to_string().contains("status 503"), "{error:#}");
}

#[test]
fn more_bytes_than_announced_end_the_run() {
    let address = serve(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc".to_vec());
    let request = Request { length: 2, ..REQUEST };
    let load = load(address, vec![Ask::Always(request)], Duration::from_mins(1));
    let error = run(&load, &Stop::default(), || Ok(())).unwrap_err();
    assert!(error.to_string().contains("more bytes than announced"), "{error:#}");
}

#[test]
fn pieces_lie_inside_the_file() {
    let mut ask = Ask::Pieces { path: "/x", length: 100, piece: 100, dice: Dice::new(1) };
    assert_eq!(ask.next(true).unwrap().range, Some((0, 100)));
    let mut ask = Ask::Pieces { path: "/x", length: 1000, piece: 10, dice: Dice::new(1) };
    for _ in 0..1000 {
        let (from, to) = ask.next(true).unwrap().range.unwrap();
        assert!(to - from == 10 && to <= 1000);
    }
}
