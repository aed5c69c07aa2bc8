//! Any path of a URL: what is accepted can only name something below a folder.
#![no_main]

use std::path::Component;

use delivery::path::{MAX_COMPONENT, MAX_PATH, RelativePath, Rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|encoded: &str| {
    for rules in [Rules::Unix, Rules::Windows] {
        let Ok(path) = RelativePath::with_rules(encoded, rules) else {
            continue;
        };
        let bytes = path.as_path().as_os_str().as_encoded_bytes();
        assert!(bytes.len() <= MAX_PATH && !bytes.contains(&0));
        let mut count = 0;
        for component in path.as_path().components() {
            let Component::Normal(name) = component else {
                panic!("{component:?} in {encoded:?}");
            };
            let name = name.as_encoded_bytes();
            assert!(!name.starts_with(b".") && name.len() <= MAX_COMPONENT);
            if rules == Rules::Windows {
                assert!(
                    !name
                        .iter()
                        .any(|byte| br#"\:*?"<>|"#.contains(byte) || *byte < b' ')
                );
            }
            count += 1;
        }
        // Nothing was lost or joined on the way.
        assert_eq!(
            count,
            encoded.split('/').filter(|name| !name.is_empty()).count()
        );
        assert!(!path.file_name().is_empty());
    }
});
