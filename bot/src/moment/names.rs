//! What days, months and times of day are called, in English, German, French, Spanish, Italian, Portuguese and Dutch: data, one thing a line.

use jiff::civil::Weekday;

/// The days of the week, with what they are shortened to.
pub(super) const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "monday mon montag mo lundi lun lunes maandag segunda-feira lunedì lunedi"),
    (
        Weekday::Tuesday,
        "tuesday tue tues dienstag di mardi mar martes dinsdag terça-feira terça martedì martedi",
    ),
    (
        Weekday::Wednesday,
        "wednesday wed mittwoch mi mercredi mer miércoles miercoles woensdag quarta-feira quarta mercoledì mercoledi",
    ),
    (
        Weekday::Thursday,
        "thursday thu thur thurs donnerstag do jeudi jeu jueves donderdag quinta-feira quinta giovedì giovedi",
    ),
    (Weekday::Friday, "friday fri freitag fr vendredi ven viernes vrijdag sexta-feira sexta venerdì venerdi"),
    (Weekday::Saturday, "saturday sat samstag sonnabend sa samedi sam sábado sabado zaterdag sabato"),
    (Weekday::Sunday, "sunday sun sonntag so dimanche dim domingo zondag domenica"),
];

/// The months, from January on, with what they are shortened to.
pub(super) const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero ene gennaio janeiro",
    "february feb februar février fevrier févr febrero febbraio fevereiro",
    "march mar märz maerz mrz mars marzo março",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio maio",
    "june jun juni juin junio giugno junho",
    "july jul juli juillet juil julio luglio julho",
    "august aug août aout agosto ago",
    "september sep sept septembre septiembre settembre setembro",
    "october oct oktober okt octobre octubre ottobre outubro",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro",
];

/// Days by how far they are.
pub(super) const DAYS: [(i32, &[&str]); 3] = [
    (0, &["today", "heute", "aujourd'hui", "aujourd’hui", "hoy", "vandaag", "hoje", "oggi"]),
    (1, &["tomorrow", "tmrw", "tmr", "morgen", "demain", "mañana", "manana", "amanhã", "domani"]),
    (
        2,
        &[
            "the day after tomorrow",
            "day after tomorrow",
            "übermorgen",
            "uebermorgen",
            "après-demain",
            "apres-demain",
            "pasado mañana",
            "pasado manana",
            "dopodomani",
            "depois de amanhã",
        ],
    ),
];

/// Days that are over.
pub(super) const DAYS_BEFORE: [&str; 10] = [
    "yesterday",
    "gestern",
    "vorgestern",
    "hier",
    "avant-hier",
    "ayer",
    "anteayer",
    "ieri",
    "ontem",
    "gisteren",
];

/// The end of next week's last working day.
pub(super) const END_OF_NEXT_WEEK: &[&str] = &[
    "end of next week",
    "next week's end",
    "ende nächster woche",
    "ende der nächsten woche",
    "fin de la semaine prochaine",
    "fin de la próxima semana",
];

/// Words that can be nothing but a part of a time, beside the days and the times that are read. What they mean exactly is
/// asked.
pub(super) const PARTS: &[&str] = &[
    "morning",
    "afternoon",
    "evening",
    "night",
    "lunch",
    "lunchtime",
    "cob",
    "eob",
    "eow",
    "eom",
    "yesterday",
    "abend",
    "abends",
    "nachmittag",
    "nachmittags",
    "vormittag",
    "vormittags",
    "nachts",
    "gestern",
    "matin",
    "après-midi",
    "soir",
    "tarde",
    "noche",
    "mattina",
    "pomeriggio",
    "manhã",
    "noite",
    "stasera",
    "ieri",
];

/// Times of day, in minutes since midnight.
pub(super) const TIMES: [(u16, &[&str]); 1] = [(
    12 * 60,
    &["noon", "midday", "mittag", "mittags", "midi", "mediodía", "mediodia", "mezzogiorno", "meio-dia"],
)];

/// When work is over: nobody but the person knows at which of these, in minutes since midnight.
pub(super) const CLOSES: (&[u16], &[&str]) = (
    &[17 * 60, 18 * 60],
    &[
        "cob",
        "eob",
        "close of business",
        "close of play",
        "end of business",
        "end of work",
        "feierabend",
        "dienstschluss",
        "büroschluss",
        "fin du travail",
        "fin de la jornada",
    ],
);

/// Parts of an hour, in minutes from the hour that is named behind them.
pub(super) const PARTS_OF_HOUR: [(i16, &[&str]); 4] = [
    (30, &["half past"]),
    (15, &["quarter past", "viertel nach"]),
    (-15, &["quarter to", "viertel vor"]),
    (-30, &["halb"]),
];

/// Hours as words.
pub(super) const HOURS: [(i16, &str); 12] = [
    (1, "one eins ein"),
    (2, "two zwei"),
    (3, "three drei"),
    (4, "four vier"),
    (5, "five fünf"),
    (6, "six sechs"),
    (7, "seven sieben"),
    (8, "eight acht"),
    (9, "nine neun"),
    (10, "ten zehn"),
    (11, "eleven elf"),
    (12, "twelve zwölf"),
];

/// The whole weekend: it ends on Sunday.
pub(super) const END_OF_WEEKEND: &[&str] = &[
    "over the weekend",
    "for the weekend",
    "during the weekend",
    "through the weekend",
    "at the weekend",
    "on the weekend",
    "all weekend",
    "end of the weekend",
    "übers wochenende",
    "über das wochenende",
    "am wochenende",
    "ende des wochenendes",
    "pendant le week-end",
    "ce week-end",
    "durante el fin",
];

/// The end of the day that is named, or of today.
pub(super) const END_OF_DAY: &[&str] = &[
    "end of day",
    "end of the day",
    "end of today",
    "eod",
    "midnight",
    "mitternacht",
    "minuit",
    "medianoche",
    "ende des tages",
    "fin de journée",
    "fin de la journée",
    "fin del día",
    "fin del dia",
    "fine giornata",
    "fine della giornata",
    "mezzanotte",
    "fim do dia",
    "final do dia",
    "meia-noite",
];

/// What is left of today.
pub(super) const REST_OF_DAY: &[&str] = &[
    "the day",
    "the whole day",
    "the rest of the day",
    "rest of the day",
    "the rest of today",
    "the remainder of the day",
    "den tag",
    "den ganzen tag",
    "den rest des tages",
    "la journée",
    "toute la journée",
    "le reste de la journée",
    "el día",
    "todo el día",
    "el resto del día",
    "tutto il giorno",
    "tutta la giornata",
    "il resto della giornata",
    "o dia todo",
    "o resto do dia",
];

/// The end of the week: of its last working day.
pub(super) const END_OF_WEEK: &[&str] = &[
    "end of week",
    "end of the week",
    "end of this week",
    "eow",
    "ende der woche",
    "ende dieser woche",
    "wochenende",
    "zum wochenende",
    "the weekend",
    "weekend",
    "fin de la semaine",
    "fin de semaine",
    "fin de la semana",
    "fin de semana",
    "final de la semana",
    "this week",
    "diese woche",
    "cette semaine",
    "esta semana",
    "fine della settimana",
    "questa settimana",
    "fim da semana",
    "final da semana",
];

/// The end of the month.
pub(super) const END_OF_MONTH: &[&str] = &[
    "end of month",
    "end of the month",
    "end of this month",
    "eom",
    "monatsende",
    "ende des monats",
    "fin du mois",
    "fin de mes",
    "fin del mes",
    "final del mes",
    "fine mese",
    "fine del mese",
    "fim do mês",
    "final do mês",
];

/// What says that it ends before the time behind it.
pub(super) const BEFORE: &[&str] = &[
    "before the",
    "before",
    "vor dem",
    "vor",
    "avant le",
    "avant",
    "antes del",
    "antes de",
    "antes",
    "prima del",
    "prima di",
    "prima",
];

/// Said before the place whose time is meant.
pub(super) const PLACED: &[&str] = &["in", "à", "en"];

/// Said around a time, and meaning nothing of their own.
pub(super) const IDLE: &[&str] = &[
    "until",
    "till",
    "til",
    "'til",
    "by",
    "bis",
    "zum",
    "jusqu'à",
    "jusqu’à",
    "jusqu'au",
    "jusqu’au",
    "hasta",
    "at",
    "um",
    "à",
    "a",
    "las",
    "la",
    "el",
    "the",
    "le",
    "den",
    "dem",
    "der",
    "am",
    "on",
    "of",
    "de",
    "du",
    "del",
    "this",
    "coming",
    "next",
    "diesen",
    "kommenden",
    "nächsten",
    "naechsten",
    "prochain",
    "próximo",
    "proximo",
    "este",
    "o'clock",
    "o’clock",
    "uhr",
    "heures",
    "horas",
    "time",
    "zeit",
    "sharp",
    "no",
    "later",
    "than",
    "about",
    "around",
    "ungefähr",
    "gegen",
    "vers",
    "fino",
    "al",
    "alle",
    "ore",
    "il",
    "entro",
    "prossimo",
    "prossima",
    "questo",
    "questa",
    "até",
    "às",
    "ao",
    "as",
    "próxima",
];
