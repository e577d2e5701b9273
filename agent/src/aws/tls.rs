//! Whom the agent believes to be AWS.

use rustls::{ClientConfig, RootCertStore};

/// TLS with the certificates of the image, as an administrator may have added some;
/// with Mozilla's, which are built in, where an image has none: a bare custom image
/// must not keep its app running for ever.
///
/// # Errors
/// A sentence fragment.
pub(super) fn config() -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    // What cannot be parsed is left out, as every TLS client does with old certificates.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        tracing::debug!("the image has no CA certificates: using those built in");
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = rustls::crypto::ring::default_provider().into();
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
