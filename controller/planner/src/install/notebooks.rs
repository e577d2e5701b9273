//! Notebook instances: one lifecycle configuration, updated in place.

use serde::Serialize;

use super::edit::{Refusal, Why};

/// A notebook instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotebookInstance {
    /// Its name.
    pub name: String,
    /// Its status.
    pub status: String,
    /// The lifecycle configuration that it has.
    pub config: Option<String>,
}

/// What was seen of notebook instances in one region.
#[derive(Debug, Clone)]
pub struct NotebooksSeen {
    /// The on-start script of our lifecycle configuration, in base64, if there is one.
    pub content: Option<String>,
    /// Every instance.
    pub instances: Vec<NotebookInstance>,
}

/// What is to be done about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NotebookPlan {
    /// Create the lifecycle configuration.
    pub create: bool,
    /// Give it new content.
    pub update: bool,
    /// Instances to attach it to.
    pub attach: Vec<String>,
    /// Instances without an agent that are left as they are.
    pub without: Vec<NotebookInstance>,
    /// Instances that cannot be changed now.
    pub refusals: Vec<Refusal>,
}

impl NotebookPlan {
    /// How many things are to be changed.
    #[must_use]
    pub fn changes(&self) -> usize {
        usize::from(self.create) + usize::from(self.update) + self.attach.len()
    }
}

/// The plan: the lifecycle configuration `name` holds `content`; with `attach`,
/// stopped instances without any get it.
#[must_use]
pub fn plan_notebooks(seen: &NotebooksSeen, name: &str, content: &str, attach: bool) -> NotebookPlan {
    let mut plan = NotebookPlan {
        create: seen.content.is_none(),
        update: seen.content.as_deref().is_some_and(|there| there != content),
        ..NotebookPlan::default()
    };
    for instance in seen.instances.iter().filter(|instance| instance.config.as_deref() != Some(name)) {
        match (attach, instance.config.is_none(), instance.status.as_str()) {
            (true, true, "Stopped") => plan.attach.push(instance.name.clone()),
            (true, true, status) => plan.refusals.push(Refusal {
                what: format!("notebook instance {}", instance.name),
                why: Why::NotStopped { status: status.to_owned() },
            }),
            _ => plan.without.push(instance.clone()),
        }
    }
    plan
}
