//! Counting down without trusting the visitor's clock.

use leptos::prelude::*;

/// Milliseconds left until `until_ms`, counted from the server's `now_ms` by the browser's monotonic clock: the first
/// text in the browser equals the server's, and a wrong clock does no harm.
pub fn remaining(until_ms: i64, now_ms: i64) -> ReadSignal<i64> {
    let (left, set_left) = signal((until_ms - now_ms).max(0));
    #[cfg(feature = "hydrate")]
    {
        let started = monotonic_ms();
        let tick = move || set_left.set((until_ms - now_ms - (monotonic_ms() - started)).max(0));
        if let Ok(timer) = set_interval_with_handle(tick, std::time::Duration::from_millis(250)) {
            on_cleanup(move || timer.clear());
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = set_left;
    left
}

/// Milliseconds since the page was opened: never jumps, so the time before hydration counts too.
#[cfg(feature = "hydrate")]
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of a page's life")]
fn monotonic_ms() -> i64 {
    window().performance().map_or(0, |clock| clock.now() as i64)
}

/// `11:42`; hours appear only where there are any.
pub fn digits(left_ms: i64) -> String {
    let seconds = (left_ms.max(0) + 999) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_round_up_so_that_zero_means_over() {
        assert_eq!(digits(702_000), "11:42");
        assert_eq!(digits(1), "00:01");
        assert_eq!(digits(0), "00:00");
        assert_eq!(digits(-5), "00:00");
        assert_eq!(digits(3_600_000), "1:00:00");
    }
}
