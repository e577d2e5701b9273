//! `snooze`: ask to be left running.

use crate::cli::SnoozeArgs;
use crate::clock;
use crate::exit::Exit;
use crate::record::{State, StateDir};
use crate::settings::Settings;
use crate::snooze;

/// Writes or removes the snooze.
///
/// # Errors
/// When the state directory cannot be written.
pub(crate) fn run(settings: &Settings, args: &SnoozeArgs) -> anyhow::Result<Exit> {
    let dir = StateDir::open(&settings.state_dir)?;
    let Some(duration) = args.duration else {
        let was_there = snooze::cancel(&dir, settings.people.home.as_deref())?;
        eprintln!("{}", if was_there { "the snooze is cancelled" } else { "there was no snooze" });
        return Ok(Exit::Done);
    };
    if duration > settings.people.snooze_max || duration.is_zero() {
        let max = humantime::format_duration(settings.people.snooze_max);
        eprintln!("error: a snooze lasts at most {max}; hint: ask again when it ends, or let the job keep the app");
        return Ok(Exit::Usage);
    }
    let used = State::load(&settings.state_dir).map_or(0, |state| state.granted.count());
    if used >= settings.people.snoozes_max {
        eprintln!(
            "error: this app was snoozed {used} times, and may not be again; hint: a running job keeps it by itself"
        );
        return Ok(Exit::Refused);
    }
    let snooze = snooze::ask(&dir, clock::now().wall, duration, &args.reason)?;
    eprintln!("the app is left running until {:.0}", snooze.until);
    if !StateDir::is_agent_running(&settings.state_dir) {
        eprintln!("note: no agent is running on {}", settings.state_dir.display());
    }
    Ok(Exit::Done)
}
