//! What an instance is priced as. One instance type has another price in each.

use std::fmt;
use std::str::FromStr;

use idle_core::AppType;
use serde::{Deserialize, Serialize};

/// What a price is for: a line of AWS's price list without region and instance type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Component {
    /// JupyterLab apps.
    JupyterLab,
    /// Code Editor apps.
    CodeEditor,
    /// Kernel gateways of Studio Classic, which price lists also call `Studio-Notebook`.
    KernelGateway,
    /// Notebook instances.
    Notebook,
    /// Endpoints that answer at once.
    Hosting,
    /// Asynchronous endpoints.
    AsyncInf,
    /// Training jobs.
    Training,
    /// Training jobs on spare capacity.
    SpotTraining,
    /// Processing jobs.
    Processing,
    /// Batch transform jobs.
    BatchTransform,
    /// TensorBoard apps.
    TensorBoard,
    /// Sessions of RStudio.
    RSession,
    /// The server of RStudio.
    RServer,
    /// Session gateways of RStudio.
    RSessionGateway,
    /// HyperPod clusters.
    Cluster,
    /// Reserved capacity of HyperPod clusters.
    ReservedCluster,
    /// Notebooks of Unified Studio.
    UnifiedStudioNotebook,
}

/// A text that names no component.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no component; hint: Studio:JupyterLab, Notebook, Hosting")]
pub struct ComponentError(String);

/// Each with what we call it, and what usage types call it.
const NAMES: [(Component, &str, &str); 17] = [
    (Component::JupyterLab, "Studio:JupyterLab", "Studio:JupyterLab"),
    (Component::CodeEditor, "Studio:CodeEditor", "Studio:CodeEditor"),
    (Component::KernelGateway, "Studio:KernelGateway", "Studio:KernelGateway"),
    (Component::Notebook, "Notebook", "Notebk"),
    (Component::Hosting, "Hosting", "Host"),
    (Component::AsyncInf, "AsyncInf", "AsyncInf"),
    (Component::Training, "Training", "Train"),
    (Component::SpotTraining, "SpotTraining", "TrSpt"),
    (Component::Processing, "Processing", "Processing"),
    (Component::BatchTransform, "BatchTransform", "Tsform"),
    (Component::TensorBoard, "TensorBoard", "TensorBoard"),
    (Component::RSession, "RStudio:RSession", "RStudio:RSession"),
    (Component::RServer, "RStudio:RServer", "RStudio:RServer"),
    (Component::RSessionGateway, "RStudio:RSessionGateway", "RStudio:RSessionGateway"),
    (Component::Cluster, "Cluster", "Cluster"),
    (Component::ReservedCluster, "ReservedCluster", "ReservedCluster"),
    (Component::UnifiedStudioNotebook, "UnifiedStudio:Notebook", "UnifiedStudio:Notebook"),
];

/// What Studio Classic's kernel gateways were called before there was another Studio.
const OLD_KERNEL_GATEWAY: &str = "Studio-Notebook";

impl Component {
    /// Every component, in the order of their definition.
    pub const ALL: [Self; 17] = {
        let (mut all, mut n) = ([Self::JupyterLab; 17], 0);
        while n < all.len() {
            all[n] = NAMES[n].0;
            n += 1;
        }
        all
    };

    /// What apps of this type are priced as; `None` where that is not by instance type alone.
    #[must_use]
    pub fn of(app_type: AppType) -> Option<Self> {
        match app_type {
            AppType::JupyterLab => Some(Self::JupyterLab),
            AppType::CodeEditor => Some(Self::CodeEditor),
            AppType::KernelGateway => Some(Self::KernelGateway),
            AppType::TensorBoard => Some(Self::TensorBoard),
            AppType::RStudioServerPro => Some(Self::RServer),
            AppType::RSessionGateway => Some(Self::RSessionGateway),
            AppType::JupyterServer | AppType::DetailedProfiler | AppType::Canvas => None,
        }
    }

    /// Its name, such as `Studio:JupyterLab` or `Hosting`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.names().0
    }

    /// What usage types have before the instance type, such as `Studio:JupyterLab-` or `Host:`.
    pub(super) fn usage(self) -> (&'static str, char) {
        let name = self.names().1;
        (name, if name.contains(':') { '-' } else { ':' })
    }

    /// The component that usage types call so.
    pub(super) fn of_usage(name: &str) -> Option<Self> {
        if name == OLD_KERNEL_GATEWAY {
            return Some(Self::KernelGateway);
        }
        NAMES.iter().find(|(_, _, usage)| *usage == name).map(|(component, ..)| *component)
    }

    fn names(self) -> (&'static str, &'static str) {
        let (_, name, usage) = NAMES[self as usize];
        (name, usage)
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Component {
    type Err = ComponentError;

    fn from_str(text: &str) -> Result<Self, ComponentError> {
        let found = NAMES.iter().find(|(_, name, _)| *name == text).map(|(component, ..)| *component);
        found.ok_or_else(|| ComponentError(text.chars().take(60).collect()))
    }
}

impl TryFrom<String> for Component {
    type Error = ComponentError;

    fn try_from(text: String) -> Result<Self, ComponentError> {
        text.parse()
    }
}

impl From<Component> for &'static str {
    fn from(component: Component) -> Self {
        component.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_stand_in_the_order_of_the_components() {
        for (n, component) in Component::ALL.into_iter().enumerate() {
            assert_eq!(component as usize, n, "{component}");
            assert_eq!(component.as_str().parse(), Ok(component));
            assert_eq!(Component::of_usage(component.usage().0), Some(component));
        }
        assert!("Studio".parse::<Component>().is_err() && "Notebk".parse::<Component>().is_err());
    }
}
