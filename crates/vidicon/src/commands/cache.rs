//! `vidicon cache`: of what use the answers are that a running Vidicon keeps, and forgetting them. They are in its
//! memory, so it is asked, over a listener with plain HTTP.

use std::time::Instant;

use anyhow::{Context as _, anyhow};
use serde_json::Value;

use super::{
    health::{Ask, PATIENCE, Target, address_of},
    print,
};
use crate::{
    cli::Cache,
    failure::Failure,
    platform::Surroundings,
    settings::{self, Flags, values::Secret},
};

pub(super) fn run(wanted: &Cache, flags: &Flags, around: &Surroundings) -> Result<(), Failure> {
    let settings = settings::load(flags, around)?.settings;
    let server =
        address_of(&settings.listeners().map_err(Failure::Usage)?).map_err(Failure::Usage)?;
    let keys = settings.access.all_keys().map_err(Failure::Usage)?;
    let (method, path) = match wanted {
        Cache::Status { .. } => ("GET", "/api/v1/cache"),
        Cache::Refresh { .. } => ("POST", "/api/v1/cache/refresh"),
    };
    let target = Target::parse(&format!("{server}{path}")).map_err(Failure::Usage)?;
    let ask = Ask { method, key: keys.first().map(Secret::reveal), whole: true };
    let answer = target
        .ask(&ask, Instant::now() + PATIENCE)
        .with_context(|| format!("{server} does not answer; is Vidicon running?"))?;
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if answer.status != 200 {
        let detail = told.get("detail").and_then(Value::as_str).unwrap_or("look into its log");
        return Err(anyhow!("{server} answers with status {}: {detail}", answer.status).into());
    }
    let number = |name: &str| told.get(name).and_then(Value::as_u64).unwrap_or_default();
    let share = told.get("hit_rate").and_then(Value::as_f64).unwrap_or_default() * 100.0;
    let (entries, hits, misses) = (number("entries"), number("hits"), number("misses"));
    let lasts = number("ttl_seconds");
    let begun = if let Cache::Refresh { .. } = wanted { "Everything is forgotten. " } else { "" };
    print(&format!(
        "{begun}{entries} answers are kept, each for {lasts} s at most; {hits} questions were answered from them \
         since the start and {misses} were not ({share:.1} %)\n"
    ))
}
