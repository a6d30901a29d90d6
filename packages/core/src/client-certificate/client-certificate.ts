/** What a certificate says of itself (RFC 5280). Who vouches for it, the TLS layer has checked. */
export interface CertificateFields {
  /** The distinguished name of the subject (RFC 4514); empty where the alternative names say it all. */
  readonly subjectName: string
  /** The distinguished name of the issuer (RFC 4514). */
  readonly issuerName: string
  /** In hexadecimal, upper case. Unique for one issuer. */
  readonly serialNumber: string
  /** Alternative names that are DNS names. */
  readonly dnsNames: readonly string[]
  /** Alternative names that are URIs, such as a SPIFFE id. */
  readonly uris: readonly string[]
  /** `notBefore`, epoch milliseconds. */
  readonly validFrom: number
  /** `notAfter`, epoch milliseconds. */
  readonly validUntil: number
}

/** A certificate whose key the client proved in the TLS handshake. */
export interface ClientCertificate extends CertificateFields {
  readonly der: Uint8Array
  /** SHA-256 of the certificate, base64url: `x5t#S256` (RFC 8705 section 3.1). */
  readonly thumbprint: string
}

/** Reads the DER bytes of a certificate; `undefined` for what is none. */
export type ReadCertificate = (der: Uint8Array) => CertificateFields | undefined
