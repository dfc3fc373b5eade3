//! Work at the provider in a bounded number of slots.

use super::wake::{Rest, Worker};
use crate::{error::Error, state::Payments};
use std::future::Future;
use tokio::task::JoinSet;

/// Pieces of one kind that are under way at the provider at once.
const SLOTS: usize = 16;

/// Work of one kind.
pub(super) trait Work: Send + 'static {
    /// What is brought forward by itself.
    type Piece: Send + 'static;
    /// Who is woken for it.
    const WORKER: Worker;

    /// Takes up to `limit` pieces that are due; nobody else takes them meanwhile.
    fn claim(state: &Payments, limit: i64) -> impl Future<Output = Result<Vec<Self::Piece>, Error>> + Send;

    /// Brings a piece forward. What fails is due again when its lease ends.
    fn advance(state: Payments, piece: Self::Piece) -> impl Future<Output = ()> + Send;
}

/// Does what is due until the process stops; what is under way then is finished.
pub(super) async fn work<W: Work>(state: Payments) {
    let mut under_way = JoinSet::new();
    let mut rest = Rest::of(W::WORKER);
    while !state.stop.is_cancelled() {
        let free = SLOTS - under_way.len();
        for piece in claim::<W>(&state, free).await {
            under_way.spawn(W::advance(state.clone(), piece));
        }
        tokio::select! {
            () = state.stop.cancelled() => {}
            Some(ended) = under_way.join_next() => note(&ended),
            () = rest.rest(&state.work) => {}
        }
    }
    while let Some(ended) = under_way.join_next().await {
        note(&ended);
    }
}

async fn claim<W: Work>(state: &Payments, free: usize) -> Vec<W::Piece> {
    if free == 0 {
        return Vec::new();
    }
    let limit = i64::try_from(free).unwrap_or(i64::MAX);
    W::claim(state, limit).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the worker could not work");
        Vec::new()
    })
}

fn note(ended: &Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "work at the provider broke off: it is due again when its lease ends");
    }
}
