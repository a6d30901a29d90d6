import { createHmac, createPublicKey, verify as verifySignature } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { importKey, type VerifyJwtOptions, verifyJwt } from '@authcore/core/jwt'
import type { VerifierMaterial, VerifyToken } from '../../../src/index.js'
import { createOwnVerifier } from '../fixtures.js'

/** A verifier that is ours but for one mistake. */
export interface VerifierSaboteur {
  readonly name: string
  /** A case that must be found, and what else the report must name. */
  readonly finds: readonly string[]
  readonly createVerifier: (material: VerifierMaterial) => VerifyToken | Promise<VerifyToken>
}

interface Parts {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
  readonly input: string
  readonly signature: Buffer
}

/** Accepts what the mistake accepts, and all that ours does. */
function accepting(
  isAccepted: (parts: Parts, material: VerifierMaterial, token: string) => boolean,
): VerifierSaboteur['createVerifier'] {
  return async material => {
    const verify = await createOwnVerifier(material)
    return token => {
      const parts = decode(token)
      return (parts !== undefined && isAccepted(parts, material, token)) || verify(token)
    }
  }
}

/** Ours with a check left out. */
function relaxed(
  change: (options: VerifyJwtOptions) => Partial<VerifyJwtOptions>,
): VerifierSaboteur['createVerifier'] {
  return async ({ algorithm, key, issuer, audience, typ, clock }) => {
    const imported = await importKey(key, { algorithm })
    const options = { issuer, audience, algorithms: [algorithm], typ, clock }
    return token => verifyJwt(token, imported, { ...options, ...change(options) })
  }
}

/** Ours behind a change of the text. */
function rewritten(rewrite: (token: string) => string): VerifierSaboteur['createVerifier'] {
  return async material => {
    const verify = await createOwnVerifier(material)
    return token => verify(rewrite(token))
  }
}

function decode(token: string): Parts | undefined {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const parse = (part: string) => Object(JSON.parse(Buffer.from(part, 'base64url').toString()))
  try {
    const bytes = Buffer.from(signature, 'base64url')
    return { header: parse(header), payload: parse(payload), input: `${header}.${payload}`, signature: bytes }
  } catch {
    return undefined
  }
}

function isHmac({ input, signature }: Parts, secret: string | Uint8Array, length = 32): boolean {
  return createHmac('sha256', secret).update(input).digest().subarray(0, length).equals(signature)
}

function underPublicKey(
  read: (material: VerifierMaterial) => string | Uint8Array,
): VerifierSaboteur['createVerifier'] {
  return accepting((parts, material) => parts.header['alg'] === 'HS256' && isHmac(parts, read(material)))
}

function toJwk({ publicJwks }: VerifierMaterial): object {
  return { ...publicJwks.keys[0] }
}

function isSignedUnder(
  jwk: unknown,
  { input, signature }: Parts,
  dsaEncoding: 'der' | 'ieee-p1363',
): boolean {
  try {
    const key = createPublicKey({ key: Object(jwk), format: 'jwk' })
    return verifySignature('sha256', Buffer.from(input), { key, dsaEncoding }, signature)
  } catch {
    return false
  }
}

/** Mistakes that have been made, one each. */
export const VERIFIER_SABOTEURS: readonly VerifierSaboteur[] = [
  {
    name: 'accepts alg none',
    finds: ['alg-none/none', 'alg-none/two-parts', 'alg-none/made-up-signature'],
    createVerifier: accepting(({ header }) => header['alg'] === 'none'),
  },
  {
    name: 'keeps none out in one spelling',
    finds: ['alg-none/none-capital', 'alg-none/none-upper-case', 'alg-none/none-mixed-case'],
    createVerifier: accepting(
      ({ header: { alg } }) =>
        alg !== 'none' && String(alg).toLowerCase() === 'none' && typeof alg === 'string',
    ),
  },
  {
    name: 'takes an absent alg for none',
    finds: ['alg-none/absent', 'alg-none/empty-header'],
    createVerifier: accepting(({ header }) => header['alg'] === undefined),
  },
  {
    name: 'decodes and does not verify',
    finds: ['foreign-key/right-kid', 'signature/first-bit', 'signature/subject-changed', 'exp/a-day-ago'],
    createVerifier: accepting(() => true),
  },
  {
    name: 'believes alg, and has the PEM text for its key',
    finds: ['alg-confusion/pem'],
    createVerifier: underPublicKey(({ publicPem = '' }) => publicPem),
  },
  {
    name: 'believes alg, and has trimmed PEM text for its key',
    finds: ['alg-confusion/pem-trimmed'],
    createVerifier: underPublicKey(({ publicPem = '' }) => publicPem.trim()),
  },
  {
    name: 'believes alg, and has DER for its key',
    finds: ['alg-confusion/der'],
    createVerifier: underPublicKey(({ publicPem = '' }) =>
      createPublicKey(publicPem).export({ type: 'spki', format: 'der' }),
    ),
  },
  {
    name: 'believes alg, and has the JWK for its key',
    finds: ['alg-confusion/jwk'],
    createVerifier: underPublicKey(material => JSON.stringify(toJwk(material))),
  },
  {
    name: 'believes alg, and has the key set for its key',
    finds: ['alg-confusion/jwk-set'],
    createVerifier: underPublicKey(({ publicJwks }) => JSON.stringify(publicJwks)),
  },
  {
    name: 'has an empty secret',
    finds: ['guessed-secret/empty'],
    createVerifier: accepting(parts => isHmac(parts, '')),
  },
  {
    name: 'was given a key object as text',
    finds: ['guessed-secret/object'],
    createVerifier: accepting(parts => isHmac(parts, String({}))),
  },
  {
    name: 'compares as many bytes as there are',
    finds: ['signature/empty', 'signature/first-byte-alone', 'signature/cut-to-16-bytes'],
    createVerifier: accepting(
      (parts, { secret }) => secret !== undefined && isHmac(parts, secret, parts.signature.length),
    ),
  },
  {
    name: 'accepts signatures that are zero',
    finds: ['ecdsa/psychic-zero', 'signature/zeros'],
    createVerifier: accepting(
      ({ signature }) => signature.length === 64 && signature.every(byte => byte === 0),
    ),
  },
  {
    name: 'accepts DER',
    finds: ['ecdsa/der'],
    createVerifier: accepting((parts, material) => isSignedUnder(toJwk(material), parts, 'der')),
  },
  {
    name: 'takes the key that the token brings',
    finds: ['embedded-key/jwk', 'embedded-key/jwk-no-kid'],
    createVerifier: accepting(parts => isSignedUnder(parts.header['jwk'], parts, 'ieee-p1363')),
  },
  {
    name: 'reads the file that kid names',
    finds: ['kid/absolute-path'],
    createVerifier: accepting(parts => {
      const kid = String(parts.header['kid'])
      return kid.startsWith('/dev/') && isHmac(parts, readFileSync(kid))
    }),
  },
  {
    name: 'forgets exp',
    finds: ['exp/a-second-ago', 'exp/minus-one', 'exp-type/absent'],
    createVerifier: accepting(({ payload }) => !(Number(payload['exp']) > 1_800_000_000)),
  },
  {
    name: 'is content without exp',
    finds: ['exp-type/absent'],
    createVerifier: relaxed(() => ({ requireExpiration: false })),
  },
  {
    name: 'lets clocks differ by a minute',
    finds: ['exp/a-second-ago', 'exp/now'],
    createVerifier: relaxed(() => ({ clockToleranceSeconds: 60 })),
  },
  {
    name: 'forgets nbf',
    finds: ['nbf/in-a-minute', 'nbf/in-a-year'],
    createVerifier: accepting(({ payload }) => Number(payload['nbf']) > 1_800_000_000),
  },
  {
    name: 'forgets iss',
    finds: ['iss/other', 'iss/other-in-list', 'iss/absent'],
    createVerifier: async material => {
      const verify = await relaxed(() => ({ issuer: null }))(material)
      const isList = (token: string) => Array.isArray(decode(token)?.payload['iss'])
      return token => isList(token) || verify(token)
    },
  },
  {
    name: 'compares iss by its beginning',
    finds: ['iss/suffix', 'iss/slash'],
    createVerifier: accepting(
      ({ payload }, { issuer }) =>
        String(payload['iss']).startsWith(`${issuer}`) && payload['iss'] !== issuer,
    ),
  },
  {
    name: 'forgets aud',
    finds: ['aud/other', 'aud/empty-list', 'aud/absent'],
    createVerifier: relaxed(() => ({ audience: null })),
  },
  {
    name: 'looks for aud within a text',
    finds: ['aud/contains', 'aud/suffix'],
    createVerifier: accepting(({ payload }, { audience }) => {
      const { aud } = payload
      return typeof aud === 'string' && aud !== audience && aud.includes(audience)
    }),
  },
  {
    name: 'forgets typ',
    finds: ['typ/id-token', 'typ/refresh', 'typ/absent'],
    createVerifier: async ({ typ, ...material }) => {
      const { algorithm, key, issuer, audience, clock } = material
      const imported = await importKey(key, { algorithm })
      return token => verifyJwt(token, imported, { issuer, audience, algorithms: [algorithm], clock })
    },
  },
  {
    name: 'ignores crit',
    finds: ['crit/unknown', 'crit/empty', 'header/b64-false-critical'],
    createVerifier: accepting(({ header }) => Object.hasOwn(header, 'crit')),
  },
  {
    name: 'trims',
    finds: ['text/leading-space', 'text/trailing-line-break'],
    createVerifier: rewritten(token => token.trim()),
  },
  {
    name: 'takes the scheme along',
    finds: ['text/bearer'],
    createVerifier: rewritten(token => token.replace(/^Bearer /, '')),
  },
  {
    name: 'looks at three parts of any number',
    finds: ['text/four-parts', 'text/five-parts', 'text/trailing-dot'],
    createVerifier: rewritten(token => token.split('.').slice(0, 3).join('.')),
  },
  {
    name: 'reads JSON serialization',
    finds: ['text/flattened'],
    createVerifier: rewritten(token => {
      if (!token.startsWith('{')) return token
      const { protected: header, payload, signature } = JSON.parse(token)
      return [header, payload, signature].join('.')
    }),
  },
  {
    name: 'decodes loosely',
    finds: ['base64url/signature-padded', 'base64url/signature-base64', 'base64url/signature-space'],
    createVerifier: rewritten(token => {
      const [header, payload, signature = '', ...rest] = token.split('.')
      return [header, payload, Buffer.from(signature, 'base64').toString('base64url'), ...rest].join('.')
    }),
  },
  {
    name: 'refuses everything',
    finds: ['valid/plain', 'valid/audience-list'],
    createVerifier: () => () => {
      throw new Error('refused')
    },
  },
  {
    name: 'knows one audience only',
    finds: ['valid/audience-among-others'],
    createVerifier: async material => {
      const verify = await createOwnVerifier(material)
      return token => {
        if (Array.isArray(decode(token)?.payload['aud'])) throw new Error('refused')
        return verify(token)
      }
    },
  },
]
