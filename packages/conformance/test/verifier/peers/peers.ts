import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ALGORITHMS, type Algorithm } from '@authcore/core/jwt'
import { createVerifier, type Algorithm as FastJwtAlgorithm } from 'fast-jwt'
import { importSPKI, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'
import type { AttackVerifierOptions, CreatedVerifier } from '../../../src/index.js'

/** Another library, wired with the strictest options that it has. */
export interface Peer extends Pick<CreatedVerifier, 'createVerifier'> {
  readonly name: string
  readonly version: string
  readonly algorithms: readonly Algorithm[]
  readonly isRefusal?: NonNullable<AttackVerifierOptions['isRefusal']>
}

const jose: Peer['createVerifier'] = async ({ algorithm, key, issuer, audience, typ, now }) => {
  const imported = typeof key === 'string' ? await importSPKI(key, algorithm) : key
  const currentDate = new Date(now)
  const requiredClaims = ['exp']
  const options = { issuer, audience, typ, currentDate, requiredClaims, algorithms: [algorithm] }
  return token => jwtVerify(token, imported, options)
}

const fastJwt: Peer['createVerifier'] = ({ algorithm, key, issuer, audience, typ, now }) =>
  createVerifier({
    key: typeof key === 'string' ? key : Buffer.from(key),
    // its types lack names that it is not asked about
    algorithms: [algorithm as FastJwtAlgorithm],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: typ,
    requiredClaims: ['exp', 'iss', 'aud'],
    clockTimestamp: now,
  })

const jsonWebToken: Peer['createVerifier'] = ({ algorithm, key, issuer, audience, now }) => {
  const secret = typeof key === 'string' ? key : Buffer.from(key)
  // its types lack names that it is not asked about
  const algorithms = [algorithm as jsonwebtoken.Algorithm]
  const clockTimestamp = Math.floor(now / 1000)
  return token => jsonwebtoken.verify(token, secret, { issuer, audience, algorithms, clockTimestamp })
}

/** The libraries that most services on Node use. */
export const PEERS: readonly Peer[] = [
  { name: 'jose', version: versionOf('jose'), algorithms: ALGORITHMS, createVerifier: jose },
  {
    name: 'fast-jwt',
    version: versionOf('fast-jwt'),
    // it does not know the name of RFC 9864
    algorithms: ALGORITHMS.filter(algorithm => algorithm !== 'Ed25519'),
    createVerifier: fastJwt,
  },
  {
    name: 'jsonwebtoken',
    version: versionOf('jsonwebtoken'),
    // it has no Ed25519 under any name
    algorithms: ALGORITHMS.filter(algorithm => !algorithm.startsWith('Ed')),
    createVerifier: jsonWebToken,
  },
]

/** Of the package that is installed: not every package lets its manifest be imported. */
function versionOf(name: string): string {
  let directory = dirname(createRequire(import.meta.url).resolve(name))
  for (;;) {
    const version = readVersion(join(directory, 'package.json'), name)
    if (version !== undefined) return version
    if (directory === dirname(directory)) throw new Error(`The manifest of ${name} cannot be found.`)
    directory = dirname(directory)
  }
}

function readVersion(file: string, name: string): string | undefined {
  try {
    const manifest: { readonly name?: string; readonly version?: string } = JSON.parse(
      readFileSync(file, 'utf8'),
    )
    return manifest.name === name ? manifest.version : undefined
  } catch {
    return undefined
  }
}
