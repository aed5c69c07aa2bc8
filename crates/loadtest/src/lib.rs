//! A load test: simulated users who browse, look at pictures, seek in files and watch films, as many and as long as a plan
//! says, and a report of what they met.
//!
//! ```text
//! Plan ─► stock (what is there to ask for) ─► users, one connection each ─► Tally ─► Report
//! ```
//!
//! It is a client like any other: it knows addresses and answers, nothing of what is inside the server. Who may start it, and
//! where its report is shown, is for others. Plain HTTP/1.1 only; nothing that it asks changes anything.

mod client;
mod plan;
mod playlist;
mod report;
mod run;
mod stock;
mod tally;
mod target;
mod users;

pub use {
    plan::{Mode, Plan, PlanError},
    report::{Failure, KindReport, Latency, Report},
    run::{LoadError, Progress, run},
    target::{Target, TargetError, is_this_machine},
};
