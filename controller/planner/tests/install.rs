//! Plans by table: what stands at one place, what is wanted, and what comes of it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;

use cost_planner::install::{
    Canary, Desired, DomainSeen, Edit, Entry, Holder, HolderSeen, Host, NotebookEntry, NotebookInstance,
    NotebookScripts, NotebookWish, NotebooksSeen, Place, Plan, Scope, Section, Slots, Why, changed, expected, plan,
    plan_notebook_removal, plan_notebook_rollback, plan_notebooks, plan_rollback, plan_uninstall, references,
};
use idle_core::{AccountId, DomainId, Partition, Region, UserProfileName};
use serde_json::{Value, json};

const TEAM: &str = "arn:aws:sagemaker:eu-west-1:111122223333:studio-lifecycle-config/team";

fn scope() -> Scope {
    Scope {
        partition: Partition::parse("aws").unwrap(),
        account: AccountId::parse("111122223333").unwrap(),
        region: Region::parse("eu-west-1").unwrap(),
    }
}

/// The ARN of our lifecycle configuration of that version.
fn ours(host: Host, version: char) -> String {
    let hash = version.to_string().repeat(12);
    format!("arn:aws:sagemaker:eu-west-1:111122223333:studio-lifecycle-config/idle-agent-{}-{hash}", host.slug())
}

fn desired() -> Desired {
    Desired {
        scope: scope(),
        configs: Host::ALL.into_iter().map(|host| (host, ours(host, 'b'))).collect(),
        replace_built_in: false,
        replace_default: false,
        native_minutes: None,
        replace_native: false,
        canary: Canary::All,
    }
}

fn domain_id() -> DomainId {
    DomainId::parse("d-abc").unwrap()
}

/// A domain whose settings of one app type are these.
fn domain(host: Host, structure: &Value) -> DomainSeen {
    let settings = format!("{}AppSettings", host.app_type());
    seen(
        json!({ "Status": "InService", "LastModifiedTime": 1.5, "DefaultUserSettings": { settings: structure } }),
        Vec::new(),
    )
}

fn seen(body: Value, user_profiles: Vec<(&str, Value)>) -> DomainSeen {
    let holder = |name: Option<&str>| Holder {
        domain: domain_id(),
        user_profile: name.map(|name| UserProfileName::parse(name).unwrap()),
    };
    DomainSeen {
        id: domain_id(),
        domain: Ok(HolderSeen { holder: holder(None), body, tags: None }),
        user_profiles: Ok(user_profiles
            .into_iter()
            .map(|(name, body)| HolderSeen { holder: holder(Some(name)), body, tags: None })
            .collect()),
    }
}

/// What the plan says of the domain's own settings of one app type.
fn of(plan: &Plan, host: Host) -> Option<&Edit> {
    plan.edits.iter().find(|edit| edit.place.host == host && edit.place.holder.user_profile.is_none())
}

#[test]
fn a_built_in_slot_is_taken_where_it_is_free_or_ours() {
    let (old, new) = (ours(Host::JupyterLab, 'a'), ours(Host::JupyterLab, 'b'));
    let elsewhere = old.replace("111122223333", "444455556666");
    for (there, replace, after) in [
        (Value::Null, false, Some(&new)),
        (json!("None"), false, Some(&new)),
        (json!(old), false, Some(&new)),
        (json!(new), false, None),
        (json!(TEAM), false, None),
        (json!(TEAM), true, Some(&new)),
        (json!(elsewhere), false, None),
    ] {
        let desired = Desired { replace_built_in: replace, ..desired() };
        let plan = plan(&desired, &domain(Host::JupyterLab, &json!({ "BuiltInLifecycleConfigArn": there })));
        let edit = of(&plan, Host::JupyterLab);
        assert_eq!(edit.and_then(|edit| edit.after.built_in.as_ref()), after, "{there} {replace}");
        let taken = plan.refusals.iter().any(|refusal| matches!(refusal.why, Why::BuiltInTaken { .. }));
        assert_eq!(taken, after.is_none() && there != json!(new), "{there} {replace}");
    }
}

#[test]
fn a_list_keeps_everybody_elses_in_their_order() {
    let (old, new) = (ours(Host::KernelGateway, 'a'), ours(Host::KernelGateway, 'b'));
    for (there, after) in [
        (vec![], vec![&*new]),
        (vec![TEAM], vec![TEAM, &new]),
        (vec![&*old, TEAM], vec![TEAM, &new]),
        (vec![&*new, TEAM], vec![&*new, TEAM]),
    ] {
        let plan = plan(&desired(), &domain(Host::KernelGateway, &json!({ "LifecycleConfigArns": there })));
        let edit = of(&plan, Host::KernelGateway).unwrap();
        assert_eq!(
            (&edit.after.arns, edit.after.default.as_ref()),
            (&after.iter().map(|a| (*a).to_owned()).collect(), Some(&new))
        );
    }
    let taken = domain(Host::KernelGateway, &json!({ "DefaultResourceSpec": { "LifecycleConfigArn": TEAM } }));
    assert!(of(&plan(&desired(), &taken), Host::KernelGateway).is_none());
    let replaced = plan(&Desired { replace_default: true, ..desired() }, &taken);
    assert_eq!(of(&replaced, Host::KernelGateway).unwrap().after.arns, [new]);
}

#[test]
fn a_profile_with_settings_of_its_own_gets_ours_and_no_other() {
    let body = |settings: Value| json!({ "Status": "InService", "LastModifiedTime": 1, "UserSettings": settings });
    let fleet = seen(
        json!({ "Status": "InService", "LastModifiedTime": 1, "DefaultUserSettings": {} }),
        vec![
            ("none", body(json!({ "SecurityGroups": ["sg-1"] }))),
            ("empty", body(json!({ "JupyterLabAppSettings": {} }))),
            (
                "own",
                body(json!({ "JupyterLabAppSettings": { "DefaultResourceSpec": { "InstanceType": "ml.t3.medium" } } })),
            ),
            (
                "busy",
                json!({ "Status": "Updating", "UserSettings": { "CodeEditorAppSettings": { "LifecycleConfigArns": [TEAM] } } }),
            ),
        ],
    );
    let plan = plan(&desired(), &fleet);
    let names: Vec<_> = plan.edits.iter().filter_map(|edit| edit.place.holder.user_profile.as_ref()).collect();
    assert_eq!(names, [&UserProfileName::parse("own").unwrap()]);
    assert_eq!(plan.refusals.iter().map(|r| r.what.as_str()).collect::<Vec<_>>(), ["d-abc/busy"]);
    assert_eq!(plan.edits.len(), 5, "four of the domain, one of a profile");
}

#[test]
fn native_idle_shutdown_is_set_only_where_it_is_asked_for() {
    let there = json!({ "AppLifecycleManagement": { "IdleSettings": { "MaxIdleTimeoutInMinutes": 600 } } });
    let quiet = plan(&desired(), &domain(Host::CodeEditor, &there));
    assert_eq!(of(&quiet, Host::CodeEditor).unwrap().after.idle.minutes, None);
    let asked = plan(&Desired { native_minutes: Some(90), ..desired() }, &domain(Host::CodeEditor, &there));
    let edit = of(&asked, Host::CodeEditor).unwrap();
    let before = json!({ "DefaultUserSettings": { "CodeEditorAppSettings": there } });
    let after = expected(&before, &edit.place, &edit.after);
    let paths: Vec<String> = changed(&before, &after).into_iter().map(|changed| changed.path).collect();
    let prefix = "DefaultUserSettings.CodeEditorAppSettings.";
    assert_eq!(
        paths,
        [
            "AppLifecycleManagement.IdleSettings.IdleTimeoutInMinutes",
            "AppLifecycleManagement.IdleSettings.LifecycleManagement",
            "BuiltInLifecycleConfigArn"
        ]
        .map(|path| format!("{prefix}{path}"))
    );
}

/// A before-image of an edit, as it was written.
fn entry(install: &str, at: &str, edit: &Edit) -> Entry {
    Entry {
        install: install.to_owned(),
        at: at.to_owned(),
        place: edit.place.clone(),
        before: edit.before.clone(),
        after: edit.after.clone(),
    }
}

/// The domain as it is after these edits.
fn after(seen: &DomainSeen, edits: &[Edit]) -> DomainSeen {
    let mut seen = seen.clone();
    let holder = seen.domain.as_mut().unwrap();
    for edit in edits.iter().filter(|edit| edit.place.holder.user_profile.is_none()) {
        holder.body = expected(&holder.body, &edit.place, &edit.after);
    }
    seen
}

#[test]
fn out_and_back_come_to_what_was_there() {
    for host in Host::ALL {
        for structure in [
            json!({}),
            json!({ "LifecycleConfigArns": [TEAM], "CustomImages": [{ "ImageName": "i" }] }),
            json!({ "DefaultResourceSpec": { "LifecycleConfigArn": TEAM, "InstanceType": "ml.t3.medium" } }),
            json!({ "BuiltInLifecycleConfigArn": TEAM }),
        ] {
            let before = domain(host, &structure);
            let desired = Desired { replace_built_in: true, replace_default: true, ..desired() };
            let install = plan(&desired, &before);
            let entries: Vec<Entry> =
                install.edits.iter().map(|edit| entry("one", "2026-01-01T00:00:00Z", edit)).collect();
            let installed = after(&before, &install.edits);
            assert_eq!(plan(&desired, &installed).edits, [], "a second install has nothing to do");
            assert!(!references(&scope(), &installed).is_empty());
            let body = &before.domain.as_ref().unwrap().body;
            for back in [plan_rollback(&installed, &entries), plan_uninstall(&scope(), &installed, &entries, false)] {
                assert_eq!(back.refusals, []);
                let restored = after(&installed, &back.edits);
                assert_eq!(changed(body, &restored.domain.as_ref().unwrap().body), [], "{host:?} {structure}");
                assert_eq!(references(&scope(), &restored), []);
            }
            // A crash may have left before-images of changes that never came.
            assert_eq!(plan_rollback(&before, &entries).edits, []);
        }
    }
}

#[test]
fn a_rollback_goes_back_one_install_over_all_of_its_runs() {
    let before = domain(Host::JupyterLab, &json!({}));
    let first = plan(&desired(), &before);
    let one = after(&before, &first.edits);
    let mut newer = desired();
    newer.configs.insert(Host::JupyterLab, ours(Host::JupyterLab, 'c'));
    let second = plan(&newer, &one);
    let two = after(&one, &second.edits);
    let mut entries: Vec<Entry> = first.edits.iter().map(|edit| entry("one", "2026-01-01T00:00:00Z", edit)).collect();
    entries.extend(second.edits.iter().map(|edit| entry("two", "2026-01-02T00:00:00Z", edit)));
    let back = plan_rollback(&two, &entries);
    assert_eq!(after(&two, &back.edits).domain.unwrap().body, one.domain.unwrap().body);

    // The first may have been written at a full second.
    let closer: Vec<Entry> = entries
        .iter()
        .map(|entry| Entry {
            at: if entry.install == "one" { "2026-01-01T00:00:00Z" } else { "2026-01-01T00:00:00.5Z" }.to_owned(),
            ..entry.clone()
        })
        .collect();
    assert_eq!(plan_rollback(&two, &closer).edits, back.edits);

    // Out altogether, and the second install once more: now there was nothing before it.
    let third = plan(&newer, &before);
    entries.extend(third.edits.iter().map(|edit| entry("two", "2026-01-03T00:00:00Z", edit)));
    let three = after(&before, &third.edits);
    let back = plan_rollback(&three, &entries);
    let restored = after(&three, &back.edits);
    assert_eq!(changed(&before.domain.unwrap().body, &restored.domain.unwrap().body), []);
}

#[test]
fn an_uninstall_brings_back_what_gave_way_last() {
    let host = Host::JupyterLab;
    let place = of(&plan(&desired(), &domain(host, &json!({}))), host).unwrap().place.clone();
    let slots = |arn: &str| Slots { built_in: Some(arn.to_owned()), ..Slots::default() };
    let image = |install: &str, before: &str, after: &str| Entry {
        install: install.to_owned(),
        at: "2026-01-01T00:00:00Z".to_owned(),
        place: place.clone(),
        before: slots(before),
        after: slots(after),
    };
    let (old, new) = (ours(host, 'a'), ours(host, 'b'));
    let later = TEAM.replace("team", "team-2");
    let entries = [image("one", TEAM, &old), image("two", &old, &new), image("two", &later, &new)];
    let there = domain(host, &json!({ "BuiltInLifecycleConfigArn": new }));
    let edits = plan_uninstall(&scope(), &there, &entries, false).edits;
    assert_eq!(edits[0].after.built_in, Some(later));
    assert_eq!(plan_uninstall(&scope(), &there, &entries[..2], false).edits[0].after.built_in.as_deref(), Some(TEAM));

    let unknown = plan_uninstall(&scope(), &there, &[], false);
    assert_eq!((unknown.edits.len(), &unknown.refusals[0].why), (0, &Why::NoBeforeImage));
    let allowed = plan_uninstall(&scope(), &there, &[], true);
    assert_eq!(allowed.edits[0].after.built_in, None);
    assert!(allowed.notes[0].text.contains("nothing comes back"), "{:?}", allowed.notes);
}

#[test]
fn notebook_instances_are_changed_only_while_they_are_stopped() {
    let instance = |name: &str, status: &str, config: Option<&str>| NotebookInstance {
        name: name.to_owned(),
        status: status.to_owned(),
        config: config.map(str::to_owned),
    };
    let instances = vec![
        instance("stopped", "Stopped", None),
        instance("running", "InService", None),
        instance("theirs", "Stopped", Some("team")),
        instance("done", "Stopped", Some("idle-agent")),
    ];
    let seen = NotebooksSeen { content: Some(NotebookScripts::on_start("old")), instances };
    let written = |after: &str, before: Option<&str>| NotebookEntry {
        install: after.to_owned(),
        at: "2026-01-01T00:00:00Z".to_owned(),
        before: before.map(NotebookScripts::on_start),
        after: NotebookScripts::on_start(after),
        attach: Vec::new(),
    };
    let wish = |content, attach| NotebookWish { name: "idle-agent", content, attach, replace: false };
    let theirs = plan_notebooks(&seen, wish("new", true), &[written("new", None)]);
    assert_eq!((theirs.changes(), &theirs.refusals[0].why), (0, &Why::NotOurs));
    let entries = [written("old", None), written("new", Some("old"))];
    let quiet = plan_notebooks(&seen, wish("new", false), &entries);
    assert_eq!((quiet.create, quiet.update, quiet.attach.len(), quiet.without.len()), (false, true, 0, 3));
    let asked = plan_notebooks(&seen, wish("old", true), &entries);
    assert_eq!((asked.changes(), asked.attach), (1, vec!["stopped".to_owned()]));
    assert_eq!(asked.refusals.len(), 1);
    assert_eq!(asked.without.iter().map(|i| i.name.as_str()).collect::<Vec<_>>(), ["theirs"]);

    let gone = plan_notebook_removal(&seen, "idle-agent", &entries);
    assert_eq!((gone.delete, gone.detach), (true, vec!["done".to_owned()]));
    assert_eq!(plan_notebook_rollback(&seen, "idle-agent", &entries).changes(), 0, "back already");
    let upgraded = NotebooksSeen { content: Some(NotebookScripts::on_start("new")), ..seen.clone() };
    let back = plan_notebook_rollback(&upgraded, "idle-agent", &entries);
    assert_eq!((back.update, back.content), (true, NotebookScripts::on_start("old")));
    let changed = NotebooksSeen { content: Some(NotebookScripts::on_start("by hand")), ..seen.clone() };
    assert_eq!(plan_notebook_rollback(&changed, "idle-agent", &entries).refusals.len(), 1);

    // Run again, an install is still one: its first before-image tells what to go back to.
    let again = NotebookEntry {
        before: Some(NotebookScripts::on_start("new")),
        attach: vec!["done".to_owned()],
        ..written("new", None)
    };
    let entries = [&entries[..], &[again]].concat();
    let back = plan_notebook_rollback(&upgraded, "idle-agent", &entries);
    assert_eq!((back.content, back.detach), (NotebookScripts::on_start("old"), vec!["done".to_owned()]));

    // A team's own on-create script makes it theirs, too.
    let scripts = NotebookScripts { on_create: Some("team".to_owned()), ..NotebookScripts::on_start("new") };
    let shared = NotebooksSeen { content: Some(scripts), ..seen };
    for plan in [
        plan_notebook_removal(&shared, "idle-agent", &entries),
        plan_notebook_rollback(&shared, "idle-agent", &entries),
        plan_notebooks(&shared, wish("newer", false), &entries),
    ] {
        assert_eq!((plan.changes(), &plan.refusals[0].why), (0, &Why::NotOurs));
    }
}

#[test]
fn a_before_image_of_version_1_is_read_for_ever() {
    let text = include_str!("fixtures/before-image-v1.json");
    let entry: Entry = serde_json::from_str(text).unwrap();
    let holder = Holder { domain: domain_id(), user_profile: Some(UserProfileName::parse("ada").unwrap()) };
    assert_eq!(entry.place, Place { holder, section: Section::User, host: Host::JupyterLab });
    let slots = Slots { built_in: Some(ours(Host::JupyterLab, 'b')), arns: vec![TEAM.to_owned()], ..Slots::default() };
    assert_eq!((entry.before.built_in, entry.after), (None, slots));
}

#[test]
fn an_idle_shutdown_that_somebody_switched_on_is_kept_unless_it_is_to_give_way() {
    let there = |state: &str| {
        let idle = json!({ "LifecycleManagement": state, "IdleTimeoutInMinutes": 10_080 });
        domain(Host::JupyterLab, &json!({ "AppLifecycleManagement": { "IdleSettings": idle } }))
    };
    let wish = |minutes, replace_native| Desired { native_minutes: Some(minutes), replace_native, ..desired() };
    let host = Host::JupyterLab;
    let kept = plan(&wish(60, false), &there("ENABLED"));
    assert!(of(&kept, host).is_none());
    assert_eq!(kept.refusals[0].why, Why::NativeTaken { minutes: Some(10_080) });
    assert!(kept.refusals[0].why.to_string().contains("on after 10080m; hint: --replace-native"));
    for (wish, seen) in [
        (wish(60, true), there("ENABLED")),
        (wish(60, false), there("DISABLED")),
        (wish(10_080, false), there("ENABLED")),
    ] {
        assert_eq!(of(&plan(&wish, &seen), host).unwrap().after.idle.minutes, wish.native_minutes);
    }
}

#[test]
fn what_is_deleted_does_not_come_back() {
    let before = domain(Host::KernelGateway, &json!({ "LifecycleConfigArns": [TEAM] }));
    let install = plan(&desired(), &before);
    let mut entries: Vec<Entry> = install.edits.iter().map(|edit| entry("one", "2026-01-01T00:00:00Z", edit)).collect();
    let other = TEAM.replace("team", "other");
    for entry in &mut entries {
        entry.before.default = Some(other.clone());
    }
    let installed = after(&before, &install.edits);
    let back = plan_rollback(&installed, &entries);
    assert_eq!(back.brought(), BTreeSet::from([other.clone()]));
    let back = back.without(&BTreeSet::from([other]));
    let edit = of(&back, Host::KernelGateway).unwrap();
    assert_eq!((&edit.after.default, &edit.after.arns), (&None, &vec![TEAM.to_owned()]));
    let text = "DefaultUserSettings.KernelGatewayAppSettings: other is deleted, so it does not come back";
    assert!(back.notes.iter().any(|note| note.text == text), "{:?}", back.notes);
}

#[test]
fn a_profile_that_had_no_settings_keeps_an_explicit_none_and_the_plan_says_so() {
    let settings = json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": ours(Host::JupyterLab, 'b') } });
    let with = json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": ours(Host::JupyterLab, 'b'),
        "DefaultResourceSpec": { "InstanceType": "ml.t3.medium" } } });
    let body = |settings: Value| json!({ "Status": "InService", "LastModifiedTime": 1, "UserSettings": settings });
    let domain = json!({ "Status": "InService", "LastModifiedTime": 1, "DefaultUserSettings": {} });
    let fleet = seen(domain, vec![("none", body(settings)), ("own", body(with))]);
    let plan = plan_uninstall(&scope(), &fleet, &[], true);
    let said: Vec<&str> =
        plan.notes.iter().filter(|note| note.text.contains("explicit none")).map(|note| note.what.as_str()).collect();
    assert_eq!(said, ["d-abc/none"]);
}

#[test]
fn what_a_project_took_over_is_left_alone_on_every_way_back() {
    let ours = ours(Host::JupyterLab, 'a');
    let body = |name: &str, settings: Value| {
        json!({ "Status": "Updating", "DomainName": name, "DomainSettings": { "UnifiedStudioSettings": settings },
            "DefaultUserSettings": { "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": ours } } })
    };
    let project = json!({ "ProjectId": "p1" });
    for body in [body("x", project.clone()), body("SageMakerUnifiedStudio-p1-env1-dev", json!({}))] {
        let seen = seen(
            body,
            vec![(
                "ada",
                json!({ "Status": "InService", "UserSettings":
            { "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": ours } } }),
            )],
        );
        for plan in [
            plan_uninstall(&scope(), &seen, &[], true),
            plan_uninstall(&scope(), &seen, &[], false),
            plan_rollback(&seen, &[]),
        ] {
            assert_eq!((plan.edits.len(), plan.refusals.len()), (0, 1), "{plan:?}");
            assert_eq!(plan.refusals[0].why, Why::UnifiedStudio);
        }
        assert!(!references(&scope(), &seen).is_empty(), "what stands there is still in use");
    }
    // Nothing of ours is there: there is nothing to refuse.
    let nothing =
        seen(json!({ "Status": "InService", "DomainSettings": { "UnifiedStudioSettings": project } }), vec![]);
    assert_eq!(plan_uninstall(&scope(), &nothing, &[], false).refusals, []);
    let mut tagged = domain(Host::JupyterLab, &json!({ "BuiltInLifecycleConfigArn": ours }));
    tagged.domain.as_mut().unwrap().tags = Some(Ok([("AmazonDataZoneProject".to_owned(), "p1".to_owned())].into()));
    assert_eq!(plan_uninstall(&scope(), &tagged, &[], true).refusals[0].why, Why::UnifiedStudio);
}
