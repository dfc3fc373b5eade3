//! Passes connections on to another address, so that a test can cut a link: stopping this process makes a black hole
//! that no connection notices, killing it resets every connection.

use clap::Parser;
use std::net::SocketAddr;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Passes connections on.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where it listens.
    #[arg(long)]
    listen: SocketAddr,
    /// Where it passes connections on to.
    #[arg(long)]
    to: SocketAddr,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let Arguments { listen, to } = Arguments::parse();
    let listener = TcpListener::bind(listen).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // Either side may end it at any time; that is what a link is for.
            drop(pass(stream, to).await);
        });
    }
}

async fn pass(mut near: TcpStream, to: SocketAddr) -> std::io::Result<()> {
    let mut far = TcpStream::connect(to).await?;
    // A marker that waits for more bytes would look like a slow bus.
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}
