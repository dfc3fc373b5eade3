//! One `EventSource` per address, shared by all islands of a page: browsers allow few connections.

use leptos::prelude::*;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent, RequestInit};

type Listener = Rc<dyn Fn(&str)>;

/// How long to wait before a stream that was refused is asked for again; each time twice as long.
const RETRY: Duration = Duration::from_secs(5);
/// How often in a row a stream may be refused: the last pause is over five minutes.
const REFUSALS_MAX: u32 = 7;

/// What our streams call their events; those without a name are heard as well.
const NAMES: [&str; 4] = ["availability", "import", "order", "receipt"];

/// Kept alive for as long as the page: islands end with it.
struct Feed {
    address: String,
    listeners: RefCell<Vec<Listener>>,
    open: RefCell<Option<Open>>,
    /// How often it was refused since it last said something.
    refused: Cell<u32>,
}

/// The connection, with the callbacks that it must outlive.
struct Open {
    source: EventSource,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

thread_local! {
    static FEEDS: RefCell<HashMap<String, Rc<Feed>>> = RefCell::default();
}

/// Calls `listener` with the data of each message from `address`.
pub(super) fn follow(address: &str, listener: impl Fn(&str) + 'static) {
    let (feed, is_new) = FEEDS.with_borrow_mut(|feeds| {
        let is_new = !feeds.contains_key(address);
        let feed = feeds.entry(address.to_owned()).or_insert_with(|| {
            Rc::new(Feed {
                address: address.to_owned(),
                listeners: RefCell::default(),
                open: RefCell::default(),
                refused: Cell::default(),
            })
        });
        (feed.clone(), is_new)
    });
    feed.listeners.borrow_mut().push(Rc::new(listener));
    if is_new {
        feed.connect();
    }
}

/// Listens no more: the stream has said all it will, and the browser would ask for it for ever.
pub(super) fn stop(address: &str) {
    FEEDS.with_borrow(|feeds| {
        if let Some(open) = feeds
            .get(address)
            .and_then(|feed| feed.open.try_borrow().ok()?.as_ref().map(|open| open.source.clone()))
        {
            open.close();
        }
    });
}

impl Feed {
    fn connect(self: Rc<Self>) {
        let Ok(source) = EventSource::new(&self.address) else { return };
        let feed = self.clone();
        let on_message = Closure::<dyn FnMut(_)>::new(move |event: MessageEvent| {
            let Some(data) = event.data().as_string() else { return };
            feed.refused.set(0);
            // Cloned, because a listener may begin to follow something else.
            let current = feed.listeners.borrow().clone();
            for listener in current {
                listener(&data);
            }
        });
        let feed = self.clone();
        let on_error = Closure::<dyn FnMut(_)>::new(move |_: Event| feed.clone().recover());
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        for name in NAMES {
            // Only fails for a callback that is none.
            let _ = source.add_event_listener_with_callback(name, on_message.as_ref().unchecked_ref());
        }
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        self.open.replace(Some(Open { source, _on_message: on_message, _on_error: on_error }));
    }

    /// The browser reconnects by itself after an interruption, but gives up for good when it is refused, as when the
    /// access token has ended. Asking for the page renews the session; then the stream is opened anew, until it has been
    /// refused too often: then the page says what it said when it was opened.
    fn recover(self: Rc<Self>) {
        let gave_up =
            self.open.borrow().as_ref().is_some_and(|open| open.source.ready_state() == EventSource::CLOSED);
        let refused = self.refused.get();
        if !gave_up || refused >= REFUSALS_MAX {
            return;
        }
        self.refused.set(refused + 1);
        set_timeout(
            move || {
                leptos::task::spawn_local(async move {
                    let ask = RequestInit::new();
                    ask.set_method("HEAD");
                    let address = window().location().href().unwrap_or_default();
                    let asked = window().fetch_with_str_and_init(&address, &ask);
                    // Should this fail too, the stream is refused again and comes back here.
                    let _ = wasm_bindgen_futures::JsFuture::from(asked).await;
                    self.connect();
                });
            },
            RETRY * 2_u32.pow(refused),
        );
    }
}

/// Runs `act` once after `after`, however often it is asked for in between.
pub(super) fn coalesce(after: Duration, act: impl Fn() + Clone + 'static) -> impl Fn() + Clone {
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
