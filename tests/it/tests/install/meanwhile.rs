//! Somebody else changes the same domain while an install is at it: theirs stands.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio_parts::process::Running;
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::{Fleet, Ran};

fn small() -> Fleet {
    Fleet::with(SandboxOptions::default(), 6)
}

/// Runs a command, and something else once it has made its first call of `operation`.
pub(crate) fn meanwhile(fleet: &Fleet, command: Command, operation: &str, change: impl FnOnce()) -> Ran {
    fleet.sandbox.forget_calls().unwrap();
    let mut running = Running::spawn(command).unwrap();
    let end = Instant::now() + studio_it::PATIENCE;
    while fleet.sandbox.calls_of(operation).unwrap().is_empty() {
        assert!(Instant::now() < end && running.is_running(), "{}", running.stderr_so_far());
        std::thread::sleep(Duration::from_millis(10));
    }
    change();
    let status = running.wait_with_timeout(studio_it::PATIENCE).unwrap();
    Ran { code: status.code(), stdout: running.stdout_so_far(), stderr: running.stderr_so_far() }
}

/// The answer of the first call of `operation` comes late: what is done in between comes after the call.
pub(crate) fn late(fleet: &Fleet, operation: &str) {
    let fault = format!("[[fault]]\noperation = \"{operation}\"\nkind = \"late-answer\"\ndelay = \"3s\"\ntimes = 1\n");
    fleet.sandbox.set_faults(&fault).unwrap();
}

fn custom_images(fleet: &Fleet, domain: &str) -> Value {
    let domain = fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": domain })).unwrap();
    domain["DefaultUserSettings"]["JupyterLabAppSettings"]["CustomImages"].clone()
}

/// The team's own change, once the domain takes one.
fn set_custom_images(fleet: &Fleet, domain: &str, images: &Value) {
    let settings = json!({ "JupyterLabAppSettings": { "CustomImages": images } });
    let update = json!({ "DomainId": domain, "DefaultUserSettings": settings });
    let end = Instant::now() + studio_it::PATIENCE;
    while fleet.sandbox.call("UpdateDomain", &update).is_err() {
        assert!(Instant::now() < end, "the domain never took their change");
    }
}

#[test]
fn a_second_try_is_made_of_a_second_look() {
    let fleet = small();
    fleet.install(&["--domain", &fleet.rich, "--execute", "--yes"]).expect(5);
    fleet.sandbox.set_faults("[[fault]]\noperation = \"UpdateDomain\"\nkind = \"throttle\"\n").unwrap();
    let mut command = fleet.install_command(&["--domain", &fleet.plain, "--execute", "--yes"]);
    // The last one counts: five seconds between two tries.
    command.args(["--writes-per-second", "0.2"]);
    let theirs = json!([{ "ImageName": "team-image", "ImageVersionNumber": 4, "AppImageConfigName": "team" }]);
    let ran = meanwhile(&fleet, command, "UpdateDomain", || {
        fleet.sandbox.set_faults("").unwrap();
        set_custom_images(&fleet, &fleet.plain, &theirs);
    });
    ran.expect(4).says(&["was changed by somebody else between two tries"]);
    assert_eq!(custom_images(&fleet, &fleet.plain), theirs);
}

#[test]
fn what_somebody_else_changed_at_the_same_time_is_not_put_back() {
    let fleet = small();
    late(&fleet, "UpdateDomain");
    let theirs = json!([{ "ImageName": "team-image", "ImageVersionNumber": 4, "AppImageConfigName": "team" }]);
    let command = fleet.install_command(&["--domain", &fleet.rich, "--execute", "--yes"]);
    let ran = meanwhile(&fleet, command, "UpdateDomain", || set_custom_images(&fleet, &fleet.rich, &theirs)).expect(4);
    ran.says(&[
        "DefaultUserSettings.JupyterLabAppSettings.CustomImages[0].ImageVersionNumber: 3 → 4",
        "only ours was taken out again; hint",
    ]);
    assert_eq!(custom_images(&fleet, &fleet.rich), theirs);
    let domain = fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": fleet.rich })).unwrap();
    assert_eq!(domain["DefaultUserSettings"]["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"], "None");
}

#[test]
fn what_moved_since_it_was_compared_is_not_put_back() {
    let fleet = small();
    // Ours loses leaves; the look that shows it is the third, or one after it.
    let faults = "[[fault]]\noperation = \"UpdateDomain\"\nkind = \"replace-settings\"\ntimes = 1\n\
                  [[fault]]\noperation = \"DescribeDomain\"\nkind = \"late-answer\"\ndelay = \"3s\"\nskip = 2\n";
    fleet.sandbox.set_faults(faults).unwrap();
    let theirs = json!([{ "ImageName": "new-image", "AppImageConfigName": "new" }]);
    let command = fleet.install_command(&["--domain", &fleet.rich, "--execute", "--yes"]);
    let ran = meanwhile(&fleet, command, "UpdateDomain", || {
        let end = Instant::now() + studio_it::PATIENCE;
        while fleet.sandbox.calls_of("DescribeDomain").unwrap().len() < 3 {
            assert!(Instant::now() < end, "it never looked again");
            std::thread::sleep(Duration::from_millis(10));
        }
        set_custom_images(&fleet, &fleet.rich, &theirs);
        fleet.sandbox.set_faults("").unwrap();
    });
    ran.expect(4).says(&["DefaultUserSettings.ExecutionRole", "→ none", "only ours was taken out again; hint"]);
    assert_eq!(custom_images(&fleet, &fleet.rich), theirs);
}
