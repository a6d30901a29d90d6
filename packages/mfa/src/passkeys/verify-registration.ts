import { type RegistrationResponseJSON, verifyRegistrationResponse } from '@simplewebauthn/server'
import {
  cose,
  decodeAttestationObject,
  decodeCredentialPublicKey,
  isoBase64URL,
} from '@simplewebauthn/server/helpers'
import type { PasskeySettings } from '../options.js'
import type { ParsedResponse } from './passkey-response.js'

/** A new credential, everything about it verified but where its authenticator comes from. */
export interface VerifiedRegistration {
  readonly credentialId: string
  /** COSE key, base64url. */
  readonly publicKey: string
  readonly counter: number
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
}

/** EdDSA, ES256, RS256, in the order of preference. */
export const PASSKEY_ALGORITHMS: number[] = [cose.COSEALG.EdDSA, cose.COSEALG.ES256, cose.COSEALG.RS256]

const MAX_PUBLIC_KEY_BYTES = 1024
/** RSA of 2048 bits and more. */
const MIN_MODULUS_BYTES = 256

/**
 * Verifies a registration (WebAuthn section 7.1): challenge, origin, domain, presence and verification of the user.
 * Attestation is not asked for: none is accepted, and one that the new key itself signed.
 * @returns `undefined` for whatever is not accepted
 */
export async function verifyRegistration(
  { response, challenge }: ParsedResponse<RegistrationResponseJSON>,
  { rpId, origins }: PasskeySettings,
): Promise<VerifiedRegistration | undefined> {
  try {
    const attestation = readAttestation(response.response.attestationObject)
    if (attestation === undefined) return undefined
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
    })
    if (!verified) return undefined
    const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo
    // the library takes the id from the signed part; the rest of this package goes by the other one
    if (credential.id !== response.id || !isKnownKey(credential.publicKey, attestation)) return undefined
    return {
      credentialId: credential.id,
      publicKey: isoBase64URL.fromBuffer(credential.publicKey),
      counter: credential.counter,
      isBackupEligible: credentialDeviceType === 'multiDevice',
      isBackedUp: credentialBackedUp,
    }
  } catch {
    // the library throws at whatever is not accepted; there is nothing of a store in here
    return undefined
  }
}

/** What is read of an attestation statement. */
interface Attestation {
  /** Of a statement that the new key signed itself. */
  readonly algorithm: unknown
}

/** Before the library looks at certificates: nothing here trusts any root. */
function readAttestation(attestationObject: string): Attestation | undefined {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject))
  const [format, statement] = [decoded.get('fmt'), decoded.get('attStmt')]
  if (format === 'none') return { algorithm: undefined }
  if (format !== 'packed' || statement.get('x5c') !== undefined) return undefined
  return { algorithm: statement.get('alg') ?? 0 }
}

/** The kind of key that belongs to the algorithm, and no other (RFC 9053 section 2, RFC 8812 section 2). */
function isKnownKey(publicKey: Uint8Array<ArrayBuffer>, attestation: Attestation): boolean {
  const decoded: unknown = decodeCredentialPublicKey(publicKey)
  if (publicKey.byteLength > MAX_PUBLIC_KEY_BYTES || !(decoded instanceof Map)) return false
  const key: ReadonlyMap<unknown, unknown> = decoded
  const { COSEKEYS, COSEKTY, COSECRV, COSEALG } = cose
  const [kty, crv, algorithm] = [key.get(COSEKEYS.kty), key.get(COSEKEYS.crv), key.get(COSEKEYS.alg)]
  // WebAuthn section 8.2: the statement of a key about itself names the algorithm of the key
  if (attestation.algorithm !== undefined && attestation.algorithm !== algorithm) return false
  switch (algorithm) {
    case COSEALG.ES256:
      return kty === COSEKTY.EC2 && crv === COSECRV.P256
    case COSEALG.EdDSA:
      return kty === COSEKTY.OKP && crv === COSECRV.ED25519
    default: {
      const modulus = key.get(COSEKEYS.n)
      return kty === COSEKTY.RSA && modulus instanceof Uint8Array && modulus.length >= MIN_MODULUS_BYTES
    }
  }
}
