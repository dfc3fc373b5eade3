//! The processes that the product consists of.

/// A program of the product; several instances of it may run.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Service {
    Auth,
    Tickets,
    Orders,
    Expiration,
    Payments,
    Notifications,
    Frontend,
    Ingress,
}

impl Service {
    /// In the order of their start: the ingress last, so that its upstreams are there.
    pub(crate) const ALL: [Self; 8] = [
        Self::Auth,
        Self::Tickets,
        Self::Orders,
        Self::Expiration,
        Self::Payments,
        Self::Notifications,
        Self::Frontend,
        Self::Ingress,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Tickets => "tickets",
            Self::Orders => "orders",
            Self::Expiration => "expiration",
            Self::Payments => "payments",
            Self::Notifications => "notifications",
            Self::Frontend => "frontend",
            Self::Ingress => "ingress",
        }
    }

    /// The program's file name.
    pub(crate) fn binary(self) -> String {
        match self {
            Self::Frontend | Self::Ingress => self.name().to_owned(),
            _ => format!("{}-service", self.name()),
        }
    }

    /// Whether it owns a database and takes part in the bus.
    pub(crate) fn has_data(self) -> bool {
        !matches!(self, Self::Frontend | Self::Ingress)
    }

    /// Whether more than one instance may run behind the ingress.
    pub(crate) fn may_be_many(self) -> bool {
        self != Self::Ingress
    }
}
