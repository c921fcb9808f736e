//! Working time: which seconds count, by the wall clock of the place where people work. A second counts where that clock shows a
//! working hour of a day that is no holiday; so an hour that the clock skips never counts, and one that it shows twice counts twice.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;
/// Nothing is due later than so many days from now: whoever works less than that promises nothing.
const HORIZON: i64 = 10 * 366 * DAY;

/// When people work. What is in an event is whole, so that an old ticket keeps the hours it was promised under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Which version of the tenant's calendar it is.
    pub version: u32,
    /// The IANA name of the place's time zone: `Europe/Berlin`. Whoever asks brings its rules with them.
    pub zone: String,
    /// The hours of the week. Those that overlap count once.
    pub hours: Vec<Hours>,
    /// The days on which nobody works, whatever day of the week they are.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub holidays: BTreeSet<Date>,
}

/// Some hours of a day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Hours {
    /// The day: Monday is 1, Sunday 7.
    pub day: u8,
    /// In minutes since midnight, the first that counts.
    pub from: u16,
    /// In minutes since midnight, the first that does not; 1440 is the end of the day.
    pub to: u16,
}

impl Calendar {
    /// Every hour of every day.
    pub fn always() -> Self {
        let hours = (1..=7).map(|day| Hours { day, from: 0, to: 1440 }).collect();
        Self { version: 0, zone: "UTC".to_owned(), hours, holidays: BTreeSet::new() }
    }

    /// What is wrong with it, in a sentence each.
    pub fn faults(&self) -> Vec<String> {
        let wrong =
            |hours: &&Hours| !(1..=7).contains(&hours.day) || hours.from >= hours.to || hours.to > 1440;
        let wrong = self.hours.iter().filter(wrong).map(|Hours { day, from, to }| {
            format!("Day {day} cannot have hours from minute {from} to minute {to}: days are 1 to 7, minutes 0 to 1440.")
        });
        let none = self.hours.is_empty().then(|| "There are no working hours in the week.".to_owned());
        wrong.chain(none).collect()
    }

    /// The working time between two instants, in whole seconds; none where the second is not later.
    pub fn elapsed(&self, zone: &TimeZone, from: Timestamp, to: Timestamp) -> SignedDuration {
        let seconds = self.spans(zone, from.as_second(), to.as_second()).map(|(from, to)| to - from).sum();
        SignedDuration::from_secs(seconds)
    }

    /// The first instant by which so much working time has passed; nothing where that never is, or in more than ten years.
    pub fn after(&self, zone: &TimeZone, from: Timestamp, time: SignedDuration) -> Option<Timestamp> {
        let mut left = time.as_secs();
        if left <= 0 {
            return Some(from);
        }
        let start = from.as_second();
        for (from, to) in self.spans(zone, start, start.saturating_add(HORIZON)) {
            if to - from >= left {
                return Timestamp::from_second(from + left).ok();
            }
            left -= to - from;
        }
        None
    }

    /// The spans between two instants that count, in order and apart.
    fn spans<'a>(&'a self, zone: &'a TimeZone, from: i64, to: i64) -> impl Iterator<Item = (i64, i64)> + 'a {
        let holidays: BTreeSet<i64> = self.holidays.iter().map(|day| day_number(*day)).collect();
        let week = self.week();
        even(zone, from, to).flat_map(move |Even { from, to, offset }| {
            // On the wall clock, which is even here.
            let (from, to) = (from + offset, to + offset);
            let days = from.div_euclid(DAY)..=(to - 1).div_euclid(DAY);
            let working = days.filter(|day| !holidays.contains(day)).collect::<Vec<_>>();
            let week = week.clone();
            working.into_iter().flat_map(move |day| {
                // The first of January 1970 was a Thursday.
                let hours = week[usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default()].clone();
                hours.into_iter().filter_map(move |(first, end)| {
                    let (first, end) = ((day * DAY + first).max(from), (day * DAY + end).min(to));
                    (first < end).then_some((first - offset, end - offset))
                })
            })
        })
    }

    /// The seconds of each day of the week, from Monday, in order and apart.
    fn week(&self) -> [Vec<(i64, i64)>; 7] {
        let mut all = self.hours.clone();
        all.sort_unstable();
        let mut week: [Vec<(i64, i64)>; 7] = Default::default();
        for Hours { day, from, to } in all {
            let Some(hours) = week.get_mut(usize::from(day).wrapping_sub(1)) else { continue };
            let (from, to) = (i64::from(from) * 60, i64::from(to.min(1440)) * 60);
            match hours.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ if from < to => hours.push((from, to)),
                _ => {}
            }
        }
        week
    }
}

/// A time in which the wall clock neither jumps nor stands.
struct Even {
    from: i64,
    to: i64,
    offset: i64,
}

/// The time between two instants, cut where the zone's clock is set.
fn even(zone: &TimeZone, from: i64, to: i64) -> impl Iterator<Item = Even> + '_ {
    let mut next = (from < to).then_some(from);
    std::iter::from_fn(move || {
        let from = next.take()?;
        let at = Timestamp::from_second(from).ok()?;
        let set = zone.following(at).next().map_or(to, |transition| transition.timestamp().as_second());
        let end = set.min(to);
        next = (end < to).then_some(end);
        Some(Even { from, to: end, offset: i64::from(zone.to_offset(at).seconds()) })
    })
}

/// The days since the first of January 1970.
fn day_number(day: Date) -> i64 {
    let epoch = date(1970, 1, 1);
    epoch.until(day).map_or(i64::MAX, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 9] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kathmandu",
        // Half an hour is added in summer.
        "Australia/Lord_Howe",
        // Its clock is set at midnight.
        "America/Havana",
        "Asia/Beirut",
        // Left a day out at the end of 2011.
        "Pacific/Apia",
        // Changed its mind more than once.
        "Africa/Casablanca",
    ];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(count: i64) -> SignedDuration {
        SignedDuration::from_hours(count)
    }

    /// Monday to Friday from nine to five.
    fn office(name: &str) -> Calendar {
        let hours = (1..=5).map(|day| Hours { day, from: 540, to: 1020 }).collect();
        Calendar { version: 1, zone: name.to_owned(), hours, holidays: BTreeSet::new() }
    }

    #[test]
    fn a_weekend_and_a_holiday_take_no_time() {
        let berlin = zone("Europe/Berlin");
        let mut calendar = office("Europe/Berlin");
        // From Friday at four to Monday at ten.
        let (from, to) = (at("2026-03-06T15:00:00Z"), at("2026-03-09T09:00:00Z"));
        assert_eq!(calendar.elapsed(&berlin, from, to), hours(2));
        assert_eq!(calendar.after(&berlin, from, hours(2)), Some(to));
        calendar.holidays.insert(date(2026, 3, 9));
        assert_eq!(calendar.elapsed(&berlin, from, to), hours(1));
        assert_eq!(calendar.after(&berlin, from, hours(2)), Some(at("2026-03-10T09:00:00Z")));
    }

    #[test]
    fn an_hour_that_the_clock_skips_never_counts_and_one_that_it_shows_twice_counts_twice() {
        let berlin = zone("Europe/Berlin");
        let calendar =
            Calendar { hours: vec![Hours { day: 7, from: 120, to: 180 }], ..office("Europe/Berlin") };
        let day = |text: &str| (at(text), at(text) + 24.hours());
        let elapsed = |(from, to)| calendar.elapsed(&berlin, from, to);
        assert_eq!(elapsed(day("2026-03-21T23:00:00Z")), hours(1));
        assert_eq!(elapsed(day("2026-03-28T23:00:00Z")), hours(0), "there is no two o'clock");
        assert_eq!(elapsed(day("2026-10-24T22:00:00Z")), hours(2), "there are two");
    }

    #[test]
    fn hours_that_overlap_count_once_and_a_week_without_hours_promises_nothing() {
        let utc = TimeZone::UTC;
        let twice = Calendar {
            hours: vec![Hours { day: 1, from: 540, to: 660 }, Hours { day: 1, from: 600, to: 720 }],
            ..office("UTC")
        };
        let monday = at("2026-03-02T00:00:00Z");
        assert_eq!(twice.elapsed(&utc, monday, monday + 24.hours()), hours(3));
        let never = Calendar { hours: vec![], ..office("UTC") };
        assert_eq!(never.after(&utc, monday, hours(1)), None);
        assert_eq!(never.after(&utc, monday, hours(0)), Some(monday), "nothing is due at once");
        assert_eq!(never.faults().len(), 1);
        let wrong = Calendar {
            hours: vec![Hours { day: 8, from: 1, to: 2 }, Hours { day: 1, from: 9, to: 9 }],
            ..never
        };
        assert_eq!(wrong.faults().len(), 2);
        assert!(office("UTC").faults().is_empty() && Calendar::always().faults().is_empty());
    }

    /// Minute by minute: does the wall clock show a working hour?
    fn counted(calendar: &Calendar, zone: &TimeZone, from: Timestamp, minutes: i64) -> i64 {
        let shows = |minute: &i64| {
            let shown = (from + minute.minutes()).to_zoned(zone.clone());
            let day = shown.weekday().to_monday_one_offset();
            let minute = i64::from(shown.hour()) * 60 + i64::from(shown.minute());
            !calendar.holidays.contains(&shown.date())
                && calendar.hours.iter().any(|hours| {
                    i64::from(hours.day) == i64::from(day)
                        && (i64::from(hours.from)..i64::from(hours.to)).contains(&minute)
                })
        };
        i64::try_from((0..minutes).filter(shows).count()).unwrap()
    }

    prop_compose! {
        fn calendar()(
            hours in prop::collection::vec((1..=7u8, 0..1440u16, 1..=1440u16), 0..9),
            holidays in prop::collection::btree_set((2010..2030i16, 1..=12i8, 1..=28i8), 0..6),
        ) -> Calendar {
            let hours = hours.into_iter().filter(|(_, from, to)| from < to);
            Calendar {
                version: 1,
                zone: "UTC".to_owned(),
                hours: hours.map(|(day, from, to)| Hours { day, from, to }).collect(),
                holidays: holidays.into_iter().map(|(year, month, day)| date(year, month, day)).collect(),
            }
        }
    }

    /// A whole minute, mostly one around which some clock is set.
    fn moment() -> impl Strategy<Value = Timestamp> {
        let near = prop::sample::select(vec![
            "2026-03-29T01:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-03-08T07:00:00Z",
            "2026-11-01T06:00:00Z",
            "2026-03-08T05:00:00Z",
            "2026-04-04T15:00:00Z",
            "2026-03-28T22:00:00Z",
            "2011-12-30T10:00:00Z",
            "2026-03-22T02:00:00Z",
        ]);
        prop_oneof![
            3 => (near, -5_000..5_000i64).prop_map(|(near, minutes)| at(near) + minutes.minutes()),
            1 => (21_000_000..31_000_000i64).prop_map(|minute| Timestamp::from_second(minute * 60).unwrap()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn what_counts_is_what_the_wall_clock_shows(
            calendar in calendar(), from in moment(), minutes in 0..4_000i64, zone_of in prop::sample::select(&ZONES[..]),
        ) {
            let zone = zone(zone_of);
            let elapsed = calendar.elapsed(&zone, from, from + minutes.minutes());
            prop_assert_eq!(elapsed.as_secs(), 60 * counted(&calendar, &zone, from, minutes));
        }

        #[test]
        fn a_pause_anywhere_in_it_changes_nothing_of_the_sum(
            calendar in calendar(), from in moment(), seconds in prop::array::uniform2(0..9_000_000i64), zone_of in prop::sample::select(&ZONES[..]),
        ) {
            let zone = zone(zone_of);
            let (middle, end) = (from + seconds[0].seconds(), from + (seconds[0] + seconds[1]).seconds());
            let sum = calendar.elapsed(&zone, from, middle) + calendar.elapsed(&zone, middle, end);
            prop_assert_eq!(calendar.elapsed(&zone, from, end), sum);
            prop_assert!(sum <= end.duration_since(from));
            prop_assert_eq!(calendar.elapsed(&zone, end, from).as_secs(), 0);
        }

        #[test]
        fn what_is_due_is_due_at_the_very_second_by_which_the_time_has_passed(
            calendar in calendar(), from in moment(), seconds in 1..4_000_000i64, zone_of in prop::sample::select(&ZONES[..]),
        ) {
            let (zone, time) = (zone(zone_of), SignedDuration::from_secs(seconds));
            match calendar.after(&zone, from, time) {
                Some(due) => {
                    prop_assert_eq!(calendar.elapsed(&zone, from, due), time);
                    let before = due - 1.second();
                    prop_assert!(calendar.elapsed(&zone, from, before) < time, "{due} is not the first");
                }
                None => prop_assert!(calendar.elapsed(&zone, from, from + SignedDuration::from_secs(HORIZON)) < time),
            }
        }

        #[test]
        fn around_the_clock_time_is_time(
            from in moment(), seconds in 0..40_000_000i64, zone_of in prop::sample::select(&ZONES[..]),
        ) {
            let (zone, time) = (zone(zone_of), SignedDuration::from_secs(seconds));
            prop_assert_eq!(Calendar::always().elapsed(&zone, from, from + time), time);
            prop_assert_eq!(Calendar::always().after(&zone, from, time), Some(from + time));
        }
    }
}
