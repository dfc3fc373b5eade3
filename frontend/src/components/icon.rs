//! Icons: always beside words, never instead of them.

use leptos::prelude::*;

/// A drawing of 20 by 20.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Three lines.
    Menu,
    /// A magnifying glass.
    Search,
    /// A tick.
    Check,
    /// A triangle with an exclamation mark.
    Warning,
    /// A square with an i.
    Info,
    /// A padlock.
    Lock,
    /// A key.
    Key,
    /// A sheet of a calendar.
    Calendar,
    /// An arrow to the right.
    Forward,
    /// A screen on a foot.
    Computer,
    /// A phone.
    Phone,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Menu => "M2.5 5h15M2.5 10h15M2.5 15h15",
            Self::Search => "M14 8.5a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0ZM13 13l4.5 4.5",
            Self::Check => "m4 10.5 4 4 8-9",
            Self::Warning => "M10 2.5 18.5 17h-17ZM10 8v4M10 14.4v.2",
            Self::Info => "M2.5 2.5h15v15h-15ZM10 9v5M10 6v.2",
            Self::Lock => "M4 9h12v8.5H4ZM6.5 9V6a3.5 3.5 0 0 1 7 0v3",
            Self::Key => {
                "M10.25 13.5a3.75 3.75 0 1 1-7.5 0 3.75 3.75 0 0 1 7.5 0ZM9.5 10.5l7.5-7.5M14 6l2.5 2.5"
            }
            Self::Calendar => "M2.5 4h15v13.5h-15ZM2.5 8h15M6.5 2v4M13.5 2v4",
            Self::Forward => "M3 10h13M11 5l5 5-5 5",
            Self::Computer => "M4 3.5h12v9.5H4ZM1.5 16.5h17",
            Self::Phone => "M5.5 1.75h9v16.5h-9ZM9 15.5h2",
        }
    }

    /// The drawing, hidden from screen readers.
    pub fn view(self) -> impl IntoView + use<> {
        view! {
            <svg
                width="20"
                height="20"
                viewBox="0 0 20 20"
                fill="none"
                stroke="currentColor"
                stroke-width="1.75"
                stroke-linecap="square"
                aria-hidden="true"
            >
                <path d=self.path()></path>
            </svg>
        }
    }
}
