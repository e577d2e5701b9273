//! Widgets on a dashboard's grid of 24 columns.

use serde_json::{Value, json};

const COLUMNS: usize = 24;
const HEIGHT: usize = 6;

/// One graph.
#[derive(Debug, Clone)]
pub(super) struct Graph {
    pub(super) title: String,
    pub(super) metrics: Vec<Value>,
    pub(super) stat: &'static str,
    /// `timeSeries` or `singleValue`.
    pub(super) view: &'static str,
    pub(super) stacked: bool,
    /// In columns.
    pub(super) width: usize,
}

impl Graph {
    /// Lines over time.
    pub(super) fn lines(title: impl Into<String>, stat: &'static str, metrics: Vec<Value>) -> Self {
        Self { title: title.into(), metrics, stat, view: "timeSeries", stacked: false, width: 8 }
    }

    /// Numbers over the whole time that is looked at.
    pub(super) fn numbers(title: impl Into<String>, stat: &'static str, metrics: Vec<Value>) -> Self {
        Self { view: "singleValue", ..Self::lines(title, stat, metrics) }
    }

    pub(super) fn stacked(self) -> Self {
        Self { stacked: true, ..self }
    }

    pub(super) fn wide(self) -> Self {
        Self { width: COLUMNS / 2, ..self }
    }

    fn properties(&self, region: &str, period: u32) -> Value {
        let Self { title, metrics, stat, view, stacked, width: _ } = self;
        let mut properties = json!({
            "title": title, "metrics": metrics, "stat": stat, "view": view, "region": region, "period": period,
        });
        if *view == "singleValue" {
            properties["setPeriodToTimeRange"] = json!(true);
        } else {
            properties["stacked"] = json!(stacked);
            properties["yAxis"] = json!({ "left": { "min": 0 } });
        }
        properties
    }
}

/// Graphs that belong together, below a text.
#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) text: String,
    pub(super) graphs: Vec<Graph>,
}

impl Section {
    /// How many widgets and metrics it has; expressions count as metrics.
    pub(super) fn size(&self) -> [usize; 2] {
        [1 + self.graphs.len(), self.graphs.iter().map(|graph| graph.metrics.len()).sum()]
    }
}

/// The widgets of these sections, one below the other.
pub(super) fn widgets(sections: &[Section], region: &str, period: u32) -> Vec<Value> {
    let (mut widgets, mut y) = (Vec::new(), 0);
    for Section { text, graphs } in sections {
        let height = 1 + text.lines().count().div_ceil(2);
        widgets.push(json!({
            "type": "text", "x": 0, "y": y, "width": COLUMNS, "height": height, "properties": { "markdown": text },
        }));
        y += height;
        let mut x = 0;
        for graph in graphs {
            if x + graph.width > COLUMNS {
                (x, y) = (0, y + HEIGHT);
            }
            widgets.push(json!({
                "type": "metric", "x": x, "y": y, "width": graph.width, "height": HEIGHT,
                "properties": graph.properties(region, period),
            }));
            x += graph.width;
        }
        y += if graphs.is_empty() { 0 } else { HEIGHT };
    }
    widgets
}
