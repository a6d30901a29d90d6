import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { type Cbor, encodeCbor } from './cbor.js'

export type PasskeyAlgorithm = 'ES256' | 'EdDSA' | 'RS256'

/** What may be bent. Unless told, everything is as it has to be. */
export interface Bend {
  readonly origin?: string
  readonly rpId?: string
  readonly type?: string
  readonly challenge?: string
  /** Flags of the authenticator data; UP, UV and those of the authenticator unless told. */
  readonly flags?: number
  readonly counter?: number
  readonly clientData?: Readonly<Record<string, unknown>>
  readonly userHandle?: string | null
  readonly credentialId?: Buffer
  readonly attestation?: 'none' | 'self' | 'x5c' | 'tpm' | 'none-with-statement' | 'self-of-another'
  readonly publicKey?: ReadonlyMap<number, Cbor>
  readonly signature?: Buffer
  readonly id?: string
}

const UP = 0x01
const UV = 0x04
const BE = 0x08
const BS = 0x10
const AT = 0x40

const COSE: Readonly<Record<PasskeyAlgorithm, number>> = { ES256: -7, EdDSA: -8, RS256: -257 }

/** An authenticator with one passkey, made of `node:crypto`. */
export class Authenticator {
  readonly credentialId: Buffer = randomBytes(32)
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject
  readonly #algorithm: PasskeyAlgorithm
  readonly #flags: number
  #counter: number
  #userHandle = ''

  constructor({
    algorithm = 'ES256' as PasskeyAlgorithm,
    isBackupEligible = false,
    counter = 0,
    modulusLength = 2048,
  } = {}) {
    const pair =
      algorithm === 'RS256'
        ? generateKeyPairSync('rsa', { modulusLength })
        : algorithm === 'EdDSA'
          ? generateKeyPairSync('ed25519')
          : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.#privateKey = pair.privateKey
    this.#publicKey = pair.publicKey
    this.#algorithm = algorithm
    this.#flags = UP | UV | (isBackupEligible ? BE | BS : 0)
    this.#counter = counter
  }

  /** Answers `navigator.credentials.create`. */
  create(options: CreationOptions, bend: Bend = {}) {
    this.#userHandle = options.user.id
    const clientDataJSON = toClientData('webauthn.create', options.challenge, bend)
    const id = bend.credentialId ?? this.credentialId
    const publicKey = encodeCbor(bend.publicKey ?? this.publicKey())
    const data = Buffer.concat([
      this.#authenticatorData(options.rp.id ?? '', (bend.flags ?? this.#flags) | AT, bend),
      Buffer.alloc(16),
      Buffer.of(id.length >> 8, id.length & 255),
      id,
      publicKey,
    ])
    const attestationObject = encodeCbor(
      new Map<string, Cbor>([
        ...this.#attest(bend.attestation ?? 'none', Buffer.concat([data, sha256(clientDataJSON)])),
        ['authData', data],
      ]),
    )
    return toCredential(bend.id ?? encode(id), {
      clientDataJSON: encode(clientDataJSON),
      attestationObject: encode(attestationObject),
      transports: ['internal', 'hybrid', 'carrier-pigeon'],
    })
  }

  /** Answers `navigator.credentials.get`. */
  get(options: RequestOptions, bend: Bend = {}) {
    const clientDataJSON = toClientData('webauthn.get', options.challenge, bend)
    const data = this.#authenticatorData(options.rpId ?? '', bend.flags ?? this.#flags, bend)
    const signature = bend.signature ?? this.#sign(Buffer.concat([data, sha256(clientDataJSON)]))
    const userHandle = bend.userHandle === undefined ? this.#userHandle : bend.userHandle
    return toCredential(bend.id ?? encode(bend.credentialId ?? this.credentialId), {
      clientDataJSON: encode(clientDataJSON),
      authenticatorData: encode(data),
      signature: encode(signature),
      userHandle,
    })
  }

  publicKey(): Map<number, Cbor> {
    const { x, y, n, e } = this.#publicKey.export({ format: 'jwk' })
    const bytes = (text: unknown): Buffer => Buffer.from(String(text), 'base64url')
    switch (this.#algorithm) {
      case 'ES256':
        return new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ])
      case 'EdDSA':
        return new Map<number, Cbor>([
          [1, 1],
          [3, -8],
          [-1, 6],
          [-2, bytes(x)],
        ])
      case 'RS256':
        return new Map<number, Cbor>([
          [1, 3],
          [3, -257],
          [-1, bytes(n)],
          [-2, bytes(e)],
        ])
    }
  }

  #authenticatorData(rpId: string, flags: number, bend: Bend): Buffer {
    const counter = Buffer.alloc(4)
    if (bend.counter === undefined && this.#counter > 0) this.#counter += 1
    counter.writeUInt32BE(bend.counter ?? this.#counter)
    return Buffer.concat([sha256(Buffer.from(bend.rpId ?? rpId)), Buffer.of(flags), counter])
  }

  #attest(kind: NonNullable<Bend['attestation']>, signed: Buffer): [string, Cbor][] {
    const statement = new Map<string, Cbor>()
    if (kind === 'none')
      return [
        ['fmt', 'none'],
        ['attStmt', statement],
      ]
    const alg = kind === 'self-of-another' ? (this.#algorithm === 'ES256' ? -8 : -7) : COSE[this.#algorithm]
    statement.set('alg', alg).set('sig', this.#sign(signed))
    if (kind === 'none-with-statement')
      return [
        ['fmt', 'none'],
        ['attStmt', statement],
      ]
    if (kind === 'tpm')
      return [
        ['fmt', 'tpm'],
        ['attStmt', statement],
      ]
    if (kind === 'x5c') statement.set('x5c', [randomBytes(64)])
    return [
      ['fmt', 'packed'],
      ['attStmt', statement],
    ]
  }

  #sign(signed: Buffer): Buffer {
    return sign(this.#algorithm === 'EdDSA' ? null : 'sha256', signed, this.#privateKey)
  }
}

interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id?: string }
  readonly user: { readonly id: string }
}

interface RequestOptions {
  readonly challenge: string
  readonly rpId?: string
}

function toClientData(type: string, challenge: string, bend: Bend): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: bend.type ?? type,
      challenge: bend.challenge ?? challenge,
      origin: bend.origin ?? 'https://www.example.com',
      crossOrigin: false,
      ...bend.clientData,
    }),
  )
}

function toCredential<Response>(id: string, response: Response) {
  return {
    id,
    rawId: id,
    type: 'public-key',
    authenticatorAttachment: 'platform',
    clientExtensionResults: { credProps: { rk: true } },
    response,
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url')
}
