use super::{
    open::{Question, Step},
    *,
};
use contracts::Currency;
use proptest::prelude::*;

const AMOUNT: i64 = 4840;

fn fresh() -> Payment {
    let order: OrderId = service::new_id();
    Payment {
        id: service::new_id(),
        order,
        buyer: service::new_id(),
        key: format!("order:{order}:1"),
        reference: None,
        method: "pm_card_visa".to_owned(),
        amount: Money::new(AMOUNT, Currency::GBP),
        status: PaymentStatus::Pending,
        challenge_url: None,
        wish: None,
        reserved: 0,
        refunded: 0,
        created_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

/// Everything that can happen to a payment, in any order, however often.
#[derive(Clone, Debug)]
enum Happening {
    Provider(Charge),
    Confirm,
    Capture,
    Abandon,
    Refund(Option<i64>),
    Issue,
    Keep,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    prop_oneof![
        8 => prop_oneof![
            Just(Charge::Processing),
            Just(Charge::Challenge { url: None }),
            Just(Charge::Authorized),
            Just(Charge::Declined),
            Just(Charge::Captured),
            Just(Charge::Voided),
            Just(Charge::Failed),
        ]
        .prop_map(H::Provider),
        1 => Just(H::Confirm),
        3 => Just(H::Capture),
        2 => Just(H::Abandon),
        2 => prop::option::of(-10..AMOUNT * 2).prop_map(H::Refund),
        3 => Just(H::Issue),
        1 => Just(H::Keep),
    ]
}

/// A payment with what was published of it and the refunds that are under way.
struct World {
    payment: Payment,
    facts: Vec<PaymentFact>,
    sold: u32,
    late: u32,
    open: Vec<Money>,
}

impl World {
    fn happen(&mut self, happening: &Happening) {
        let amount = |amount: i64| Money::new(amount, Currency::GBP);
        let reserved = match happening {
            Happening::Provider(charge) => {
                let answer = Answer { reference: None, charge: charge.clone() };
                return self.learn(&answer);
            }
            Happening::Confirm => self.payment.confirm().ok().map(|payment| (payment, None)),
            Happening::Capture => self.payment.want_capture().ok().flatten().map(|payment| (payment, None)),
            Happening::Abandon => match self.payment.abandon() {
                Ok(Abandoned::Void(payment)) => Some((payment, None)),
                Ok(Abandoned::Refund(payment, amount)) => Some((payment, Some(amount))),
                Ok(Abandoned::Nothing) | Err(WrongState) => None,
            },
            Happening::Refund(part) => {
                self.payment.reserve(part.map(amount)).ok().map(|(payment, amount)| (payment, Some(amount)))
            }
            Happening::Issue => {
                let issued = self.open.pop().map(|amount| self.payment.give_back(amount).unwrap());
                issued.map(|payment| (payment, None))
            }
            Happening::Keep => {
                let kept = self.open.pop().map(|amount| self.payment.keep(amount).unwrap());
                kept.map(|payment| (payment, None))
            }
        };
        if let Some((payment, refund)) = reserved {
            self.payment = payment;
            self.open.extend(refund);
        }
    }

    fn learn(&mut self, answer: &Answer) {
        let Some(changed) = self.payment.learn(answer) else { return };
        self.facts.extend(changed.fact);
        self.payment = changed.payment;
        match changed.effect {
            Effect::None => {}
            Effect::Sold => self.sold += 1,
            Effect::LateMoney => {
                self.late += 1;
                let (payment, amount) = self.payment.reserve(None).unwrap();
                self.payment = payment;
                self.open.push(amount);
            }
        }
    }
}

fn ended(status: PaymentStatus) -> bool {
    use PaymentStatus as P;
    matches!(status, P::Declined | P::Voided | P::Failed | P::Refunded)
}

proptest! {
    #[test]
    fn whatever_happens_the_money_is_exact(happenings in prop::collection::vec(happening(), 0..40)) {
        let mut world =
            World { payment: fresh(), facts: Vec::new(), sold: 0, late: 0, open: Vec::new() };
        for happening in &happenings {
            let before = world.payment.clone();
            world.happen(happening);
            let after = &world.payment;
            prop_assert!(0 <= after.refunded && after.refunded <= after.reserved && after.reserved <= AMOUNT);
            let open: i64 = world.open.iter().map(|amount| amount.amount).sum();
            prop_assert_eq!(after.reserved, after.refunded + open);
            prop_assert!(after.version >= before.version);
            prop_assert!(*after == before || after.version > before.version);
            prop_assert!(!ended(before.status) || *after == before, "the end is the end");
            // Money is taken once, and as a sale only where orders wished it.
            prop_assert!(world.sold + world.late <= 1);
            prop_assert!(world.sold == 0 || after.wish == Some(Wish::Capture));
            prop_assert!(before.wish.is_none() || after.wish == before.wish, "orders decides once");
            prop_assert!(after.reserved == 0 || world.sold + world.late == 1);
        }
        let count = |fact| world.facts.iter().filter(|seen| **seen == fact).count();
        prop_assert!(count(PaymentFact::Authorized) <= 1);
        prop_assert!(count(PaymentFact::Declined) + count(PaymentFact::Authorized) <= 2);
        let ends = [PaymentFact::Captured, PaymentFact::Voided, PaymentFact::Failed, PaymentFact::Declined];
        prop_assert!(ends.into_iter().map(count).sum::<usize>() <= 1, "{:?}", world.facts);
    }

    #[test]
    fn late_money_always_goes_back_in_full(parts in prop::collection::vec(1..AMOUNT, 0..5)) {
        let answer = |charge| Answer { reference: None, charge };
        let authorised = fresh().learn(&answer(Charge::Captured)).unwrap().payment;
        let Ok(Abandoned::Void(dead)) = authorised.abandon() else { panic!("it is to be given back") };
        let taken = dead.learn(&answer(Charge::Captured)).unwrap();
        prop_assert_eq!(taken.effect, Effect::LateMoney);
        let (reserved, amount) = taken.payment.reserve(None).unwrap();
        prop_assert_eq!(amount.amount, AMOUNT);
        for part in parts {
            prop_assert!(reserved.reserve(Some(Money::new(part, Currency::GBP))).is_err());
        }
        prop_assert_eq!(reserved.give_back(amount).unwrap().status, PaymentStatus::Refunded);
    }
}

#[test]
fn what_is_left_to_do_follows_from_status_and_wish() {
    let answer = |charge| Answer { reference: Some("ch_1".to_owned()), charge };
    let pending = fresh();
    assert_eq!(pending.next_step(), Some(Step::Ask));
    let authorised = pending.learn(&answer(Charge::Authorized)).unwrap().payment;
    assert_eq!((authorised.next_step(), authorised.reference.as_deref()), (None, Some("ch_1")));
    let wanted = authorised.want_capture().unwrap().unwrap();
    assert_eq!(wanted.next_step(), Some(Step::Capture));
    assert_eq!(wanted.abandon(), Err(WrongState));
    let captured = wanted.learn(&answer(Charge::Captured)).unwrap();
    assert_eq!((captured.fact, captured.effect), (Some(PaymentFact::Captured), Effect::Sold));
    assert_eq!(captured.payment.next_step(), None);
}

#[test]
fn the_open_question_of_a_dead_order_is_whether_its_money_is_back() {
    let answer = |charge| Answer { reference: None, charge };
    let Ok(Abandoned::Void(dead)) = fresh().abandon() else { panic!("it is to be given back") };
    // Its outcome is not known: it is ended, never authorised anew.
    assert_eq!((dead.next_step(), dead.question()), (Some(Step::Void), Some(Question::Void)));
    let voided = dead.learn(&answer(Charge::Voided)).unwrap();
    assert_eq!((voided.fact, voided.payment.question()), (Some(PaymentFact::Voided), None));
    let authorised = fresh().learn(&answer(Charge::Authorized)).unwrap().payment;
    assert_eq!(authorised.question(), Some(Question::Answer));
    assert_eq!(authorised.want_capture().unwrap().unwrap().question(), Some(Question::Capture));
}

#[test]
fn what_the_provider_refused_to_send_back_may_be_asked_for_again() {
    let answer = |charge| Answer { reference: None, charge };
    let wanted = fresh().learn(&answer(Charge::Authorized)).unwrap().payment.want_capture().unwrap().unwrap();
    let captured = wanted.learn(&answer(Charge::Captured)).unwrap().payment;
    let (reserved, amount) = captured.reserve(None).unwrap();
    assert_eq!(reserved.reserve(None), Err(RefundError::NothingLeft));
    let kept = reserved.keep(amount).unwrap();
    assert_eq!((kept.reserved, kept.status), (0, PaymentStatus::Captured));
    assert_eq!(kept.keep(amount), Err(WrongState));
    assert_eq!(kept.reserve(None).unwrap().1, amount);
}
