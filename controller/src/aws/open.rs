//! Sessions of every wanted account and region, opened side by side.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use aws_config::SdkConfig;
use cost_planner::snapshot::Unreached;
use futures_util::StreamExt;
use idle_core::{AccountId, Region};

use super::organization::{Member, members};
use super::role::{Role, RoleCredentials};
use super::wanted::{Wanted, of_file};
use super::{Identity, Session, Way, config, identity, pace, region_of};
use crate::cli::{Global, Scopes};
use crate::observe::{CallError, Kind, Pace};

/// Whoever could be reached, and whoever could not.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    /// One for each account and region, none twice.
    pub(crate) sessions: Vec<Session>,
    pub(crate) unreached: Vec<Unreached>,
}

/// A session of each account and region that these flags name: of the caller's own
/// account where they name none. Says on stderr who we are, and who is not reached.
///
/// # Errors
/// When there is no region, the scopes are not usable, or it is not known who the
/// caller is or which accounts the organization has.
pub(crate) async fn open(global: &Global, scopes: &Scopes) -> Result<Opened> {
    let opened = open_quietly(global, scopes).await?;
    opened.introduce();
    Ok(opened)
}

/// The same, and says nothing.
///
/// # Errors
/// As for [`open`].
pub(crate) async fn open_quietly(global: &Global, scopes: &Scopes) -> Result<Opened> {
    let (tasks, mut opened) = all_tasks(global, scopes).await?;
    let mut answers: Vec<(usize, Opened)> = futures_util::stream::iter(tasks.into_iter().enumerate())
        .map(|(n, task)| async move { (n, task.run(global).await) })
        // Whoever answers slowly keeps nobody else waiting.
        .buffer_unordered(scopes.concurrency)
        .collect()
        .await;
    answers.sort_unstable_by_key(|(n, _)| *n);
    for (_, answer) in answers {
        opened.sessions.extend(answer.sessions);
        opened.unreached.extend(answer.unreached);
    }
    Ok(opened)
}

impl Opened {
    /// Says on stderr who we are, and who is not reached.
    pub(super) fn introduce(&self) {
        self.sessions.iter().for_each(Session::introduce);
        for Unreached { account, region, why } in &self.unreached {
            let account = account.as_ref().map(|account| format!("account {account}"));
            let region = region.as_ref().map(|region| format!("region {region}"));
            let place = account.into_iter().chain(region).collect::<Vec<_>>().join(", ");
            eprintln!("not reached: {place}: {why}");
        }
    }
}

/// One account that is to be reached.
pub(super) struct Task {
    pub(super) base: SdkConfig,
    pub(super) account: Option<AccountId>,
    pub(super) regions: Vec<Region>,
    pub(super) reader: Option<Role>,
    pub(super) actor: Option<Role>,
}

/// Every account that these flags name, and those that cannot be reached at all.
///
/// # Errors
/// As for [`open`].
pub(super) async fn all_tasks(global: &Global, scopes: &Scopes) -> Result<(Vec<Task>, Opened)> {
    let first = config(global.region.first().map(String::as_str)).await;
    let mut regions = Vec::new();
    for region in &global.region {
        regions.push(Region::parse(region).map_err(super::RegionError::Form)?);
    }
    if regions.is_empty() && (scopes.scopes.is_none() || first.region().is_some()) {
        regions.push(region_of(&first)?);
    }
    let mut opened = Opened::default();
    let tasks = tasks(global, scopes, &first, &regions, &mut opened).await?;
    Ok((tasks, opened))
}

/// The accounts to reach; suspended ones go to `opened`.
async fn tasks(
    global: &Global,
    flags: &Scopes,
    base: &SdkConfig,
    regions: &[Region],
    opened: &mut Opened,
) -> Result<Vec<Task>> {
    let pace = pace(global);
    let mut caller = if flags.organization { Some(caller(base, &pace, regions, &[]).await?) } else { None };
    let wanted = wanted(flags, caller.as_ref(), &pace, opened).await?;
    if caller.is_none() && wanted.iter().any(|wanted| wanted.account.is_some() || wanted.role.is_some()) {
        caller = Some(self::caller(base, &pace, regions, &wanted).await?);
    }
    let base = caller.as_ref().map_or(base, |caller| &caller.base);
    let mut seen = BTreeSet::new();
    let mut tasks = Vec::new();
    for mut wanted in wanted {
        let regions = if wanted.regions.is_empty() { regions } else { &wanted.regions };
        if regions.is_empty() {
            return Err(super::RegionError::None.into());
        }
        // The caller's own account is the same whether it is named or not.
        let own = caller.as_ref().map(|caller| &caller.identity.account);
        let key = wanted.account.as_ref().or(own).cloned();
        if wanted.role.is_some() {
            wanted.account.clone_from(&key);
        }
        let new = regions.iter().filter(|region| seen.insert((key.clone(), (*region).clone())));
        let regions: Vec<Region> = new.cloned().collect();
        let [reader, actor] = match &caller {
            Some(caller) => wanted.roles(&caller.identity.account, &caller.identity.partition, flags),
            None => [None, None],
        };
        if !regions.is_empty() {
            tasks.push(Task { base: base.clone(), account: wanted.account, regions, reader, actor });
        }
    }
    Ok(tasks)
}

async fn wanted(flags: &Scopes, caller: Option<&Caller>, pace: &Pace, opened: &mut Opened) -> Result<Vec<Wanted>> {
    if let Some(path) = &flags.scopes {
        return Ok(of_file(path, flags)?);
    }
    let Some(Caller { identity, base }) = caller else {
        let named = flags.accounts.iter().map(|account| Wanted::of_flags(Some(account.clone()), flags));
        let named: Vec<Wanted> = named.collect();
        let own = || vec![Wanted::of_flags(None, flags)];
        return Ok(if named.is_empty() { own() } else { named });
    };
    let mut wanted = Vec::new();
    for Member { account, not_active } in members(pace, base).await? {
        match not_active {
            Some(state) => {
                let why = format!("the account is {state} in the organization");
                opened.unreached.push(Unreached { account: Some(account), region: None, why });
            }
            // Whoever lists the organization is in it, and there no role is needed.
            None if account == identity.account => {
                wanted.push(Wanted { role: None, ..Wanted::of_flags(Some(account), flags) });
            }
            None => wanted.push(Wanted::of_flags(Some(account), flags)),
        }
    }
    Ok(wanted)
}

/// Who calls, and the settings of a region that answers.
pub(super) struct Caller {
    pub(super) identity: Identity,
    base: SdkConfig,
}

/// Who calls, as the first region says that answers: one may be disabled.
pub(super) async fn caller(base: &SdkConfig, pace: &Pace, regions: &[Region], wanted: &[Wanted]) -> Result<Caller> {
    let mut first_error = None;
    let mut tried: Vec<&Region> = Vec::new();
    for region in regions.iter().chain(wanted.iter().flat_map(|wanted| &wanted.regions)) {
        if tried.contains(&region) || tried.len() == MOST_REGIONS {
            continue;
        }
        tried.push(region);
        let base = in_region(base, region);
        match identity(pace, &base).await {
            Ok(identity) => return Ok(Caller { identity, base }),
            Err(error) => drop(first_error.get_or_insert(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| super::RegionError::None.into()).context("asking who we are"))
}

/// Regions that are asked who we are: more than are ever disabled at once.
const MOST_REGIONS: usize = 10;

fn in_region(base: &SdkConfig, region: &Region) -> SdkConfig {
    base.clone().into_builder().region(aws_config::Region::new(region.as_str().to_owned())).build()
}

impl Task {
    pub(super) async fn run(self, global: &Global) -> Opened {
        let Self { base, account, regions, reader, actor } = self;
        let mut opened = Opened::default();
        let unreached = |region: Option<&Region>, why: String| Unreached {
            account: account.clone(),
            region: region.map(ToString::to_string),
            why,
        };
        // A file of scopes may be the only one that names a region.
        let base = if base.region().is_some() { base } else { in_region(&base, &regions[0]) };
        let credentials = reader.clone().map(|role| RoleCredentials::new(&base, role));
        if let Some(credentials) = &credentials
            && let Err(error) = credentials.get().await
        {
            opened.unreached.push(unreached(None, error.to_string()));
            return opened;
        }
        let mut refused = Vec::new();
        for region in &regions {
            let way = Way { base: in_region(&base, region), reader: reader.clone(), actor: actor.clone() };
            let config = match &credentials {
                Some(credentials) => credentials.config(&base, region),
                None => way.base.clone(),
            };
            let session = Session::of(pace(global), region.clone(), config, way).await;
            match session.and_then(|session| expected(session, account.as_ref())) {
                Ok(session) => opened.sessions.push(session),
                Err(error) => refused.push((region, error)),
            }
        }
        // Credentials that are good elsewhere are not what is wrong.
        let are_good = credentials.is_some() || !opened.sessions.is_empty();
        for (region, error) in refused {
            let unknown = error.downcast_ref::<CallError>().filter(|error| error.kind == Kind::NoCredentials);
            let why = match unknown {
                Some(error) if are_good => {
                    format!("the region is not enabled in this account: {}", error.without_hint())
                }
                _ => format!("{error:#}"),
            };
            opened.unreached.push(unreached(Some(region), why));
        }
        opened
    }
}

/// The session, if it is of the account that was asked for.
fn expected(session: Session, account: Option<&AccountId>) -> Result<Session> {
    match account.filter(|account| **account != session.scope.account) {
        Some(account) => bail!("asked for account {account}, got {} as {}", session.scope.account, session.role),
        None => Ok(session),
    }
}
