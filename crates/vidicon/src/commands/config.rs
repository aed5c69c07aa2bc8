//! `vidicon config`: what is in force and where each value comes from.

use super::print;
use crate::{
    failure::Failure,
    platform::Surroundings,
    settings::{self, Flags, render},
};

pub(super) fn run(flags: &Flags, around: &Surroundings, json: bool) -> Result<(), Failure> {
    let loaded = settings::load(flags, around)?;
    if json {
        return print(&format!("{:#}\n", render::json(&loaded)));
    }
    print(&render::listing(&loaded))?;
    for warning in &loaded.warnings {
        print(&format!("\nwarning: {warning}\n"))?;
    }
    Ok(())
}
