//! Files that are kept back whatever leads to them.

use std::{os::unix::fs::symlink, time::Duration};

use super::*;

#[tokio::test]
async fn a_withheld_file_is_missing_by_every_name() {
    let root = folder(&["vidicon.yaml", "a.mp4"]);
    let config = root.path().join("vidicon.yaml");
    symlink(&config, root.path().join("link.txt")).unwrap();
    fs::hard_link(&config, root.path().join("hard.txt")).unwrap();
    let folders = serve(&[root.path()], Symlinks::Follow).withhold([config]);
    for _ in 0..2 {
        for path in ["/vidicon.yaml", "/link.txt", "/hard.txt"] {
            assert!(missing(&folders, path).await, "{path}");
        }
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "a.mp4");
    }
}

#[tokio::test]
async fn a_withheld_file_stays_so_when_an_editor_replaces_it() {
    let root = folder(&["a.mp4"]);
    let config = root.path().join("vidicon.yaml");
    let folders = serve(&[root.path()], Symlinks::Follow).withhold([config.clone()]);
    // It need not be there at first.
    for content in ["one", "two"] {
        let new = root.path().join("new");
        fs::write(&new, content).unwrap();
        fs::rename(&new, &config).unwrap();
        assert!(missing(&folders, "/vidicon.yaml").await);
        assert_eq!(get(&folders, "/a.mp4").await.unwrap(), "a.mp4");
    }
}

#[test]
fn an_old_file_is_known_without_looking_and_a_new_one_is_looked_up() {
    let root = folder(&["key.pem", "a.mp4"]);
    let withheld = Withheld::new(vec![root.path().join("key.pem")]);
    let opened = |name: &str, age: u64| {
        let mut opened = Opened::new(fs::File::open(root.path().join(name)).unwrap()).unwrap();
        opened.changed = opened.changed.map(|changed| changed - Duration::from_secs(age));
        opened
    };
    assert_eq!(withheld.knows(&opened("key.pem", 0)), Some(true));
    assert_eq!(withheld.knows(&opened("a.mp4", 60)), Some(false));
    assert_eq!(withheld.knows(&opened("a.mp4", 0)), None);
    assert!(!withheld.look(opened("a.mp4", 0).identity));
    assert!(withheld.look(opened("key.pem", 0).identity));
}
