//! The payments service.

fn main() -> std::process::ExitCode {
    service::run("payments", payments_service::start)
}
