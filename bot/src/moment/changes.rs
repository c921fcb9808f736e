//! What people say beside every change of the clock in twenty years, wherever they live, is a time to come.

use std::collections::BTreeSet;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The changes of the clock of a zone, each with what it is set to.
fn changes(zone: &TimeZone) -> Vec<(Timestamp, i32)> {
    let (from, to) = (at("2015-01-01T00:00:00Z"), at("2035-01-01T00:00:00Z"));
    let all = zone.following(from).take_while(|change| change.timestamp() < to);
    all.map(|change| (change.timestamp(), change.offset().seconds())).collect()
}

#[test]
fn trust_c6_at_every_change_of_the_clock_in_twenty_years_what_is_said_is_a_time_to_come() {
    // Many names are of one and the same clock.
    let (mut clocks, mut looked_at) = (BTreeSet::new(), 0);
    for name in jiff::tz::db().available() {
        let zone = TimeZone::get(name.as_str()).unwrap();
        let changes = changes(&zone);
        if !clocks.insert(changes.clone()) {
            continue;
        }
        for (change, _) in changes {
            let shown = zone.to_datetime(change).strftime("%H:%M").to_string();
            for minutes in [-31, -1, 29] {
                let here = Here { now: change + SignedDuration::from_mins(minutes), zone: zone.clone() };
                for text in [shown.as_str(), "2:30", "tomorrow", "friday 02:30"] {
                    let meant = read(text, &here, Edge::End);
                    let to_come = match &meant {
                        Meant::At(at) => *at > here.now,
                        Meant::Either(all) | Meant::PassedToday(all) => all.iter().all(|at| *at > here.now),
                        Meant::Passed => true,
                        Meant::TooFar | Meant::Nothing => false,
                    };
                    assert!(to_come, "{text} in {name} at {}: {meant:?}", here.now);
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at > 5_000, "the zones of the world are known here: {looked_at}");
}
