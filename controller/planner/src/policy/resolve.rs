//! Which of a policy's rules holds for a resource.

use jiff::SignedDuration;

use super::settings::{AppSettings, EndpointSettings, Explanation, NotebookInstanceSettings, VolumeSettings};
use super::subject::{Fit, Selectors, Subject};
use super::{AppAction, FleetPolicy, Limit, Origin, Patterns, Rule};

/// Batch jobs that run at months' ends are seen in a window of two of them.
pub(crate) const TWO_MONTH_ENDS: SignedDuration = SignedDuration::from_hours(24 * 65);
/// What an inventory asks of heartbeats at least: enough to tell a stop of the agent from its absence.
const HEARTBEATS: SignedDuration = SignedDuration::from_hours(3);
/// CloudWatch's points of a minute are read in steps: a window is asked for with this to spare.
const SPARE: SignedDuration = SignedDuration::from_hours(1);

impl FleetPolicy {
    /// What holds for an app: for each setting, the value of the most specific override that gives one.
    ///
    /// Space, notebook instance and endpoint are more specific than user profile, that than tag,
    /// domain, account, instance family and app type, in this order. Of two overrides with the
    /// same selectors the later one in the file wins. While tags have not been read (`tags` is
    /// `None`), an override by tag does not hold.
    #[must_use]
    pub fn apps(&self, subject: &Subject<'_>) -> AppSettings<'_> {
        AppSettings::resolve(&self.layers(subject, false, |rule| &rule.apps), subject)
    }

    /// As [`Self::apps`], but an override by tag that may hold counts where it brings more into question.
    #[must_use]
    pub fn eager_apps(&self, subject: &Subject<'_>) -> AppSettings<'_> {
        AppSettings::resolve(&self.layers(subject, true, |rule| &rule.apps), subject)
    }

    /// What holds for a notebook instance, as [`Self::apps`].
    #[must_use]
    pub fn notebook_instances(&self, subject: &Subject<'_>) -> NotebookInstanceSettings<'_> {
        NotebookInstanceSettings::resolve(&self.layers(subject, false, |rule| &rule.notebook_instances), subject)
    }

    /// As [`Self::eager_apps`], of a notebook instance.
    #[must_use]
    pub fn eager_notebook_instances(&self, subject: &Subject<'_>) -> NotebookInstanceSettings<'_> {
        NotebookInstanceSettings::resolve(&self.layers(subject, true, |rule| &rule.notebook_instances), subject)
    }

    /// What holds for an endpoint, as [`Self::apps`].
    #[must_use]
    pub fn endpoints(&self, subject: &Subject<'_>) -> EndpointSettings<'_> {
        EndpointSettings::resolve(&self.layers(subject, false, |rule| &rule.endpoints), subject)
    }

    /// What holds for the volume of a space, as [`Self::apps`].
    #[must_use]
    pub fn volumes(&self, subject: &Subject<'_>) -> VolumeSettings<'_> {
        VolumeSettings::resolve(&self.layers(subject, false, |rule| &rule.volumes), subject)
    }

    /// Every setting that holds for this resource, with its value and where it stands.
    #[must_use]
    pub fn explain(&self, subject: &Subject<'_>) -> Vec<Explanation<'_>> {
        let Subject { notebook_instance, endpoint, app_type, .. } = subject;
        match (notebook_instance, endpoint, app_type) {
            (Some(_), ..) => self.notebook_instances(subject).explain(),
            (None, Some(_), _) => self.endpoints(subject).explain(),
            (None, None, Some(_)) => self.apps(subject).explain(),
            (None, None, None) => self.volumes(subject).explain(),
        }
    }

    /// Every list of allowed instance types, the most specific first: where it stands and what it holds for.
    pub fn allowed_instance_types(&self) -> impl Iterator<Item = (Origin<'_>, &Selectors, &Patterns)> {
        self.rules.iter().filter_map(|Rule { name, selectors, apps, .. }| {
            let at = apps.allowed_instance_types.as_ref()?;
            Some((Origin { rule: name, line: (at.line > 0).then_some(at.line) }, selectors, &at.value))
        })
    }

    /// How far back heartbeats must be read for this policy: a stop of a silent agent needs to
    /// see when it was heard last.
    #[must_use]
    pub fn heartbeat_window(&self) -> SignedDuration {
        let stops = |rule: &Rule| rule.apps.silent_agent.as_ref().is_some_and(|at| at.value == AppAction::Stop);
        if !self.rules.iter().any(stops) {
            return HEARTBEATS;
        }
        let lengths = self.rules.iter().filter_map(|rule| rule.apps.silent_after.as_ref());
        lengths.map(|at| at.value.get() + SPARE).fold(HEARTBEATS, SignedDuration::max)
    }

    /// How far back invocations must be read for this policy.
    #[must_use]
    pub fn invocations_window(&self) -> SignedDuration {
        let batch = |rule: &Rule| rule.endpoints.month_end.as_ref().is_some_and(|at| at.value);
        let months = if self.rules.iter().any(batch) { TWO_MONTH_ENDS } else { SignedDuration::ZERO };
        let lengths = self.rules.iter().filter_map(|rule| rule.endpoints.unused_for.as_ref());
        lengths.filter_map(|at| Limit::get(at.value)).fold(months, SignedDuration::max) + SPARE
    }

    fn layers<'p, L>(
        &'p self,
        subject: &Subject<'_>,
        is_eager: bool,
        layer: impl Fn(&'p Rule) -> &'p L,
    ) -> Vec<(Fit, &'p str, &'p L)> {
        let holds = |fit| fit == Fit::Yes || (is_eager && fit == Fit::IfTagged);
        let fitted = self.rules.iter().map(|rule| (rule.selectors.fit(subject), rule));
        fitted.filter(|(fit, _)| holds(*fit)).map(|(fit, rule)| (fit, &*rule.name, layer(rule))).collect()
    }
}
