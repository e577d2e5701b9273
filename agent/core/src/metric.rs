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

/// Idle time of one app; that it is there at all is the agent's heartbeat.
pub const IDLE_SECONDS: Metric = Metric {
    name: "IdleSeconds",
    unit: "Seconds",
    dimensions: &["DomainId", "Owner", "AppType", "AppName"],
    meaning: "for how long the app has been idle; its presence is the agent's heartbeat",
};

/// One stop of an app by its own agent.
pub const APP_STOPPED: Metric = Metric {
    name: "AppStopped",
    unit: "Count",
    dimensions: &["DomainId", "AppType", "InstanceType"],
    meaning: "1 when the agent stopped its app",
};

/// Every metric.
pub const ALL: &[Metric] = &[IDLE_SECONDS, APP_STOPPED];
