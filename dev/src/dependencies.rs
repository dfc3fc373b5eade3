//! Who may depend on whom: services share nothing but the bus, and the shared crates know no service.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

const SHARED: [&str; 4] = ["contracts", "auth", "events", "service"];

/// A package of the workspace, and the other ones that it names.
struct Package {
    name: String,
    is_service: bool,
    normal: BTreeSet<String>,
    /// For tests only.
    dev: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = metadata["packages"].as_array().unwrap();
    all.iter().map(|package| read(package, all)).collect()
}

fn read(package: &Value, all: &[Value]) -> Package {
    let is_ours = |name: &Value| all.iter().any(|other| other["name"] == *name);
    let named = |wanted: fn(&Value) -> bool| -> BTreeSet<String> {
        let every = package["dependencies"].as_array().unwrap().iter();
        let those = every.filter(|other| is_ours(&other["name"]) && wanted(&other["kind"]));
        those.map(|other| other["name"].as_str().unwrap().to_owned()).collect()
    };
    Package {
        name: package["name"].as_str().unwrap().to_owned(),
        is_service: package["manifest_path"].as_str().unwrap().contains("/services/"),
        normal: named(|kind| *kind != "dev"),
        dev: named(|kind| *kind == "dev"),
    }
}

/// What a package that is no service may be made of.
fn allowed(name: &str) -> &'static [&'static str] {
    match name {
        "contracts" | "dev" => &[],
        "service" | "auth" | "seed" => &["contracts"],
        "events" => &["contracts", "service"],
        "auth-model" => &["contracts", "auth"],
        "testkit" => &SHARED,
        "frontend" => &["contracts", "service", "auth"],
        "provision" => &["auth", "events"],
        "load" => &["contracts", "seed"],
        _ => panic!("{name} is new: say here what it may depend on"),
    }
}

#[test]
fn no_service_depends_on_another_not_even_in_tests() {
    let packages = packages();
    let services: BTreeSet<String> =
        packages.iter().filter(|package| package.is_service).map(|package| package.name.clone()).collect();
    assert!(services.len() >= 7, "the services are found: {services:?}");
    for package in &packages {
        for others in [&package.normal, &package.dev] {
            let known: Vec<_> = others.intersection(&services).collect();
            assert!(known.is_empty(), "{} depends on {known:?}", package.name);
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    for Package { name, is_service, normal, .. } in packages() {
        let may = if is_service { &SHARED } else { allowed(&name) };
        let wrong: Vec<_> = normal.iter().filter(|other| !may.contains(&other.as_str())).collect();
        assert!(wrong.is_empty(), "{name} must not depend on {wrong:?}");
    }
}
