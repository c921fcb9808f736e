//! Requests go out at once. The client sends each in two parts and leaves Nagle's algorithm on (RFC 896), so that the second
//! part waits until the server has acknowledged the first: 40 ms at every call, where the server is a Linux that has
//! nothing to answer yet (RFC 1122, 4.2.3.2). The client gives no way to its sockets; the kernel does.

use std::io;

/// Switches the algorithm off (`TCP_NODELAY`) for every TCP connection of this process, because none is better off with it;
/// returns for how many it was on. An error where the kernel gives no way to our own sockets: that takes Linux 5.6, and
/// a container whose seccomp profile allows `pidfd_getfd`.
#[cfg(target_os = "linux")]
pub(crate) fn switch_off() -> io::Result<usize> {
    use std::os::fd::RawFd;

    use rustix::io::Errno;
    use rustix::net::sockopt::{set_tcp_nodelay, tcp_nodelay};
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

    let own = pidfd_open(getpid(), PidfdFlags::empty())?;
    let mut switched = 0;
    for entry in std::fs::read_dir("/proc/self/fd")? {
        let entry = entry?;
        // One that was closed since is none.
        let kind = std::fs::read_link(entry.path()).unwrap_or_default();
        let number: Option<RawFd> = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(number) = number.filter(|_| kind.to_string_lossy().starts_with("socket:")) else { continue };
        match pidfd_getfd(&own, number, PidfdGetfdFlags::empty()) {
            // Anything but TCP refuses the question.
            // One that takes no setting any more is at its end, and keeps none of the others from theirs.
            Ok(socket) if matches!(tcp_nodelay(&socket), Ok(false)) => {
                switched += usize::from(set_tcp_nodelay(&socket, true).is_ok());
            }
            Ok(_) | Err(Errno::BADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(switched)
}

/// Elsewhere nothing is known of it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn switch_off() -> io::Result<usize> {
    Ok(0)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream, UdpSocket};

    use super::*;

    #[test]
    fn kurrent_every_connection_of_the_process_sends_at_once_and_other_sockets_are_left_alone() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(!client.nodelay().unwrap() && !server.nodelay().unwrap());
        assert!(switch_off().unwrap() >= 2);
        assert!(client.nodelay().unwrap() && server.nodelay().unwrap());
        assert!(other.local_addr().is_ok());
    }
}
