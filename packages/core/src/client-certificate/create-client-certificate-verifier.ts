import { backend } from '#crypto'
import { validateOptionalText, validateText } from '../arguments.js'
import {
  AuthError,
  ConfigError,
  type ConfigProblem,
  InsufficientScopeError,
  InvalidCertificateError,
  StoreError,
} from '../errors.js'
import { type AuthEventSink, createEmitter, reportRefusal } from '../events.js'
import { ownMembers } from '../own-members.js'
import type { Clock } from '../ports/clock.js'
import { systemClock } from '../ports/defaults.js'
import type { ClientCertificatePrincipal } from '../principal.js'
import { findMissing, validateRoles, validateScope } from '../rights.js'
import { certificateThumbprint } from './certificate-thumbprint.js'
import type { ClientCertificate, ReadCertificate } from './client-certificate.js'

/** What a deployment knows of the holder of a certificate. */
export interface ClientCertificateSubject<Scope extends string = string, Role extends string = string> {
  /** Who is calling: 1 to 255 characters. */
  readonly subject: string
  readonly scope?: readonly Scope[]
  readonly roles?: readonly Role[]
  /** The OAuth client that the certificate authenticates. */
  readonly clientId?: string
}

/** Who is known, and how certificates are read. */
export interface ClientCertificateVerifierOptions<
  Scope extends string = string,
  Role extends string = string,
> {
  /**
   * Says whose certificate it is; `undefined` refuses it. Compare the `thumbprint` for certificates that you know one
   * by one, or the names for those of an authority that gives each name to one holder only.
   */
  readonly findSubject: (
    certificate: ClientCertificate,
  ) =>
    | ClientCertificateSubject<Scope, Role>
    | undefined
    | Promise<ClientCertificateSubject<Scope, Role> | undefined>
  /** Reads the names and the validity. That of node:crypto unless told; other runtimes have none of their own. */
  readonly readCertificate?: ReadCertificate
  readonly clock?: Clock
  readonly events?: AuthEventSink
}

/** Verifies client certificates. */
export interface ClientCertificateVerifier<Scope extends string = string, Role extends string = string> {
  /**
   * Checks form and validity of a certificate and finds out whose it is. That somebody vouches for it and that the
   * caller holds its key is NOT checked here: the TLS layer has to have done that (RFC 8705 sections 2.1 and 7.5).
   * @param certificate DER, at most 16,384 bytes, from a TLS connection that was authorized
   * @param options `scope`: every scope that the holder must have
   * @throws InvalidCertificateError `client_certificate_malformed`, `client_certificate_expired`,
   *   `client_certificate_not_yet_valid`, `client_certificate_unknown`
   * @throws InsufficientScopeError `insufficient_scope`
   * @throws StoreError `store_unavailable` when `findSubject` fails, `store_record_invalid` for what it must not return
   */
  verify(
    certificate: Uint8Array,
    options?: { readonly scope?: readonly Scope[] },
  ): Promise<ClientCertificatePrincipal<Scope, Role>>
}

/** More than any certificate of a client has. */
const MAX_LENGTH = 16_384

/**
 * Creates a verifier of client certificates (RFC 8705 section 2). Chains, revocation lists and the proof of the key
 * are the business of TLS: ask your server for client certificates with `requestCert: true`, and pass on only those
 * of connections that it calls authorized.
 *
 * @throws ConfigError `config_invalid` with every problem of the options by path
 * @example
 * ```ts
 * import { createClientCertificateVerifier } from '@authcore/core'
 *
 * const clientCertificates = createClientCertificateVerifier({
 *   findSubject: ({ uris }) =>
 *     uris.includes('spiffe://example.com/billing') ? { subject: 'billing', scope: ['invoices:read'] } : undefined,
 * })
 * ```
 */
export function createClientCertificateVerifier<
  const Scope extends string = string,
  const Role extends string = string,
>(givenOptions: ClientCertificateVerifierOptions<Scope, Role>): ClientCertificateVerifier<Scope, Role> {
  const options: ClientCertificateVerifierOptions<Scope, Role> = ownMembers(Object(givenOptions))
  const { readCertificate = backend.readCertificate, clock = systemClock } = options
  const problems = findProblems({ ...options, readCertificate, clock })
  if (problems.length > 0 || readCertificate === undefined) throw new ConfigError('config_invalid', problems)
  const emit = createEmitter(options.events, clock)

  const check = async (
    certificate: Uint8Array,
    demands: { readonly scope?: readonly string[] } = {},
  ): Promise<ClientCertificatePrincipal<Scope, Role>> => {
    const read = parseCertificate(certificate, readCertificate)
    validateTime(read, clock())
    const found = await findSubject(read, options.findSubject)
    if (found === undefined) throw new InvalidCertificateError('client_certificate_unknown')
    const principal = toPrincipal(read, found)
    const missing = findMissing(ownMembers(demands).scope ?? [], principal.scope)
    if (missing.length > 0) throw new InsufficientScopeError('insufficient_scope', missing)
    // scope and roles are what `findSubject` returned, whose type says what they are
    return principal as ClientCertificatePrincipal<Scope, Role>
  }
  return Object.freeze({
    verify: (certificate: Uint8Array, demands?: { readonly scope?: readonly Scope[] }) =>
      reportRefusal('client_certificate', emit, () => check(certificate, demands)),
  })
}

function parseCertificate(der: unknown, readCertificate: ReadCertificate): ClientCertificate {
  if (!(der instanceof Uint8Array) || der.length === 0 || der.length > MAX_LENGTH) {
    throw new InvalidCertificateError('client_certificate_malformed')
  }
  const fields = readCertificate(der)
  if (fields === undefined) throw new InvalidCertificateError('client_certificate_malformed')
  return Object.freeze(ownMembers({ ...fields, der, thumbprint: certificateThumbprint(der) }))
}

/** RFC 5280 section 4.1.2.5: both instants belong to the validity. */
function validateTime({ validFrom, validUntil }: ClientCertificate, now: number): void {
  if (now < validFrom) throw new InvalidCertificateError('client_certificate_not_yet_valid')
  // the last second counts as a whole
  if (now >= validUntil + 1000) throw new InvalidCertificateError('client_certificate_expired')
}

async function findSubject(
  certificate: ClientCertificate,
  find: ClientCertificateVerifierOptions['findSubject'],
): Promise<ClientCertificateSubject | undefined> {
  try {
    const found = await find(certificate)
    return found === undefined ? undefined : ownMembers(found)
  } catch (error) {
    if (error instanceof AuthError) throw error
    // an outage must neither look like an answer nor like a bug of the caller
    throw new StoreError('store_unavailable', { cause: error })
  }
}

function toPrincipal(
  certificate: ClientCertificate,
  found: ClientCertificateSubject,
): ClientCertificatePrincipal {
  try {
    return composePrincipal(certificate, found)
  } catch {
    // what is known of the holder is not for the caller to mend
    throw new StoreError('store_record_invalid')
  }
}

function composePrincipal(
  certificate: ClientCertificate,
  found: ClientCertificateSubject,
): ClientCertificatePrincipal {
  const clientId = validateOptionalText(found.clientId, 'clientId')
  return Object.freeze({
    method: 'client_certificate',
    subject: validateText(found.subject, 'subject'),
    scope: Object.freeze(validateScope(found.scope, undefined)),
    roles: Object.freeze(validateRoles(found.roles, undefined)),
    issuedAt: certificate.validFrom,
    expiresAt: certificate.validUntil,
    'x5t#S256': certificate.thumbprint,
    subjectName: certificate.subjectName,
    dnsNames: Object.freeze([...certificate.dnsNames]),
    uris: Object.freeze([...certificate.uris]),
    ...(clientId !== undefined && { clientId }),
  })
}

function findProblems(options: Readonly<Record<string, unknown>>): readonly ConfigProblem[] {
  const isFunction = (name: string) => typeof options[name] === 'function'
  return [
    ...(isFunction('findSubject')
      ? []
      : [{ path: 'findSubject', message: 'must be a function (certificate) => { subject } or undefined' }]),
    ...(isFunction('readCertificate')
      ? []
      : [
          {
            path: 'readCertificate',
            message: 'must be a function (der) => fields: this runtime cannot read certificates by itself',
          },
        ]),
    ...(isFunction('clock')
      ? []
      : [{ path: 'clock', message: 'must be a function () => epoch milliseconds' }]),
    ...(options['events'] === undefined || isFunction('events')
      ? []
      : [{ path: 'events', message: 'must be a function (event) => void' }]),
  ]
}
