//! What ships has the pages embedded when this crate is compiled, so it is compiled again when they
//! were built again. A development build reads them from the disk.

fn main() {
    let ships = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    println!("cargo::rerun-if-changed={}", if ships { "../../web/dist" } else { "build.rs" });
}
