//! The largest of something, a bar each, its name above it.

use askama::Template;

use super::scale::percent;

/// So many are shown; the table has all.
const MOST: usize = 10;

/// How high a name with its bar is, in pixels.
const ROW: usize = 38;

/// The chart.
#[derive(Debug, Template)]
#[template(path = "page/ranked.html")]
pub(in crate::render::page) struct Ranked {
    id: &'static str,
    title: String,
    description: String,
    height: usize,
    bars: Vec<Placed>,
    note: String,
}

/// One of them.
#[derive(Debug, Clone)]
pub(in crate::render::page) struct Bar {
    /// Its name, short enough for half of a narrow page.
    pub(in crate::render::page) name: String,
    /// Its value as it is read.
    pub(in crate::render::page) value: String,
    /// How long it is beside the others.
    pub(in crate::render::page) length: u64,
}

#[derive(Debug)]
struct Placed {
    text_y: usize,
    bar_y: usize,
    width: String,
    bar: Bar,
}

/// The chart of the longest; `None` where there is nothing to show. `note` says what is not in it.
pub(in crate::render::page) fn ranked(
    id: &'static str,
    title: impl Into<String>,
    mut bars: Vec<Bar>,
    note: String,
) -> Option<Ranked> {
    bars.sort_by_key(|bar| std::cmp::Reverse(bar.length));
    let all = bars.len();
    bars.truncate(MOST);
    let longest = bars.first()?;
    let title = title.into();
    let described = format!("{}: {}", longest.name, longest.value);
    let more = if all > MOST { format!(" of {all}") } else { String::new() };
    let description = format!("{} bars{more}, the longest first. The longest is {described}.", bars.len());
    let length = longest.length;
    let placed = bars.into_iter().enumerate().map(|(at, bar)| Placed {
        text_y: at * ROW + 14,
        bar_y: at * ROW + 21,
        width: percent(bar.length, length),
        bar,
    });
    let bars: Vec<Placed> = placed.collect();
    Some(Ranked { id, title, description, height: bars.len() * ROW, bars, note })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_longest_are_shown_beside_the_longest() {
        let bars = (1..=12).map(|n| Bar { name: format!("n{n}"), value: format!("{n} h"), length: n }).collect();
        let chart = ranked("x", "X", bars, String::new()).expect("bars");
        assert_eq!((chart.bars.len(), chart.height), (10, 380));
        assert_eq!((chart.bars[0].bar.name.as_str(), chart.bars[0].width.as_str()), ("n12", "100.000"));
        assert_eq!(chart.bars[9].width, "25.000");
        assert_eq!(chart.description, "10 bars of 12, the longest first. The longest is n12: 12 h.");
        assert!(ranked("x", "X", Vec::new(), String::new()).is_none());
    }
}
