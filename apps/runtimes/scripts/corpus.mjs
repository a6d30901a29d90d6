import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PLACE } from './places.mjs'

const ISSUER = 'https://auth.example.com'
const AUDIENCE = 'https://api.example.com'
const NOW_SECONDS = Date.UTC(2030, 0, 1, 12) / 1000
const SIZE = 1000

/** Fresh keys of every kind that all runtimes are asked about. */
const KINDS = /** @type {const} */ ([
  ['RS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['PS256', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['ES384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['EdDSA', () => generateKeyPairSync('ed25519')],
])

/**
 * Makes a thousand tokens, good ones and mutants of them, from one seed.
 *
 * @param {number} seed
 * @returns {Promise<import('../src/corpus.ts').Corpus>}
 */
export async function createCorpus(seed) {
  const { signJwt } = await import(
    pathToFileURL(join(PLACE, 'packages/node_modules/@authcore/core/dist/jwt.js')).href
  )
  const pick = createDice(seed)
  const pairs = KINDS.map(([alg, generate], index) => {
    const { privateKey, publicKey } = generate()
    const members = { alg, kid: `key-${index}`, use: 'sig' }
    return {
      secret: { ...privateKey.export({ format: 'jwk' }), ...members },
      known: { ...publicKey.export({ format: 'jwk' }), ...members },
    }
  })
  const tokens = []
  while (tokens.length < SIZE) {
    const pair = pairs[pick(pairs.length)]
    const good = await signJwt(makeClaims(pick), pair?.secret, { typ: pick(12) === 0 ? 'JWT' : 'at+jwt' })
    tokens.push(pick(3) === 0 ? good : mutate(good, pick))
  }
  return { jwks: { keys: pairs.map(({ known }) => ({ kty: '', ...known })) }, tokens }
}

/** @param {(below: number) => number} pick */
function makeClaims(pick) {
  return {
    iss: pick(12) === 0 ? 'https://other.example.com' : ISSUER,
    aud: pick(12) === 0 ? ['https://other.example.com'] : AUDIENCE,
    sub: `user-${pick(1000)}`,
    jti: `token-${pick(1e6)}`,
    client_id: 'web',
    iat: NOW_SECONDS - pick(1000),
    exp: NOW_SECONDS - 60 + pick(900),
    ...(pick(8) === 0 && { nbf: NOW_SECONDS - 60 + pick(120) }),
    ...(pick(8) === 0 && { scope: 'read write' }),
    ...(pick(16) === 0 && { cnf: { jkt: 'A'.repeat(43) } }),
    ...(pick(16) === 0 && { auth_time: 'yesterday' }),
  }
}

/**
 * @param {string} token
 * @param {(below: number) => number} pick
 */
function mutate(token, pick) {
  const at = pick(token.length)
  const [header = '', payload = '', signature = ''] = token.split('.')
  const swap = (/** @type {Record<string, unknown>} */ members) =>
    encode({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...members })
  const mutations = [
    () => token.slice(0, at) + LETTERS[pick(LETTERS.length)] + token.slice(at + 1),
    () => token.slice(0, at) + token.slice(at + 1),
    () => `${header}.${payload}.`,
    () => `${header}.${payload}`,
    () => `${token}.${signature}`,
    () => `${swap({ alg: 'none' })}.${payload}.`,
    () => `${swap({ alg: 'HS256' })}.${payload}.${signature}`,
    () => `${swap({ crit: ['exp'] })}.${payload}.${signature}`,
    () => `${swap({ jwk: {} })}.${payload}.${signature}`,
    () => `${swap({ kid: `key-${pick(9)}` })}.${payload}.${signature}`,
    () => `${header}.${payload}.${signature.slice(0, -4)}`,
    () => `${header}.${payload}.${signature}==`,
    () => `${header}.${payload}.${'A'.repeat(signature.length)}`,
    () => ` ${token}`,
  ]
  return mutations[pick(mutations.length)]?.() ?? token
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. '

/** @param {object} value */
function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/**
 * @param {number} seed
 * @returns {(below: number) => number} mulberry32, which is enough to choose tests
 */
function createDice(seed) {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) % below
  }
}
