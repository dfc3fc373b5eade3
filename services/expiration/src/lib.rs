//! Deadlines that fall due.
