//! What is written after a look.

use std::collections::BTreeMap;

use cost_ledger::advance::{Extra, GoneRun, Known, advance, agents_stops, group, sweeps_stops};
use cost_ledger::line::{Fact, Grade, Kind, Line, Native, Rate, StoppedBy};
use cost_ledger::{Ledger, Resource};
use cost_planner::prices::Prices;
use cost_planner::snapshot::{AppStatus, Blind, Domain, ScopeSeen, TagsSeen};
use idle_core::DomainId;

use crate::lines::*;
use crate::world::{ENDPOINT_BEGAN, app, empty, endpoint, resource, scope};

const DAY: i64 = 24 * 60;

fn knowing(lines: &[Line]) -> Known {
    let mut ledger = Ledger::default();
    ledger.read(text(lines).as_bytes(), "a ledger").expect("lines");
    Known::new(ledger, &scope())
}

fn news(seen: &ScopeSeen, known: &[Line]) -> Vec<Line> {
    advance(seen, &Extra::default(), &knowing(known), &Prices::bundled()).lines
}

/// Begin and since of what is told to run, and the resources that are told to be gone.
fn short(lines: &[Line]) -> (Vec<(String, i64, i64)>, Vec<String>) {
    let (mut ran, mut gone) = (Vec::new(), Vec::new());
    for line in lines {
        match &line.fact {
            Fact::Ran(told) => ran.push((told.key.resource.clone(), minutes(told.key.began), minutes(told.since))),
            Fact::Gone(key) => gone.push(key.resource.clone()),
            _ => {}
        }
    }
    (ran, gone)
}

#[test]
fn what_is_known_of_today_is_told_once() {
    let mut seen = empty(100);
    seen.apps.push(app(0, 50));
    let first = news(&seen, &[]);
    assert_eq!(short(&first), (vec![(resource(0), 50, 50)], vec![]));
    seen.taken_at = at(200);
    assert_eq!(short(&news(&seen, &first)), (vec![], vec![]));
    seen.taken_at = at(DAY + 1);
    assert_eq!(short(&news(&seen, &first)), (vec![(resource(0), 50, DAY + 1)], vec![]), "another day");
    seen.apps[0].instance_type = None;
    seen.taken_at = at(300);
    let changed = news(&seen, &first);
    assert_eq!(short(&changed), (vec![(resource(0), 50, 300)], vec![]), "another instance type");
    assert_eq!(short(&news(&seen, &[first, changed].concat())), (vec![], vec![]), "known by now");
}

#[test]
fn only_what_was_looked_for_to_the_end_is_gone() {
    let mut seen = empty(100);
    seen.apps.push(app(0, 50));
    seen.endpoints.push(endpoint(2));
    let first = news(&seen, &[]);
    let variant = "variant/chat/AllTraffic".to_owned();
    let mut later = empty(200);
    assert_eq!(short(&news(&later, &first)).1, [resource(0), variant.clone()]);
    later.blind.push(Blind { operation: "ListApps".to_owned(), why: "throttled".to_owned() });
    let lines = news(&later, &first);
    assert_eq!(short(&lines).1, [variant]);
    let Fact::Look(look) = &lines[0].fact else { panic!("the look comes first") };
    assert_eq!(look.kinds, [Kind::NotebookInstance, Kind::Variant, Kind::ProvisionedConcurrency, Kind::Volume]);
    let mut cannot_describe = empty(200);
    cannot_describe.apps.push(app(0, 50));
    cannot_describe.endpoints.push(endpoint(2));
    cannot_describe.endpoints[0].close_up = Err("throttled".to_owned());
    assert_eq!(short(&news(&cannot_describe, &first)), (vec![], vec![]), "it is listed, so it is there");
}

#[test]
fn a_variant_ran_since_it_began_only_where_the_look_before_did_not_know_it() {
    let mut seen = empty(100);
    seen.endpoints.push(endpoint(2));
    let since = |known: &[Line], seen: &ScopeSeen| short(&news(seen, known)).0[0].2;
    assert_eq!(since(&[], &seen), 100, "nobody looked before");
    assert_eq!(since(&[look(ENDPOINT_BEGAN - 1)], &seen), ENDPOINT_BEGAN);
    seen.endpoints[0].created_at = Some(at(60));
    assert_eq!(since(&[look(50)], &seen), 60, "made after the look before");
    assert_eq!(since(&[look(70)], &seen), 100, "there already, and not running");
    let told = news(&seen, &[]);
    let Some(Fact::Ran(ran)) = told.iter().map(|line| &line.fact).find(|fact| matches!(fact, Fact::Ran(_))) else {
        panic!("it runs")
    };
    assert_eq!((ran.units, ran.component.as_str(), ran.tags.len()), (2, "Hosting", 1));
    let Rate::Priced { micro_usd_per_hour, list } = &ran.rate else { panic!("{:?}", ran.rate) };
    assert_eq!((*micro_usd_per_hour, list.starts_with("bundled ")), (2 * 821_000, true), "all units together");
}

#[test]
fn what_does_not_bill_is_not_told_and_what_is_not_understood_stays() {
    let mut seen = empty(100);
    seen.apps.push(app(0, 50));
    let first = news(&seen, &[]);
    for (status, fresh, known) in [
        (AppStatus::Pending, (0, 0), (0, 1)),
        (AppStatus::Failed, (0, 0), (0, 1)),
        (AppStatus::Unknown, (0, 0), (0, 0)),
        (AppStatus::Deleting, (1, 0), (0, 0)),
    ] {
        (seen.apps[0].status, seen.taken_at) = (status, at(200));
        let count = |lines: &[Line]| (short(lines).0.len(), short(lines).1.len());
        assert_eq!((count(&news(&seen, &[])), count(&news(&seen, &first))), (fresh, known), "{status:?}");
    }
}

#[test]
fn tags_do_not_come_and_go_with_how_closely_somebody_looked() {
    let mut seen = empty(100);
    seen.apps.push(app(0, 50));
    let tags = TagsSeen::Read([("Team".to_owned(), "vision".to_owned())].into());
    let id = DomainId::parse("d-1").expect("a domain");
    seen.domains.push(Domain {
        id,
        name: "one".to_owned(),
        status: "InService".to_owned(),
        tags: Some(Box::new(tags)),
    });
    let first = news(&seen, &[]);
    let folded = fold(&first);
    let span = folded.runs().next().expect("a run").last_span();
    assert_eq!(span.tags().get("Team"), Some("vision"));
    seen.taken_at = at(200);
    seen.domains[0].tags = Some(Box::new(TagsSeen::Unread("denied".to_owned())));
    assert_eq!(short(&news(&seen, &first)).0, [], "unread");
    seen.domains[0].tags = None;
    assert_eq!(short(&news(&seen, &first)).0, [], "not asked for");
}

#[test]
fn tags_that_were_asked_for_and_not_read_are_not_known() {
    let mut seen = empty(100);
    seen.apps = vec![app(1, 50)];
    let extras = serde_json::json!({ "tag_keys": ["Team"], "tags_unread": "denied" });
    seen.extras = Some(Box::new(serde_json::from_value(extras).expect("extras")));
    let team = |lines: &[Line]| {
        let folded = fold(lines);
        folded.runs().next().expect("it runs").last_span().tags().get("Team").map(str::to_owned)
    };
    let lines = news(&seen, &[]);
    assert_eq!(team(&lines).as_deref(), Some("not known"));
    seen.taken_at = at(200);
    seen.extras.as_mut().expect("asked for").tags_unread = None;
    let read = news(&seen, &lines);
    assert_eq!(team(&[&lines[..], &read[..]].concat()), None, "read, and there is none");
}

fn gone_run(n: usize, idle_since: Option<i64>) -> GoneRun {
    let text = resource(n);
    GoneRun {
        key: key(&text, 2),
        resource: text.parse::<Resource>().expect("a resource"),
        instance_type: Some("ml.g4dn.xlarge".to_owned()),
        idle_since: idle_since.map(at),
        seen_last: Some(at(90)),
    }
}

#[test]
fn agents_stops_are_as_many_as_were_counted_the_longest_idle_first() {
    let gone = [gone_run(0, Some(40)), gone_run(1, None), gone_run(2, Some(30)), gone_run(3, Some(35))];
    let own = group(&gone[0]).expect("a group");
    let mut unknown = own.clone();
    unknown[2] = "unknown".to_owned();
    let stops = |counts: &[(&[String; 3], u64)], stopped: &[usize]| {
        let counts: BTreeMap<_, _> = counts.iter().map(|(group, count)| ((*group).clone(), *count)).collect();
        let stopped: Vec<_> = stopped.iter().map(|n| as_stopped(&resource(*n), 2, 95)).collect();
        let stops = agents_stops(&gone, &counts, &stopped, |_| Native::Off, at(100));
        assert!(stops.iter().all(|stop| stop.gone_at == at(100) && stop.by == StoppedBy::IdleAgent));
        stops.into_iter().map(|stop| (stop.key.resource, stop.grade)).collect::<Vec<_>>()
    };
    let told = |ns: &[usize], grade| ns.iter().map(|n| (resource(*n), grade)).collect::<Vec<_>>();
    assert_eq!(stops(&[], &[]), [], "nobody counted: somebody else stopped them");
    assert_eq!(stops(&[(&own, 3)], &[]), told(&[2, 3, 0], Grade::Measured));
    assert_eq!(stops(&[(&own, 2)], &[]), told(&[2, 3], Grade::Inferred));
    assert_eq!(stops(&[(&own, 2)], &[2]), told(&[3, 0], Grade::Measured), "one was a sweep's");
    assert_eq!(stops(&[(&unknown, 3)], &[]), told(&[2, 3, 0], Grade::Measured));
    let mixed = [told(&[2], Grade::Inferred), told(&[3, 0], Grade::Measured)].concat();
    assert_eq!(stops(&[(&own, 1), (&unknown, 2)], &[]), mixed);
}

#[test]
fn a_sweeps_stop_is_told_once_and_an_endpoint_ends_with_its_variants() {
    let of_endpoint = cost_planner::plan::Target::Endpoint(cost_planner::plan::EndpointRef {
        partition: scope().partition,
        region: scope().region,
        account: scope().account,
        endpoint: idle_core::EndpointName::parse("chat").expect("an endpoint"),
    });
    let stop = cost_ledger::advance::SweepStop {
        target: of_endpoint,
        created_at: at(ENDPOINT_BEGAN),
        modified_at: None,
        gone_at: at(150),
        reason: "idle-endpoint".to_owned(),
        idle_since: None,
    };
    let mut seen = empty(100);
    seen.endpoints.push(endpoint(1));
    let first = news(&seen, &[]);
    let told = sweeps_stops(std::slice::from_ref(&stop), &knowing(&first), |_| panic!("it has no idle shutdown"));
    assert_eq!(told.iter().map(|stop| stop.key.resource.as_str()).collect::<Vec<_>>(), ["variant/chat/AllTraffic"]);
    assert_eq!((told[0].native, told[0].grade), (Native::Off, Grade::Measured));
    let lines = [first, vec![line(160, Fact::Stopped(told[0].clone()))]].concat();
    assert_eq!(sweeps_stops(&[stop], &knowing(&lines), |_| Native::Off), []);
}

#[test]
fn what_was_scaled_to_zero_before_is_not_ended_by_the_endpoints_stop() {
    let stop = cost_ledger::advance::SweepStop {
        target: cost_planner::plan::Target::Endpoint(cost_planner::plan::EndpointRef {
            partition: scope().partition,
            region: scope().region,
            account: scope().account,
            endpoint: idle_core::EndpointName::parse("chat").expect("an endpoint"),
        }),
        created_at: at(ENDPOINT_BEGAN),
        modified_at: None,
        gone_at: at(245),
        reason: "idle-endpoint".to_owned(),
        idle_since: None,
    };
    let told = |lines: &[Line]| sweeps_stops(std::slice::from_ref(&stop), &knowing(lines), |_| Native::Off).len();
    let ran = ran(100, "variant/chat/AllTraffic", ENDPOINT_BEGAN, 100);
    let gone = |minutes| gone(minutes, "variant/chat/AllTraffic", ENDPOINT_BEGAN);
    let before = [look(100), ran.clone(), look(170), gone(170), look(240)];
    assert_eq!(told(&before), 0, "it billed nothing any more");
    let after = [look(100), ran, look(240), look(250), gone(250)];
    assert_eq!(told(&after), 1, "the look before the stop saw it");
}

#[test]
fn an_endpoint_that_cannot_be_described_is_as_it_was_known_and_one_made_anew_is_not() {
    let mut seen = empty(100);
    seen.endpoints.push(endpoint(1));
    let first = news(&seen, &[]);
    seen.taken_at = at(200);
    seen.endpoints[0].close_up = Err("denied".to_owned());
    assert_eq!(short(&news(&seen, &first)), (vec![], vec![]), "the same");
    seen.endpoints[0].created_at = Some(at(150));
    let (ran, gone) = short(&news(&seen, &first));
    assert_eq!((ran, gone.len()), (vec![], 1), "the one of that name before it is gone");
}

#[test]
fn tags_of_vpc_endpoints_that_could_not_be_read_stay_as_they_were_known() {
    let mut seen = empty(100);
    let extras = serde_json::json!({ "tag_keys": ["Team"],
        "tags": { "arn:aws:sagemaker:eu-west-1:111122223333:domain/d-1": { "Team": "vision" } },
        "vpc_endpoints": [{ "domain": "d-1", "id": "vpce-1", "vpc": "vpc-1", "service_name": "sts",
            "state": "available", "created_at": null, "availability_zones": 1 }] });
    seen.extras = Some(Box::new(serde_json::from_value(extras).expect("extras")));
    let prices = Prices::bundled();
    let told = |seen: &ScopeSeen, known: &[Line]| {
        short(&advance(seen, &Extra::of(seen, &prices), &knowing(known), &prices).lines).0.len()
    };
    let first = advance(&seen, &Extra::of(&seen, &prices), &Known::default(), &prices).lines;
    let folded = fold(&first);
    assert_eq!(folded.runs().next().expect("it runs").last_span().tags().get("Team"), Some("vision"));
    seen.taken_at = at(200);
    let extras = seen.extras.as_mut().expect("asked for");
    (extras.tags_unread, extras.tags) = (Some("denied".to_owned()), [].into());
    assert_eq!(told(&seen, &first), 0, "unread");
    let unread = advance(&seen, &Extra::of(&seen, &prices), &Known::default(), &prices).lines;
    let folded = fold(&unread);
    let tags = folded.runs().next().expect("it runs").last_span().tags();
    assert_eq!(tags.get("Team"), Some("not known"), "nobody's is something else");
    seen.extras.as_mut().expect("asked for").tags_unread = None;
    assert_eq!(told(&seen, &first), 1, "there are none any more");
}
