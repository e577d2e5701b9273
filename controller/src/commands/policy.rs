//! `policy`: the rights that each role needs, as IAM takes them. Calls no AWS service.

use anyhow::Result;
use cost_planner::rights::{Document, Role, TooLong, Wanted, data_scientist, left_out, policy, trust};

use super::print;
use crate::cli::{Output, Policy, PolicyPlace, RolePolicy};
use crate::exit::Exit;
use crate::render;

pub(super) fn run(args: &Policy) -> Result<Exit> {
    let document = document(args)?;
    print(&match args.output() {
        Output::Json => render::json(&document),
        Output::Table => render::policy(&document),
    })?;
    Ok(Exit::Done)
}

fn document(args: &Policy) -> Result<Document, TooLong> {
    let document = match args {
        Policy::Agent(args) => of_role(Role::Agent, args),
        Policy::Reader(args) => of_role(Role::Reader, args),
        Policy::Installer(args) => of_role(Role::Installer, args),
        Policy::Central(args) => of_role(Role::Central, args),
        Policy::Actor(args) => of_wanted(Role::Actor, &args.wanted(), &args.place),
        Policy::DataScientist(args) => data_scientist(&args.place.place()),
        Policy::Trust(args) => trust(&args.principal, &args.external_id),
    };
    document.checked()
}

fn of_role(role: Role, args: &RolePolicy) -> Document {
    of_wanted(role, &args.wanted(), &args.place)
}

/// The document; says on stderr which rights are not in it because no flag names what they are on.
fn of_wanted(role: Role, wanted: &Wanted, place: &PolicyPlace) -> Document {
    let place = place.place();
    let flags: Vec<&str> = left_out(role, wanted, &place).into_iter().collect();
    if !flags.is_empty() {
        eprintln!("left out is what needs {}", flags.join(", "));
    }
    policy(role, wanted, &place)
}
