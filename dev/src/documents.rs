//! What documents say of tests is so: each test that one names is there.

use std::{fs, path::Path};

/// Documents that name tests, as `file.rs::test`, and how many at least: one that names none is not read aright.
const NAMING: [(&str, usize); 3] =
    [("docs/auth.md", 20), ("docs/adr/0010-key-rotation.md", 4), ("docs/adr/0013-admin-at-full-size.md", 8)];

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for (document, at_least) in NAMING {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let named: Vec<_> = quoted(&text).filter_map(|word| word.split_once(".rs::")).collect();
        assert!(named.len() >= at_least, "{document} names only {} tests", named.len());
        for (file, test) in named {
            let path = root.join(file).with_extension("rs");
            let code =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{document}: {file}: {error}"));
            assert!(code.contains(&format!("fn {test}(")), "{document}: {file} has no {test}");
        }
    }
}
