//! What documents say of tests is so: each test that one names is there.

use std::{fs, path::Path};

/// Documents that name tests, as `file.rs::test`.
const NAMING: [&str; 1] = ["docs/auth.md"];

/// The words between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

#[test]
fn every_test_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for document in NAMING {
        let text = fs::read_to_string(root.join(document)).unwrap();
        let named: Vec<_> = quoted(&text).filter_map(|word| word.split_once(".rs::")).collect();
        assert!(named.len() > 20, "{document} names only {} tests", named.len());
        for (file, test) in named {
            let path = root.join(file).with_extension("rs");
            let code =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{document}: {file}: {error}"));
            assert!(code.contains(&format!("fn {test}(")), "{document}: {file} has no {test}");
        }
    }
}
