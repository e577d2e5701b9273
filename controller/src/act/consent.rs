//! The one place that allows a change.

use std::io::{IsTerminal, Write};

use crate::cli::Go;

/// Leave to change something in AWS. Only [`consent`] makes one.
#[derive(Debug)]
pub(crate) struct Consent(());

#[cfg(test)]
impl Consent {
    /// Leave to change what a test made up.
    pub(crate) fn of_a_test() -> Self {
        Self(())
    }
}

/// Leave to do `what`, if it was asked for and is confirmed: by `--yes`, or by a
/// person at a terminal. `Ok(None)` where only the plan was asked for.
///
/// # Errors
/// One sentence, where nobody can be asked or somebody says no.
pub(crate) fn consent(go: Go, what: &str) -> Result<Option<Consent>, String> {
    let Go { execute, yes, check: _ } = go;
    if !execute {
        return Ok(None);
    }
    if yes {
        return Ok(Some(Consent(())));
    }
    if !std::io::stdin().is_terminal() {
        return Err("nobody can be asked without a terminal; hint: --yes".to_owned());
    }
    eprint!("{what}? Type yes: ");
    let mut answer = String::new();
    let heard = std::io::stderr().flush().and_then(|()| std::io::stdin().read_line(&mut answer));
    match heard {
        Ok(_) if answer.trim() == "yes" => Ok(Some(Consent(()))),
        _ => Err("nothing was changed: that was not yes".to_owned()),
    }
}
