//! The notifications service.

fn main() -> std::process::ExitCode {
    service::run("notifications", notifications_service::start)
}
