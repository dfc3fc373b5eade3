//! Tests of the order as a state machine.

use super::*;
use OrderFact::{AuthorizationRefused, Cancelled, Confirming};
use contracts::Currency;
use events::orders::OrderUnit;
use proptest::prelude::*;

const HOLD_SECONDS: u32 = 900;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn item(price: i64, units: usize) -> OrderItem {
    OrderItem {
        listing: service::new_id(),
        listing_name: "Stalls".to_owned(),
        seller: service::new_id(),
        unit_price: Money::new(price, Currency::GBP),
        unit_fee: Money::new(price / 11, Currency::GBP),
        units: (0..units).map(|_| OrderUnit { unit: service::new_id(), seat: None }).collect(),
        resale_of: None,
        resale_order: None,
    }
}

fn placed_at(price: i64) -> Order {
    let draft = Draft {
        id: service::new_id(),
        buyer: service::new_id(),
        show: service::new_id(),
        items: vec![item(price, 2), item(price, 1)],
        hold_seconds: HOLD_SECONDS,
        expires_by: None,
    };
    Order::place(draft, at(0)).unwrap().order
}

fn fine(seconds: i64) -> Circumstances {
    Circumstances { now: at(seconds), buyer_banned: false, show_cancelled: false, origin_ended: false }
}

#[test]
fn an_order_is_held_for_as_long_as_its_show_says() {
    let order = placed_at(1100);
    assert_eq!(order.total, Money::new(3300, Currency::GBP));
    assert_eq!(order.fee, Money::new(300, Currency::GBP));
    assert_eq!(order.expires_at, at(900));
    assert!(!order.is_expired(at(899)) && order.is_expired(at(900)));
}

#[test]
fn nothing_can_be_placed_without_units_or_beyond_what_money_can_say() {
    let draft = |items| Draft {
        id: service::new_id(),
        buyer: service::new_id(),
        show: service::new_id(),
        items,
        hold_seconds: HOLD_SECONDS,
        expires_by: None,
    };
    assert_eq!(Order::place(draft(vec![]), at(0)), Err(PlaceError::Empty));
    assert_eq!(Order::place(draft(vec![item(1, 0)]), at(0)), Err(PlaceError::Empty));
    let overflow = Order::place(draft(vec![item(i64::MAX, 2)]), at(0));
    assert_eq!(overflow, Err(PlaceError::Money(MoneyError::Overflow)));
}

#[test]
fn an_authorisation_is_answered_with_exactly_one_of_two() {
    let payment = service::new_id();
    let order = placed_at(1100);
    let facts = |order: &Order, amount: Money, at: Circumstances| -> Vec<OrderFact> {
        order.clone().answer(payment, amount, at).iter().map(|change| change.fact).collect()
    };
    assert_eq!(facts(&order, order.total, fine(899)), [Confirming]);
    assert_eq!(facts(&order, order.total, fine(900)), [Cancelled, AuthorizationRefused]);
    let banned = Circumstances { buyer_banned: true, ..fine(1) };
    assert_eq!(facts(&order, order.total, banned), [Cancelled, AuthorizationRefused]);
    let no_show = Circumstances { show_cancelled: true, ..fine(1) };
    assert_eq!(facts(&order, order.total, no_show), [Cancelled, AuthorizationRefused]);
    assert_eq!(facts(&order, Money::new(1, Currency::GBP), fine(1)), [AuthorizationRefused]);
    let ended = order.clone().cancel(CancelReason::Buyer).unwrap().order;
    assert_eq!(facts(&ended, order.total, fine(1)), [AuthorizationRefused]);
    let refused = ended.refuse(payment);
    assert_eq!(refused.snapshot().refused_payment, Some(payment));
    assert_eq!(refused.order.status(), OrderStatus::Cancelled);
}

#[test]
fn what_is_being_confirmed_cannot_be_cancelled() {
    let order = placed_at(1100);
    let total = order.total;
    let confirming = order.confirm(service::new_id(), total, at(1)).unwrap().order;
    assert_eq!(confirming.cancel(CancelReason::Buyer), Err(CancelError::Confirming));
}

#[test]
fn what_cost_nothing_needs_no_payment_to_be_refunded() {
    let complete = placed_at(0).complete_free().unwrap().order;
    let refunded = complete.request_refund().unwrap();
    assert_eq!((refunded.fact, refunded.order.status()), (OrderFact::Refunded, OrderStatus::Refunded));
}

/// Anything that can be done to an order. Payments are told apart by a small number.
#[derive(Clone, Copy, Debug)]
enum Act {
    Answer { payment: u8, seconds: i64, banned: bool, show_cancelled: bool, short: bool },
    Complete(u8),
    Fail(u8),
    Cancel,
    RequestRefund,
    Refund(u8),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let payment = 0_u8..3;
    let answer = (payment.clone(), 0_i64..1000, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(payment, seconds, banned, show_cancelled, short)| Act::Answer {
            payment,
            seconds,
            banned: banned && show_cancelled,
            show_cancelled: show_cancelled && short,
            short: short && banned,
        },
    );
    let act = prop_oneof![
        4 => answer,
        3 => payment.clone().prop_map(Act::Complete),
        1 => payment.clone().prop_map(Act::Fail),
        1 => Just(Act::Cancel),
        1 => Just(Act::RequestRefund),
        2 => payment.prop_map(Act::Refund),
    ];
    proptest::collection::vec(act, 0..12)
}

fn apply(order: &Order, act: Act, payments: &[PaymentId; 3]) -> Vec<Changed> {
    let order = order.clone();
    let id = |payment: u8| payments[usize::from(payment)];
    match act {
        Act::Answer { payment, seconds, banned, show_cancelled, short } => {
            let at =
                Circumstances { now: at(seconds), buyer_banned: banned, show_cancelled, origin_ended: false };
            let amount = if short { Money::new(1, Currency::GBP) } else { order.total };
            order.answer(id(payment), amount, at)
        }
        Act::Complete(payment) => order.complete(id(payment)).into_iter().collect(),
        Act::Fail(payment) => order.fail(id(payment)).into_iter().collect(),
        Act::Cancel => order.cancel(CancelReason::Buyer).into_iter().collect(),
        Act::RequestRefund => order.request_refund().into_iter().collect(),
        Act::Refund(payment) => order.refund(id(payment)).into_iter().collect(),
    }
}

/// Which states may follow which.
fn may_follow(before: OrderStatus, after: OrderStatus) -> bool {
    type Is = OrderStatus;
    before == after
        || matches!(
            (before, after),
            (Is::AwaitingPayment, Is::Confirming | Is::Cancelled)
                | (Is::Confirming, Is::Complete | Is::Cancelled)
                | (Is::Complete, Is::Refunded)
        )
}

proptest! {
    #[test]
    fn illegal_transitions_cannot_be_reached(acts in acts()) {
        let payments = [service::new_id(), service::new_id(), service::new_id()];
        let mut order = placed_at(1100);
        let mut confirmed_in_time = None;
        for act in acts {
            for change in apply(&order, act, &payments) {
                let after = change.order.clone();
                prop_assert_eq!(after.version, order.version + 1);
                prop_assert!(may_follow(order.status(), after.status()), "{:?} to {:?}", order, after);
                prop_assert_eq!((after.id, &after.items, after.total), (order.id, &order.items, order.total));
                if let (Act::Answer { seconds, .. }, OrderFact::Confirming) = (act, change.fact) {
                    prop_assert!(at(seconds) < order.expires_at);
                    confirmed_in_time = after.payment();
                }
                if matches!(after.status(), OrderStatus::Complete | OrderStatus::Refunded) {
                    // Promise 3: only what entered `confirming` in time is ever paid, and by that payment.
                    prop_assert!(confirmed_in_time.is_some());
                    prop_assert_eq!(after.payment(), confirmed_in_time);
                }
                order = after;
            }
        }
    }

    #[test]
    fn doing_it_twice_is_refused_or_changes_nothing(acts in acts()) {
        let payments = [service::new_id(), service::new_id(), service::new_id()];
        let mut order = placed_at(1100);
        for act in acts {
            let once = apply(&order, act, &payments);
            let Some(last) = once.last() else { continue };
            let twice = apply(&last.order, act, &payments);
            for change in &twice {
                // Only an authorisation is answered again; the service does not let that happen.
                prop_assert_eq!(change.fact, OrderFact::AuthorizationRefused);
                prop_assert_eq!(change.order.status(), last.order.status());
            }
            order = last.order.clone();
        }
    }
}
