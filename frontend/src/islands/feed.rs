//! One `EventSource` per address, shared by all islands of a page: browsers allow few connections.

use leptos::prelude::*;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

type Listener = Rc<dyn Fn(&str)>;
type OnMessage = Closure<dyn FnMut(MessageEvent)>;

struct Feed {
    listeners: Rc<RefCell<Vec<Listener>>>,
    // Kept alive for as long as the page: islands end with it.
    _source: EventSource,
    _on_message: OnMessage,
}

thread_local! {
    static FEEDS: RefCell<HashMap<String, Feed>> = RefCell::default();
}

/// Calls `listener` with the data of each message from `address`. The browser reconnects by itself.
pub(super) fn follow(address: &str, listener: impl Fn(&str) + 'static) {
    FEEDS.with_borrow_mut(|feeds| {
        if let Some(feed) = feeds.get(address) {
            feed.listeners.borrow_mut().push(Rc::new(listener));
        } else if let Some(feed) = open(address, Rc::new(listener)) {
            feeds.insert(address.to_owned(), feed);
        }
    });
}

fn open(address: &str, first: Listener) -> Option<Feed> {
    let source = EventSource::new(address).ok()?;
    let listeners = Rc::new(RefCell::new(vec![first]));
    let on_message: OnMessage = Closure::new({
        let listeners = listeners.clone();
        move |event: MessageEvent| {
            let Some(data) = event.data().as_string() else { return };
            // Cloned, because a listener may begin to follow something else.
            let current = listeners.borrow().clone();
            current.iter().for_each(|listener| listener(&data));
        }
    });
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    Some(Feed { listeners, _source: source, _on_message: on_message })
}

/// Runs `act` once after `after`, however often it is asked for in between.
pub(super) fn coalesce(after: std::time::Duration, act: impl Fn() + Clone + 'static) -> impl Fn() + Clone {
    let waiting = Rc::new(RefCell::new(false));
    move || {
        if waiting.replace(true) {
            return;
        }
        let (waiting, act) = (waiting.clone(), act.clone());
        set_timeout(
            move || {
                waiting.replace(false);
                act();
            },
            after,
        );
    }
}
