//! Every metric that costctl publishes: name, unit, dimensions. One file, and the README's
//! table is tested against it. Each value is that of one sweep; what was not seen has none.

pub use idle_core::metric::Metric;

/// The CloudWatch namespace of all metrics.
pub const NAMESPACE: &str = "CostControl";

/// Of everything that was looked at. Where not all of it was seen there is no value.
const FLEET: &[&str] = &[];
const BY_DOMAIN: &[&str] = &["DomainId"];
const BY_TYPE: &[&str] = &["InstanceType"];
const BY_SCOPE: &[&str] = &["Account", "Region"];
const BY_RULE: &[&str] = &["Rule"];

/// Apps in service.
pub const APPS_RUNNING: Metric =
    Metric { name: "AppsRunning", unit: "Count", dimensions: BY_DOMAIN, meaning: "apps that are in service" };

/// Apps that nobody uses.
pub const APPS_IDLE: Metric = Metric {
    name: "AppsIdle",
    unit: "Count",
    dimensions: BY_DOMAIN,
    meaning: "running apps that have been idle for 10 minutes or more by their agents, with nothing that holds them up",
};

/// Apps that an agent watches.
pub const APPS_COVERED: Metric = Metric {
    name: "AppsCovered",
    unit: "Count",
    dimensions: BY_DOMAIN,
    meaning: "running apps whose agent was heard within 15 minutes",
};

/// Apps that an agent could watch.
pub const FLEET_APPS_UNCOVERED: Metric = Metric {
    name: "AppsUncovered",
    unit: "Count",
    dimensions: FLEET,
    meaning: "running apps that could host an agent and whose agent was not heard",
};

/// What runs costs.
pub const RUN_RATE: Metric = Metric {
    name: "RunRate",
    unit: "None",
    dimensions: BY_DOMAIN,
    meaning: "USD an hour at list prices of the apps that run",
};

/// What has no price, and is in no run rate.
pub const UNPRICED_RUNNING: Metric = Metric {
    name: "UnpricedRunning",
    unit: "Count",
    dimensions: BY_DOMAIN,
    meaning: "running apps whose price is not known: the run rate is without them",
};

/// Apps on types that the policy does not allow.
pub const VIOLATIONS: Metric = Metric {
    name: "Violations",
    unit: "Count",
    dimensions: BY_DOMAIN,
    meaning: "running apps on an instance type that the policy does not allow there",
};

/// As [`APPS_RUNNING`], of the fleet.
pub const FLEET_APPS_RUNNING: Metric = Metric { dimensions: FLEET, ..APPS_RUNNING };
/// As [`APPS_IDLE`], of the fleet.
pub const FLEET_APPS_IDLE: Metric = Metric { dimensions: FLEET, ..APPS_IDLE };
/// As [`APPS_COVERED`], of the fleet.
pub const FLEET_APPS_COVERED: Metric = Metric { dimensions: FLEET, ..APPS_COVERED };
/// As [`VIOLATIONS`], of the fleet.
pub const FLEET_VIOLATIONS: Metric = Metric { dimensions: FLEET, ..VIOLATIONS };

/// As [`RUN_RATE`], of the fleet and with more than apps.
pub const FLEET_RUN_RATE: Metric = Metric {
    dimensions: FLEET,
    meaning: "USD an hour at list prices of apps, notebook instances and endpoints that run",
    ..RUN_RATE
};

/// As [`UNPRICED_RUNNING`], of the fleet and with more than apps.
pub const FLEET_UNPRICED_RUNNING: Metric = Metric {
    dimensions: FLEET,
    meaning: "apps, notebook instances and endpoint variants that run and whose price is not known",
    ..UNPRICED_RUNNING
};

/// As [`FLEET_RUN_RATE`], by what runs.
pub const TYPE_RUN_RATE: Metric = Metric {
    dimensions: BY_TYPE,
    meaning: "USD an hour of the 40 dearest instance types, and of all others as `other`",
    ..RUN_RATE
};

/// An account and region that was seen.
pub const SWEEP_COMPLETED: Metric = Metric {
    name: "SweepCompleted",
    unit: "Count",
    dimensions: BY_SCOPE,
    meaning: "1 when all of an account and region was seen",
};

/// Listings that were not.
pub const SWEEP_UNSEEN: Metric = Metric {
    name: "SweepUnseen",
    unit: "Count",
    dimensions: BY_SCOPE,
    meaning: "listings that could not be read to their end, and apps that were not understood",
};

/// Actions that were done.
pub const SWEEP_ACTIONS: Metric = Metric {
    name: "SweepActions",
    unit: "Count",
    dimensions: BY_SCOPE,
    meaning: "actions of a sweep with --execute that were verified",
};

/// Actions that were not.
pub const SWEEP_FAILED: Metric = Metric {
    name: "SweepFailed",
    unit: "Count",
    dimensions: BY_SCOPE,
    meaning: "actions of a sweep with --execute that failed or are stuck",
};

/// A sweep that came to its end.
pub const FLEET_SWEEP_COMPLETED: Metric = Metric {
    dimensions: FLEET,
    meaning: "1 when a sweep came to its end, whatever it saw: its absence means that none ran",
    ..SWEEP_COMPLETED
};

/// As [`SWEEP_UNSEEN`], with what was not reached at all.
pub const FLEET_SWEEP_UNSEEN: Metric =
    Metric { dimensions: FLEET, meaning: "the same, and accounts and regions that were not reached", ..SWEEP_UNSEEN };

/// Idle time that is no longer billed.
pub const IDLE_TIME_SAVED: Metric = Metric {
    name: "IdleTimeSaved",
    unit: "Seconds",
    dimensions: FLEET,
    meaning: "idle time that stops have saved since the sweep before",
};

/// What it would have cost.
pub const USD_SAVED: Metric = Metric {
    name: "UsdSaved",
    unit: "None",
    dimensions: FLEET,
    meaning: "USD at list prices of that time, as far as it has a price",
};

/// What is not as the policy's `[desired]` asks for.
pub const DRIFT_FINDINGS: Metric = Metric {
    name: "DriftFindings",
    unit: "Count",
    dimensions: BY_RULE,
    meaning: "what `drift --metrics` found of each rule that was asked for; warnings are in no count",
};

/// As [`DRIFT_FINDINGS`], of all rules.
pub const FLEET_DRIFT_FINDINGS: Metric =
    Metric { dimensions: FLEET, meaning: "the same, of all rules together", ..DRIFT_FINDINGS };

/// What drift could not be looked for in.
pub const FLEET_DRIFT_UNSEEN: Metric = Metric {
    name: "DriftUnseen",
    unit: "Count",
    dimensions: FLEET,
    meaning: "what `drift --metrics` could not see: it is neither drift nor none",
};

/// Every metric.
pub const ALL: &[Metric] = &[
    APPS_RUNNING,
    APPS_IDLE,
    APPS_COVERED,
    RUN_RATE,
    UNPRICED_RUNNING,
    VIOLATIONS,
    TYPE_RUN_RATE,
    SWEEP_COMPLETED,
    SWEEP_UNSEEN,
    SWEEP_ACTIONS,
    SWEEP_FAILED,
    FLEET_APPS_RUNNING,
    FLEET_APPS_IDLE,
    FLEET_APPS_COVERED,
    FLEET_APPS_UNCOVERED,
    FLEET_RUN_RATE,
    FLEET_UNPRICED_RUNNING,
    FLEET_VIOLATIONS,
    FLEET_SWEEP_COMPLETED,
    FLEET_SWEEP_UNSEEN,
    IDLE_TIME_SAVED,
    USD_SAVED,
    DRIFT_FINDINGS,
    FLEET_DRIFT_FINDINGS,
    FLEET_DRIFT_UNSEEN,
];

/// Those of `drift`, which no sweep publishes.
pub const OF_DRIFT: &[Metric] = &[DRIFT_FINDINGS, FLEET_DRIFT_FINDINGS, FLEET_DRIFT_UNSEEN];

/// Those of each domain.
pub const OF_DOMAIN: &[Metric] = &[APPS_RUNNING, APPS_IDLE, APPS_COVERED, RUN_RATE, UNPRICED_RUNNING, VIOLATIONS];

/// Those of each account and region.
pub const OF_SCOPE: &[Metric] = &[SWEEP_COMPLETED, SWEEP_UNSEEN, SWEEP_ACTIONS, SWEEP_FAILED];

/// Those of the fleet.
pub const OF_FLEET: &[Metric] = &[
    FLEET_APPS_RUNNING,
    FLEET_APPS_IDLE,
    FLEET_APPS_COVERED,
    FLEET_APPS_UNCOVERED,
    FLEET_RUN_RATE,
    FLEET_UNPRICED_RUNNING,
    FLEET_VIOLATIONS,
    FLEET_SWEEP_COMPLETED,
    FLEET_SWEEP_UNSEEN,
    IDLE_TIME_SAVED,
    USD_SAVED,
];
