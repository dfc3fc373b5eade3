//! The breakages, and the test that catches each.

use anyhow::{Result, ensure};

/// One way to break it.
#[derive(Debug)]
pub(crate) struct Breakage {
    /// In words.
    pub(crate) name: &'static str,
    /// In code.
    pub(crate) edits: &'static [Edit],
    /// What must go red.
    pub(crate) proof: Proof,
}

/// A text that stands in a file exactly once, and what it is replaced with.
#[derive(Debug)]
pub(crate) struct Edit {
    pub(crate) file: &'static str,
    pub(crate) find: &'static str,
    pub(crate) replace: &'static str,
}

impl Edit {
    /// The text with the edit made.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        let count = text.matches(self.find).count();
        ensure!(count == 1, "{} has {:?} {count} times: the breakage is out of date", self.file, self.find);
        Ok(text.replace(self.find, self.replace))
    }
}

/// One test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proof {
    pub(crate) package: &'static str,
    /// `--lib` or `--test`.
    pub(crate) target: &'static str,
    /// The program of tests, after `--test`.
    pub(crate) program: Option<&'static str>,
    pub(crate) test: &'static str,
}

const fn unit(package: &'static str, test: &'static str) -> Proof {
    Proof { package, target: "--lib", program: None, test }
}

const fn suite(package: &'static str, test: &'static str) -> Proof {
    Proof { package, target: "--test", program: Some("main"), test }
}

const fn edit(file: &'static str, find: &'static str, replace: &'static str) -> Edit {
    Edit { file, find, replace }
}

const ENTRIES: &str = "entries::every_entry_ends_by_itself_after_any_token_also_of_a_second_ban";
const BLOCKS: &str = "ban::a_ban_blocks_everywhere_at_once_and_an_unban_lets_a_new_sign_in";
const AFTER_THE_CACHE: &str = "judge::tests::revocations_keys_and_lease_are_judged_after_the_cache";
const FIRST_LEASE: &str = "lease::there_is_no_lease_before_auth_has_written_everything";

/// Every breakage.
pub(crate) const BREAKAGES: &[Breakage] = &[
    Breakage {
        name: "leeway of 60 s",
        edits: &[edit("shared/auth/src/token.rs", "LEEWAY_SECONDS: i64 = 5;", "LEEWAY_SECONDS: i64 = 60;")],
        proof: suite("auth-model", "lifetimes::no_token_outlives_its_revocation"),
    },
    Breakage {
        name: "entry that lives exactly as long as a token",
        edits: &[edit(
            "shared/auth/src/revocation.rs",
            "LIFE_SECONDS: i64 = 16 * 60;",
            "LIFE_SECONDS: i64 = 15 * 60;",
        )],
        proof: suite("auth-model", "lifetimes::no_token_outlives_its_revocation"),
    },
    Breakage {
        name: "unban that removes the entry",
        edits: &[
            edit(
                "services/auth/src/bans.rs",
                "    store::revocations::put(&mut tx, &revocation).await?;\n    write_audit(&mut tx, actor.as_ref(), \"user.unban\"",
                "    sqlx::query(\"DELETE FROM revocations WHERE subject_id = $1\").bind(user).execute(&mut *tx).await?;\n    write_audit(&mut tx, actor.as_ref(), \"user.unban\"",
            ),
            edit(
                "services/auth/src/bans.rs",
                "    state.revoker.spread(std::slice::from_ref(&revocation)).await;\n    Ok(ban.id)",
                "    _ = revocation;\n    Ok(ban.id)",
            ),
        ],
        proof: suite("auth-service", BLOCKS),
    },
    Breakage {
        name: "stream from which entries can be purged",
        edits: &[edit(
            "shared/events/src/provision.rs",
            "        allow_rollup: false,\n        deny_delete: true,\n        deny_purge: true,",
            "        allow_rollup: false,\n        deny_delete: true,\n        deny_purge: false,",
        )],
        proof: suite("auth-service", "entries::the_streams_keep_what_the_lease_stands_on"),
    },
    Breakage {
        name: "life of an entry lost at the second ban",
        edits: &[edit(
            "services/auth/src/revoker.rs",
            "Some(Duration::from_secs(left))).await?;",
            "(revocation.generation < 3).then_some(Duration::from_secs(left))).await?;",
        )],
        proof: suite("auth-service", ENTRIES),
    },
    Breakage {
        name: "entry that is created, not written anew",
        edits: &[edit(
            "services/auth/src/revoker.rs",
            "Some(ttl) => message.ttl(ttl),",
            "Some(ttl) => message.ttl(ttl).expected_last_subject_sequence(0),",
        )],
        proof: suite("auth-service", BLOCKS),
    },
    Breakage {
        name: "lease that is never checked",
        edits: &[edit(
            "shared/auth/src/verdict.rs",
            "    if fresh { Ok(()) } else { Err(Refusal::Stale) }",
            "    _ = fresh;\n    Ok(())",
        )],
        proof: unit("auth", AFTER_THE_CACHE),
    },
    Breakage {
        name: "lease renewed by a read",
        edits: &[edit(
            "shared/auth/src/watcher.rs",
            "                    session.expect_life()?;\n",
            "                    session.expect_life()?;\n                    if bus::stream_created(&self.jetstream, subjects::REVOCATIONS).await.is_ok() {\n                        self.inner.judge.lease.extend(boottime::now());\n                    }\n",
        )],
        proof: suite("auth", FIRST_LEASE),
    },
    Breakage {
        name: "lease read after the revocations",
        edits: &[edit(
            "shared/auth/src/verdict.rs",
            "    let fresh = lease.holds(boot);\n    if let Some(refusal) = revocations.refusal(identity, wall) {",
            "    let refusal = revocations.refusal(identity, wall);\n    let fresh = lease.holds(boot);\n    if let Some(refusal) = refusal {",
        )],
        proof: suite("auth-model", "interleavings::whoever_sees_the_lease_sees_the_ban_that_it_vouches_for"),
    },
    Breakage {
        name: "cache that hides a revocation",
        edits: &[edit(
            "shared/auth/src/judge.rs",
            "        let verified = self.verified(token, now.wall)",
            "        if let Some(verified) = self.cache.get(&VerifiedTokens::key(token)) {\n            return Ok(verified.identity());\n        }\n        let verified = self.verified(token, now.wall)",
        )],
        proof: unit("auth", AFTER_THE_CACHE),
    },
    Breakage {
        name: "refresh without the row lock",
        edits: &[edit(
            "services/auth/src/devices.rs",
            "    let account = store::users::lock(&mut tx, owner)",
            "    let account = store::users::find(&mut tx, owner)",
        )],
        proof: suite("auth-service", "races::a_refresh_that_waited_for_a_ban_gives_no_token"),
    },
    Breakage {
        name: "start that serves before the first lease",
        edits: &[edit(
            "shared/auth/src/authority.rs",
            "        Ok(Self(inner))",
            "        inner.judge.lease.extend(crate::boottime::now());\n        Ok(Self(inner))",
        )],
        proof: suite("auth", FIRST_LEASE),
    },
    Breakage {
        name: "completeness of another stream accepted",
        edits: &[edit(
            "shared/auth/src/watcher.rs",
            "read.filter(|complete| Some(&complete.stream) == self.created.as_ref())",
            "read",
        )],
        proof: suite("auth", "lease::a_stream_deleted_under_the_watcher_ends_the_lease"),
    },
    Breakage {
        name: "stream that keeps one message per key",
        edits: &[edit(
            "shared/events/src/provision.rs",
            "max_messages_per_subject: 8,",
            "max_messages_per_subject: 1,",
        )],
        proof: suite("auth-service", "entries::the_streams_keep_what_the_lease_stands_on"),
    },
    Breakage {
        name: "key that comes back after its retirement",
        edits: &[edit(
            "shared/auth/src/keys.rs",
            "Some(self.retires_at.map_or(at, |known| known.min(at)))",
            "Some(at)",
        )],
        proof: unit("auth", "keys::tests::a_retirement_is_never_taken_back_or_put_off"),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// Without compiling anything: what a breakage changes is there, and so is its test.
    #[test]
    fn no_breakage_is_out_of_date() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for Breakage { name, edits, proof } in BREAKAGES {
            for edit in *edits {
                let text = fs::read_to_string(root.join(edit.file)).unwrap();
                assert_ne!(edit.apply(&text).unwrap(), text, "{name}");
            }
            let folder = match proof.package {
                "auth" => "shared/auth",
                "auth-model" => "shared/auth/model",
                _ => "services/auth",
            };
            let path: Vec<&str> = proof.test.split("::").collect();
            let (test, modules) = path.split_last().unwrap();
            let place = if proof.program.is_some() { "tests" } else { "src" };
            let file = root.join(folder).join(place).join(modules.join("/")).with_extension("rs");
            let code =
                fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(code.contains(&format!("fn {test}(")), "{name}: {} has no {test}", file.display());
        }
    }
}
