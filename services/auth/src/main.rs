//! The auth service: `auth-service` serves, `auth-service create-admin --email … --name …` makes an admin.

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
        Some((command, _)) => {
            eprintln!("auth: unknown command {command}; there is create-admin");
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
