//! `Retry-After`: seconds or an HTTP date.

use std::time::Duration;

use jiff::Timestamp;

/// However long a vendor asks us to wait, we look again after this: a typo of theirs must not park an effect for years.
pub(crate) const LONGEST: Duration = Duration::from_hours(1);

/// How long the header asks to wait from `now`; `None` where it says nothing that can be understood.
pub(crate) fn parse(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(header.parse().map_or(LONGEST, Duration::from_secs).min(LONGEST));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(header).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST))
}

/// How long it is from `now` until this second since 1970; `None` where it is none.
pub(crate) fn until(second: &str, now: Timestamp) -> Option<Duration> {
    let at = Timestamp::from_second(second.trim().parse().ok()?).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "1994-11-06T08:49:00Z".parse().unwrap()
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        assert_eq!(parse(" 30 ", now()), Some(Duration::from_secs(30)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT", now()), Some(Duration::from_secs(37)));
    }

    #[test]
    fn a_date_gone_by_means_now_and_an_absurd_wish_means_an_hour() {
        assert_eq!(parse("Sun, 06 Nov 1994 08:00:00 GMT", now()), Some(Duration::ZERO));
        assert_eq!(parse("99999999999999999999999", now()), Some(LONGEST));
        assert_eq!(parse("Sun, 06 Nov 2094 08:49:37 GMT", now()), Some(LONGEST));
    }

    #[test]
    fn a_second_since_1970_is_waited_for_and_no_longer_than_an_hour() {
        let second = now().as_second();
        assert_eq!(until(&(second + 42).to_string(), now()), Some(Duration::from_secs(42)));
        assert_eq!(until(&(second - 1).to_string(), now()), Some(Duration::ZERO));
        assert_eq!(until(&(second + 99_999).to_string(), now()), Some(LONGEST));
        assert_eq!((until("soon", now()), until("1.5", now())), (None, None));
    }

    #[test]
    fn nonsense_is_no_wish() {
        for nonsense in ["", "soon", "-1", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(parse(nonsense, now()), None, "{nonsense}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic_or_wait_longer_than_an_hour(header in ".*") {
            proptest::prop_assert!(parse(&header, now()).is_none_or(|wait| wait <= LONGEST));
        }
    }
}
