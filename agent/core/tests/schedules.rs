//! Schedules by table: clocks that jump, midnights, weeks, and what is no schedule.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use idle_core::{Schedule, ScheduleError, time_zone};
use jiff::Timestamp;

#[track_caller]
fn check(schedule: &str, table: &[(&str, bool)]) {
    let hours: Schedule = schedule.parse().unwrap();
    for (at, inside) in table {
        let at: Timestamp = at.parse().unwrap();
        assert_eq!(hours.contains(at), *inside, "{schedule} at {at}");
    }
}

#[test]
fn hours_of_a_day_begin_at_their_first_moment_and_end_before_their_last() {
    check(
        "Mon-Fri 08:00-18:00 UTC",
        &[
            ("2026-11-23T07:59:59.999Z", false),
            ("2026-11-23T08:00:00Z", true),
            ("2026-11-23T17:59:59.999Z", true),
            ("2026-11-23T18:00:00Z", false),
            ("2026-11-27T12:00:00Z", true),
            ("2026-11-28T12:00:00Z", false),
            ("2026-11-29T12:00:00Z", false),
        ],
    );
}

#[test]
fn hours_follow_the_clock_on_the_wall_through_summer_and_winter() {
    // The same hour of the wall clock is another one of UTC.
    check(
        "daily 08:00-18:00 Europe/Berlin",
        &[
            ("2026-03-28T07:00:00Z", true),
            ("2026-03-28T06:59:59Z", false),
            ("2026-03-29T06:00:00Z", true),
            ("2026-03-29T05:59:59Z", false),
            ("2026-10-24T06:00:00Z", true),
            ("2026-10-25T06:00:00Z", false),
            ("2026-10-25T07:00:00Z", true),
            ("2026-10-25T16:59:59Z", true),
            ("2026-10-25T17:00:00Z", false),
        ],
    );
    check(
        "daily 08:00-18:00 America/New_York",
        &[
            ("2026-03-07T13:00:00Z", true),
            ("2026-03-08T12:00:00Z", true),
            ("2026-03-08T11:59:59Z", false),
            ("2026-11-01T12:59:59Z", false),
            ("2026-11-01T13:00:00Z", true),
        ],
    );
}

#[test]
fn an_hour_that_does_not_exist_is_left_out() {
    // Berlin goes from 02:00 to 03:00 at 01:00 UTC.
    check(
        "Sun 02:30-03:30 Europe/Berlin",
        &[
            ("2026-03-29T00:59:59Z", false),
            ("2026-03-29T01:00:00Z", true),
            ("2026-03-29T01:29:59Z", true),
            ("2026-03-29T01:30:00Z", false),
        ],
    );
    // Hours that lie wholly within the missing one never come on that day.
    check("Sun 02:15-02:45 Europe/Berlin", &[("2026-03-29T00:30:00Z", false), ("2026-03-29T01:30:00Z", false)]);
    // New York goes from 02:00 to 03:00 at 07:00 UTC.
    check("Sun 02:30-03:30 America/New_York", &[("2026-03-08T06:59:59Z", false), ("2026-03-08T07:00:00Z", true)]);
}

#[test]
fn an_hour_that_comes_twice_counts_twice() {
    // Berlin goes back from 03:00 to 02:00 at 01:00 UTC.
    check(
        "Sun 02:00-03:00 Europe/Berlin",
        &[
            ("2026-10-24T23:59:59Z", false),
            ("2026-10-25T00:00:00Z", true),
            ("2026-10-25T00:59:59Z", true),
            ("2026-10-25T01:00:00Z", true),
            ("2026-10-25T01:59:59Z", true),
            ("2026-10-25T02:00:00Z", false),
        ],
    );
    check("Sun 01:00-02:00 America/New_York", &[("2026-11-01T05:30:00Z", true), ("2026-11-01T06:30:00Z", true)]);
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    check(
        "Fri 22:00-06:00 UTC",
        &[
            ("2026-11-27T05:00:00Z", false),
            ("2026-11-27T21:59:59Z", false),
            ("2026-11-27T22:00:00Z", true),
            ("2026-11-28T05:59:59Z", true),
            ("2026-11-28T06:00:00Z", false),
            ("2026-11-28T22:00:00Z", false),
        ],
    );
    // The night in which clocks go forward is an hour shorter, and still ends at 06:00.
    check(
        "Sat 22:00-06:00 Europe/Berlin",
        &[("2026-03-28T21:00:00Z", true), ("2026-03-29T03:59:59Z", true), ("2026-03-29T04:00:00Z", false)],
    );
}

#[test]
fn a_week_has_no_end() {
    check(
        "Sat-Mon 10:00-12:00 UTC",
        &[
            ("2026-11-27T11:00:00Z", false),
            ("2026-11-28T11:00:00Z", true),
            ("2026-11-29T11:00:00Z", true),
            ("2026-11-30T11:00:00Z", true),
            ("2026-12-01T11:00:00Z", false),
        ],
    );
    check("Sun 23:00-01:00 UTC", &[("2026-11-29T23:30:00Z", true), ("2026-11-30T00:30:00Z", true)]);
    // From a day to itself is that day, not the whole week.
    check("Wed-Wed 10:00-12:00 UTC", &[("2026-11-25T11:00:00Z", true), ("2026-11-26T11:00:00Z", false)]);
}

#[test]
fn round_the_clock_is_written_in_three_ways() {
    for text in ["Mon 00:00-24:00 UTC", "Mon 00:00-00:00 UTC", "mon 24:00-24:00"] {
        check(
            text,
            &[
                ("2026-11-22T23:59:59Z", false),
                ("2026-11-23T00:00:00Z", true),
                ("2026-11-23T23:59:59.999Z", true),
                ("2026-11-24T00:00:00Z", false),
            ],
        );
    }
    // From any hour to itself it runs into the next day.
    check("Mon 08:00-08:00 UTC", &[("2026-11-24T07:59:59Z", true), ("2026-11-24T08:00:00Z", false)]);
}

#[test]
fn several_hours_are_divided_by_semicolons_each_with_its_own_zone() {
    check(
        "Mon,Wed,Fri 08:00-12:00 UTC; Tue 22:00-23:00 Asia/Tokyo ;daily 03:00-03:01",
        &[
            ("2026-11-23T09:00:00Z", true),
            ("2026-11-24T09:00:00Z", false),
            ("2026-11-24T13:30:00Z", true),
            ("2026-11-29T03:00:30Z", true),
        ],
    );
}

#[test]
fn no_zone_is_utc_and_never_the_machines() {
    check("daily 08:00-09:00", &[("2026-07-01T08:30:00Z", true)]);
}

#[test]
fn the_ends_of_time_are_in_some_day() {
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Niue"] {
        let hours: Schedule = format!("daily 00:00-24:00 {zone}").parse().unwrap();
        assert!(hours.contains(Timestamp::MIN) && hours.contains(Timestamp::MAX), "{zone}");
    }
}

#[test]
fn a_schedule_reads_back_as_it_was_written() {
    let text = "Mon-Fri 08:00-18:00 Europe/Berlin; Sat 10:00-12:00";
    assert_eq!(text.parse::<Schedule>().unwrap().to_string(), text);
    assert_eq!(text.parse::<Schedule>(), format!("  {text} ").parse::<Schedule>());
}

#[test]
fn what_is_no_schedule_says_which_part_is_wrong_and_how_it_is_written() {
    let form = |text: &str| ScheduleError::Form(text.to_owned());
    let day = |text: &str| ScheduleError::Day(text.to_owned());
    let time = |text: &str| ScheduleError::Time(text.to_owned());
    let zone = |text: &str| ScheduleError::Zone(text.to_owned());
    for (text, expected) in [
        ("", form("")),
        ("Mon", form("Mon")),
        ("Mon 08:00", form("Mon 08:00")),
        ("08:00-18:00", form("08:00-18:00")),
        ("Mon 08:00 - 18:00", form("Mon 08:00 - 18:00")),
        ("Mon 08:00-18:00 UTC extra", form("Mon 08:00-18:00 UTC extra")),
        ("Mon 08:00-18:00;", form("")),
        ("Mo 08:00-18:00", day("Mo")),
        ("Monday 08:00-18:00", day("Monday")),
        ("Mon-08:00-18:00 UTC", form("Mon-08:00-18:00 UTC")),
        ("Mon- 08:00-18:00", day("")),
        ("Mon,,Tue 08:00-18:00", day("")),
        ("Mon-Fri-Sun 08:00-18:00", day("Fri-Sun")),
        ("Mon 8-18", time("8")),
        ("Mon 08:00-25:00", time("25:00")),
        ("Mon 08:60-18:00", time("08:60")),
        ("Mon 08:00-24:01", time("24:01")),
        ("Mon 08:0-18:00", time("08:0")),
        ("Mon 008:00-18:00", time("008:00")),
        ("Mon -08:00-18:00", time("")),
        ("Mon +8:00-18:00", time("+8:00")),
        ("Mon 08:+5-18:00", time("08:+5")),
        ("Mon 08:00-18:-0", time("18:-0")),
        ("Mon 08:00-18:00:00", time("18:00:00")),
        ("Mon 08:00-18:00 CET+1", zone("CET+1")),
        ("Mon 08:00-18:00 Mars/Olympus", zone("Mars/Olympus")),
        ("Mon 08:00-18:00 ../../etc/passwd", zone("../../etc/passwd")),
    ] {
        let error = text.parse::<Schedule>().unwrap_err();
        assert_eq!(error, expected, "{text:?}");
        assert!(error.to_string().contains("hint"), "{error}");
    }
}

#[test]
fn more_windows_than_anybody_writes_are_refused() {
    let of = |n: usize| vec!["Mon 08:00-18:00"; n].join(";");
    assert!(of(32).parse::<Schedule>().is_ok());
    assert_eq!(of(33).parse::<Schedule>(), Err(ScheduleError::Form("33 windows".into())));
}

#[test]
fn an_error_repeats_no_more_than_a_line_of_what_was_wrong() {
    let error = "x".repeat(100_000).parse::<Schedule>().unwrap_err();
    assert!(error.to_string().len() < 200, "{}", error.to_string().len());
    assert!(time_zone(&"x".repeat(100_000)).unwrap_err().to_string().len() < 200);
}
