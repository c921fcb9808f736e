//! A socket that acknowledges at once what it hears.
//!
//! The official client leaves Nagle's algorithm on and sends a call in two pieces. It keeps the second one back until
//! the first is acknowledged, which Linux likes to do 40 milliseconds later: every append would take that long. A real
//! server on Linux does not help the client here; tests should not wait for it.
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a connection is spoken over, with TLS or without: one type, so that the protocol is compiled once.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// The socket of a connection.
pub(super) struct Socket {
    stream: TcpStream,
    acknowledges_at_once: bool,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, acknowledges_at_once: bool) -> Self {
        // small answers must not wait for more of them; where that cannot be had, they do
        let _as_it_is = stream.set_nodelay(true);
        Self { stream, acknowledges_at_once }
    }

    #[cfg(target_os = "linux")]
    fn acknowledge(&self) {
        // the kernel forgets this wish again and again; without it everything works, only later
        let _as_it_is = rustix::net::sockopt::set_tcp_quickack(&self.stream, true);
    }

    #[cfg(not(target_os = "linux"))]
    fn acknowledge(&self) {}
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let done = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if self.acknowledges_at_once {
            self.acknowledge();
        }
        Poll::Ready(done)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
