//! The orders service.

fn main() -> std::process::ExitCode {
    service::run("orders", orders_service::start)
}
