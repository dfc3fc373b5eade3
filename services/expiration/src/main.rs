//! The expiration service.

fn main() -> std::process::ExitCode {
    service::run("expiration", expiration_service::start)
}
