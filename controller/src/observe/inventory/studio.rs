//! Domains, user profiles and spaces, listed for the whole region.

use aws_sdk_sagemaker::types::{DomainDetails, SharingType, SpaceDetails, SpaceStatus, UserProfileDetails};
use cost_planner::snapshot::{Domain, ScopeSeen, Sharing, Space, UserProfile};
use idle_core::{DomainId, IdError, SpaceName, UserProfileName};

use super::{blind, not_understood, time};
use crate::aws::Session;
use crate::observe::pages::each_page;
use crate::observe::{CallError, Watcher};

const LIST_DOMAINS: &str = "ListDomains";
const LIST_USER_PROFILES: &str = "ListUserProfiles";
const LIST_SPACES: &str = "ListSpaces";

/// Puts them into `seen`, in order. The text of a name is kept once.
pub(super) async fn look(session: &Session, seen: &mut ScopeSeen, progress: &dyn Watcher) {
    let region = session.scope.region.as_str();
    progress.say(&format!("{region}: domains"));
    note(seen, LIST_DOMAINS, domains(session).await, |seen, domains| seen.domains = domains);
    seen.sort();
    let profiles = user_profiles(session, seen, progress).await;
    note(seen, LIST_USER_PROFILES, profiles, |seen, profiles| seen.user_profiles = profiles);
    seen.sort();
    let spaces = spaces(session, seen, progress).await;
    note(seen, LIST_SPACES, spaces, |seen, spaces| seen.spaces = spaces);
    seen.sort();
}

/// What was listed, the first that is not understood, and the error that ended it.
struct Listed<T> {
    found: Vec<T>,
    odd: Option<String>,
    ended: Result<(), CallError>,
}

impl<T> Listed<T> {
    fn new() -> Self {
        Self { found: Vec::new(), odd: None, ended: Ok(()) }
    }

    fn add(&mut self, parsed: Result<T, IdError>) {
        match parsed {
            Ok(one) => self.found.push(one),
            Err(error) => drop(self.odd.get_or_insert(error.to_string())),
        }
    }
}

fn note<T>(
    seen: &mut ScopeSeen,
    operation: &'static str,
    Listed { mut found, odd, ended }: Listed<T>,
    keep: impl FnOnce(&mut ScopeSeen, Vec<T>),
) {
    seen.blind.extend(ended.err().map(|error| blind(&error)));
    seen.blind.extend(odd.map(|why| not_understood(operation, &why)));
    found.shrink_to_fit();
    keep(seen, found);
}

async fn domains(session: &Session) -> Listed<Domain> {
    let ask = async |token: Option<String>| {
        let call =
            async || session.sagemaker.list_domains().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST_DOMAINS, call).await
    };
    let mut listed = Listed::new();
    let ended = each_page(
        LIST_DOMAINS,
        ask,
        |page| page.next_token.clone(),
        |page| {
            page.domains.into_iter().flatten().for_each(|details| listed.add(domain(details)));
        },
    );
    listed.ended = ended.await;
    listed
}

fn domain(details: DomainDetails) -> Result<Domain, IdError> {
    let status = details.status.map(|status| status.to_string()).unwrap_or_default();
    let id = DomainId::parse(details.domain_id.as_deref().unwrap_or_default())?;
    Ok(Domain { id, name: details.domain_name.unwrap_or_default(), status, tags: None })
}

async fn user_profiles(session: &Session, seen: &ScopeSeen, progress: &dyn Watcher) -> Listed<UserProfile> {
    let ask = async |token: Option<String>| {
        let call =
            async || session.sagemaker.list_user_profiles().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST_USER_PROFILES, call).await
    };
    let mut listed = Listed::new();
    let ended = each_page(
        LIST_USER_PROFILES,
        ask,
        |page| page.next_token.clone(),
        |page| {
            page.user_profiles.into_iter().flatten().for_each(|details| listed.add(user_profile(seen, &details)));
            progress.say(&format!("{}: {} user profiles", session.scope.region, listed.found.len()));
        },
    );
    listed.ended = ended.await;
    listed
}

fn user_profile(seen: &ScopeSeen, details: &UserProfileDetails) -> Result<UserProfile, IdError> {
    Ok(UserProfile {
        domain: domain_id(seen, details.domain_id())?,
        name: UserProfileName::parse(details.user_profile_name().unwrap_or_default())?,
        status: details.status().map(ToString::to_string).unwrap_or_default(),
        modified_at: time(details.last_modified_time),
        tags: None,
    })
}

async fn spaces(session: &Session, seen: &ScopeSeen, progress: &dyn Watcher) -> Listed<Space> {
    let ask = async |token: Option<String>| {
        let call = async || session.sagemaker.list_spaces().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST_SPACES, call).await
    };
    let mut listed = Listed::new();
    let ended = each_page(
        LIST_SPACES,
        ask,
        |page| page.next_token.clone(),
        |page| {
            page.spaces.into_iter().flatten().for_each(|details| listed.add(space(seen, &details)));
            progress.say(&format!("{}: {} spaces", session.scope.region, listed.found.len()));
        },
    );
    listed.ended = ended.await;
    listed
}

fn space(seen: &ScopeSeen, details: &SpaceDetails) -> Result<Space, IdError> {
    let domain = domain_id(seen, details.domain_id())?;
    let owner = details.ownership_settings_summary().and_then(|settings| settings.owner_user_profile_name());
    let owner = owner.map(|name| user_profile_name(seen, &domain, name)).transpose()?;
    let sharing = details.space_sharing_settings_summary().and_then(|settings| settings.sharing_type());
    let storage = details.space_settings_summary().and_then(|settings| settings.space_storage_settings());
    let volume = storage.and_then(|storage| storage.ebs_storage_settings());
    Ok(Space {
        domain,
        name: SpaceName::parse(details.space_name().unwrap_or_default())?,
        owner,
        sharing: self::sharing(sharing),
        in_service: details.status() == Some(&SpaceStatus::InService),
        modified_at: time(details.last_modified_time),
        volume_gb: volume.and_then(|volume| u32::try_from(volume.ebs_volume_size_in_gb()?).ok()),
        tags: None,
    })
}

/// Whose a space is, in our words.
pub(crate) fn sharing(sharing: Option<&SharingType>) -> Sharing {
    match sharing {
        Some(SharingType::Private) => Sharing::Private,
        Some(SharingType::Shared) => Sharing::Shared,
        _ => Sharing::Unknown,
    }
}

/// The id; as it was listed before, where it was.
pub(super) fn domain_id(seen: &ScopeSeen, id: Option<&str>) -> Result<DomainId, IdError> {
    let id = id.unwrap_or_default();
    match seen.domains.binary_search_by(|domain| domain.id.as_str().cmp(id)) {
        Ok(at) => Ok(seen.domains[at].id.clone()),
        Err(_) => DomainId::parse(id),
    }
}

/// The name; likewise.
pub(super) fn user_profile_name(seen: &ScopeSeen, domain: &DomainId, name: &str) -> Result<UserProfileName, IdError> {
    let key = |profile: &UserProfile| profile.domain.cmp(domain).then_with(|| profile.name.as_str().cmp(name));
    match seen.user_profiles.binary_search_by(key) {
        Ok(at) => Ok(seen.user_profiles[at].name.clone()),
        Err(_) => UserProfileName::parse(name),
    }
}

/// The name; likewise.
pub(super) fn space_name(seen: &ScopeSeen, domain: &DomainId, name: &str) -> Result<SpaceName, IdError> {
    let key = |space: &Space| space.domain.cmp(domain).then_with(|| space.name.as_str().cmp(name));
    match seen.spaces.binary_search_by(key) {
        Ok(at) => Ok(seen.spaces[at].name.clone()),
        Err(_) => SpaceName::parse(name),
    }
}
