//! What rights are for: commands, flags of theirs, and what the agent does.

use std::fmt;
use std::str::FromStr;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $row:literal, needs [$($need:ident),*];)*) => {
        /// What a right is for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature {
            $($(#[$doc])* $name,)*
        }

        impl Feature {
            /// Every feature, in the order of the README's table.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name on the command line.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What the README's table calls it; features of one row have one text, those of the agent none.
            #[must_use]
            pub fn row(self) -> &'static str {
                match self { $(Self::$name => $row,)* }
            }

            /// The features that it cannot do without.
            fn needs(self) -> &'static [Self] {
                match self { $(Self::$name => &[$(Self::$need),*],)* }
            }
        }
    };
}

features! {
    /// The agent stops apps in private spaces of its own user profile.
    PrivateSpaces = "private-spaces", "", needs [];
    /// The agent stops apps of Studio Classic of its own user profile.
    Classic = "classic", "", needs [];
    /// The agent stops apps in shared spaces of its domain.
    SharedSpaces = "shared-spaces", "", needs [];
    /// The agent stops notebook instances.
    NotebookInstances = "notebook-instances", "", needs [];
    /// The agent publishes heartbeat and counters.
    Heartbeat = "heartbeat", "", needs [];
    /// The on-start script fetches the agent.
    Fetch = "fetch", "", needs [];
    /// Who am I, and can SageMaker be read.
    Doctor = "doctor", "`doctor`", needs [];
    /// Which VPC endpoints are missing.
    DoctorVpc = "doctor-vpc", "`doctor --vpc`", needs [Doctor];
    /// An install is planned.
    InstallPlan = "install-plan", "`install`, to plan", needs [];
    /// An install is done.
    Install = "install", "`install --execute`", needs [InstallPlan];
    /// A rollback is planned.
    RollbackPlan = "rollback-plan", "`rollback`", needs [InstallPlan];
    /// A rollback is done.
    Rollback = "rollback", "`rollback --execute`", needs [RollbackPlan];
    /// An uninstall is planned.
    UninstallPlan = "uninstall-plan", "`uninstall`", needs [InstallPlan];
    /// An uninstall is done.
    Uninstall = "uninstall", "`uninstall --execute`", needs [UninstallPlan];
    /// Quotas are compared with the allowlist.
    AllowlistCheck = "allowlist-check", "`allowlist compile --check`", needs [];
    /// Hidden instance types are planned.
    AllowlistPlan = "allowlist-plan", "`allowlist apply`", needs [];
    /// Hidden instance types are written.
    Allowlist = "allowlist", "`allowlist apply --execute`", needs [AllowlistPlan];
    /// They are brought back.
    AllowlistRollback = "allowlist-rollback", "`allowlist rollback`", needs [AllowlistPlan];
    /// Which apps have an agent.
    Coverage = "coverage", "`coverage`", needs [];
    /// Price lists are fetched.
    Prices = "prices", "`prices refresh`", needs [];
    /// What there is.
    Inventory = "inventory", "`inventory`", needs [];
    /// Tags, and VPC endpoints of the domains' VPCs.
    Attribution = "attribution", "`--tag-keys`, `--vpc-endpoints`", needs [Inventory];
    /// What was spent and saved.
    Report = "report", "`report spend`, `report savings`", needs [];
    /// What AWS billed.
    Actuals = "actuals", "`report spend --actuals`", needs [Report];
    /// What is idle.
    Sweep = "sweep", "`sweep`, `plan`, `explain`", needs [Inventory];
    /// Looks again before it acts.
    LookAgain = "look-again", "`sweep --execute`, `apply`, to look again", needs [Sweep];
    /// Stops apps and notebook instances.
    Act = "act", "`sweep --execute`, `apply`, to act", needs [LookAgain];
    /// Scales endpoints down.
    ScaleEndpoints = "scale-endpoints", "`sweep --execute`, `apply`, to act", needs [Act];
    /// Deletes endpoints.
    DeleteEndpoints = "delete-endpoints", "`sweep --execute`, `apply`, to act", needs [ScaleEndpoints];
    /// Evidence, kill switch and notices.
    Around = "around", "`sweep --execute`, `apply`, around it", needs [Act];
    /// Publishes what was seen.
    Metrics = "metrics", "`sweep --metrics`", needs [];
    /// Dashboards and alarms are compared.
    DashboardPlan = "dashboard-plan", "`dashboard plan`", needs [];
    /// They are put.
    Dashboard = "dashboard", "`dashboard put --execute`", needs [DashboardPlan];
    /// Notes what ran in the ledger.
    Ledger = "ledger", "`--ledger`", needs [Inventory];
    /// What is not as the policy says.
    Drift = "drift", "`drift`", needs [];
    /// Who changed it.
    DriftWho = "drift-who", "`drift --who`", needs [Drift];
    /// Domains and projects of Unified Studio.
    UnifiedStudio = "unified-studio", "`unified-studio`", needs [];
    /// Projects and people of Unified Studio behind apps.
    UnifiedNames = "unified-names", "`--unified-studio`", needs [Inventory];
    /// The chain, and archives of it.
    Evidence = "evidence", "`evidence`", needs [];
    /// Reaches other accounts.
    Accounts = "accounts", "other accounts", needs [];
}

impl Feature {
    /// The features with all that they cannot do without.
    #[must_use]
    pub fn with_needs(features: &[Self]) -> Vec<Self> {
        let is_in = |feature: &&Self| features.iter().any(|wanted| wanted.reaches(**feature));
        Self::ALL.iter().filter(is_in).copied().collect()
    }

    fn reaches(self, other: Self) -> bool {
        self == other || self.needs().iter().any(|need| need.reaches(other))
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Feature {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.iter().map(|feature| feature.name()).collect::<Vec<_>>().join(", ");
        let found = Self::ALL.iter().find(|feature| feature.name() == text).copied();
        found.ok_or_else(|| format!("one of {}", names()))
    }
}
