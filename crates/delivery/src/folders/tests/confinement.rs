//! No path leads out of the folders, except where a link of the owner's does and may.

use std::os::unix::fs::symlink;

use proptest::{prelude::*, sample::select};

use super::*;

const ALL: [Symlinks; 3] = [Symlinks::Follow, Symlinks::Inside, Symlinks::Refuse];

/// Two media folders side by side, things beside them that are not served, and links of all kinds.
struct Tree {
    base: TempDir,
}

impl Tree {
    fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        let inside = ["a.txt", "dir/b.txt", "we\\ird\nname.txt", "%2e%2e", "dir/deep/c.txt"];
        for file in inside {
            write(&base.path().join("one"), file, "INSIDE");
            write(&base.path().join("two"), &format!("2{file}"), "INSIDE");
        }
        for file in ["one/.hidden", "one/.hid/c.txt", "two/.hidden"] {
            write(base.path(), file, "HIDDEN");
        }
        for file in ["outside/secret.txt", "outside/dir/secret.txt", "secret.txt", "one-not/a.txt"]
        {
            write(base.path(), file, "OUTSIDE");
        }
        let at = |path: &str| base.path().join(path);
        for (link, target) in [
            ("one/in", "a.txt".into()),
            ("one/in-dir", "dir".into()),
            ("one/in-up", "dir/../a.txt".into()),
            ("one/in-absolute", at("one/dir/b.txt")),
            ("one/in-other", at("two")),
            ("one/out", "../outside/secret.txt".into()),
            ("one/out-dir", at("outside")),
            ("one/out-up", "..".into()),
            ("one/out-root", "/".into()),
            ("one/out-sibling", at("one-not/a.txt")),
            ("one/out-magic", "/proc/self/cwd".into()),
            ("one/loop", "loop".into()),
            ("one/loop-dir", "./loop-dir/x".into()),
            ("one/dangling", "nowhere".into()),
        ] {
            symlink(target, at(link)).unwrap();
        }
        Self { base }
    }

    fn roots(&self) -> Vec<PathBuf> {
        vec![self.base.path().join("one"), self.base.path().join("two")]
    }

    fn serve(&self, symlinks: Symlinks) -> Folders {
        Folders::new(self.roots(), symlinks).unwrap()
    }
}

#[tokio::test]
async fn each_policy_for_links_lets_through_what_it_says() {
    let tree = Tree::new();
    let table = [
        // path, followed, inside, refused
        ("/a.txt", [true, true, true]),
        ("/we%5Cird%0Aname.txt", [true, true, true]),
        ("/%252e%252e", [true, true, true]),
        ("/2a.txt", [true, true, true]),
        ("/in", [true, true, false]),
        ("/in-dir/b.txt", [true, true, false]),
        ("/in-up", [true, true, false]),
        ("/in-absolute", [true, true, false]),
        ("/in-other/2a.txt", [true, true, false]),
        ("/out-up/one/a.txt", [true, true, false]),
        ("/out", [true, false, false]),
        ("/out-dir/secret.txt", [true, false, false]),
        ("/out-up/secret.txt", [true, false, false]),
        ("/out-sibling", [true, false, false]),
        ("/out-magic/Cargo.toml", [false, false, false]),
        ("/loop", [false, false, false]),
        ("/loop-dir", [false, false, false]),
        ("/dangling", [false, false, false]),
    ];
    for (symlinks, column) in ALL.into_iter().zip(0..) {
        let folders = tree.serve(symlinks);
        for (path, expected) in table {
            for _ in 0..2 {
                assert_eq!(!missing(&folders, path).await, expected[column], "{path} {symlinks:?}");
            }
            // The way without openat2 agrees, but for magic links, which only openat2 can tell.
            let relative = RelativePath::from_url_path(path).unwrap();
            if !path.contains("magic") {
                let portable = (0..2).any(|root| {
                    let opened = folders.0.open_portable(root, &relative);
                    opened.is_ok()
                });
                assert_eq!(portable, expected[column], "{path} {symlinks:?} without openat2");
            }
        }
    }
}

/// Components of nasty paths, between spaces.
const NASTY: &str = r"
    a.txt dir b.txt deep c.txt 2a.txt 2dir in in-dir in-up in-absolute in-other
    out out-dir out-up out-root out-magic loop loop-dir dangling one two outside secret.txt one-not
    .hidden .hid %2ehidden .. . %2e%2e .%2E %2e ..%2f ..%5c %2e%2e%2fsecret.txt ..%2fsecret.txt
    %252e%252e %252e%252e%252f %00 a.txt%00 ..%00 %c0%ae%c0%ae %e0%80%ae%e0%80%ae ..%c0%af..
    %uff0e%uff0e ..; .... \.. C: nul %0a proc self root etc passwd % %2 ~";

fn component() -> impl Strategy<Value = String> {
    let nasty = select(NASTY.split_whitespace().collect::<Vec<_>>());
    prop_oneof![9 => nasty.prop_map(str::to_owned), 1 => "[a-z.%/\\\\0-9]{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_resolves_is_inside(
        paths in proptest::collection::vec(proptest::collection::vec(component(), 1..6), 200),
    ) {
        let tree = Tree::new();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for symlinks in ALL {
            let folders = tree.serve(symlinks);
            for components in &paths {
                let path = format!("/{}", components.join("/"));
                let Ok(relative) = RelativePath::from_url_path(&path) else { continue };
                let linked_out = components.iter().any(|component| component.contains("out-") || component == "out");
                let kernel = runtime.block_on(folders.open(&relative)).ok().map(|file| file.file);
                let portable = (0..2).find_map(|root| folders.0.open_portable(root, &relative).ok());
                let portable = portable.map(|opened| opened.into_file(relative.file_name(), &Gate::default()).file);
                for file in [kernel, portable].into_iter().flatten() {
                    if symlinks == Symlinks::Follow && linked_out {
                        continue;
                    }
                    let mut content = String::new();
                    (&*file).read_to_string(&mut content).unwrap();
                    prop_assert_eq!(content, "INSIDE", "{} {:?}", path, symlinks);
                }
            }
        }
    }
}
