//! The tickets service.

fn main() -> std::process::ExitCode {
    service::run("tickets", tickets_service::start)
}
