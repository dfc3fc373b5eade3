//! Pages and posters are sent compressed. Files of the site are compressed when they are built, or not at all.

use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{NotForContentType, SizeAbove},
    },
};

/// Below this the answer travels in one packet anyway.
const MIN_BYTES: u16 = 1024;
/// Each page is compressed while somebody waits: the higher levels cost more time than they save on the way.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// Compresses text; leaves alone what is encoded already, event streams, fonts and images other than SVG.
pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(MIN_BYTES)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"));
    CompressionLayer::new().quality(LEVEL).compress_when(worth_it)
}
