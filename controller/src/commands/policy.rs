//! `policy`: the rights that each role needs, as IAM takes them. Calls no AWS service.

use anyhow::Result;
use cost_planner::rights::{Document, Role, TooLong, Wanted, data_scientist, granted, left_out, policy, trust};
use thiserror::Error;

use super::print;
use crate::cli::{Output, Policy, PolicyPlace, RolePolicy};
use crate::exit::Exit;
use crate::render;

/// Flags of which no document can be made.
#[derive(Debug, Error)]
pub(super) enum RightsError {
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error("the {role} calls nothing for these features; hint: --output table names those that it has")]
    Nothing { role: Role },
}

pub(super) fn run(args: &Policy) -> Result<Exit> {
    match args {
        Policy::Agent(args) => of_role(Role::Agent, args),
        Policy::Reader(args) => of_role(Role::Reader, args),
        Policy::Installer(args) => of_role(Role::Installer, args),
        Policy::Central(args) => of_role(Role::Central, args),
        Policy::Actor(args) => of_wanted(Role::Actor, &args.wanted(), &args.place, args.output),
        Policy::DataScientist(args) => document(data_scientist(&args.place.place())),
        Policy::Trust(args) => document(trust(&args.principal, &args.external_id)),
    }
}

fn of_role(role: Role, args: &RolePolicy) -> Result<Exit> {
    of_wanted(role, &args.wanted(), &args.place, args.output)
}

/// Prints the rights; says on stderr which are not among them because no flag names what they are on.
fn of_wanted(role: Role, wanted: &Wanted, place: &PolicyPlace, output: Output) -> Result<Exit> {
    let place = place.place();
    let flags: Vec<&str> = left_out(role, wanted, &place).into_iter().collect();
    if !flags.is_empty() {
        eprintln!("left out is what needs {}", flags.join(", "));
    }
    let granted = granted(role, wanted, &place);
    if granted.is_empty() {
        return Err(RightsError::Nothing { role }.into());
    }
    match output {
        Output::Json => document(policy(role, wanted, &place)),
        Output::Table => {
            print(&render::rights(&granted))?;
            Ok(Exit::Done)
        }
    }
}

fn document(document: Document) -> Result<Exit> {
    print(&render::json(&document.checked().map_err(RightsError::TooLong)?))?;
    Ok(Exit::Done)
}
