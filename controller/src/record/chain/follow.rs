//! Link after link: whether each is the one that the next was made after.

use std::ops::Range;

use jiff::Timestamp;
use serde::Serialize;

use super::head::Head;
use super::link::{Link, Read};
use super::sealed::{Named, Sealed};

/// So much of what is wrong is named; the rest is counted.
const MOST_NAMED: usize = 1_000;

/// What is wrong with a chain or what it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(crate) enum Problem {
    /// A link between others is not there.
    LinkMissing { link: u64 },
    /// A link is not what the next one was made after: it was changed, or another was put in its place.
    LinkChanged { link: u64 },
    /// A link cannot be understood.
    LinkDamaged { link: u64, text: String },
    /// No link is the one that somebody kept the digest of: the end was cut off, or all was made anew.
    HeadMissing { text: String },
    /// A sealed object is not there.
    Removed { key: String, link: u64 },
    /// A sealed object says something else.
    Changed { key: String, link: u64, sealed: String, found: String },
    /// Two links give an object two digests: it was changed between them.
    SealedTwice { key: String, link: u64, before: u64 },
    /// A file of an archive is not what its manifest says.
    File { path: String, text: String },
    /// A line of a manifest does not follow the line before.
    Manifest { line: u64, text: String },
}

/// What is wrong, of which not all is named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    pub(crate) named: Vec<Problem>,
    pub(crate) count: u64,
}

impl Problems {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.count += 1;
        if self.named.len() < MOST_NAMED {
            self.named.push(problem);
        }
    }
}

/// A link that somebody kept the digest of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    /// Its number, where that was kept, too.
    pub(crate) number: Option<u64>,
    /// SHA-256, in hexadecimal.
    pub(crate) sha256: String,
}

/// The links so far.
#[derive(Debug)]
pub(crate) struct Follow<'a> {
    expected: Option<&'a Expected>,
    is_found: bool,
    /// The digest of the link before the next one, where that is known.
    before: Before,
    pub(crate) head: Option<Head>,
    /// When the last link was made.
    pub(crate) at: Option<Timestamp>,
    pub(crate) links: u64,
    pub(crate) sealed: Sealed,
}

#[derive(Debug)]
enum Before {
    /// The first link has none.
    Nothing,
    Unknown,
    Digest(String),
}

impl<'a> Follow<'a> {
    /// Before the first link that is looked at; `is_first` where that is link 1.
    pub(crate) fn new(is_first: bool, expected: Option<&'a Expected>) -> Self {
        let before = if is_first { Before::Nothing } else { Before::Unknown };
        Self { expected, is_found: false, before, head: None, at: None, links: 0, sealed: Sealed::default() }
    }

    /// Takes in that none of these links is there. Of a gap that is longer than anybody reads, not
    /// each is named, and all are counted.
    pub(crate) fn missing(&mut self, links: Range<u64>, problems: &mut Problems) {
        let count = links.end.saturating_sub(links.start);
        for link in links.take(MOST_NAMED) {
            self.link(link, None, problems);
        }
        problems.count += count.saturating_sub(MOST_NAMED as u64);
    }

    /// Takes in the next link, and returns it where it is understood.
    pub(crate) fn link(&mut self, number: u64, read: Option<Read>, problems: &mut Problems) -> Option<Link> {
        let Some(Read { digest, link }) = read else {
            problems.add(Problem::LinkMissing { link: number });
            self.before = Before::Unknown;
            return None;
        };
        self.links += 1;
        let is_expected =
            |expected: &Expected| expected.sha256 == digest && expected.number.is_none_or(|of| of == number);
        self.is_found |= self.expected.is_some_and(is_expected);
        let before = std::mem::replace(&mut self.before, Before::Digest(digest.clone()));
        self.head = Some(Head { number, sha256: digest });
        let link = match link {
            Ok(link) => link,
            Err(text) => {
                problems.add(Problem::LinkDamaged { link: number, text });
                return None;
            }
        };
        self.at = Some(link.at);
        let follows = match (&before, &link.previous) {
            (Before::Unknown, _) | (Before::Nothing, None) => true,
            (Before::Digest(before), Some(previous)) => before == previous,
            (Before::Nothing, Some(_)) | (Before::Digest(_), None) => false,
        };
        if !follows {
            // Of the first link, what came before it; of any other, that which came before.
            problems.add(Problem::LinkChanged { link: number.saturating_sub(1).max(1) });
        }
        Some(link)
    }

    /// The objects of a link that no link before it names, each once.
    pub(crate) fn fresh(&mut self, link: Link, problems: &mut Problems) -> Vec<super::Sealable> {
        let number = link.sequence;
        let mut fresh = link.objects;
        fresh.retain(|object| match self.sealed.add(number, &object.key, &object.sha256) {
            Named::First => true,
            Named::Again => false,
            Named::Otherwise(before) => {
                problems.add(Problem::SealedTwice { key: object.key.clone(), link: number, before });
                false
            }
        });
        fresh
    }

    /// After the last link.
    pub(crate) fn finish(&self, problems: &mut Problems) {
        let Some(Expected { number, sha256 }) = self.expected.filter(|_| !self.is_found) else { return };
        let of = number.map_or("no link".to_owned(), |number| format!("link {number} is not there or"));
        let last = self.head.as_ref().map_or("there is none".to_owned(), |head| format!("the last is {}", head.number));
        let verb = if number.is_some() { "does not have" } else { "has" };
        problems.add(Problem::HeadMissing { text: format!("{of} {verb} the digest {sha256}; {last}") });
    }
}
