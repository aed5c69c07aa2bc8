//! The sample file and the table of keys in the documents are written by the registry. When a test here
//! fails, write both anew: `REFRESH=1 cargo test -p vidicon --test generated`
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::{fs, path::PathBuf};

use vidicon::settings::render;

const BEGIN: &str = "<!-- keys: written by the registry -->\n";
const END: &str = "<!-- end of keys -->";

fn in_repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Compares a file with what it should be, or writes it when asked to.
fn check(path: &str, fresh: &str) {
    let file = in_repository(path);
    if std::env::var_os("REFRESH").is_some() {
        fs::write(&file, fresh).unwrap();
    }
    let stored = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        stored == fresh,
        "{path} is stale; refresh it by: REFRESH=1 cargo test -p vidicon --test generated"
    );
}

#[test]
fn the_sample_file_is_up_to_date() {
    check("vidicon.sample.yaml", &render::sample());
}

#[test]
fn the_table_of_keys_is_up_to_date() {
    let page = fs::read_to_string(in_repository("docs/configuration.md")).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    check("docs/configuration.md", &format!("{before}{BEGIN}\n{}\n{END}{after}", render::table()));
}
