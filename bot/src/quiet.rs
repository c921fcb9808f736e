//! When somebody wants quiet, by the clock of where they live.

use countersign_domain::tenant::QuietHours;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Until when it is quiet, where it is now. A time zone that this machine does not know is taken for UTC.
pub fn until(hours: &QuietHours, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(&hours.zone).unwrap_or(TimeZone::UTC);
    let here = now.to_zoned(zone);
    let minute = minute_of(&here);
    let inside = if hours.from <= hours.to {
        (hours.from..hours.to).contains(&minute)
    } else {
        minute >= hours.from || minute < hours.to
    };
    if !inside {
        return None;
    }
    let end = time(hours.to)?;
    let day = if minute < hours.to { here.date() } else { here.date().tomorrow().ok()? };
    // A time that the clock skips in spring ends when it has skipped it.
    day.to_datetime(end).to_zoned(here.time_zone().clone()).ok().map(|end| end.timestamp())
}

/// A time as people say it: `22:00`, `7`, `7am`, `7:30 pm`. In minutes since midnight.
pub fn read_time(text: &str) -> Option<u16> {
    let text = text.trim().to_lowercase().replace([' ', '.'], "");
    let (digits, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (_, Some(digits)) => (digits, Some(12)),
        _ => (text.as_str(), None),
    };
    let (hour, minute) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = match half {
        None if hour == 24 && minute == 0 => 0,
        None if hour < 24 => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        _ => return None,
    };
    (minute < 60).then_some(hour * 60 + minute)
}

/// The next moment that somebody means by `Monday`, `tomorrow`, `2026-12-01`, `2026-12-01 14:00` or `3 days`, in UTC. A day means
/// its beginning.
pub fn read_moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    use jiff::civil::{Date, DateTime, Weekday};
    let text = text.trim().trim_start_matches("next ").trim_start_matches("for ");
    let here = now.to_zoned(TimeZone::UTC);
    let start = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    let lower = text.to_lowercase();
    let weekday = match lower.as_str() {
        "monday" => Some(Weekday::Monday),
        "tuesday" => Some(Weekday::Tuesday),
        "wednesday" => Some(Weekday::Wednesday),
        "thursday" => Some(Weekday::Thursday),
        "friday" => Some(Weekday::Friday),
        "saturday" => Some(Weekday::Saturday),
        "sunday" => Some(Weekday::Sunday),
        _ => None,
    };
    if let Some(weekday) = weekday {
        return here.date().nth_weekday(1, weekday).ok().and_then(start);
    }
    if lower == "tomorrow" {
        return here.date().tomorrow().ok().and_then(start);
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if text.len() > 10
        && let Ok(at) = text.parse::<DateTime>()
    {
        return at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    }
    if let Ok(date) = text.parse::<Date>() {
        return start(date);
    }
    let minutes = i64::try_from(countersign_domain::access::parse_minutes(text).ok()?).ok()?;
    now.checked_add(jiff::SignedDuration::from_mins(minutes)).ok()
}

fn minute_of(at: &Zoned) -> u16 {
    u16::try_from(i16::from(at.hour()) * 60 + i16::from(at.minute())).unwrap_or(0)
}

fn time(minutes: u16) -> Option<Time> {
    Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests {
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
    fn times_are_read_as_people_say_them() {
        for (text, minutes) in [
            ("22:00", 1320),
            ("7", 420),
            ("7am", 420),
            ("7:30 pm", 1170),
            ("12am", 0),
            ("12 pm", 720),
            ("24:00", 0),
        ] {
            assert_eq!(read_time(text), Some(minutes), "{text}");
        }
        for text in ["25:00", "7:60", "13pm", "soon", "", "-1"] {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    #[test]
    fn moments_are_read_as_people_say_them() {
        // 2026-03-02 is a Monday.
        let now = at("2026-03-02T09:00:00Z");
        for (text, moment) in [
            ("Monday", "2026-03-09T00:00:00Z"),
            ("next friday", "2026-03-06T00:00:00Z"),
            ("tomorrow", "2026-03-03T00:00:00Z"),
            ("2026-04-01", "2026-04-01T00:00:00Z"),
            ("2026-04-01 14:00", "2026-04-01T14:00:00Z"),
            ("3 days", "2026-03-05T09:00:00Z"),
        ] {
            assert_eq!(read_moment(text, now), Some(at(moment)), "{text}");
        }
        assert_eq!(read_moment("whenever", now), None);
    }
}
