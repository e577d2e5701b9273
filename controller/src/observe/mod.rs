//! The eyes: what stands in AWS. Nothing here changes anything.

pub(crate) mod actuals;
mod apps;
mod attribution;
mod closer;
mod configuration;
mod dashboards;
mod domains;
mod extras;
mod heartbeats;
mod idle_times;
mod inventory;
mod kill_switch;
mod lifecycle_configs;
mod metric_data;
mod native_idle;
mod notebooks;
mod object_lock;
mod pace;
mod pages;
mod prices;
mod quotas;
mod raw;
mod roles;
mod saved;
mod spaces;
mod state;
mod stop_counts;
mod tags;
mod trail;
pub(crate) mod unified;
mod versions;
mod vpc;
mod vpc_endpoints;

pub(crate) use apps::{Alive, Running, running};
pub(crate) use closer::{look, look_closer};
pub(crate) use configuration::{ConfigurationAsked, configuration};
pub(crate) use dashboards::{AlarmSeen, alarms_seen, dashboard, dashboard_names};
pub(crate) use domains::{Described, Typed, Wanted, describe, is_there, seen};
pub(crate) use extras::{ExtrasAsked, look_for_extras};
pub(crate) use heartbeats::heartbeats;
pub(crate) use idle_times::window as idle_window;
pub(crate) use inventory::{Asked, snapshot};
pub(crate) use kill_switch::KillSwitch;
pub(crate) use kill_switch::KillSwitchPlace;
pub(crate) use lifecycle_configs::{ListedConfig, configs, content};
pub(crate) use native_idle::NativeIdle;
pub(crate) use notebooks::{instance, instances, notebooks, scripts};
pub(crate) use object_lock::{Asked as LockAsked, Keeping, ObjectLock, Versioning, keeping};
pub(crate) use pace::{CallError, Kind, Pace};
pub(crate) use pages::each_page;
pub(crate) use prices::{PriceApi, PriceFiles, PricesError, Ways, ways};
pub(crate) use quotas::service_quotas;
pub(crate) use saved::{Saving, SnapshotError, of_json, read};
pub(crate) use spaces::spaces;
pub(crate) use state::{Asked as StateAsked, state};
pub(crate) use stop_counts::{last_idleness, stop_counts};
pub(crate) use tags::tags;
pub(crate) use trail::tell_who;
pub(crate) use versions::configs_seen;
pub(crate) use vpc::{networks, vpc_seen};

/// Whoever is told how far a long look has come.
pub(crate) trait Watcher {
    /// Says what is being looked at now.
    fn say(&self, text: &str);

    /// Says how many accounts and regions of all are done.
    fn step(&self, done: usize, of: usize);
}
