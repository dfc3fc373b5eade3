//! A mail server on loopback that does as it is told and remembers what it took.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does with one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    /// Takes the mail.
    Accept,
    /// Says that it has no time.
    Defer,
    /// Says that there is no such mailbox.
    Refuse,
    /// Takes the mail and goes away before it says so.
    Vanish,
    /// Does not believe the password.
    Distrust,
    /// Serves nobody: says this code instead of a greeting.
    Shut(u16),
    /// Does not take mail of this sender.
    Disown,
}

/// A mail that the server took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
}

/// The server. It accepts whatever it was not told about.
pub(crate) struct Sink {
    /// What `SMTP_URL` says.
    pub(crate) url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    connections: Arc<Mutex<u32>>,
}

impl Sink {
    /// Starts the server; it treats its first connections as planned.
    pub(crate) async fn start(plan: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let sink = Self { url, taken: Arc::default(), connections: Arc::default() };
        let (taken, connections) = (Arc::clone(&sink.taken), Arc::clone(&sink.connections));
        let mut plan: VecDeque<_> = plan.iter().copied().collect();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *connections.lock().unwrap() += 1;
                let does = plan.pop_front().unwrap_or(Does::Accept);
                let taken = Arc::clone(&taken);
                // A client that goes away ends its conversation, and nothing else.
                tokio::spawn(async move { drop(converse(stream, does, &taken).await) });
            }
        });
        sink
    }

    /// What it took so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// How often somebody connected.
    pub(crate) fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }
}

async fn converse(stream: TcpStream, does: Does, taken: &Mutex<Vec<Taken>>) -> io::Result<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut mail = Taken::default();
    if let Does::Shut(code) = does {
        return writing.write_all(format!("{code} closed\r\n").as_bytes()).await;
    }
    writing.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let answer: &[u8] = match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => b"250-sink\r\n250 AUTH PLAIN\r\n",
            "AUTH" if does == Does::Distrust => b"535 5.7.8 who are you\r\n",
            "AUTH" => b"235 welcome\r\n",
            "MAIL" if does == Does::Disown => b"550 5.1.8 not from there\r\n",
            "MAIL" => {
                rest.clone_into(&mut mail.from);
                b"250 go on\r\n"
            }
            "RCPT" if does == Does::Defer => b"451 no time\r\n",
            "RCPT" if does == Does::Refuse => b"550 nobody here\r\n",
            "RCPT" => {
                rest.clone_into(&mut mail.to);
                b"250 go on\r\n"
            }
            "DATA" => {
                writing.write_all(b"354 speak\r\n").await?;
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.data.push_str(&line);
                    mail.data.push('\n');
                }
                taken.lock().unwrap().push(mail.clone());
                if does == Does::Vanish {
                    return Ok(());
                }
                b"250 taken\r\n"
            }
            "QUIT" => {
                return writing.write_all(b"221 bye\r\n").await;
            }
            _ => b"250 fine\r\n",
        };
        writing.write_all(answer).await?;
    }
    Ok(())
}
