//! The auth service: `auth-service` serves, `auth-service create-admin --email … --name …` makes an admin,
//! `auth-service rotate-keys` replaces the signing keys, `auth-service build-password-list --from … --out …` makes a list
//! of common passwords for `PASSWORD_LIST`.

use mimalloc::MiMalloc;
use service::Env;
use std::process::ExitCode;

/// Each password hash takes 19 MiB for a moment; the system's allocator would keep them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        None => service::run("auth", auth_service::start),
        Some((command, arguments)) if command == "create-admin" => create_admin(arguments),
        Some((command, arguments)) if command == "rotate-keys" => rotate_keys(arguments),
        Some((command, arguments)) if command == "build-password-list" => build_password_list(arguments),
        Some((command, _)) => {
            eprintln!(
                "auth: unknown command {command}; there are create-admin, rotate-keys and build-password-list"
            );
            ExitCode::from(2)
        }
    }
}

fn create_admin(arguments: &[String]) -> ExitCode {
    let env = Env::process();
    let made = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(auth_service::create_admin(&env, arguments)));
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => service::run::report("auth", &error),
    }
}

fn build_password_list(arguments: &[String]) -> ExitCode {
    match auth_service::build_password_list(arguments) {
        Ok(count) => {
            // The answer of a command, not a log line.
            eprintln!("auth: {count} entries");
            ExitCode::SUCCESS
        }
        Err(error) => service::run::report("auth", &error),
    }
}

fn rotate_keys(arguments: &[String]) -> ExitCode {
    let env = Env::process();
    let rotated = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(auth_service::rotate_keys(&env, arguments)));
    match rotated {
        Ok(said) => {
            // The answer of a command, not a log line.
            eprintln!("auth: {said}");
            ExitCode::SUCCESS
        }
        Err(error) => service::run::report("auth", &error),
    }
}
