//! Notebook instances: one lifecycle configuration, updated in place.

use serde::{Deserialize, Serialize};

use super::edit::{Refusal, Why};

/// The name of our lifecycle configuration for notebook instances, which is updated in place.
pub const NOTEBOOK_CONFIG_NAME: &str = "idle-agent";

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

/// What a lifecycle configuration of notebook instances holds, in base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotebookScripts {
    /// Run at each start.
    pub on_start: Option<String>,
    /// Run once, when an instance is created. Ours has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_create: Option<String>,
}

impl NotebookScripts {
    /// Ours: an on-start script alone.
    #[must_use]
    pub fn on_start(content: &str) -> Self {
        Self { on_start: Some(content.to_owned()), on_create: None }
    }
}

/// What was seen of notebook instances in one region.
#[derive(Debug, Clone)]
pub struct NotebooksSeen {
    /// What the lifecycle configuration of our name holds, if there is one.
    pub content: Option<NotebookScripts>,
    /// Every instance.
    pub instances: Vec<NotebookInstance>,
}

/// A before-image of our lifecycle configuration, written before it was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotebookEntry {
    /// Which install this belongs to.
    pub install: String,
    /// When it was written, in UTC.
    pub at: String,
    /// What stood there; `None` where there was none.
    pub before: Option<NotebookScripts>,
    /// What was to stand there.
    pub after: NotebookScripts,
    /// The instances that it was to be attached to.
    #[serde(default)]
    pub attach: Vec<String>,
}

/// What is to be done about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct NotebookPlan {
    /// Create the lifecycle configuration.
    pub create: bool,
    /// Give it other content.
    pub update: bool,
    /// Delete it.
    pub delete: bool,
    /// What it held when it was planned: only then is it changed.
    #[serde(skip)]
    pub before: Option<NotebookScripts>,
    /// What it gets.
    #[serde(skip)]
    pub content: NotebookScripts,
    /// Instances to attach it to.
    pub attach: Vec<String>,
    /// Instances to take it from.
    pub detach: Vec<String>,
    /// Instances without an agent that are left as they are.
    pub without: Vec<NotebookInstance>,
    /// What is left alone though it was asked for.
    pub refusals: Vec<Refusal>,
}

/// What is wanted of notebook instances.
#[derive(Debug, Clone, Copy)]
pub struct NotebookWish<'a> {
    /// The name of our lifecycle configuration.
    pub name: &'a str,
    /// Its content, in base64.
    pub content: &'a str,
    /// Whether stopped instances without any get it.
    pub attach: bool,
    /// Whether one of this name that nobody knows gives way.
    pub replace: bool,
}

impl NotebookPlan {
    /// How many things are to be changed.
    #[must_use]
    pub fn changes(&self) -> usize {
        let config = usize::from(self.create) + usize::from(self.update) + usize::from(self.delete);
        config + self.attach.len() + self.detach.len()
    }

    fn refuse(&mut self, what: impl Into<String>, why: Why) {
        self.refusals.push(Refusal { what: what.into(), why });
    }
}

/// Whether an install wrote what stands there.
fn is_ours(seen: &NotebooksSeen, entries: &[NotebookEntry]) -> bool {
    seen.content.as_ref().is_some_and(|there| entries.iter().any(|entry| entry.after == *there))
}

/// The plan of an install.
#[must_use]
pub fn plan_notebooks(seen: &NotebooksSeen, wish: NotebookWish<'_>, entries: &[NotebookEntry]) -> NotebookPlan {
    let NotebookWish { name, content, attach, replace } = wish;
    let content = NotebookScripts::on_start(content);
    let mut plan = NotebookPlan { before: seen.content.clone(), content: content.clone(), ..NotebookPlan::default() };
    match &seen.content {
        None => plan.create = true,
        Some(there) if *there == content => {}
        Some(_) if replace || is_ours(seen, entries) => plan.update = true,
        Some(_) => {
            plan.refuse(format!("notebook lifecycle configuration {name}"), Why::NotOurs);
            return plan;
        }
    }
    for instance in seen.instances.iter().filter(|instance| instance.config.as_deref() != Some(name)) {
        match (attach, instance.config.is_none(), instance.status.as_str()) {
            (true, true, "Stopped") => plan.attach.push(instance.name.clone()),
            (true, true, status) => {
                let why = Why::NotStopped { status: status.to_owned() };
                plan.refuse(format!("notebook instance {}", instance.name), why);
            }
            _ => plan.without.push(instance.clone()),
        }
    }
    plan
}

/// The plan that takes it out: from stopped instances, and once none has it, itself.
#[must_use]
pub fn plan_notebook_removal(seen: &NotebooksSeen, name: &str, entries: &[NotebookEntry]) -> NotebookPlan {
    let mut plan = NotebookPlan { before: seen.content.clone(), ..NotebookPlan::default() };
    if seen.content.is_none() {
        return plan;
    }
    let what = format!("notebook lifecycle configuration {name}");
    if !is_ours(seen, entries) {
        plan.refuse(what, Why::NotOurs);
        return plan;
    }
    let has = seen.instances.iter().filter(|instance| instance.config.as_deref() == Some(name));
    let (stopped, others): (Vec<_>, Vec<_>) = has.partition(|instance| instance.status == "Stopped");
    plan.detach = stopped.iter().map(|instance| instance.name.clone()).collect();
    if others.is_empty() {
        plan.delete = true;
    } else {
        let by = others.iter().map(|one| format!("notebook instance {} ({})", one.name, one.status)).collect();
        plan.refuse(what, Why::InUse { by });
    }
    plan
}

/// The plan that undoes the last install: the content before it, or none at all, and
/// its attachments. An install that is run again, to attach more, finds its own content.
#[must_use]
pub fn plan_notebook_rollback(seen: &NotebooksSeen, name: &str, entries: &[NotebookEntry]) -> NotebookPlan {
    let mut plan = NotebookPlan { before: seen.content.clone(), ..NotebookPlan::default() };
    let Some(last) = entries.last() else { return plan };
    let again = |n: &usize| {
        let (earlier, later) = (&entries[*n], &entries[*n + 1]);
        earlier.install == later.install && later.before.as_ref() == Some(&later.after)
    };
    let runs_again = (0..entries.len() - 1).rev().take_while(again).count();
    let install = &entries[entries.len() - 1 - runs_again..];
    let before = install.first().and_then(|first| first.before.clone());
    match (&seen.content, before) {
        (None, _) => return plan,
        (Some(there), Some(before)) if *there == before => {}
        (Some(there), _) if *there != last.after => {
            plan.refuse(format!("notebook lifecycle configuration {name}"), Why::NotOurs);
            return plan;
        }
        (Some(_), Some(before)) => (plan.update, plan.content) = (true, before),
        (Some(_), None) => return plan_notebook_removal(seen, name, entries),
    }
    let attached = |instance: &&NotebookInstance| {
        let by_it = install.iter().any(|entry| entry.attach.contains(&instance.name));
        by_it && instance.config.as_deref() == Some(name)
    };
    for instance in seen.instances.iter().filter(attached) {
        if instance.status == "Stopped" {
            plan.detach.push(instance.name.clone());
        } else {
            let why = Why::NotStopped { status: instance.status.clone() };
            plan.refuse(format!("notebook instance {}", instance.name), why);
        }
    }
    plan
}
