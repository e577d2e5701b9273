//! What a terminal shows after all that was written to it: as much of a terminal as crossterm needs.

/// The lines of a terminal of 80 × 24, blanks at their ends left out; those of its second screen
/// while that is open, as nothing else is asked for.
pub(crate) fn shown(written: &str) -> String {
    let mut cells = vec![[' '; 80]; 24];
    let (mut row, mut column) = (0, 0);
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => {
                let Some('[') = letters.next() else { continue };
                let sequence: String = letters.by_ref().take_while_inclusive(|c| !c.is_ascii_alphabetic());
                match sequence.chars().last() {
                    Some('H') => (row, column) = place(&sequence),
                    // A second screen is empty when it is opened.
                    Some('h') if sequence == "?1049h" => cells = vec![[' '; 80]; 24],
                    Some('J') => cells = vec![[' '; 80]; 24],
                    _ => {}
                }
            }
            '\r' => column = 0,
            '\n' => row += 1,
            letter => {
                if let Some(cell) = cells.get_mut(row).and_then(|line| line.get_mut(column)) {
                    *cell = letter;
                }
                column += 1;
            }
        }
    }
    let lines: Vec<String> = cells.iter().map(|line| line.iter().collect::<String>().trim_end().to_owned()).collect();
    lines.join("\n")
}

/// `ROW;COLUMNH`, each from 1 on and 1 where it is left out.
fn place(sequence: &str) -> (usize, usize) {
    let mut numbers = sequence.trim_end_matches('H').split(';').map(|number| number.parse().unwrap_or(1));
    let mut next = || numbers.next().unwrap_or(1_usize).saturating_sub(1);
    (next(), next())
}

trait TakeWhileInclusive: Iterator<Item = char> {
    /// The letters up to and with the first that ends it.
    fn take_while_inclusive(&mut self, goes_on: impl Fn(&char) -> bool) -> String {
        let mut text = String::new();
        for letter in self {
            text.push(letter);
            if !goes_on(&letter) {
                break;
            }
        }
        text
    }
}

impl<I: Iterator<Item = char> + ?Sized> TakeWhileInclusive for I {}

#[test]
fn letters_stand_where_they_were_put() {
    let text = "gone\u{1b}[2J\u{1b}[2;3Hab\u{1b}[1;31mc\u{1b}[H–\r\nd";
    assert_eq!(shown(text).trim_end(), "–\nd abc");
}
