//! One line taken in.

use super::facts::{Config, GoneFact, IdleFact, Key, NONE, RanFact, Scope, StopFact, place};
use super::raw::{Micros, Raw, RawRate, RawTags, Text};
use super::{Ledger, Problem};
use crate::line::Kind;

/// What ends a key or value of a tag. AWS takes none in tags.
pub(super) const END: char = '\0';

/// Whether lines of this kind are understood.
pub(super) fn is_known(line: &str) -> bool {
    matches!(line, "look" | "ran" | "gone" | "stopped" | "idle")
}

impl Ledger {
    pub(super) fn take_in(&mut self, raw: &Raw<'_>) -> Result<(), Problem> {
        if raw.schema_version > crate::line::SCHEMA_VERSION {
            return Err(format!("schema_version {}", raw.schema_version));
        }
        if !is_known(raw.line.as_str()) {
            return Err("another kind of line".to_owned());
        }
        let scope = self.scope(raw);
        match raw.line.as_str() {
            "look" => self.look(scope, raw),
            "ran" => self.ran(scope, raw),
            "gone" => {
                let key = self.key(raw)?;
                self.scopes[scope].gone.push(GoneFact { key, at: raw.at.0 });
                Ok(())
            }
            "stopped" => self.stopped(scope, raw),
            _ => self.idle(scope, raw),
        }
    }

    fn look(&mut self, scope: usize, raw: &Raw<'_>) -> Result<(), Problem> {
        for kind in needed(raw.kinds.as_ref(), "kinds")? {
            // A kind that is not known here has no runs here either.
            if let Some(kind) = kind_of(kind.as_str()) {
                self.scopes[scope].looks[place(kind)].push(raw.at.0);
            }
        }
        Ok(())
    }

    fn ran(&mut self, scope: usize, raw: &Raw<'_>) -> Result<(), Problem> {
        let Key { resource, began } = self.key(raw)?;
        let Micros(since) = needed(raw.since, "since")?;
        let config = self.config(raw)?;
        let at = raw.at.0;
        self.scopes[scope].ran.push(RanFact { resource, config, began, at, since: since.min(at) });
        Ok(())
    }

    fn stopped(&mut self, scope: usize, raw: &Raw<'_>) -> Result<(), Problem> {
        let stop = StopFact {
            key: self.key(raw)?,
            grade: needed(raw.grade, "grade")?,
            gone_at: needed(raw.gone_at, "gone_at")?.0,
            by: needed(raw.by, "by")?,
            at: raw.at.0,
            idle_since: raw.idle_since.map(|Micros(at)| at),
            native: needed(raw.native, "native")?.into(),
            reason: self.words.number(needed(raw.reason.as_ref(), "reason")?.as_str()),
        };
        self.scopes[scope].stopped.push(stop);
        Ok(())
    }

    fn idle(&mut self, scope: usize, raw: &Raw<'_>) -> Result<(), Problem> {
        let (Micros(since), Micros(until)) = (needed(raw.since, "since")?, needed(raw.until, "until")?);
        let (key, ended) = (self.key(raw)?, needed(raw.ended, "ended")?);
        self.scopes[scope].idle.push(IdleFact { key, since, until: until.max(since), ended });
        Ok(())
    }

    fn key(&mut self, raw: &Raw<'_>) -> Result<Key, Problem> {
        let text = needed(raw.resource.as_ref(), "resource")?.as_str();
        let Micros(began) = needed(raw.began, "began")?;
        let resource = self.resources.number(text);
        if self.kinds.len() < self.resources.len() {
            self.kinds.push(text.split_once('/').and_then(|(kind, _)| kind_of(kind)));
        }
        Ok(Key { resource, began })
    }

    fn config(&mut self, raw: &Raw<'_>) -> Result<u32, Problem> {
        let RawRate { micro_usd_per_hour, list, unpriced } = needed(raw.rate.as_ref(), "rate")?;
        let component = needed(raw.component.as_ref(), "component")?;
        let mut number = |text: Option<&Text<'_>>| text.map_or(NONE, |text| self.words.number(text.as_str()));
        let (micro_usd_per_hour, list, unpriced) = match (micro_usd_per_hour, list, unpriced) {
            (Some(micro_usd), Some(list), None) => (*micro_usd, number(Some(list)), NONE),
            (None, None, Some(why)) => (0, NONE, number(Some(why))),
            _ => return Err("a rate has an amount and its list, or says why it has none".to_owned()),
        };
        let component = number(Some(component));
        let instance_type = number(raw.instance_type.as_ref());
        let owner = number(raw.owner.as_ref());
        let tags = self.tags(raw.tags.as_ref());
        let units = needed(raw.units, "units")?;
        let config = Config { micro_usd_per_hour, list, unpriced, component, instance_type, units, owner, tags };
        let id = *self.config_ids.entry(config).or_insert_with(|| {
            self.configs.push(config);
            u32::try_from(self.configs.len() - 1).expect("fewer than four billion")
        });
        Ok(id)
    }

    fn tags(&mut self, tags: Option<&RawTags<'_>>) -> u32 {
        let Some(RawTags(pairs)) = tags.filter(|RawTags(pairs)| !pairs.is_empty()) else { return NONE };
        let mut add = |(key, value): &(Text<'_>, Text<'_>)| {
            if !key.as_str().contains(END) && !value.as_str().contains(END) {
                for text in [key, value] {
                    self.scratch.push_str(text.as_str());
                    self.scratch.push(END);
                }
            }
        };
        if pairs.is_sorted() {
            pairs.iter().for_each(&mut add);
        } else {
            let mut sorted = pairs.clone();
            sorted.sort_unstable();
            sorted.iter().for_each(&mut add);
        }
        let number = self.words.number(&self.scratch);
        self.scratch.clear();
        number
    }

    fn scope(&mut self, raw: &Raw<'_>) -> usize {
        let (partition, account, region) = (raw.partition.as_str(), raw.account.as_str(), raw.region.as_str());
        let is_it = |scope: &Scope| scope.account == account && scope.region == region && scope.partition == partition;
        if !self.scopes.get(self.last_scope).is_some_and(is_it) {
            self.last_scope = self.scopes.iter().position(is_it).unwrap_or_else(|| {
                let (partition, account, region) = (partition.to_owned(), account.to_owned(), region.to_owned());
                self.scopes.push(Scope { partition, account, region, ..Scope::default() });
                self.scopes.len() - 1
            });
        }
        self.last_scope
    }
}

/// A kind by the name that lines have for it, which is also how names of resources begin.
fn kind_of(text: &str) -> Option<Kind> {
    Some(match text {
        "app" => Kind::App,
        "notebook-instance" => Kind::NotebookInstance,
        "variant" => Kind::Variant,
        "provisioned-concurrency" => Kind::ProvisionedConcurrency,
        "volume" => Kind::Volume,
        "vpc-endpoint" => Kind::VpcEndpoint,
        _ => return None,
    })
}

fn needed<T>(member: Option<T>, name: &str) -> Result<T, Problem> {
    member.ok_or_else(|| format!("it has no member `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::super::facts::ALL;
    use super::*;

    #[test]
    fn kinds_are_called_as_lines_call_them() {
        for kind in ALL {
            let written = serde_json::to_value(kind).expect("plain data");
            assert_eq!(written.as_str().and_then(kind_of), Some(kind));
            assert_eq!(ALL[place(kind)], kind);
        }
    }
}
