//! Mulberry32: small, fast, and the same everywhere.

/// A stream of random numbers from a seed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Random(u32);

impl Random {
    pub(super) const fn new(seed: u32) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x6d2b_79f5);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 15)).wrapping_mul(mixed | 1);
        mixed ^= mixed.wrapping_add((mixed ^ (mixed >> 7)).wrapping_mul(mixed | 0x3d));
        mixed ^ (mixed >> 14)
    }

    /// A number from 0 to below `bound`.
    pub(super) const fn below(&mut self, bound: u32) -> u32 {
        self.next() % bound
    }

    /// The same as a signed number, for arithmetic on coordinates.
    pub(super) fn upto(&mut self, bound: u32) -> i32 {
        i32::try_from(self.below(bound)).unwrap_or_default()
    }

    /// One of a list.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, list: [T; N]) -> T {
        list[self.next() as usize % N]
    }
}
