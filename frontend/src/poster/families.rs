//! The four families of art. The order of random numbers is part of the format: never reorder a draw.

use super::{Palette, random::Random};
use std::fmt::Write;

/// Side of the sheet.
const SIDE: i32 = 480;
/// Sixteen directions in thousandths of a cosine; a sine is the same table, twelve steps on.
const COSINES: [i32; 16] =
    [1000, 924, 707, 383, 0, -383, -707, -924, -1000, -924, -707, -383, 0, 383, 707, 924];

/// Writes to a `String`, which cannot fail.
macro_rules! draw {
    ($out:ident, $($format:tt)*) => { _ = write!($out, $($format)*) };
}

/// Concentric rings of growing width, each broken into one to three runs of sixteenths.
pub(super) fn arcs(random: &mut Random, palette: &Palette) -> String {
    let (cx, cy) = (random.pick([0, 120, 240, 360, 480]), random.pick([120, 240, 360, 480]));
    let mut inner = 30 + 10 * random.upto(4);
    let mut out = String::new();
    draw!(out, r#"<circle cx="{cx}" cy="{cy}" r="{}" fill="{}"/>"#, inner - 12, random.pick(palette.inks));
    for width in [16, 24, 40, 64, 104].into_iter().chain(std::iter::repeat(168)) {
        if inner >= 640 {
            break;
        }
        let radius = inner + (width >> 1);
        let point = |step: i32| (cx + along(radius, step), cy + along(radius, step + 12));
        let mut at = random.upto(16);
        for _ in 0..=random.upto(3) {
            let length = 3 + random.upto(6);
            let ink = random.pick(palette.inks);
            let ((x1, y1), (x2, y2)) = (point(at), point(at + length));
            draw!(
                out,
                r#"<path d="M{x1} {y1}A{radius} {radius} 0 0 1 {x2} {y2}" stroke="{ink}" stroke-width="{width}" fill="none"/>"#
            );
            at += length + 1 + random.upto(3);
        }
        inner += width + 8;
    }
    out
}

/// The way along a direction, rounded to the nearest whole.
fn along(radius: i32, step: i32) -> i32 {
    let cosine = COSINES[usize::try_from(step.rem_euclid(16)).unwrap_or_default()];
    (radius * cosine + 500).div_euclid(1000)
}

/// A grid of quarter, half and whole discs; a hairline stroke closes the seams.
pub(super) fn quarters(random: &mut Random, palette: &Palette) -> String {
    let cells = random.pick([3, 4, 5]);
    let mut out = String::new();
    for row in 0..cells {
        for column in 0..cells {
            quarter(random, palette, (column, row), SIDE / cells, &mut out);
        }
    }
    out
}

fn quarter(random: &mut Random, palette: &Palette, (column, row): (i32, i32), s: i32, out: &mut String) {
    let (x, y, h) = (column * s, row * s, s / 2);
    let (kind, turn) = (random.below(8), 90 * random.below(4));
    let (ink, other) = (random.pick(palette.inks), random.pick(palette.inks));
    let second = if other == ink { palette.ground } else { other };
    let place = format!(r#"transform="translate({x} {y}) rotate({turn} {h} {h})""#);
    let disc = format!("M0 0H{s}A{s} {s} 0 0 1 0 {s}Z");
    match kind {
        0..=2 => draw!(out, r#"<path {place} d="{disc}" fill="{ink}" stroke="{ink}" stroke-width=".8"/>"#),
        3 => draw!(
            out,
            r#"<g {place}><path d="M0 0H{s}V{s}H0Z" fill="{ink}" stroke="{ink}" stroke-width=".8"/><path d="{disc}" fill="{second}"/></g>"#
        ),
        4 => draw!(out, r#"<path {place} d="M0 0H{s}A{h} {h} 0 0 1 0 0Z" fill="{ink}"/>"#),
        5 => draw!(out, r#"<circle cx="{}" cy="{}" r="{h}" fill="{ink}"/>"#, x + h, y + h),
        6 => draw!(
            out,
            r#"<g {place}><path d="{disc}" fill="{ink}"/><path d="M0 0H{h}A{h} {h} 0 0 1 0 {h}Z" fill="{second}"/></g>"#
        ),
        _ => {} // the ground shows
    }
}

/// Bars that thicken by a fixed step; inside a disc the phase and the ink change over.
pub(super) fn rhythm(random: &mut Random, palette: &Palette, clip: &str) -> String {
    let turned = 90 * random.upto(2);
    let period = random.pick([24, 32, 40, 48]);
    let growing = random.below(2) == 1;
    let (cx, cy) = (120 + 60 * random.upto(5), 120 + 60 * random.upto(5));
    let radius = 110 + 20 * random.upto(5);
    let inner = turned + random.pick([0, 90, 45]);
    let [a, b, c] = palette.inks;
    let (outer_ink, disc_ink) = if random.below(2) == 1 { (b, a) } else { (a, b) };
    let bars = |ink: &str, phase: i32| {
        let mut path = String::new();
        for (index, at) in (0..).zip((-240 + phase..720).step_by(usize::try_from(period).unwrap_or(1))) {
            let step = if growing { index } else { 30 - index };
            let width = 3 + (period - 6) * step.clamp(0, 30) / 30;
            draw!(path, "M{at} -240h{width}v960h-{width}z");
        }
        format!(r#"<path d="{path}" fill="{ink}"/>"#)
    };
    let disc = format!(r#"<circle cx="{cx}" cy="{cy}" r="{radius}""#);
    format!(
        r#"<clipPath id="{clip}">{disc}/></clipPath><g transform="rotate({turned} 240 240)">{}</g>{disc} fill="{disc_ink}"/><g clip-path="url(#{clip})"><g transform="rotate({inner} 240 240)">{}</g></g>"#,
        bars(outer_ink, 0),
        bars(c, period >> 1)
    )
}

/// A flat shape in one ink under a dot screen in another, six units out of register.
pub(super) fn halftone(random: &mut Random, palette: &Palette) -> String {
    let focus = (60 * random.upto(9), 60 * random.upto(9));
    let wave = 70 + 20 * random.upto(5);
    let pitch = random.pick([24, 30, 30]);
    let shape = random.below(4);
    let (sx, sy) = (120 + 60 * random.upto(5), 120 + 60 * random.upto(5));
    let [screen, flat, _] = palette.inks;
    let mut out = match shape {
        0 => format!(r#"<circle cx="{sx}" cy="{sy}" r="170" fill="{flat}"/>"#),
        1 => format!(r#"<path d="M0 480L480 {}V480Z" fill="{flat}"/>"#, sy - 120),
        2 => format!(r#"<rect x="{}" width="220" height="480" fill="{flat}"/>"#, sx - 110),
        _ => format!(r#"<path d="M0 {sy}A240 240 0 0 1 480 {sy}V480H0Z" fill="{flat}"/>"#),
    };
    let overprint = if palette.overprint { r#" style="mix-blend-mode:multiply""# } else { "" };
    draw!(out, r#"<path d="{}" fill="{screen}"{overprint}/>"#, dots(focus, wave, pitch));
    out
}

/// Dots whose radius follows a triangle wave of the distance from the focus.
fn dots((fx, fy): (i32, i32), wave: i32, pitch: i32) -> String {
    let half = pitch >> 1;
    let step = usize::try_from(pitch).unwrap_or(1);
    let mut path = String::new();
    for (row, y) in (half..490).step_by(step).enumerate() {
        let offset = if row % 2 == 1 { half } else { 0 };
        for x in (half + offset..490).step_by(step) {
            let distance = ((x - fx) * (x - fx) + (y - fy) * (y - fy)).isqrt();
            let phase = distance % (2 * wave);
            let height = if phase < wave { phase } else { 2 * wave - phase };
            let radius = pitch * 7 * height / (10 * wave);
            if radius > 0 {
                let (left, top, width) = (x - radius + 6, y - 4, 2 * radius);
                draw!(
                    path,
                    "M{left} {top}a{radius} {radius} 0 1 0 {width} 0a{radius} {radius} 0 1 0 -{width} 0"
                );
            }
        }
    }
    path
}
