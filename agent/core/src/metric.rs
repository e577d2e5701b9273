//! Every metric that the product publishes: name, unit, dimensions. One file,
//! and the README's table is tested against it.

/// The CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "IdleAgent";

/// One metric as CloudWatch knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its CloudWatch unit.
    pub unit: &'static str,
    /// Its dimensions, in order.
    pub dimensions: &'static [&'static str],
    /// What one value says.
    pub meaning: &'static str,
}

/// What the low-cardinality counters are counted by. `DomainId` is `-` for a
/// notebook instance, `AppType` then `NotebookInstance`; `InstanceType` is
/// `unknown` where `DescribeApp` is not allowed.
const BY_KIND: &[&str] = &["DomainId", "AppType", "InstanceType"];

/// Idle time of one app; that it is there at all is the agent's heartbeat.
pub const IDLE_SECONDS: Metric = Metric {
    name: "IdleSeconds",
    unit: "Seconds",
    dimensions: &["DomainId", "Owner", "AppType", "AppName"],
    meaning: "for how long the app has been idle with nothing that holds it up; its presence is the agent's heartbeat",
};

/// Idle time of one notebook instance, which belongs to no domain.
pub const IDLE_SECONDS_OF_NOTEBOOK_INSTANCE: Metric = Metric {
    name: "IdleSeconds",
    unit: "Seconds",
    dimensions: &["NotebookInstanceName"],
    meaning: "for how long the notebook instance has been idle with nothing that holds it up",
};

/// One stop of an app by its own agent.
pub const APP_STOPPED: Metric =
    Metric { name: "AppStopped", unit: "Count", dimensions: BY_KIND, meaning: "1 when the agent stopped its app" };

/// A stop that was not allowed.
pub const STOP_DENIED: Metric =
    Metric { name: "StopDenied", unit: "Count", dimensions: BY_KIND, meaning: "1 when a stop was not allowed" };

/// An agent that cannot see.
pub const AGENT_BLIND: Metric = Metric {
    name: "AgentBlind",
    unit: "Count",
    dimensions: BY_KIND,
    meaning: "1 every 5 minutes while something could not be seen for longer than blind-after",
};

/// A stop of something that claimed to be busy.
pub const WORK_STUCK: Metric = Metric {
    name: "WorkStuck",
    unit: "Count",
    dimensions: BY_KIND,
    meaning: "1 when an app is stopped because what claims to be busy is stuck",
};

/// A stamp that no person makes.
pub const STAMP_TAMPERED: Metric = Metric {
    name: "StampTampered",
    unit: "Count",
    dimensions: BY_KIND,
    meaning: "1 every 5 minutes while an activity stamp lies in the future or never rests",
};

/// A snooze.
pub const APP_SNOOZED: Metric = Metric {
    name: "AppSnoozed",
    unit: "Count",
    dimensions: BY_KIND,
    meaning: "1 when a user asked for the app to be left running",
};

/// Every metric.
pub const ALL: &[Metric] = &[
    IDLE_SECONDS,
    IDLE_SECONDS_OF_NOTEBOOK_INSTANCE,
    APP_STOPPED,
    STOP_DENIED,
    AGENT_BLIND,
    WORK_STUCK,
    STAMP_TAMPERED,
    APP_SNOOZED,
];
