//! The NATS server's configuration: two accounts, one user per service in each, and what each may do.

use crate::topology::{EVENTS, KEYS, REVOCATIONS, SERVICES, consumers_of};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Address to listen on.
    pub host: String,
    /// Port; -1 lets the server choose.
    pub port: i32,
    /// Folder of JetStream.
    pub store_dir: PathBuf,
    /// Folder where the server writes the ports that it chose.
    pub ports_dir: Option<PathBuf>,
    /// Write every message to disk before it is acknowledged.
    pub sync_always: bool,
}

/// Who may connect.
#[derive(Clone, Debug, Default)]
pub struct Passwords {
    /// The provisioner's, the same in both accounts; its users are `provisioner` and `provisioner-revocations`.
    pub provisioner: String,
    /// Per service, in the event account; the user has the service's name.
    pub events: BTreeMap<String, String>,
    /// Per service, in the revocation account; the user is `<service>-revocations`.
    pub revocations: BTreeMap<String, String>,
}

/// What one user may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Subjects it may publish.
    pub publish: Vec<String>,
    /// Subjects it may subscribe to.
    pub subscribe: Vec<String>,
}

/// In the event account a service publishes its own facts, and asks, pulls and acknowledges on its own
/// durables. Nothing else.
pub fn event_permissions(service: &str) -> Permissions {
    let mut publish = vec![format!("{service}.>"), format!("$JS.API.STREAM.INFO.{EVENTS}")];
    for spec in consumers_of(service) {
        let durable = spec.durable();
        publish.push(format!("$JS.API.CONSUMER.INFO.{EVENTS}.{durable}"));
        publish.push(format!("$JS.API.CONSUMER.MSG.NEXT.{EVENTS}.{durable}"));
        publish.push(format!("$JS.ACK.{EVENTS}.{durable}.>"));
        publish.push(format!("$JS.ACK.*.*.{EVENTS}.{durable}.>"));
    }
    Permissions { publish, subscribe: vec![format!("_INBOX.{service}.>")] }
}

/// In the revocation account a service writes its own markers and receipts and reads both streams. Only auth
/// may write revocations, the completeness entry and keys.
pub fn revocation_permissions(service: &str) -> Permissions {
    let mut publish =
        vec![format!("$KV.revocations.hb.{service}.>"), format!("revocation_applied.{service}.>")];
    for stream in [REVOCATIONS, KEYS] {
        publish.push(format!("$JS.API.STREAM.INFO.{stream}"));
        publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}"));
        publish.push(format!("$JS.API.CONSUMER.CREATE.{stream}.>"));
        publish.push(format!("$JS.API.CONSUMER.INFO.{stream}.>"));
        publish.push(format!("$JS.API.CONSUMER.DELETE.{stream}.>"));
        publish.push(format!("$JS.API.CONSUMER.MSG.NEXT.{stream}.>"));
        publish.push(format!("$JS.ACK.{stream}.>"));
        publish.push(format!("$JS.ACK.*.*.{stream}.>"));
    }
    let mut subscribe = vec![format!("_INBOX.{service}.>")];
    if service == "auth" {
        publish.extend(["u", "s", "a"].map(|kind| format!("$KV.revocations.{kind}.>")));
        publish.push("$KV.keys.>".to_owned());
        subscribe.push("revocation_applied.>".to_owned());
        // Which instances are there to apply a revocation.
        subscribe.push("$KV.revocations.hb.>".to_owned());
    }
    Permissions { publish, subscribe }
}

/// The whole configuration file.
pub fn render(settings: &ServerSettings, passwords: &Passwords) -> String {
    let sync = if settings.sync_always { "always" } else { "\"2m\"" }; // A bare 2m is two million.
    let ports =
        settings.ports_dir.as_ref().map(|dir| format!("ports_file_dir: {}\n", quote(&dir.to_string_lossy())));
    format!(
        "# Written by `provision nats-config`; do not edit.\n\
         listen: {}\n{}max_payload: 1MB\n\
         jetstream {{\n  store_dir: {}\n  sync_interval: {sync}\n}}\n\
         accounts {{\n{}{}}}\n",
        quote(&format!("{}:{}", settings.host, settings.port)),
        ports.unwrap_or_default(),
        quote(&settings.store_dir.to_string_lossy()),
        account("EVENTS", "", &passwords.provisioner, &passwords.events, event_permissions),
        account(
            "REVOCATIONS",
            "-revocations",
            &passwords.provisioner,
            &passwords.revocations,
            revocation_permissions
        ),
    )
}

fn account(
    name: &str,
    suffix: &str,
    provisioner: &str,
    passwords: &BTreeMap<String, String>,
    permissions: fn(&str) -> Permissions,
) -> String {
    let mut text = format!("  {name} {{\n    jetstream: enabled\n    users: [\n");
    let provisioner_user = quote(&format!("provisioner{suffix}"));
    _ = writeln!(text, "      {{ user: {provisioner_user}, password: {} }}", quote(provisioner));
    for service in SERVICES {
        let Some(password) = passwords.get(*service) else { continue };
        let Permissions { publish, subscribe } = permissions(service);
        _ = writeln!(
            text,
            "      {{ user: {}, password: {}, permissions: {{ publish: {}, subscribe: {} }} }}",
            quote(&format!("{service}{suffix}")),
            quote(password),
            list(&publish),
            list(&subscribe),
        );
    }
    text.push_str("    ]\n  }\n");
    text
}

fn list(subjects: &[String]) -> String {
    let quoted: Vec<String> = subjects.iter().map(|subject| quote(subject)).collect();
    format!("[{}]", quoted.join(", "))
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
