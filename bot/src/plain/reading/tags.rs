//! What a phrase that the lexicon knows does to a reading.

use countersign_domain::access::Permission;

use super::repositories::is_shaped;
use super::{Expected, REASON, Reading};
use crate::grammar::joined;
use crate::normalise::{Says, Tag};

/// What says where something is told, before a ticket or an address.
const SEE: [&str; 3] = ["see", "voir", "ver"];

impl Reading<'_> {
    /// Takes a known phrase, behind which the reading stands; `begun`: a part of the sentence begins with it.
    pub(super) fn take_tag(&mut self, tag: Tag, start: usize, begun: bool) {
        match tag {
            Tag::And | Tag::Want | Tag::Give | Tag::Everyone | Tag::Me | Tag::Kin | Tag::Needs => {
                self.take_who(tag, start);
            }
            Tag::Access | Tag::Permission(_) | Tag::PermissionOn(_) | Tag::On | Tag::Repository => {
                self.take_what(tag, start);
            }
            Tag::For | Tag::About | Tag::Until | Tag::From | Tag::Ever | Tag::Ticket | Tag::Because => {
                self.take_terms(tag, start);
            }
            Tag::But | Tag::TakenBack | Tag::Not | Tag::Telling | Tag::Lacking | Tag::Question => {
                self.take_turn(tag, start, begun);
            }
            Tag::Thanked => self.take_thanks(start),
            Tag::Other => self.take_other(start, begun),
            Tag::Idle if self.states(start) || self.names_what_is(start) => self.unsure(start),
            Tag::Idle if self.remarks(start) => self.set_aside(start),
            Tag::Idle if self.means_several(start) => self.unsure(start),
            Tag::Polite | Tag::Hello | Tag::Closing | Tag::Idle | Tag::Asking => {}
        }
    }

    /// Who wants something, and for whom.
    fn take_who(&mut self, tag: Tag, start: usize) {
        match tag {
            Tag::And if self.is_behind_me(start) => {
                self.at = start;
                self.take_me();
                self.at = self.at.max(start + 1);
            }
            Tag::And => {
                if !self.take_more_repositories() {
                    self.expected = Expected::Nothing;
                }
            }
            Tag::Want if self.is_able(start) => {
                self.wanted = true;
                self.unsure(start);
            }
            Tag::Want => {
                self.wanted = true;
                self.take_doubt_whether(start);
            }
            // "To get", "could I maybe get": nobody is named by it where somebody wants it already.
            Tag::Give if self.wanted && matches!(self.words[start].lower.as_str(), "get" | "have") => {}
            Tag::Give => {
                (self.wanted, self.gives, self.expected) = (true, true, Expected::Person);
                if self.gives_somebody(start) {
                    self.unsure(start);
                }
            }
            Tag::Everyone => self.take_everyone(start),
            Tag::Me => self.take_me(),
            // "For my colleague Ben": Ben.
            Tag::Kin => self.take_kin(start),
            // "Everyone needs it": of a greeting nobody can tell who is meant.
            _ => self.unsure(start),
        }
    }

    /// Which permission, on what.
    fn take_what(&mut self, tag: Tag, start: usize) {
        match tag {
            Tag::Access if self.asks_for_a_nod(start) => self.unsure(start),
            Tag::Access => {
                (self.about_access, self.says_access) = (true, true);
                self.expected = Expected::Repository;
                self.take_likeness(start);
            }
            // "see OPS-17", "see https://wiki…" say where it is told, not that it is to be read.
            Tag::Permission(_) if SEE.contains(&self.words[start].lower.as_str()) && self.is_reference() => {
                self.expected = Expected::Ticket;
            }
            Tag::Permission(permission) | Tag::PermissionOn(permission) => self.permission(permission, start),
            Tag::On if self.takes_person(start) => self.expected = Expected::Person,
            Tag::On | Tag::Repository if self.plain.repositories.is_empty() || self.is_guess => {
                self.expected = Expected::Repository;
            }
            // "infra on Monday", "infra in 2 hours", "from 2pm to 5pm".
            Tag::On if self.take_time_behind_on(start) => {}
            // "Zugriff auf web-shop zum Lesen".
            Tag::On if self.leads_to_permission(start) => {}
            // "… to fix the build": what for is told behind the repository.
            Tag::On if self.words[start].lower == "to" => self.take_purpose(start),
            Tag::On => self.unsure(start),
            _ => {}
        }
    }

    /// "The same rights as Ben on infra": which ones those are is asked, and what follows is no repository.
    fn take_likeness(&mut self, start: usize) {
        const LIKE: [&str; 3] = ["as", "like", "wie"];
        let [like, name, ..] = self.rest() else { return };
        let is_likeness = LIKE.contains(&like.lower.as_str()) && !like.quoted && like.stop.is_none();
        let is_unknown = self.tag(self.at).is_none() && self.tag(self.at + 1).is_none() && !is_shaped(name);
        if is_likeness && is_unknown && self.words[self.at - 1].stop.is_none() {
            self.at += 2;
            self.unsure(start);
        }
    }

    /// "Gib mir web-shop frei", "kannst du mir web-shop freischalten": without whom, it is said by who decides.
    pub(super) fn take_setting_free(&mut self) -> bool {
        let before = &self.words[self.at.saturating_sub(REASON)..self.at];
        let is_given = || before.iter().any(|word| Says::ToWhom.is_word(word));
        if !Says::SetsFree.is_word(&self.words[self.at]) || !is_given() {
            return false;
        }
        (self.about_access, self.says_access, self.wanted) = (true, true, true);
        self.expected = Expected::Nothing;
        self.at += 1;
        true
    }

    /// How long, under which ticket, and why.
    fn take_terms(&mut self, tag: Tag, start: usize) {
        match tag {
            Tag::From => self.take_from(start),
            Tag::Ever => self.set_duration(joined(&self.words[start..self.at])),
            Tag::For if self.asks_how_long(start) => self.take_question(start),
            Tag::For => self.take_for(),
            Tag::Until if self.is_due(start) => {}
            Tag::Until => self.take_until(),
            Tag::Ticket => self.expected = Expected::Ticket,
            Tag::Because if self.take_since(start) => {}
            Tag::Because => self.take_because(),
            _ => self.unsure(start),
        }
    }

    /// What asks for nothing by itself, or takes back what was asked for.
    fn take_turn(&mut self, tag: Tag, start: usize, begun: bool) {
        match tag {
            Tag::But | Tag::TakenBack if self.is_complete() => self.set_aside(start),
            // "Sorry to bother, but could you …": nothing was said that it could take back.
            Tag::But if self.joins_beginning(start) => {}
            // "Acesso de escrita no payments-api": in Portuguese, that is "on".
            Tag::Not if self.is_portuguese_on(start) => {}
            Tag::Not => self.take_not(start, begun),
            // "I will look at infra later" tells; "let me see infra" asks.
            Tag::Telling | Tag::Lacking if self.is_complete() => self.unsure(start),
            Tag::Telling => self.tells |= !self.wanted,
            Tag::Lacking => self.lacking = Some(start..self.at),
            Tag::Question => self.take_question(start),
            _ => self.unsure(start),
        }
    }

    /// What is about something else: the whole sentence, or what stands behind a request.
    fn take_other(&mut self, start: usize, begun: bool) {
        // "Why: the rollout", as cards say it; without the colon it asks for a reason.
        if self.words[start].lower == "why" && self.words[start].stop == Some(':') {
            self.take_because();
        } else if self.is_reason_already(begun) {
            self.take_part(start);
        } else if self.is_complete() && self.expected == Expected::Nothing {
            self.set_aside(start);
        } else {
            self.other = true;
        }
    }

    fn permission(&mut self, permission: Permission, start: usize) {
        let word = permission.as_str();
        self.about_access = true;
        if self.names_what_is(start) {
            self.unsure(start);
        }
        if self.is_complete() {
            self.begin_another();
        }
        match &self.plain.permission {
            Some(known) if known != word => self.unsure(start),
            _ => self.plain.permission = Some(word.to_owned()),
        }
        if self.plain.repositories.is_empty() || self.is_guess {
            self.expected = Expected::Repository;
        }
    }
}
