//! Tables on the terminal.

use std::io::Write as _;

/// A table whose first column is words and whose others are figures.
#[derive(Debug)]
pub(crate) struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with its title and the names of its columns.
    pub(crate) fn new(title: &str, columns: &[&str]) -> Self {
        let header = columns.iter().map(|&name| name.to_owned()).collect();
        Self { title: title.to_owned(), rows: vec![header] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        say(&format!("\n{}\n{}", self.title, self.lines().join("\n")));
    }

    fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

/// Prints a line.
pub(crate) fn say(text: &str) {
    // Nobody listens any more: then nobody misses it either.
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_below_each_other() {
        let mut table = Table::new("memory", &["process", "MB"]);
        table.row(["auth".to_owned(), "9.5".to_owned()]);
        table.row(["notifications".to_owned(), "10.0".to_owned()]);
        assert_eq!(
            table.lines(),
            ["  process          MB", "  auth            9.5", "  notifications  10.0"]
        );
    }
}
