//! Where a rule holds once those that come before it are taken out, in terms that one
//! statement of a policy document can say.

use super::glob::Glob;
use super::rule::Selector;

/// What a request is told by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// The account of the principal.
    Account,
    /// A tag of the principal.
    Tag(String),
    /// The domain that the resource is or is in.
    Domain,
    /// The owner of the space: `DOMAIN/USER-PROFILE`.
    Owner,
}

/// That one of these names fits. It does not where the request does not say, so that a
/// literal and its opposite are always each other's complement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) by: By,
    pub(super) any: Vec<Glob>,
}

/// Requests of which all of `is` is so and nothing of `not`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) is: Vec<Literal>,
    pub(super) not: Vec<Literal>,
}

/// Two rules whose names overlap in a way that no statement can say.
#[derive(Debug)]
pub(super) struct Tangled;

impl Literal {
    /// All that a selector names.
    pub(super) fn all(selector: &Selector) -> Vec<Self> {
        let Selector { accounts, domains, user_profiles, tag } = selector.clone();
        let mut all: Vec<Self> = Vec::new();
        all.extend(accounts.map(|any| Self { by: By::Account, any }));
        all.extend(tag.map(|tag| Self { by: By::Tag(tag.key), any: vec![tag.value] }));
        match (domains, user_profiles) {
            // The owner's name holds the domain.
            (domains, Some(names)) => {
                let domains = domains.unwrap_or_else(|| vec![Glob::everything()]);
                let any = domains.iter().flat_map(|domain| names.iter().map(|name| name.within(domain))).collect();
                all.push(Self { by: By::Owner, any });
            }
            (domains, None) => all.extend(domains.map(|any| Self { by: By::Domain, any })),
        }
        all.retain(|literal| !literal.any.iter().any(Glob::is_everything) || matches!(literal.by, By::Tag(_)));
        all
    }

    fn is_plain(&self) -> bool {
        self.any.iter().all(Glob::is_plain)
    }

    fn takes(&self, name: &Glob) -> bool {
        self.any.iter().any(|glob| glob == name || name.is_plain() && glob.takes(name.as_str()))
    }

    /// Whether the other is so wherever this is, for certain.
    fn implies(&self, other: &Self) -> bool {
        self.by == other.by && self.any.iter().all(|name| other.takes(name))
    }

    /// Whether the other is never so where this is, for certain.
    fn excludes(&self, other: &Self) -> bool {
        match (&self.by, &other.by) {
            (one, two) if one == two => {
                let apart = |one: &Self, two: &Self| one.is_plain() && !one.any.iter().any(|name| two.takes(name));
                apart(self, other) || apart(other, self)
            }
            // An owner of another domain owns no space in this one.
            (By::Domain, By::Owner) => other.any.iter().all(|owner| {
                let domain = owner.as_str().split_once('/').and_then(|(domain, _)| Glob::parse(domain).ok());
                domain.is_some_and(|domain| domain.is_plain() && !self.takes(&domain)) && self.is_plain()
            }),
            _ => false,
        }
    }
}

impl Term {
    /// The requests of this term of which not all of `other` is so, in terms that do
    /// not overlap.
    pub(super) fn without(&self, other: &[Literal]) -> Result<Vec<Self>, Tangled> {
        let never = |literal: &Literal| {
            self.not.iter().any(|not| literal.implies(not)) || self.is.iter().any(|is| is.excludes(literal))
        };
        if other.iter().any(never) {
            return Ok(vec![self.clone()]);
        }
        let mut pieces = Vec::new();
        // The first so many are so, and the next is not.
        let mut so = self.clone();
        for literal in other.iter().filter(|literal| !self.is.iter().any(|is| is.implies(literal))) {
            pieces.extend(so.clone().but_not(literal)?);
            so = so.and(literal)?;
        }
        Ok(pieces)
    }

    /// Both of one kind come together only as the names that are in both.
    fn and(mut self, literal: &Literal) -> Result<Self, Tangled> {
        let Some(is) = self.is.iter_mut().find(|is| is.by == literal.by) else {
            self.is.push(literal.clone());
            return Ok(self);
        };
        if is.is_plain() {
            is.any.retain(|name| literal.takes(name));
        } else if literal.is_plain() {
            let both = literal.any.iter().filter(|name| is.takes(name)).cloned().collect();
            is.any = both;
        } else if literal.implies(is) {
            is.any.clone_from(&literal.any);
        } else {
            return Err(Tangled);
        }
        Ok(self)
    }

    /// `None` where nothing is left.
    fn but_not(mut self, literal: &Literal) -> Result<Option<Self>, Tangled> {
        match self.is.iter_mut().find(|is| is.by == literal.by) {
            Some(is) if is.is_plain() => {
                is.any.retain(|name| !literal.takes(name));
                return Ok(if is.any.is_empty() { None } else { Some(self) });
            }
            // A statement has resources or all but some, and never both.
            Some(_) if literal.by == By::Domain => return Err(Tangled),
            _ => {}
        }
        self.not.push(literal.clone());
        Ok(Some(self))
    }
}
