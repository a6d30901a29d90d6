import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { wireAuthCore } from '../../src/auth-core.js'
import type { CryptoBackend } from '../../src/crypto/backend.js'
import { backend } from '../../src/crypto/node.js'
import type { AuthCore, AuthEvent } from '../../src/index.js'
import type { JsonObject } from '../../src/json.js'
import type { Stores } from '../../src/ports/index.js'
import type { Dice } from '../differential/dice.js'
import { AUDIENCE, ISSUER, SECRET } from '../fixtures.js'
import type { Life, Network } from './network.js'
import { CLOCK_ERROR_MS, type Settings } from './settings.js'
import type { Timeline } from './timeline.js'

/** One process: it can end at any time, and the next one starts on the same stores. */
export class Node {
  readonly name: string
  readonly #start: () => { readonly auth: AuthCore; readonly life: Life }
  #running: { readonly auth: AuthCore; readonly life: Life }

  constructor(
    name: string,
    timeline: Timeline,
    network: Network,
    settings: Settings,
    dice: Dice,
    onEvent: (event: AuthEvent) => void,
  ) {
    this.name = name
    this.#start = () => {
      // every start has a clock of its own, within the stated error of the true time
      const offset = dice.roll(2 * CLOCK_ERROR_MS + 1) - CLOCK_ERROR_MS
      const { stores, life } = network.connect(name)
      const options = { stores, settings, dice, clock: () => timeline.now + offset, onEvent }
      return { auth: createNodeCore(options), life }
    }
    this.#running = this.#start()
  }

  get auth(): AuthCore {
    return this.#running.auth
  }

  restart(): void {
    this.#running.life.end()
    this.#running = this.#start()
  }

  /** Calls the process; when it ends first, the caller sees a broken connection. */
  call<Value>(run: (auth: AuthCore) => Promise<Value>): Promise<Value> {
    const { auth, life } = this.#running
    return Promise.race([run(auth), life.ended])
  }
}

interface NodeCoreOptions {
  readonly stores: Stores
  readonly settings: Settings
  readonly dice: Dice
  readonly clock: () => number
  readonly onEvent: (event: AuthEvent) => void
}

function createNodeCore({ stores, settings, dice, clock, onEvent }: NodeCoreOptions): AuthCore {
  const random = (length: number) => Uint8Array.from({ length }, () => dice.roll(256))
  const { maxStalenessSeconds, ...rest } = settings
  return wireAuthCore(
    {
      issuer: ISSUER,
      audience: AUDIENCE,
      secrets: [SECRET],
      stores,
      clock,
      random,
      events: onEvent,
      accessToken: { algorithm: 'EdDSA', ttlSeconds: rest.ttlSeconds },
      session: {
        idleSeconds: rest.idleSeconds,
        absoluteSeconds: rest.absoluteSeconds,
        reuseGraceSeconds: rest.graceSeconds,
      },
      signingKey: {
        jwksMaxAgeSeconds: rest.jwksMaxAgeSeconds,
        refreshSeconds: rest.refreshSeconds,
        rotationSeconds: rest.rotationSeconds,
      },
      revocation: { maxStalenessSeconds },
    },
    createRepeatableBackend(random),
  )
}

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410 section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The backend of Node, but keys come from the seed and signing does not leave for the thread pool. */
function createRepeatableBackend(random: (length: number) => Uint8Array): CryptoBackend {
  return {
    ...backend,
    async generateKey() {
      const der = Buffer.concat([PKCS8_HEAD, random(32)])
      const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      return {
        privateJwk: key.export({ format: 'jwk' }) as JsonObject,
        publicJwk: createPublicKey(key).export({ format: 'jwk' }) as JsonObject,
      }
    },
    createSigningKey(material, algorithm, kid) {
      if (material.type === 'secret') throw new TypeError('expected a private key')
      const key = createPrivateKey({ key: { ...material.jwk }, format: 'jwk' })
      return {
        algorithm,
        ...(kid !== undefined && { kid }),
        sign: signingInput => new Uint8Array(sign(null, Buffer.from(signingInput), key)),
      }
    },
  }
}
