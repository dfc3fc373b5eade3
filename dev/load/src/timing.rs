//! Does the time of an answer tell who has an account? Known and unknown addresses are asked in turns, one at a time.

use crate::{
    system::System,
    table::{Table, say},
};
use anyhow::Context;
use serde_json::{Value, json};
use std::time::Instant;

/// Questions of each kind about each of the accounts.
const ROUNDS: usize = 5;
/// How often the samples are drawn again to see how much their medians vary.
const DRAWS: usize = 2_000;

/// One question, of which the known and the unknown address are compared.
struct Question {
    name: &'static str,
    path: &'static str,
    body: fn(&str) -> Value,
}

const QUESTIONS: [Question; 3] = [
    Question {
        name: "sign-in, wrong password",
        path: "signin",
        body: |email| json!({ "email": email, "password": "not the right password" }),
    },
    Question {
        name: "sign-up (the answers differ)",
        path: "signup",
        body: |email| json!({ "email": email, "password": "not the right password", "name": "Load" }),
    },
    Question { name: "forgotten password", path: "password/forgot", body: |email| json!({ "email": email }) },
];

/// Prints the medians of known and unknown addresses, their difference and its interval.
pub(crate) async fn measure(system: &System, known: &[String]) -> anyhow::Result<()> {
    let columns = ["question", "known ms", "unknown ms", "difference ms", "95 % of it", "samples of each"];
    let mut table = Table::new("Who has an account, by time", &columns);
    for question in QUESTIONS {
        let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            for (number, email) in known.iter().enumerate() {
                // An unknown address is asked for as often as a known one, but for sign-up, which would make it known.
                let turn = if question.path == "signup" { round } else { 0 };
                let unknown = format!("unknown-{turn}-{email}");
                // Who is first has no advantage.
                let pairs = [(email.as_str(), true), (unknown.as_str(), false)];
                let order = if (number + round) % 2 == 0 { [0, 1] } else { [1, 0] };
                for at in order {
                    let (email, is_known) = pairs[at];
                    let took = ask(system, &question, email, (round, number)).await?;
                    if is_known { of_known.push(took) } else { of_unknown.push(took) }
                }
            }
        }
        let (low, high) = interval(&of_known, &of_unknown);
        let (a, b) = (median(&of_known), median(&of_unknown));
        table.row([
            question.name.to_owned(),
            format!("{a:.2}"),
            format!("{b:.2}"),
            format!("{:+.2}", a - b),
            format!("{low:+.2} to {high:+.2}"),
            of_known.len().to_string(),
        ]);
    }
    table.print();
    say(&format!("  (asked of auth itself, without the ingress; interval by {DRAWS} bootstrap draws)"));
    Ok(())
}

/// Milliseconds of one answer. Each comes from a network of its own: bounds per network are not what is measured.
async fn ask(
    system: &System,
    question: &Question,
    email: &str,
    (round, number): (usize, usize),
) -> anyhow::Result<f64> {
    let port = system.process("auth")?.port.context("auth has a port")?;
    let url = format!("http://127.0.0.1:{port}/api/auth/{}", question.path);
    let network = format!("10.{round}.{number}.{}", email.len() % 250 + 1);
    let request = system.http.post(url).header("x-forwarded-for", network).json(&(question.body)(email));
    let sent = Instant::now();
    let answer = request.send().await?;
    let status = answer.status();
    answer.bytes().await?;
    anyhow::ensure!(status.as_u16() != 429 && !status.is_server_error(), "{}: {status}", question.name);
    Ok(sent.elapsed().as_secs_f64() * 1000.0)
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Between which values 95 % of the differences of medians lie when samples are drawn from the samples.
fn interval(of_known: &[f64], of_unknown: &[f64]) -> (f64, f64) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut drawn: Vec<f64> =
        (0..DRAWS).map(|_| median(&random.draw(of_known)) - median(&random.draw(of_unknown))).collect();
    drawn.sort_by(f64::total_cmp);
    let at = |share: usize| drawn.get(drawn.len() * share / 1000).copied().unwrap_or_default();
    (at(25), at(974))
}

/// The same numbers each time (xorshift64), so that the same samples give the same interval.
struct Random(u64);

impl Random {
    fn draw(&mut self, samples: &[f64]) -> Vec<f64> {
        (0..samples.len()).map(|_| samples[self.below(samples.len())]).collect()
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap_or(1)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_tells_a_difference_from_noise() {
        let noise =
            |base: f64| (0..200).map(|number| base + f64::from(number % 20) / 10.0).collect::<Vec<_>>();
        let (low, high) = interval(&noise(20.0), &noise(20.0));
        assert!(low <= 0.0 && high >= 0.0, "{low} {high}");
        let (low, _) = interval(&noise(25.0), &noise(20.0));
        assert!(low > 4.0, "{low}");
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
