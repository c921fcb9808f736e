//! Where people live, by whatever they call it: a zone's name, its city, a country, what it is shortened to, or how far it is from
//! UTC. What may be several places is asked, never chosen.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// The most characters of a place's name.
const LONGEST: usize = 40;
/// The most places that are offered.
const OFFERED: usize = 4;

/// What zones are shortened to, where only one place is meant by it.
const SHORT: &[(&str, &str)] = &[
    ("cet cest mez mesz", "Europe/Berlin"),
    ("gmt utc z", "UTC"),
    ("et est edt", "America/New_York"),
    ("pt pst pdt", "America/Los_Angeles"),
    ("ct cdt", "America/Chicago"),
    ("mt mdt", "America/Denver"),
    ("jst", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("eet eest", "Europe/Helsinki"),
    ("wet west", "Europe/Lisbon"),
    ("nzt nzst nzdt", "Pacific/Auckland"),
    ("aedt", "Australia/Sydney"),
    ("acdt", "Australia/Adelaide"),
    ("awst", "Australia/Perth"),
    ("sgt", "Asia/Singapore"),
    ("hkt", "Asia/Hong_Kong"),
    ("msk", "Europe/Moscow"),
    ("brt", "America/Sao_Paulo"),
    ("sast", "Africa/Johannesburg"),
    ("gst", "Asia/Dubai"),
    ("pkt", "Asia/Karachi"),
    ("wat", "Africa/Lagos"),
];

/// What may be shortened to this, where it is several places.
const SEVERAL: &[(&str, &[&str])] = &[
    ("ist", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("cst", &["America/Chicago", "Asia/Shanghai", "America/Havana"]),
    ("bst", &["Europe/London", "Asia/Dhaka"]),
    ("mst", &["America/Denver", "America/Phoenix"]),
    ("ast", &["America/Halifax", "Asia/Riyadh"]),
    ("aest", &["Australia/Sydney", "Australia/Brisbane"]),
    ("acst", &["Australia/Adelaide", "Australia/Darwin"]),
    (
        "usa us america united_states",
        &["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"],
    ),
    ("canada", &["America/Toronto", "America/Vancouver", "America/Winnipeg", "America/Halifax"]),
    ("australia", &["Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Perth"]),
    ("brazil brasil brasilien", &["America/Sao_Paulo", "America/Manaus", "America/Fortaleza"]),
    ("mexico méxico mexiko", &["America/Mexico_City", "America/Tijuana", "America/Cancun"]),
    ("russia russland", &["Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok"]),
    ("europe", &["Europe/London", "Europe/Berlin", "Europe/Helsinki"]),
];

/// Countries of one zone, by what they are called.
const COUNTRIES: &[(&str, &str)] = &[
    ("new_zealand neuseeland", "Pacific/Auckland"),
    ("germany deutschland", "Europe/Berlin"),
    ("austria österreich", "Europe/Vienna"),
    ("switzerland schweiz suisse", "Europe/Zurich"),
    ("france frankreich", "Europe/Paris"),
    ("italy italien italia", "Europe/Rome"),
    ("netherlands nederland niederlande", "Europe/Amsterdam"),
    ("belgium belgien belgique", "Europe/Brussels"),
    ("ireland irland", "Europe/Dublin"),
    ("uk united_kingdom england scotland wales great_britain", "Europe/London"),
    ("india indien inde bangalore bengaluru mumbai delhi", "Asia/Kolkata"),
    ("japan", "Asia/Tokyo"),
    ("china peking beijing shenzhen", "Asia/Shanghai"),
    ("korea south_korea", "Asia/Seoul"),
    ("israel", "Asia/Jerusalem"),
    ("poland polen", "Europe/Warsaw"),
    ("sweden schweden", "Europe/Stockholm"),
    ("norway norwegen", "Europe/Oslo"),
    ("denmark dänemark", "Europe/Copenhagen"),
    ("finland finnland", "Europe/Helsinki"),
    ("greece griechenland", "Europe/Athens"),
    ("south_africa südafrika", "Africa/Johannesburg"),
    ("argentina argentinien", "America/Argentina/Buenos_Aires"),
    ("colombia kolumbien", "America/Bogota"),
    ("munich münchen hamburg frankfurt cologne köln", "Europe/Berlin"),
    ("san_francisco seattle san_diego", "America/Los_Angeles"),
    ("boston washington atlanta miami philadelphia", "America/New_York"),
    ("dallas houston austin", "America/Chicago"),
    ("geneva genf genève bern basel", "Europe/Zurich"),
    ("lyon marseille", "Europe/Paris"),
    ("barcelona", "Europe/Madrid"),
    ("edinburgh manchester", "Europe/London"),
    ("wellington", "Pacific/Auckland"),
];

/// Places that are offered to who says how far they are from UTC, the likeliest first.
const MAIN: &[&str] = &[
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Europe/Moscow",
    "Asia/Kolkata",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Australia/Brisbane",
    "Australia/Adelaide",
    "Australia/Perth",
    "Pacific/Auckland",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "America/Halifax",
    "America/Anchorage",
    "Pacific/Honolulu",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Colombo",
    "Asia/Kabul",
    "Asia/Tehran",
    "Asia/Yangon",
    "America/St_Johns",
    "Pacific/Tongatapu",
    "Pacific/Chatham",
    "Atlantic/Azores",
    "Pacific/Pago_Pago",
];

/// How far zones are from UTC by who says a time with one, in hours: what is said of summer is summer's, whatever the season.
const OFFSETS: &[(&str, i8)] = &[
    ("cet mez wat", 1),
    ("cest mesz", 2),
    ("gmt utc wet z", 0),
    ("west", 1),
    ("eet sast", 2),
    ("eest msk", 3),
    ("est cdt", -5),
    ("edt", -4),
    ("pst", -8),
    ("pdt", -7),
    ("mdt", -6),
    ("jst kst", 9),
    ("sgt hkt awst", 8),
    ("nzst", 12),
    ("nzdt", 13),
    ("aedt", 11),
];

/// Whether a word that shortens a time zone is a verb or another word here: "9h est ok". In small letters it is a zone only behind a
/// half of the day: "9am est".
pub(super) fn has_verb(text: &str) -> bool {
    const VERBS: [&str; 5] = ["est", "ist", "et", "wat", "west"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_of_a_half = |before: &str| before.trim_end_matches('.').to_lowercase().ends_with('m');
    let is_verb = |at: usize| {
        VERBS.contains(&words[at]) && !at.checked_sub(1).is_some_and(|before| is_of_a_half(words[before]))
    };
    (0..words.len()).any(is_verb)
}

/// The time zones that somebody may mean who names one behind a time.
pub(super) fn zone_of_time(text: &str) -> Vec<TimeZone> {
    let lower = text.to_lowercase();
    let fixed = OFFSETS.iter().find(|(short, _)| is_one_of(short, &lower));
    if let Some((_, hours)) = fixed {
        return vec![TimeZone::fixed(jiff::tz::offset(*hours))];
    }
    if let Some(offset) = from_utc(&lower) {
        return vec![TimeZone::fixed(offset)];
    }
    match several(&lower) {
        [] => zone(text).into_iter().collect(),
        several => several.iter().filter_map(|name| TimeZone::get(name).ok()).collect(),
    }
}

/// The time zone that somebody names: `Europe/Berlin`, `Berlin`, `new york`, `CET`; `None` where there is none, or several.
pub fn zone(text: &str) -> Option<TimeZone> {
    let text = text.trim().replace(' ', "_");
    if text.is_empty() || text.chars().count() > LONGEST {
        return None;
    }
    let lower = text.to_lowercase();
    if !several(&lower).is_empty() {
        return None;
    }
    let named = SHORT.iter().chain(COUNTRIES).find(|(names, _)| is_one_of(names, &lower));
    if let Some((_, name)) = named {
        return TimeZone::get(name).ok();
    }
    if let Ok(zone) = TimeZone::get(&text) {
        return Some(zone);
    }
    let is_city = |name: &str| {
        let city = name.rsplit('/').next().unwrap_or_default();
        name.contains('/') && !name.starts_with("Etc/") && city.eq_ignore_ascii_case(&text)
    };
    let mut cities = jiff::tz::db().available().filter(|name| is_city(name.as_str()));
    let city = cities.next()?;
    TimeZone::get(city.as_str()).ok()
}

/// The places that may be meant where a text names no one zone: `IST`, `UTC+5:30`, `Canada`.
pub fn may_be(text: &str, now: Timestamp) -> Vec<&'static str> {
    let lower = text.trim().to_lowercase().replace(' ', "_");
    let named = several(&lower);
    if !named.is_empty() {
        return named.iter().copied().take(OFFERED).collect();
    }
    let Some(offset) = from_utc(&lower) else { return vec![] };
    let is_there = |name: &&&str| TimeZone::get(name).is_ok_and(|zone| zone.to_offset(now) == offset);
    MAIN.iter().filter(is_there).copied().take(OFFERED).collect()
}

fn several(lower: &str) -> &'static [&'static str] {
    SEVERAL.iter().find(|(names, _)| is_one_of(names, lower)).map_or(&[], |(_, places)| places)
}

/// `UTC+5:30`, `gmt-3`, `+05:30`, `utc+0530`: how far it is.
fn from_utc(lower: &str) -> Option<Offset> {
    let bare = lower.replace(['_', ' '], "");
    let signed = bare.strip_prefix("utc").or_else(|| bare.strip_prefix("gmt")).unwrap_or(&bare);
    let (sign, digits) = match signed.chars().next()? {
        '+' => (1, &signed[1..]),
        '-' => (-1, &signed[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once([':', '.']) {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.is_ascii() && digits.len() == 4 => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    // Before anything is reckoned with them: what is no zone may be any number.
    if !(0..=14).contains(&hours) || !(0..60).contains(&minutes) {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn is_one_of(names: &str, lower: &str) -> bool {
    names.split(' ').any(|name| name == lower)
}
