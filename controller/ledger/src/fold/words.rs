//! Texts by number, each kept once: a ledger tells of the same few names a million times.

use std::hash::{BuildHasherDefault, Hasher};

/// A set of texts; a text's number is its place in the order of coming.
#[derive(Debug, Default)]
pub(super) struct Words {
    text: String,
    /// Where each word ends in `text`.
    ends: Vec<usize>,
    /// By hash: its upper half, by which most others are told apart without their text, and one
    /// more than the number, 0 for none. The length is a power of two.
    slots: Vec<(u32, u32)>,
}

impl Words {
    /// The number of a text.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        if self.slots.len() <= self.ends.len() * 2 {
            self.grow();
        }
        let hash = hash(word);
        let at = self.slot(hash, |known| self.word(known) == word);
        if self.slots[at].1 == 0 {
            self.text.push_str(word);
            self.ends.push(self.text.len());
            let number = u32::try_from(self.ends.len()).expect("fewer than four billion names");
            self.slots[at] = (upper(hash), number);
        }
        self.slots[at].1 - 1
    }

    /// The text of a number.
    pub(super) fn word(&self, number: u32) -> &str {
        let at = number as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[from..self.ends[at]]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Gives back what only reading needs.
    pub(super) fn close(&mut self) {
        self.slots = Vec::new();
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// The place of a word, or the free one where it belongs.
    fn slot(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = lower(hash) & mask;
        loop {
            let (known, number) = self.slots[at];
            if number == 0 || (known == upper(hash) && is_it(number - 1)) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        self.slots = vec![(0, 0); (self.slots.len() * 2).max(64)];
        for number in 0..u32::try_from(self.ends.len()).expect("as many as were added") {
            let hash = hash(self.word(number));
            // Each is there once.
            let at = self.slot(hash, |_| false);
            self.slots[at] = (upper(hash), number + 1);
        }
    }
}

fn hash(word: &str) -> u64 {
    let mut mix = Mix::default();
    mix.write(word.as_bytes());
    mix.finish()
}

fn upper(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[expect(clippy::cast_possible_truncation, reason = "a part is asked for")]
fn lower(hash: u64) -> usize {
    hash as usize
}

/// A hasher for names out of our own lines: fast, and the same in every run.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Mix(u64);

/// For the maps of the standard library.
pub(super) type Mixed = BuildHasherDefault<Mix>;

/// Odd numbers without a pattern in their bits: the golden ratio's and that of the root of two.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
const SEED: u64 = 0x6A09_E667_F3BC_C909;

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.write_u64(u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
        }
        let mut rest = [0; 8];
        rest[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        self.write_u64(u64::from_le_bytes(rest) ^ ((bytes.len() as u64) << 56));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        // Both halves of the product: one alone knows nothing of the upper, or the lower, bits.
        let product = u128::from(self.0 ^ value ^ SEED) * u128::from(FACTOR);
        self.0 = fold_half(product);
    }

    fn finish(&self) -> u64 {
        fold_half(u128::from(self.0 ^ FACTOR) * u128::from(SEED))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a part is asked for")]
fn fold_half(product: u128) -> u64 {
    product as u64 ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut words = Words::default();
        let texts: Vec<String> = (0..5_000).map(|n| format!("app/d-{n}/space/lab-{n}/JupyterLab/default")).collect();
        for round in 0..2 {
            for (n, text) in texts.iter().enumerate() {
                assert_eq!(words.number(text) as usize, n, "round {round}");
            }
        }
        assert_eq!(words.len(), texts.len());
        assert_eq!(words.number(""), 5_000);
        words.close();
        assert!(texts.iter().zip(0..).all(|(text, n)| words.word(n) == text));
        assert_eq!(words.word(5_000), "");
    }
}
