//! QR codes.

use qrcode::{EcLevel, QrCode, render::svg, types::QrError};

/// The least width and height, in the units of the drawing.
const SIZE: u32 = 240;

/// A drawing, black on white with its quiet zone.
pub(crate) fn draw(text: &str) -> Result<String, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let (black, white) = (svg::Color("#000000"), svg::Color("#ffffff"));
    let mut drawing = code.render();
    drawing.quiet_zone(true).min_dimensions(SIZE, SIZE).dark_color(black).light_color(white);
    Ok(drawing.build())
}
