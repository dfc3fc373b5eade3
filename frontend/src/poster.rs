//! The poster of a show: generated art that depends on the show's id alone.
//!
//! Integer arithmetic only, in a fixed order of random numbers: the same id gives the same bytes everywhere. The golden
//! files in `tests/golden/posters` hold it to that.

mod families;
mod random;

use random::Random;

/// Ground, three inks (the third is also the type's), and whether inks overprint.
pub(crate) struct Palette {
    pub(crate) ground: &'static str,
    pub(crate) inks: [&'static str; 3],
    pub(crate) overprint: bool,
}

/// Broadsheet, marigold, harbour, baize, rosewater, blackletter, seafront, vermilion, mint.
const PALETTES: [Palette; 9] = [
    Palette { ground: "#f3efe4", inks: ["#e2391f", "#1f4bd1", "#17181c"], overprint: true },
    Palette { ground: "#f7b718", inks: ["#17181c", "#d9301a", "#17181c"], overprint: true },
    Palette { ground: "#1c3fae", inks: ["#f49ab4", "#f7b718", "#f7f3e8"], overprint: false },
    Palette { ground: "#0d4b3a", inks: ["#f7b718", "#f08a9b", "#f3efe4"], overprint: false },
    Palette { ground: "#f4a6ba", inks: ["#dd2f1c", "#5c1024", "#4a0c1c"], overprint: true },
    Palette { ground: "#17181c", inks: ["#f0452a", "#f3c13a", "#f3efe4"], overprint: false },
    Palette { ground: "#a9d3e6", inks: ["#1f4bd1", "#e2391f", "#141a33"], overprint: true },
    Palette { ground: "#ea4a2c", inks: ["#17181c", "#f6d7a8", "#17181c"], overprint: false },
    Palette { ground: "#b9dcb9", inks: ["#0d5b45", "#ea4a2c", "#0c2b22"], overprint: true },
];

/// Where the words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Under the art.
    Base,
    /// Above the art.
    Head,
}

impl Layout {
    /// As the stylesheet calls it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Head => "head",
        }
    }
}

/// What an id decides before anything is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Index of the palette, 0 to 8.
    pub palette: u8,
    /// Where the words stand.
    pub layout: Layout,
    family: u32,
    random: Random,
}

impl Plan {
    /// The plan of an id.
    pub fn of(id: &str) -> Self {
        let mut random = Random::new(fnv1a(id));
        let palette = u8::try_from(random.below(9)).unwrap_or_default();
        let family = random.below(4);
        let layout = if random.below(2) == 0 { Layout::Base } else { Layout::Head };
        Self { palette, layout, family, random }
    }
}

/// The art as an SVG document of 480 by 480.
pub fn svg(id: &str) -> String {
    let Plan { palette, family, mut random, .. } = Plan::of(id);
    let palette = &PALETTES[usize::from(palette)];
    let body = match family {
        0 => families::arcs(&mut random, palette),
        1 => families::quarters(&mut random, palette),
        2 => families::rhythm(&mut random, palette, &format!("c{:x}", fnv1a(id))),
        _ => families::halftone(&mut random, palette),
    };
    let ground = palette.ground;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 480 480"><rect width="480" height="480" fill="{ground}"/>{body}</svg>"#
    )
}

/// Step of the title's size, 1 (largest) to 5, by its longest word and its length over three lines.
pub fn fit(title: &str) -> u8 {
    let longest = title.split_whitespace().map(|word| word.chars().count()).max().unwrap_or(0);
    match longest.max(title.chars().count().div_ceil(3)) {
        ..=7 => 1,
        8..=10 => 2,
        11..=12 => 3,
        13..=15 => 4,
        _ => 5,
    }
}

fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_golden_poster_is_drawn_byte_for_byte() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/posters");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let id = path.file_stem().unwrap().to_str().unwrap();
            assert_eq!(svg(id), std::fs::read_to_string(&path).unwrap().trim_end(), "{id}");
            count += 1;
        }
        assert_eq!(count, 32);
    }

    #[test]
    fn the_generator_gives_the_numbers_of_the_specification() {
        assert_eq!(fnv1a("evt_test"), 0x0c69_6cf3);
        let mut random = Random::new(fnv1a("evt_test"));
        assert_eq!(
            [random.next(), random.next(), random.next()],
            [4_180_245_318, 2_845_470_098, 2_885_535_032]
        );
    }

    #[test]
    fn titles_are_fitted_by_characters_not_bytes() {
        assert_eq!(fit("Řeka"), 1);
        assert_eq!(fit("Not on the bill"), 1);
        assert_eq!(fit("Night Ferry Quartet"), 1);
        assert_eq!(fit("Contemporaneously"), 5);
    }
}
