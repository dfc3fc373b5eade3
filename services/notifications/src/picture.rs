//! QR codes as PNG: the one format that every mail program shows.
//!
//! Black and white, one bit per dot, not compressed: a code is a few kilobytes, and no image library is needed.

use qrcode::{Color, EcLevel, QrCode, types::QrError};

/// Dots per module of the code.
const SCALE: usize = 4;
/// White modules around it, as the standard asks.
const QUIET: usize = 4;
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// The most bytes of one block that is not compressed.
const BLOCK_BYTES_MAX: usize = 65_535;

/// The QR code of a text.
pub(crate) fn qr(text: &str) -> Result<Vec<u8>, QrError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
    let (width, modules) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * SCALE;
    let dark = |x: usize, y: usize| {
        let module = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < width);
        match (module(x), module(y)) {
            (Some(x), Some(y)) => modules.get(y * width + x) == Some(&Color::Dark),
            _ => false,
        }
    };
    Ok(png(side, dark))
}

/// A square picture of black and white dots.
fn png(side: usize, dark: impl Fn(usize, usize) -> bool) -> Vec<u8> {
    let mut rows = Vec::with_capacity(side * (side / 8 + 2));
    for y in 0..side {
        rows.push(0); // no filter
        for first in (0..side).step_by(8) {
            // Bit 1 is white; what lies beyond the edge does not matter.
            rows.push((0..8).fold(0, |byte, bit| byte << 1 | u8::from(!dark(first + bit, y))));
        }
    }
    let mut header = Vec::new();
    header.extend(u32::try_from(side).unwrap_or(0).to_be_bytes());
    header.extend(u32::try_from(side).unwrap_or(0).to_be_bytes());
    header.extend([1, 0, 0, 0, 0]); // one bit, grey, deflate, no filter method, not interlaced
    let mut png = SIGNATURE.to_vec();
    chunk(&mut png, *b"IHDR", &header);
    chunk(&mut png, *b"IDAT", &stored(&rows));
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let begin = png.len();
    png.extend(kind);
    png.extend(data);
    let sum = crc32(png.get(begin..).unwrap_or_default());
    png.extend(sum.to_be_bytes());
}

/// A zlib stream of blocks that are not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    let mut blocks = data.chunks(BLOCK_BYTES_MAX).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(0);
        stream.push(u8::from(blocks.peek().is_none()));
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn crc32(data: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !data.iter().fold(!0_u32, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_the_standard_ones() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn a_code_becomes_a_square_picture() {
        let png = qr("T1.0123456789ABCDEFGHJKMNPQRS.TVWXYZ0123456789ABCDEFGHJK").unwrap();
        assert_eq!(png[..8], SIGNATURE);
        assert_eq!(png[12..16], *b"IHDR");
        let side = u32::from_be_bytes(png[16..20].try_into().unwrap());
        assert_eq!(side % u32::try_from(SCALE).unwrap(), 0);
        assert_eq!(png[16..20], png[20..24]);
        assert!(png.ends_with(b"IEND\xae\x42\x60\x82"));
        // One filter byte and one bit per dot in every row, beside headers and sums.
        let rows = side * (side.div_ceil(8) + 1);
        assert_eq!(u32::try_from(png.len()).unwrap(), rows + 8 + 25 + 12 + 12 + 2 + 5 + 4);
    }
}
