//! What every service starts with: configuration, database, telemetry, health and shutdown.
