//! Names of seats as people write them.

use contracts::listings::SEATS_MAX;

/// Seats by lines or commas; `A1-A12` names a row of them.
pub(super) fn read(text: &str) -> Result<Vec<String>, String> {
    let mut seats = Vec::new();
    for name in text.split(['\n', ',', ';']).map(str::trim).filter(|name| !name.is_empty()) {
        match range(name) {
            Some((prefix, first, last)) if first <= last && (last - first) as usize <= SEATS_MAX => {
                seats.extend((first..=last).map(|number| format!("{prefix}{number}")));
            }
            Some((_, first, last)) => {
                return Err(format!("{name} names no seats: {last} is not after {first}"));
            }
            None => seats.push(name.to_owned()),
        }
        if seats.len() > SEATS_MAX {
            return Err("Name at most 5,000 seats".to_owned());
        }
    }
    Ok(seats)
}

/// `A1-A12` is a prefix and two numbers; so is `A1-12`.
fn range(name: &str) -> Option<(&str, u32, u32)> {
    let (first, last) = name.split_once(['-', '–'])?;
    let (prefix, first) = numbered(first.trim())?;
    let (other, last) = numbered(last.trim())?;
    (other == prefix || other.is_empty()).then_some((prefix, first, last))
}

fn numbered(name: &str) -> Option<(&str, u32)> {
    let digits = name.len() - name.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let (prefix, number) = name.split_at(name.len() - digits);
    Some((prefix, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_seats_are_written_short() {
        assert_eq!(read("A1-A3, B7\nBox").unwrap(), ["A1", "A2", "A3", "B7", "Box"]);
        assert_eq!(read("Row C 9–11").unwrap(), ["Row C 9", "Row C 10", "Row C 11"]);
        assert_eq!(read("A-B").unwrap(), ["A-B"]);
        assert_eq!(read(" \n,").unwrap(), Vec::<String>::new());
        assert!(read("A9-A1").is_err());
        assert!(read("A1-A999999").is_err());
    }
}
