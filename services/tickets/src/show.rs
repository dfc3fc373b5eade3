//! A show, from draft to published or cancelled.

use crate::denied::Denied;
use chrono::{NaiveDate, TimeDelta};
use contracts::{
    Timestamp,
    ids::{ShowId, UserId},
    shows::{Category, CreateShow, HOLD_SECONDS_DEFAULT, ShowStatus, UpdateShow, Venue},
    validate::FieldErrors,
};
use events::tickets::ShowFact;

/// Doors open this long before the start unless the organiser says otherwise.
const DOORS_BEFORE_START: TimeDelta = TimeDelta::hours(1);
/// How far ahead a show may be.
const AHEAD_MAX: TimeDelta = TimeDelta::days(10 * 365);

/// What people attend.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Show {
    pub(crate) id: ShowId,
    pub(crate) organiser: UserId,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) category: Category,
    pub(crate) starts_at: Timestamp,
    pub(crate) doors_at: Timestamp,
    pub(crate) refund_until: Timestamp,
    pub(crate) venue: Venue,
    pub(crate) status: ShowStatus,
    pub(crate) hold_seconds: u32,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) version: i64,
}

/// What a change of a show is measured by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShowRules {
    pub(crate) now: Timestamp,
    pub(crate) hold_seconds_min: u32,
}

/// A show after a transition, and the fact to publish: none while it is a draft.
pub(crate) type Changed = (Show, Option<ShowFact>);

impl Show {
    /// A new show that only its organiser sees.
    pub(crate) fn draft(
        id: ShowId,
        organiser: UserId,
        request: CreateShow,
        rules: ShowRules,
    ) -> Result<Self, Denied> {
        let starts_at = request.starts_at;
        let show = Self {
            id,
            organiser,
            title: request.title.trim().to_owned(),
            description: request.description.trim().to_owned(),
            category: request.category,
            starts_at,
            doors_at: request.doors_at.unwrap_or_else(|| before(starts_at, DOORS_BEFORE_START)),
            refund_until: request.refund_until.unwrap_or(starts_at),
            venue: trimmed(request.venue),
            status: ShowStatus::Draft,
            hold_seconds: request.hold_seconds.unwrap_or(HOLD_SECONDS_DEFAULT),
            published_at: None,
            version: 1,
        };
        let mut errors = FieldErrors::default();
        show.check_start(&mut errors, rules.now);
        show.check(&mut errors, rules);
        Denied::unless_empty(errors)?;
        Ok(show)
    }

    /// The show with some fields changed. Doors and the end of refunds move with the start.
    pub(crate) fn edit(self, change: UpdateShow, rules: ShowRules) -> Result<Changed, Denied> {
        if self.status == ShowStatus::Cancelled {
            return Err(Denied::State("A cancelled show cannot be changed."));
        }
        let starts_at = change.starts_at.unwrap_or(self.starts_at);
        let moved = starts_at - self.starts_at;
        let along = |instant: Timestamp| instant.checked_add_signed(moved).unwrap_or(starts_at);
        let show = Self {
            title: change.title.map_or(self.title, |title| title.trim().to_owned()),
            description: change.description.map_or(self.description, |text| text.trim().to_owned()),
            category: change.category.unwrap_or(self.category),
            starts_at,
            doors_at: change.doors_at.unwrap_or_else(|| along(self.doors_at)),
            refund_until: change.refund_until.unwrap_or_else(|| along(self.refund_until)),
            venue: change.venue.map_or(self.venue, trimmed),
            hold_seconds: change.hold_seconds.unwrap_or(self.hold_seconds),
            version: self.version + 1,
            ..self
        };
        let mut errors = FieldErrors::default();
        if !moved.is_zero() {
            show.check_start(&mut errors, rules.now);
        }
        show.check(&mut errors, rules);
        Denied::unless_empty(errors)?;
        let fact = show.published_at.map(|_| ShowFact::Changed);
        Ok((show, fact))
    }

    /// Everybody can see it from now on. Publishing a published show changes nothing.
    pub(crate) fn publish(self, now: Timestamp) -> Result<Changed, Denied> {
        match self.status {
            ShowStatus::Published => Ok((self, None)),
            ShowStatus::Cancelled => Err(Denied::State("A cancelled show cannot be published.")),
            ShowStatus::Draft if self.starts_at <= now => {
                Err(Denied::State("The show has begun: change its start first."))
            }
            ShowStatus::Draft => {
                let version = self.version + 1;
                let show = Self { status: ShowStatus::Published, published_at: Some(now), version, ..self };
                Ok((show, Some(ShowFact::Published)))
            }
        }
    }

    /// It will not take place. Cancelling a cancelled show changes nothing.
    pub(crate) fn cancel(self) -> Changed {
        if self.status == ShowStatus::Cancelled {
            return (self, None);
        }
        let fact = self.published_at.map(|_| ShowFact::Cancelled);
        let version = self.version + 1;
        (Self { status: ShowStatus::Cancelled, version, ..self }, fact)
    }

    /// May they know that it exists?
    pub(crate) fn is_visible_to(&self, viewer: Option<UserId>) -> bool {
        self.published_at.is_some() || viewer == Some(self.organiser)
    }

    /// The day of its start by the venue's clock, which searches by day go by.
    pub(crate) fn starts_on(&self) -> NaiveDate {
        let zone = self.venue.timezone.parse().unwrap_or(chrono_tz::UTC);
        self.starts_at.with_timezone(&zone).date_naive()
    }

    /// Its public state.
    pub(crate) fn state(&self) -> events::tickets::Show {
        events::tickets::Show {
            id: self.id,
            organiser: self.organiser,
            title: self.title.clone(),
            category: self.category,
            starts_at: self.starts_at,
            doors_at: self.doors_at,
            refund_until: self.refund_until,
            venue: self.venue.clone(),
            status: self.status,
            hold_seconds: self.hold_seconds,
            version: self.version,
        }
    }

    fn check_start(&self, errors: &mut FieldErrors, now: Timestamp) {
        errors.check(self.starts_at > now, "starts_at", "in_the_past", "Choose a start in the future");
        let near = self.starts_at - now < AHEAD_MAX;
        errors.check(near, "starts_at", "too_far", "Choose a start within the next ten years");
    }

    fn check(&self, errors: &mut FieldErrors, rules: ShowRules) {
        let known = self.venue.timezone.parse::<chrono_tz::Tz>().is_ok();
        let zone = "Choose a time zone such as Europe/London";
        errors.check(known, "venue.timezone", "unknown_timezone", zone);
        let in_order = self.doors_at <= self.starts_at;
        errors.check(in_order, "doors_at", "after_start", "Doors open before the show begins");
        let early = self.starts_at - self.doors_at <= TimeDelta::days(2);
        errors.check(early, "doors_at", "too_early", "Doors open within two days of the start");
        let in_order = self.refund_until <= self.starts_at;
        errors.check(in_order, "refund_until", "after_start", "Refunds end when the show begins");
        if self.hold_seconds < rules.hold_seconds_min {
            let least = format!("A hold lasts at least {} seconds", rules.hold_seconds_min);
            errors.add("hold_seconds", "too_short", least);
        }
    }
}

/// Without surrounding space, so that one city is not two.
fn trimmed(venue: Venue) -> Venue {
    let trim = |text: String| text.trim().to_owned();
    Venue {
        name: trim(venue.name),
        address: trim(venue.address),
        city: trim(venue.city),
        country: trim(venue.country),
        timezone: trim(venue.timezone),
    }
}

fn before(instant: Timestamp, span: TimeDelta) -> Timestamp {
    instant.checked_sub_signed(span).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Timestamp {
        Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn rules() -> ShowRules {
        ShowRules { now: now(), hold_seconds_min: 300 }
    }

    fn draft() -> Show {
        let venue = Venue {
            name: "Shepherd's Hall".to_owned(),
            address: "1 Green".to_owned(),
            city: " London ".to_owned(),
            country: "GB".to_owned(),
            timezone: "Europe/London".to_owned(),
        };
        let request = CreateShow {
            title: "Jazz".to_owned(),
            description: String::new(),
            category: Category::Music,
            starts_at: now() + TimeDelta::days(30),
            doors_at: None,
            refund_until: None,
            venue,
            hold_seconds: None,
        };
        Show::draft(service::new_id(), service::new_id(), request, rules()).unwrap()
    }

    #[test]
    fn a_city_is_written_one_way() {
        assert_eq!(draft().venue.city, "London");
    }

    #[test]
    fn a_draft_is_visible_to_its_organiser_alone_even_when_cancelled() {
        let show = draft();
        let organiser = Some(show.organiser);
        for show in [show.clone(), show.cancel().0] {
            assert!(show.is_visible_to(organiser));
            assert!(!show.is_visible_to(None) && !show.is_visible_to(Some(service::new_id())));
        }
    }

    proptest! {
        /// Whatever is done to a show: versions count changes, facts tell of what was published, and nothing
        /// brings a cancelled show back.
        #[test]
        fn its_life_goes_one_way(steps in proptest::collection::vec(0_u8..3, 1..12)) {
            let mut show = draft();
            for step in steps {
                let before = show.clone();
                let changed = match step {
                    0 => show.clone().publish(now()),
                    1 => Ok(show.clone().cancel()),
                    _ => show.clone().edit(UpdateShow { hold_seconds: Some(600), ..UpdateShow::default() }, rules()),
                };
                let Ok((after, fact)) = changed else {
                    prop_assert_eq!(before.status, ShowStatus::Cancelled);
                    continue;
                };
                let changed = after != before;
                prop_assert_eq!(after.version, before.version + i64::from(changed));
                prop_assert_eq!(fact.is_some(), changed && after.published_at.is_some());
                prop_assert!(before.status != ShowStatus::Cancelled || !changed);
                prop_assert!(before.published_at.is_none() || after.status != ShowStatus::Draft);
                show = after;
            }
        }
    }
}
