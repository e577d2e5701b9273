//! Which layer a setting comes from, and the memory of it for `explain`.

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use super::file::{self, Admin};
use super::layer::{Layer, Origins, parse_duration};
use super::resolve::SettingsError;

/// A setting with the place that it came from.
#[derive(Debug, Clone)]
pub(crate) struct Given<T> {
    pub(crate) key: &'static str,
    pub(crate) place: String,
    pub(crate) text: String,
    pub(crate) value: T,
}

/// One setting in force, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The setting's long flag.
    pub(crate) key: &'static str,
    /// Its value.
    pub(crate) value: String,
    /// Where it came from.
    pub(crate) place: String,
}

/// All layers, the strongest first: what the administrator enforces, flags and
/// environment, the user's file, what the administrator proposes.
#[derive(Debug)]
pub(crate) struct Layers<'a> {
    flags: &'a Layer,
    origins: &'a Origins,
    user: Option<(PathBuf, Layer)>,
    admin: Option<(PathBuf, Admin)>,
    log: RefCell<Vec<Origin>>,
}

impl<'a> Layers<'a> {
    /// The layers of these flags and of the files that they or custom name.
    ///
    /// # Errors
    /// [`SettingsError::File`].
    pub(crate) fn load(flags: &'a Layer, origins: &'a Origins) -> Result<Self, SettingsError> {
        let user = file::load(flags.config_file.as_deref())?;
        let admin = file::load_admin(flags.admin_file.as_deref())?;
        Ok(Self { flags, origins, user, admin, log: RefCell::default() })
    }

    /// Every setting that was asked for, and where it came from.
    pub(crate) fn into_origins(self) -> Vec<Origin> {
        self.log.into_inner()
    }

    /// The strongest layer's word, parsed; the default where none speaks.
    ///
    /// # Errors
    /// [`SettingsError::Value`] with the place.
    pub(crate) fn get<S: ToString + Clone, T>(
        &self,
        key: &'static str,
        of: impl Fn(&Layer) -> &Option<S>,
        parse: impl Fn(&S) -> Result<T, String>,
        default: impl Into<Option<T>>,
        show: impl Fn(&T) -> String,
    ) -> Result<Option<Given<T>>, SettingsError> {
        let Some((place, said)) = self.strongest(key, of) else {
            let default = default.into();
            let value = default.as_ref().map_or("-".to_owned(), &show);
            self.note(key, value, "default");
            return Ok(default.map(|value| Given { key, place: "default".to_owned(), text: String::new(), value }));
        };
        let text = said.to_string();
        match parse(&said) {
            Ok(value) => {
                self.note(key, show(&value), &place);
                Ok(Some(Given { key, place, text, value }))
            }
            Err(message) => Err(SettingsError::Value { place, key, value: text, message }),
        }
    }

    /// The same for a duration.
    ///
    /// # Errors
    /// [`SettingsError::Value`] with the place.
    pub(crate) fn duration(
        &self,
        key: &'static str,
        of: impl Fn(&Layer) -> &Option<String>,
        default: impl Into<Option<Duration>>,
    ) -> Result<Option<Given<Duration>>, SettingsError> {
        self.get(key, of, |text| parse_duration(text), default, shown)
    }

    /// The same for what is plain already.
    pub(crate) fn plain<T: ToString + Clone>(
        &self,
        key: &'static str,
        of: impl Fn(&Layer) -> &Option<T>,
        default: impl Into<Option<T>>,
    ) -> Option<T> {
        // What needs no parsing cannot fail.
        let given = self.get(key, of, |value: &T| Ok(value.clone()), default, T::to_string).ok()?;
        given.map(|given| given.value)
    }

    /// A limit of the administrator's, with its place.
    ///
    /// # Errors
    /// [`SettingsError::Value`] with the place.
    pub(crate) fn bound(
        &self,
        key: &'static str,
        of: impl Fn(&file::Bounds) -> &Option<String>,
    ) -> Result<Option<Given<Duration>>, SettingsError> {
        let Some((path, admin)) = &self.admin else { return Ok(None) };
        let Some(text) = of(&admin.bounds).clone() else { return Ok(None) };
        let place = format!("administrator's file {}, [bounds]", path.display());
        match parse_duration(&text) {
            Ok(value) => Ok(Some(Given { key, place, text, value })),
            Err(message) => Err(SettingsError::Value { place, key, value: text, message }),
        }
    }

    /// The administrator's limit to the number of snoozes.
    pub(crate) fn bound_of_snoozes(&self) -> Option<u32> {
        self.admin.as_ref().and_then(|(_, admin)| admin.bounds.snoozes_max)
    }

    /// Notes that a setting is held to a bound.
    pub(crate) fn note_held(&self, key: &'static str, value: String, bound: &str) {
        let mut log = self.log.borrow_mut();
        if let Some(entry) = log.iter_mut().rev().find(|entry| entry.key == key) {
            entry.place = format!("{} said {}; held by {bound}", entry.place, entry.value);
            entry.value = value;
        }
    }

    fn note(&self, key: &'static str, value: String, place: &str) {
        self.log.borrow_mut().push(Origin { key, value, place: place.to_owned() });
    }

    fn strongest<T: Clone>(&self, key: &'static str, of: impl Fn(&Layer) -> &Option<T>) -> Option<(String, T)> {
        let admin = |part: &str| {
            let path = self.admin.as_ref().map(|(path, _)| path.display().to_string()).unwrap_or_default();
            format!("administrator's file {path}, [{part}]")
        };
        let enforced = self.admin.as_ref().and_then(|(_, a)| of(&a.enforce).clone()).map(|v| (admin("enforce"), v));
        let flag = || of(self.flags).clone().map(|v| (self.origins.place(key), v));
        let user = || {
            let (path, layer) = self.user.as_ref()?;
            of(layer).clone().map(|v| (format!("settings file {}", path.display()), v))
        };
        let proposed =
            || self.admin.as_ref().and_then(|(_, a)| of(&a.defaults).clone()).map(|v| (admin("defaults"), v));
        enforced.or_else(flag).or_else(user).or_else(proposed)
    }
}

/// A duration as the settings write it.
pub(crate) fn shown(duration: &Duration) -> String {
    humantime::format_duration(*duration).to_string()
}
