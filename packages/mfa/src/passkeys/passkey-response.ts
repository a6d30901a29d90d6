import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { isoBase64URL } from '@simplewebauthn/server/helpers'
import { membersOf } from '../arguments.js'

/** An answer of an authenticator, as far as its form goes. Nothing in it has been verified. */
export interface ParsedResponse<Response> {
  /** Only what is read further on; everything else that a browser adds is left behind. */
  readonly response: Response
  readonly challenge: string
}

/** Credential ids have at most 1,023 bytes (WebAuthn section 4). */
const MAX_ID = 1364
const MAX_CLIENT_DATA = 4096
const MAX_AUTHENTICATOR_DATA = 4096
/** Of RSA with 4,096 bits; others are far shorter. */
const MAX_SIGNATURE = 700
const MAX_ATTESTATION = 6144
/** 64 bytes (WebAuthn section 5.4.3). */
const MAX_USER_HANDLE = 86

const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable']

/** What `navigator.credentials.create()` returned, as `toJSON()` writes it. */
export function parseRegistrationResponse(
  value: unknown,
): ParsedResponse<RegistrationResponseJSON> | undefined {
  const credential = readCredential(value)
  if (credential === undefined) return undefined
  const { id, answer, clientDataJSON, challenge } = credential
  const attestationObject = answer.get('attestationObject')
  if (!isBase64url(attestationObject, MAX_ATTESTATION)) return undefined
  const transports = readTransports(answer.get('transports'))
  const response = { clientDataJSON, attestationObject, transports }
  return { challenge, response: { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response } }
}

/** What `navigator.credentials.get()` returned, as `toJSON()` writes it. */
export function parseAuthenticationResponse(
  value: unknown,
): ParsedResponse<AuthenticationResponseJSON> | undefined {
  const credential = readCredential(value)
  if (credential === undefined) return undefined
  const { id, answer, clientDataJSON, challenge } = credential
  const [authenticatorData, signature] = [answer.get('authenticatorData'), answer.get('signature')]
  // browsers write `null` or nothing where an authenticator has none
  const userHandle = answer.get('userHandle') ?? undefined
  if (!isBase64url(authenticatorData, MAX_AUTHENTICATOR_DATA) || !isBase64url(signature, MAX_SIGNATURE))
    return undefined
  if (userHandle !== undefined && !isBase64url(userHandle, MAX_USER_HANDLE)) return undefined
  const response = {
    clientDataJSON,
    authenticatorData,
    signature,
    ...(userHandle !== undefined && { userHandle }),
  }
  return { challenge, response: { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response } }
}

/** True for canonical base64url of at most so many characters. */
export function isBase64url(value: unknown, maximum: number): value is string {
  return (
    typeof value === 'string' &&
    value.length <= maximum &&
    /^[A-Za-z0-9_-]+$/.test(value) &&
    value.length % 4 !== 1 &&
    isoBase64URL.fromBuffer(isoBase64URL.toBuffer(value)) === value
  )
}

function readCredential(value: unknown) {
  const members = membersOf(value)
  const [id, rawId, type] = [members.get('id'), members.get('rawId'), members.get('type')]
  if (!isBase64url(id, MAX_ID) || rawId !== id || type !== 'public-key') return undefined
  const answer = membersOf(members.get('response'))
  const clientDataJSON = answer.get('clientDataJSON')
  if (!isBase64url(clientDataJSON, MAX_CLIENT_DATA)) return undefined
  const challenge = readChallenge(clientDataJSON)
  return challenge === undefined ? undefined : { id, answer, clientDataJSON, challenge }
}

/** The challenge says which one is to be taken; whether it is the right one comes out there. */
function readChallenge(clientDataJSON: string): string | undefined {
  const clientData = membersOf(parseJson(isoBase64URL.toBuffer(clientDataJSON)))
  const challenge = clientData.get('challenge')
  // a page in a frame of another site is none of ours, and registrations are not checked for it by the library
  const isFramed = clientData.get('crossOrigin') === true || clientData.has('topOrigin')
  return !isFramed && isBase64url(challenge, 64) ? challenge : undefined
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** Hints for later; unknown ones are left out, as WebAuthn section 5.8.4 has it. */
function readTransports(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > 16) return []
  return TRANSPORTS.filter(transport => value.includes(transport))
}
