//! The one TLS provider of the process.

/// Makes aws-lc-rs the process's TLS provider, once; a provider that is already there is kept. Two are compiled in
/// (dependencies bring a second one), so rustls cannot choose by itself and would panic at the first client.
pub fn install_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else may be faster; then theirs is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}
