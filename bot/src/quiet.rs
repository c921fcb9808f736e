//! When somebody wants quiet, by the clock of where they live.

use countersign_domain::tenant::QuietHours;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const DAY: i64 = 24 * 60 * 60;

/// Until when it is quiet, where it is now: always a time to come. A time zone that this machine does not know is taken for
/// UTC.
///
/// It goes from one change of the clock to the next, between which civil time runs as any other: so neither an hour that the
/// clock skips nor one that it repeats can lead into the past.
pub fn until(hours: &QuietHours, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&hours.zone).unwrap_or(TimeZone::UTC);
    let (from, to) = (i64::from(hours.from) * 60, i64::from(hours.to) * 60);
    let mut at = now;
    loop {
        let second = second_of_day(&zone, at);
        let quiet = if from <= to { (from..to).contains(&second) } else { second >= from || second < to };
        if !quiet {
            return (at > now).then_some(at);
        }
        // Within quiet hours the end is never now.
        let end = at.checked_add(SignedDuration::from_secs((to - second).rem_euclid(DAY))).ok()?;
        let change = zone.following(at).next().map(|change| change.timestamp());
        match change.filter(|change| *change <= end) {
            Some(change) => at = change,
            None => return Some(end),
        }
    }
}

fn second_of_day(zone: &TimeZone, at: Timestamp) -> i64 {
    let time = zone.to_datetime(at).time();
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn night(zone: &str) -> QuietHours {
        QuietHours { from: 22 * 60, to: 7 * 60, zone: zone.to_owned() }
    }

    #[test]
    fn quiet_hours_end_in_the_morning_of_where_somebody_lives() {
        let berlin = night("Europe/Berlin");
        assert_eq!(until(&berlin, at("2026-03-02T20:30:00Z")), None);
        assert_eq!(until(&berlin, at("2026-03-02T21:00:00Z")), Some(at("2026-03-03T06:00:00Z")));
        assert_eq!(until(&berlin, at("2026-03-03T05:59:00Z")), Some(at("2026-03-03T06:00:00Z")));
        assert_eq!(until(&berlin, at("2026-03-03T06:00:00Z")), None);
        let noon = QuietHours { from: 12 * 60, to: 13 * 60, zone: "UTC".to_owned() };
        assert_eq!(until(&noon, at("2026-03-02T12:15:00Z")), Some(at("2026-03-02T13:00:00Z")));
        assert_eq!(until(&noon, at("2026-03-02T13:00:00Z")), None);
    }

    #[test]
    fn trust_c6_quiet_hours_that_end_in_an_hour_that_the_clock_repeats_or_skips() {
        let hours = |from, to| QuietHours { from, to, zone: "Europe/Berlin".to_owned() };
        // On 2026-10-25 it is 02:30 twice: at 00:30 and at 01:30 UTC.
        let repeated = hours(22 * 60, 150);
        assert_eq!(until(&repeated, at("2026-10-25T00:15:00Z")), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(until(&repeated, at("2026-10-25T01:15:00Z")), Some(at("2026-10-25T01:30:00Z")));
        assert_eq!(until(&repeated, at("2026-10-25T01:30:00Z")), None);
        // On 2026-03-29 it is 03:00 a second after 01:59:59: what would have ended at 02:30 ends then.
        assert_eq!(until(&hours(22 * 60, 150), at("2026-03-29T00:30:00Z")), Some(at("2026-03-29T01:00:00Z")));
    }

    /// What must be so at any time: the end is to come, within two days, and what lies before it is quiet.
    fn check(hours: &QuietHours, now: Timestamp) -> Result<(), TestCaseError> {
        let Some(end) = until(hours, now) else { return Ok(()) };
        prop_assert!(end > now, "{hours:?} at {now}: {end}");
        prop_assert!(end.duration_since(now) < SignedDuration::from_hours(50), "{hours:?} at {now}: {end}");
        let before = end - SignedDuration::from_secs(1);
        prop_assert!(before <= now || until(hours, before) == Some(end), "{hours:?} at {now}: {end}");
        prop_assert_eq!(until(hours, end), None, "{:?} at {}: {}", hours, now, end);
        Ok(())
    }

    fn from() -> Timestamp {
        at("2015-01-01T00:00:00Z")
    }

    fn to() -> Timestamp {
        at("2035-01-01T00:00:00Z")
    }

    #[test]
    fn trust_c6_every_change_of_the_clock_in_twenty_years_leads_to_a_time_to_come() {
        let mut changes = 0;
        for name in jiff::tz::db().available() {
            let (name, zone) = (name.as_str(), TimeZone::get(name.as_str()).unwrap());
            for change in zone.following(from()).take_while(|change| change.timestamp() < to()) {
                changes += 1;
                let minute = u16::try_from(second_of_day(&zone, change.timestamp()) / 60).unwrap();
                for (before, beside) in [(-90, -30), (-30, 30), (0, 0), (30, 30), (90, 15), (30, -45)] {
                    let now = change.timestamp() + SignedDuration::from_mins(before);
                    let end = (i32::from(minute) + beside).rem_euclid(1440);
                    let end = u16::try_from(end).unwrap();
                    let hours = QuietHours { from: (end + 1200) % 1440, to: end, zone: name.to_owned() };
                    check(&hours, now).unwrap();
                }
            }
        }
        assert!(changes > 5_000, "the zones of the world are known here: {changes}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn trust_c6_quiet_hours_end_in_the_future_in_every_zone(
            zone in any::<prop::sample::Index>(), second in from().as_second()..to().as_second(),
            near_a_change in any::<bool>(), from in 0_u16..1440, length in 1_u16..1440,
        ) {
            let zones: Vec<_> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            let zone = zone.get(&zones).clone();
            let mut now = Timestamp::from_second(second).unwrap();
            let change = TimeZone::get(&zone).unwrap().following(now).next().map(|change| change.timestamp());
            if let Some(change) = change.filter(|_| near_a_change) {
                now = change + SignedDuration::from_secs(second % 7200 - 3600);
            }
            check(&QuietHours { from, to: (from + length) % 1440, zone }, now)?;
        }
    }
}
