//! The half of the day that a time is of, where a part of the day is named beside it: "9:00 tonight" is in the evening, also for who says
//! it in the morning.

use super::{Here, NOON, Parts};

/// Before it no evening is meant: "2:00 tonight" may be in the night behind it.
const EVENING: u16 = 17 * 60;
/// Which half of the day is meant: before noon or behind it.
pub(super) const HALVES: [(bool, &[&str]); 2] = [
    (
        false,
        &[
            "in the morning",
            "morgens",
            "vormittags",
            "früh",
            "in der früh",
            "morning",
            "matin",
            "du matin",
            "de la mañana",
            "de la manana",
            "por la mañana",
            "di mattina",
            "del mattino",
            "mattina",
            "da manhã",
            "de manhã",
            "manhã",
        ],
    ),
    (
        true,
        &[
            "in the afternoon",
            "in the evening",
            "at night",
            "afternoon",
            "evening",
            "nachmittag",
            "abend",
            "nachmittags",
            "am nachmittag",
            "abends",
            "am abend",
            "de l'après-midi",
            "soir",
            "du soir",
            "de la tarde",
            "de la noche",
            "por la tarde",
            "por la noche",
            "di pomeriggio",
            "del pomeriggio",
            "pomeriggio",
            "di sera",
            "della sera",
            "sera",
            "da tarde",
            "à tarde",
            "da noite",
            "à noite",
            "avond",
            "en la noche",
            "en la tarde",
            "après-midi",
        ],
    ),
];

/// The evening of today: its end, where no time of day is named.
pub(in crate::moment) const TONIGHT: &[&str] = &[
    "tonight",
    "this evening",
    "later tonight",
    "heute abend",
    "heute nacht",
    "ce soir",
    "cette nuit",
    "esta noche",
    "hoy por la noche",
    "stasera",
    "questa sera",
    "stanotte",
    "hoje à noite",
    "esta noite",
    "vanavond",
];

impl Parts {
    /// The times that are before noon, or behind it. Nobody can tell which twelve o'clock is of the night.
    pub(super) fn in_half(&mut self, is_late: bool) {
        if self.is_bare && self.times.contains(&NOON) {
            self.times.clear();
        }
        if is_late && !self.says_half {
            self.times.extend(self.times.clone().into_iter().map(|time| time % NOON + NOON));
        }
        self.times.retain(|time| (*time >= NOON) == is_late);
        self.times.sort_unstable();
        self.times.dedup();
        if self.is_tonight {
            self.times.retain(|time| *time >= EVENING);
        }
    }

    /// "9:00 tonight" is today's, of the later half; "tonight" alone is as the day ends. Whether that can be: "tonight" names no other day.
    pub(super) fn on_this_evening(&mut self, here: &Here) -> bool {
        let today = here.zone.to_datetime(here.now).date();
        let is_other = self.days.iter().any(|day| *day != today) || self.is_late == Some(false);
        self.days = vec![today];
        if self.times.is_empty() {
            self.ends = true;
        } else {
            self.is_late = Some(true);
        }
        !is_other
    }
}
