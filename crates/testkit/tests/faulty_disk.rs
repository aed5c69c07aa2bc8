//! The faulty disk, read with the standard library.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::{fs, io::Read, os::unix::fs::FileExt, sync::mpsc, time::Duration};

use testkit::{FaultyDisk, FaultyFile, Pattern};

const MIB: u64 = 1 << 20;

/// What Linux calls an input/output error.
const EIO: i32 = 5;

#[test]
fn a_healthy_file_has_its_size_and_its_pattern() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("film.mp4", MIB + 1, Pattern::new(1))]);
    let path = disk.path().join("film.mp4");
    assert_eq!(fs::metadata(&path).unwrap().len(), MIB + 1);
    let bytes = fs::read(path).unwrap();
    assert_eq!(bytes.len() as u64, MIB + 1);
    Pattern::new(1).check(0, &bytes);
    assert!(disk.reads("film.mp4") > 0);
    let names: Vec<_> =
        fs::read_dir(disk.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["film.mp4"]);
}

#[test]
fn reads_beyond_the_fault_fail_and_those_before_do_not() {
    if !FaultyDisk::available() {
        return;
    }
    let file = FaultyFile::new("film.mp4", 8 * MIB, Pattern::new(1)).fails_from(4 * MIB);
    let disk = FaultyDisk::mount(vec![file]);
    let mut file = fs::File::open(disk.path().join("film.mp4")).unwrap();
    let mut first = vec![0; usize::try_from(MIB).unwrap()];
    file.read_exact(&mut first).unwrap();
    Pattern::new(1).check(0, &first);
    assert_eq!(file.read_at(&mut first, 5 * MIB).unwrap_err().raw_os_error(), Some(EIO));
}

#[test]
fn opening_can_fail() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("a.mp4", 9, Pattern::new(1)).open_fails()]);
    let path = disk.path().join("a.mp4");
    assert!(fs::metadata(&path).unwrap().is_file());
    assert_eq!(fs::File::open(path).unwrap_err().raw_os_error(), Some(EIO));
}

#[test]
fn a_held_read_waits_for_the_test_and_holds_up_no_other_file() {
    if !FaultyDisk::available() {
        return;
    }
    let slow = Duration::from_millis(1);
    let disk = FaultyDisk::mount(vec![
        FaultyFile::new("held.mp4", MIB, Pattern::new(1)),
        FaultyFile::new("free.mp4", MIB, Pattern::new(2)).delay(slow),
    ]);
    let held = disk.hold("held.mp4", 0);
    let (tx, rx) = mpsc::channel();
    let path = disk.path().join("held.mp4");
    std::thread::spawn(move || tx.send(fs::read(path).unwrap()));
    held.wait_for_reader();
    Pattern::new(2).check(0, &fs::read(disk.path().join("free.mp4")).unwrap());
    assert!(rx.try_recv().is_err(), "the held read must not have ended");
    drop(held);
    Pattern::new(1).check(0, &rx.recv().unwrap());
}

#[test]
fn a_disk_goes_away_with_its_value_even_while_a_file_is_open() {
    if !FaultyDisk::available() {
        return;
    }
    let disk = FaultyDisk::mount(vec![FaultyFile::new("film.mp4", MIB, Pattern::new(1))]);
    let path = disk.path().to_owned();
    let open = fs::File::open(path.join("film.mp4")).unwrap();
    drop(disk);
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap();
    assert!(!mounts.contains(path.to_str().unwrap()), "{mounts}");
    drop(open);
}
