//! What a section of the page is made of.

use askama::Template;

/// A section with a heading of its own.
#[derive(Debug)]
pub(super) struct Section {
    /// Unique on the page; the contents link to it.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: String,
    /// What is said first.
    pub(super) lead: Vec<String>,
    /// Charts, tables and boxes.
    pub(super) parts: Vec<Part>,
}

/// A rendered template: what it was made of is escaped.
#[derive(Debug)]
pub(super) struct Part(String);

/// Terms, each with what is said of it.
#[derive(Debug, Template)]
#[template(path = "page/terms.html")]
pub(super) struct Terms {
    /// Unique on the page.
    pub(super) id: &'static str,
    /// The heading.
    pub(super) title: &'static str,
    /// Set off from what is around it.
    pub(super) boxed: bool,
    /// Term and what is said.
    pub(super) rows: Vec<(String, String)>,
    /// What is said below.
    pub(super) note: String,
}

/// Where a chart would be.
#[derive(Debug, Template)]
#[template(source = "<div class=\"nothing\"><h3>{{ title }}</h3><p>{{ words }}</p></div>", ext = "html")]
struct Nothing<'a> {
    title: &'a str,
    words: &'a str,
}

impl Part {
    /// The template's text.
    pub(super) fn of(template: &impl Template) -> Self {
        Self(rendered(template))
    }

    /// The chart, or one sentence where there is none.
    pub(super) fn chart(chart: Option<impl Template>, title: &str, words: &str) -> Self {
        chart.map_or_else(|| Self::of(&Nothing { title, words }), |chart| Self::of(&chart))
    }

    /// Parts side by side, where there is room for it.
    pub(super) fn side(parts: impl IntoIterator<Item = Self>) -> Self {
        let parts: Vec<String> = parts.into_iter().map(|Self(html)| format!("<div>{html}</div>")).collect();
        Self(format!("<div class=\"side\">{}</div>", parts.concat()))
    }

    pub(super) fn html(&self) -> &str {
        &self.0
    }
}

/// The text of a template.
pub(super) fn rendered(template: &impl Template) -> String {
    template.render().expect("no value of a template fails to be shown")
}
