//! Notebook instances, by table.

use cost_planner::plan::{Decision, Verb};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{Heartbeat, NotebookInstance, ScopeSeen, TagsSeen};

use crate::fleet::{ACCOUNT, ago, days, idle, notebook_instance, only, planned, policy, scope, snapshot, tags};

fn with(instance: NotebookInstance) -> ScopeSeen {
    ScopeSeen { notebook_instances: vec![instance], ..scope(ACCOUNT) }
}

#[test]
fn a_notebook_instance_is_stopped_by_its_agent_alone() {
    let base = || notebook_instance(idle(120));
    let table: Vec<(NotebookInstance, &str, &str)> = vec![
        (base(), "act", "idle-timeout"),
        (notebook_instance(idle(119)), "keep", "recent-activity"),
        (notebook_instance(idle(0)), "keep", "busy"),
        (notebook_instance(Heartbeat::Silent), "report", "no-agent"),
        (notebook_instance(Heartbeat::Heard { at: ago(16), idle_seconds: 9000 }), "report", "silent-agent"),
        (notebook_instance(Heartbeat::Unread("denied".into())), "report", "source-unknown"),
        (NotebookInstance { status: "Stopped".into(), ..base() }, "keep", "not-in-service"),
        (NotebookInstance { status: "Updating".into(), ..base() }, "keep", "not-in-service"),
        (NotebookInstance { status: "Failed".into(), ..base() }, "report", "failed-or-hanging"),
        // It was started again since: the heartbeat is that of the time before.
        (NotebookInstance { modified_at: Some(ago(2)), ..base() }, "keep", "too-young"),
        (NotebookInstance { modified_at: Some(ago(60)), ..base() }, "report", "source-unknown"),
        (NotebookInstance { modified_at: None, ..base() }, "report", "source-unknown"),
        (NotebookInstance { created_at: None, ..base() }, "hold back", "source-unknown"),
        (NotebookInstance { tags: None, ..base() }, "hold back", "tags-unread"),
        (
            NotebookInstance { tags: Some(Box::new(TagsSeen::Unread("no".into()))), ..base() },
            "hold back",
            "tags-unread",
        ),
        (
            NotebookInstance { tags: Some(Box::new(tags(&[("costctl:protect", "")]))), ..base() },
            "hold back",
            "protected",
        ),
        (
            NotebookInstance { tags: Some(Box::new(tags(&[("costctl:exempt-until", "2026-12-01")]))), ..base() },
            "hold back",
            "exempt",
        ),
    ];
    for (instance, decision, code) in table {
        let (decided, why, text) = only(&FleetPolicy::by_default(), with(instance.clone()));
        assert_eq!((decided, why), (decision, code), "{instance:?}: {text}");
    }
}

#[test]
fn its_policy_is_its_own() {
    let longer = policy("[notebook-instances]\nidle-timeout = \"3h\"\n[apps]\nidle-timeout = \"1h\"");
    assert_eq!(only(&longer, with(notebook_instance(idle(120)))).1, "recent-activity");
    let exempt = policy(
        "[[exemption]]\nfor = { notebook-instance = \"nb-*\" }\nowner = \"a\"\nreason = \"b\"\nexpires-at = 2026-12-01",
    );
    assert_eq!(only(&exempt, with(notebook_instance(idle(120)))).1, "exempt");
}

#[test]
fn the_action_says_when_it_was_started() {
    let snapshot = snapshot(vec![with(notebook_instance(idle(192)))]);
    let plan = planned(&FleetPolicy::by_default(), &snapshot);
    assert_eq!(plan.rows[0].decision, Decision::Act(Verb::StopNotebookInstance));
    let document = plan.document(&snapshot, "", jiff::SignedDuration::from_hours(1));
    let action = &document.actions[0];
    assert_eq!(action.key, "stop arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/nb-1 2026-11-23T12:00:00Z");
    assert_eq!((action.planned.modified_at, action.planned.idle_since), (Some(ago(days(2))), Some(ago(196))));
}
