import { pbkdf2Sync, scryptSync } from 'node:crypto'
import { hashSync as argon2HashSync, hashRawSync } from '@node-rs/argon2'
import { hashSync as bcryptHashSync } from '@node-rs/bcrypt'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHasherOn } from '../../src/hashing/create-password-hasher.js'
import type { HashingBackend } from '../../src/hashing/hashing-backend.js'
import { backend as node } from '../../src/hashing/node.js'
import { backend as web } from '../../src/hashing/web.js'
import { createPasswordHasher } from '../../src/index.js'

const PASSWORD = 'correct horse battery staple'
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '')
const SALT = new Uint8Array(16).fill(5)

/** Hashes of the same password as other systems store them. */
const OTHER_SYSTEMS: Readonly<Record<string, string>> = {
  'argon2id of another library': argon2HashSync(PASSWORD, { memoryCost: 8192, timeCost: 3, parallelism: 2 }),
  argon2i: `$argon2i$v=19$m=4096,t=3,p=1$${base64(SALT)}$${base64(hashRawSync(PASSWORD, { algorithm: 1, memoryCost: 4096, timeCost: 3, parallelism: 1, salt: SALT }))}`,
  'scrypt of 2^14': `$scrypt$ln=14,r=8,p=1$${base64(SALT)}$${base64(scryptSync(PASSWORD, SALT, 32))}`,
  'PBKDF2 with SHA-256': `$pbkdf2-sha256$i=1000,l=32$${base64(SALT)}$${base64(pbkdf2Sync(PASSWORD, SALT, 1000, 32, 'sha256'))}`,
  'PBKDF2 with SHA-512 as passlib writes it': `$pbkdf2-sha512$1000$${base64(SALT).replaceAll('+', '.')}$${base64(pbkdf2Sync(PASSWORD, SALT, 1000, 64, 'sha512')).replaceAll('+', '.')}`,
  "Django's PBKDF2": `pbkdf2_sha256$1000$saltOfDjango$${pbkdf2Sync(PASSWORD, 'saltOfDjango', 1000, 32, 'sha256').toString('base64')}`,
  'bcrypt 2a': bcryptHashSync(PASSWORD, { cost: 4, version: '2a' }),
  'bcrypt 2b': bcryptHashSync(PASSWORD, { cost: 5, version: '2b' }),
  'bcrypt 2y': bcryptHashSync(PASSWORD, { cost: 4, version: '2y' }),
}

/** The least that is allowed, so that JavaScript alone is quick enough. */
const WEB_OPTIONS = { scrypt: { logCost: 13, blockSize: 8, parallelism: 10 } } as const

describe('new hashes', () => {
  // covers ASVS-11.4.2
  it('are argon2id with 19 MiB and two passes on Node', async () => {
    const hasher = createPasswordHasher()
    const hash = await hasher.hash(PASSWORD)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await hasher.verify(PASSWORD, hash)).toEqual({ matches: true, needsRehash: false })
    expect(await hasher.verify(`${PASSWORD} `, hash)).toEqual({ matches: false, needsRehash: false })
    expect(await hasher.hash(PASSWORD)).not.toBe(hash)
  })

  it('are scrypt with 2^17, 8, 1 where that is asked for', async () => {
    const hasher = createPasswordHasher({ algorithm: 'scrypt' })
    const hash = await hasher.hash(PASSWORD)
    expect(hash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await hasher.verify(PASSWORD, hash)).toEqual({ matches: true, needsRehash: false })
  })

  it('are scrypt in runtimes without native code, and the same bytes as on Node', async () => {
    const onWeb = createHasherOn(web, WEB_OPTIONS)
    const hash = await onWeb.hash(PASSWORD)
    expect(hash).toMatch(/^\$scrypt\$ln=13,r=8,p=10\$/)
    expect(await onWeb.verify(PASSWORD, hash)).toEqual({ matches: true, needsRehash: false })
    const onNode = createHasherOn(node, { ...WEB_OPTIONS, algorithm: 'scrypt' })
    expect(await onNode.verify(PASSWORD, hash)).toEqual({ matches: true, needsRehash: false })
  })

  // covers ASVS-6.2.8, ASVS-6.2.9
  it('cut nothing off: passwords that differ after 72 bytes differ', async () => {
    const hasher = createPasswordHasher()
    const long = 'x'.repeat(72)
    const hash = await hasher.hash(`${long}a`)
    expect(await hasher.verify(`${long}a`, hash)).toMatchObject({ matches: true })
    expect(await hasher.verify(`${long}b`, hash)).toMatchObject({ matches: false })
    expect(await hasher.verify(long, hash)).toMatchObject({ matches: false })
    const most = 'y'.repeat(1023)
    expect(await hasher.verify(`${most}b`, await hasher.hash(`${most}a`))).toMatchObject({ matches: false })
  })

  it('are the same for what keyboards compose differently', async () => {
    const hasher = createPasswordHasher()
    const hash = await hasher.hash('Grüße aus Köln ﬁn')
    for (const typed of ['Gru\u0308ße aus Ko\u0308ln ﬁn', 'Grüße aus Köln fin', 'Ｇrüße aus Köln fin']) {
      expect(await hasher.verify(typed, hash)).toEqual({ matches: true, needsRehash: false })
    }
  })
})

describe.each<[string, HashingBackend]>([
  ['node', node],
  ['web', web],
])('hashes of older systems, backend %s', (_, backend) => {
  const hasher = createHasherOn(backend, WEB_OPTIONS)

  it.each(Object.entries(OTHER_SYSTEMS))('%s is verified and asks to be replaced', async (__, hash) => {
    expect(await hasher.verify(PASSWORD, hash)).toEqual({ matches: true, needsRehash: true })
    expect(await hasher.verify('correct horse battery stapler', hash)).toEqual({
      matches: false,
      needsRehash: false,
    })
  })

  it('bcrypt matches nothing longer than what it looks at, and nothing with a zero byte', async () => {
    const long = 'x'.repeat(72)
    const hash = bcryptHashSync(`${long}a`, { cost: 4 })
    expect(await hasher.verify(long, hash)).toMatchObject({ matches: true })
    expect(await hasher.verify(`${long}a`, hash)).toMatchObject({ matches: false })
    expect(await hasher.verify(`${long}b`, hash)).toMatchObject({ matches: false })
    expect(await hasher.verify('a\0b', bcryptHashSync('a\0b', { cost: 4 }))).toMatchObject({ matches: false })
  })

  it('a hash of what was typed, as it was, matches and is replaced by one of the normal form', async () => {
    const typed = 'Gru\u0308ße'
    const hash = bcryptHashSync(typed, { cost: 4 })
    expect(await hasher.verify(typed, hash)).toEqual({ matches: true, needsRehash: true })
    expect(await hasher.verify('Grüße', hash)).toMatchObject({ matches: false })
  })
})

describe('parameters', () => {
  const costly = { memoryKib: 32_768, passes: 3, lanes: 1 }

  it('are raised when a stored hash is weaker, and never lowered', async () => {
    const today = createPasswordHasher()
    const tomorrow = createPasswordHasher({ argon2id: costly })
    expect(await tomorrow.verify(PASSWORD, await today.hash(PASSWORD))).toEqual({
      matches: true,
      needsRehash: true,
    })
    expect(await today.verify(PASSWORD, await tomorrow.hash(PASSWORD))).toEqual({
      matches: true,
      needsRehash: false,
    })
    const once = createPasswordHasher({ argon2id: { memoryKib: 47_104, passes: 1 } })
    expect(await today.verify(PASSWORD, await once.hash(PASSWORD))).toMatchObject({ needsRehash: false })
  })

  it('of scrypt likewise, and a change of the algorithm replaces too', async () => {
    const small = createHasherOn(node, { algorithm: 'scrypt', scrypt: { logCost: 14, parallelism: 5 } })
    const large = createHasherOn(node, { algorithm: 'scrypt', scrypt: { logCost: 15, parallelism: 5 } })
    const hash = await small.hash(PASSWORD)
    expect(await large.verify(PASSWORD, hash)).toEqual({ matches: true, needsRehash: true })
    expect(await small.verify(PASSWORD, await large.hash(PASSWORD))).toMatchObject({ needsRehash: false })
    const argon2 = createPasswordHasher()
    expect(await argon2.verify(PASSWORD, hash)).toMatchObject({ needsRehash: true })
    expect(await small.verify(PASSWORD, await argon2.hash(PASSWORD))).toMatchObject({ needsRehash: true })
  })

  it('with a short salt or a short hash are replaced', async () => {
    const hasher = createPasswordHasher()
    const salt = SALT.subarray(0, 8)
    const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, salt }
    const text = (hash: Uint8Array) => `$argon2id$v=19$m=19456,t=2,p=1$${base64(salt)}$${base64(hash)}`
    expect(await hasher.verify(PASSWORD, text(hashRawSync(PASSWORD, options)))).toEqual({
      matches: true,
      needsRehash: true,
    })
  })

  it.each<[string, object]>([
    ['argon2id.memoryKib', { argon2id: { memoryKib: 1024 } }],
    ['argon2id.passes', { argon2id: { memoryKib: 8192, passes: 1 } }],
    ['argon2id.passes', { argon2id: { memoryKib: 262_144, passes: 999 } }],
    ['argon2id.lanes', { argon2id: { lanes: 0 } }],
    ['argon2id.memory', { argon2id: { memory: 1 } }],
    ['scrypt.logCost', { scrypt: { logCost: 13 } }],
    ['scrypt.logCost', { scrypt: { logCost: 20, blockSize: 8 } }],
    ['scrypt', { scrypt: 7 }],
    ['algorithm', { algorithm: 'bcrypt' }],
    ['concurrency', { concurrency: 0.5 }],
    ['maxQueued', { maxQueued: Number.NaN }],
    ['random', { random: 'x' }],
    ['cost', { cost: 12 }],
  ])('%s is checked while wiring', (path, options) => {
    expect(() => createPasswordHasher(options)).toThrowError(
      expect.objectContaining({
        code: 'config_invalid',
        problems: expect.arrayContaining([expect.objectContaining({ path })]),
      }),
    )
  })

  it('are not taken from a polluted Object.prototype', async () => {
    const prototype: Record<string, unknown> = Object.prototype as never
    prototype['argon2id'] = { memoryKib: 7168, passes: 5 }
    try {
      expect(await createPasswordHasher({}).hash(PASSWORD)).toContain('m=19456,t=2')
    } finally {
      delete prototype['argon2id']
    }
  })
})

describe('stored texts that nobody stores in good faith', () => {
  /** Fails when any work is done. */
  const idle: HashingBackend = {
    name: 'node',
    preferredAlgorithm: 'argon2id',
    argon2: () => Promise.reject(new Error('worked')),
    scrypt: () => Promise.reject(new Error('worked')),
    pbkdf2: () => Promise.reject(new Error('worked')),
    verifyBcrypt: () => Promise.reject(new Error('worked')),
  }
  const hasher = createHasherOn(idle)
  const s = base64(SALT)
  const h = base64(new Uint8Array(32).fill(6))
  const bcryptTail = bcryptHashSync('x', { cost: 4 }).slice(7)

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no text', { toString: () => 'x' }],
    ['empty text', ''],
    ['huge text', `$argon2id$v=19$m=19456,t=2,p=1$${s}$${'A'.repeat(1_000_000)}`],
    ['plain text', PASSWORD],
    ['4 GiB of memory', `$argon2id$v=19$m=4194304,t=1,p=1$${s}$${h}`],
    ['more memory than a number holds', `$argon2id$v=19$m=99999999999999999999,t=1,p=1$${s}$${h}`],
    ['many passes', `$argon2id$v=19$m=19456,t=100000,p=1$${s}$${h}`],
    ['many lanes', `$argon2id$v=19$m=19456,t=2,p=255$${s}$${h}`],
    ['no memory', `$argon2id$v=19$m=0,t=2,p=1$${s}$${h}`],
    ['no passes', `$argon2id$v=19$m=19456,t=0,p=1$${s}$${h}`],
    ['a negative number', `$argon2id$v=19$m=-1,t=2,p=1$${s}$${h}`],
    ['another version', `$argon2id$v=16$m=19456,t=2,p=1$${s}$${h}`],
    ['an unknown variant', `$argon2x$v=19$m=19456,t=2,p=1$${s}$${h}`],
    ['a short salt', `$argon2id$v=19$m=19456,t=2,p=1$AAAA$${h}`],
    ['a long salt', `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(100)}$${h}`],
    ['a short hash', `$argon2id$v=19$m=19456,t=2,p=1$${s}$AAAA`],
    ['malformed base64', `$argon2id$v=19$m=19456,t=2,p=1$${s}$${h.slice(0, -1)}!`],
    ['base64 with spare bits', `$argon2id$v=19$m=19456,t=2,p=1$${s}$${h.slice(0, -1)}Z`],
    ['base64 of no length', `$argon2id$v=19$m=19456,t=2,p=1$${s}$${'A'.repeat(41)}`],
    ['something behind it', `$argon2id$v=19$m=19456,t=2,p=1$${s}$${h}\n`],
    ['scrypt of 2^31', `$scrypt$ln=31,r=8,p=1$${s}$${h}`],
    ['scrypt with a huge block', `$scrypt$ln=14,r=1000000,p=1$${s}$${h}`],
    ['scrypt with much parallelism', `$scrypt$ln=14,r=8,p=1000000$${s}$${h}`],
    ['scrypt with none', `$scrypt$ln=14,r=8,p=0$${s}$${h}`],
    ['scrypt of 512 MiB', `$scrypt$ln=19,r=8,p=1$${s}$${h}`],
    ['many iterations', `$pbkdf2-sha256$i=4000000000$${s}$${h}`],
    ['no iterations', `$pbkdf2-sha256$i=0$${s}$${h}`],
    ['a wrong length', `$pbkdf2-sha256$i=1000,l=64$${s}$${h}`],
    ['an unknown digest', `$pbkdf2-md5$i=1000$${s}$${h}`],
    ["Django's with many iterations", `pbkdf2_sha256$999999999$saltOfDjango$${h}=`],
    ["Django's with a short hash", 'pbkdf2_sha256$1000$saltOfDjango$AAAA'],
    ["Django's without padding", `pbkdf2_sha256$1000$saltOfDjango$${h}`],
    ['bcrypt of 2^31', `$2b$31$${bcryptTail}`],
    ['bcrypt of nothing', `$2b$03$${bcryptTail}`],
    ['bcrypt of another kind', `$2x$10$${bcryptTail}`],
    ['bcrypt cut short', `$2b$10$${bcryptTail.slice(1)}`],
  ])('%s is refused before any work', async (_, text) => {
    const error: unknown = await hasher.verify(PASSWORD, text as string).catch(reason => reason)
    expect(error).toMatchObject({ name: 'StoreError', code: 'password_hash_unusable' })
    expect(String((error as Error).message)).not.toContain('$')
  })

  it('any other text is refused too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 600 }), async text => {
        await expect(hasher.verify(PASSWORD, text)).rejects.toMatchObject({ code: 'password_hash_unusable' })
      }),
    )
  })

  it('stay away from the password: half a pair, nothing, and what is too long', async () => {
    for (const password of ['\ud800', 'a\udfff', '', undefined, null, 7, {}, []]) {
      await expect(hasher.hash(password as string)).rejects.toMatchObject({ code: 'password_malformed' })
      await expect(hasher.simulate(password as string)).rejects.toMatchObject({ code: 'password_malformed' })
    }
    // the last becomes eighteen times as long by being normalised
    for (const password of [
      'x'.repeat(1025),
      'x'.repeat(10_000_000),
      '\ud800'.repeat(2000),
      '\ufdfa'.repeat(1000),
    ]) {
      await expect(hasher.verify(password, 'x')).rejects.toMatchObject({ code: 'password_too_long' })
      await expect(hasher.hash(password)).rejects.toMatchObject({ code: 'password_too_long' })
    }
  })
})
