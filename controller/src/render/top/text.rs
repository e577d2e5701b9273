//! Text that fits: cut by what it is wide on a terminal, which is not how many letters it has.

use ratatui::text::Span;

/// How many columns it takes.
pub(super) fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// The text in exactly so many columns, cut at its end where it is longer.
pub(super) fn left(text: &str, columns: usize) -> String {
    pad(cut(text, columns), columns)
}

/// The text in exactly so many columns, at their right.
pub(super) fn right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(&text))))
}

/// The text in exactly so many columns, cut in its middle where it is longer: names differ at both ends.
pub(super) fn middle(text: &str, columns: usize) -> String {
    let text = clean(text);
    if width(&text) <= columns || columns < 5 {
        return left(&text, columns);
    }
    let tail_columns = (columns - 1) / 2;
    let reversed: String = text.chars().rev().collect();
    let tail: String = head(&reversed, tail_columns).chars().rev().collect();
    pad(format!("{}…{tail}", head(&text, columns - 1 - tail_columns)), columns)
}

/// A name of two parts in exactly so many columns: the first is cut where both are longer.
pub(super) fn name(text: &str, columns: usize) -> String {
    let text = clean(text);
    match text.split_once('/') {
        Some((first, rest)) if width(&text) > columns && width(rest) + 5 <= columns => {
            let first = cut(first, columns - width(rest) - 1);
            pad(format!("{first}/{rest}"), columns)
        }
        _ => middle(&text, columns),
    }
}

/// The text in at most so many columns.
pub(super) fn cut(text: &str, columns: usize) -> String {
    let text = clean(text);
    match columns {
        _ if width(&text) <= columns => text,
        0 => String::new(),
        _ => format!("{}…", head(&text, columns - 1)),
    }
}

/// The text in at most so many lines of so many columns, broken between words; the last is cut.
pub(super) fn lines(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in clean(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > most {
        let rest = lines.split_off(most.saturating_sub(1)).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| cut(line, columns)).collect()
}

/// A duration in at most six columns, such as `1h05m`.
pub(super) fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m"),
        3600..86_400 => format!("{hours}h{:02}m", minutes % 60),
        86_400..8_640_000 => format!("{days}d{:02}h", hours % 24),
        _ => format!("{}d", days.min(99_999)),
    }
}

fn pad(text: String, columns: usize) -> String {
    let missing = columns.saturating_sub(width(&text));
    text + &" ".repeat(missing)
}

/// As much of its begin as fits.
fn head(text: &str, columns: usize) -> String {
    let mut taken = String::new();
    for letter in text.chars() {
        taken.push(letter);
        if width(&taken) > columns {
            taken.pop();
            break;
        }
    }
    taken
}

/// What a terminal would not draw, or would obey, is a blank.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits_by_its_columns() {
        for (text, columns) in [("plain", 5), ("plain", 3), ("データ基盤", 7), ("a\u{1b}[31mb", 4), ("é́e", 1), ("", 0)]
        {
            for fitted in [left(text, columns), right(text, columns), middle(text, columns), name(text, columns)] {
                assert_eq!(width(&fitted), columns, "{text:?} {fitted:?}");
                assert!(!fitted.contains('\u{1b}'));
            }
        }
        assert_eq!(middle("forecasting-lab/JupyterLab", 15), "forecas…yterLab");
        assert_eq!(name("forecasting-lab/JupyterLab", 15), "for…/JupyterLab");
        assert_eq!(name("forecasting-lab/JupyterLab", 14), "forecas…terLab");
        assert_eq!(left("データ基盤", 7), "データ…");
    }

    #[test]
    fn lines_break_between_words_and_the_last_is_cut() {
        assert_eq!(lines("one two three four", 8, 3), ["one two", "three", "four"]);
        assert_eq!(lines("one two three four", 8, 2), ["one two", "three f…"]);
        assert_eq!(lines("onetwothreefour", 8, 2), ["onetwot…"]);
        assert!(lines("", 8, 2).is_empty());
    }

    #[test]
    fn a_duration_takes_six_columns_at_most() {
        for (seconds, text) in [
            (-5, "0s"),
            (59, "59s"),
            (3599, "59m"),
            (3900, "1h05m"),
            (86_399, "23h59m"),
            (90_000, "1d01h"),
            (8_639_999, "99d23h"),
            (31_536_000, "365d"),
        ] {
            assert_eq!(span(seconds), text);
            assert!(text.len() <= 6);
        }
    }
}
