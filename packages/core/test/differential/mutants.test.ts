import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALGORITHMS, profileOf } from '../../src/jws/algorithms.js'
import { createDice } from './dice.js'
import { STRICTER } from './disagreements.js'
import { createLaboratory, describeRow, type Laboratory, type Mutant } from './run.js'
import { createSummary } from './summary.js'
import { createValidToken, encode } from './tokens.js'

/** `npm run test:differential` runs the long way; `AUTHCORE_MUTANTS` and `AUTHCORE_SEED` choose another. */
const IS_LONG = process.env['MODE'] === 'differential'
const MUTANTS = Number(process.env['AUTHCORE_MUTANTS'] ?? (IS_LONG ? 1_000_000 : 20_000))
const SEED = Number(process.env['AUTHCORE_SEED'] ?? 2026)
const BATCH = 100
const MAX_MS = 50
const MAX_HEAP_GROWTH = 32 * 2 ** 20

let laboratory: Laboratory

beforeAll(async () => {
  laboratory = await createLaboratory()
})

describe('valid tokens', () => {
  it.each(ALGORITHMS)('%s: everybody who knows it accepts', async algorithm => {
    const verifiers = laboratory.verifiers.get(algorithm)
    const key = laboratory.keys.get(algorithm)
    if (verifiers === undefined || key === undefined) throw new Error('expected a key for each algorithm')
    const dice = createDice(SEED)
    for (let count = 0; count < 20; count++) {
      const token = createValidToken(key, dice)
      const { fast, web, peers } = verifiers
      const payload = JSON.parse(token.payload)
      for (const verify of [fast, web, ...peers.values()]) {
        expect(await verify(token.text)).toEqual({ accepted: true, payload })
      }
    }
  })

  it('the twin of an ECDSA signature is as genuine, so the text of a token is no id', async () => {
    // (r, n - s) verifies where (r, s) does; RFC 7518 section 3.4 does not choose between them. It is the one way to
    // another accepted text without the key, and the reason why revocation goes by `jti`.
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const key = laboratory.keys.get('ES256')
    const verifiers = laboratory.verifiers.get('ES256')
    if (verifiers === undefined || key === undefined) throw new Error('expected a key')
    const { genuine } = createValidToken(key, createDice(SEED))
    const s = BigInt(`0x${Buffer.from(genuine.signature.subarray(32)).toString('hex')}`)
    const twin = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')
    const text = `${genuine.signingInput}.${encode(Buffer.concat([genuine.signature.subarray(0, 32), twin]))}`
    for (const verify of [verifiers.fast, verifiers.web, ...verifiers.peers.values()]) {
      expect(await verify(text)).toMatchObject({ accepted: true })
    }
    expect(profileOf('ES256')).toMatchObject({ curve: 'P-256' })
  })
})

describe('mutants', () => {
  it(
    `${MUTANTS} of seed ${SEED}: verdicts agree, or a named rule says why ours is stricter`,
    async () => {
      // peers throw by the hundred thousand; where they do so is of no interest
      const { stackTraceLimit } = Error
      Error.stackTraceLimit = 0
      const summary = createSummary()
      const failures: string[] = []
      const classes = new Set<string>()
      const startedAt = performance.now()
      let heapBefore = 0
      try {
        for (let start = 0; start < MUTANTS && failures.length < 10; start += BATCH) {
          const size = Math.min(BATCH, MUTANTS - start)
          const mutants = Array.from({ length: size }, (_, offset) =>
            laboratory.createMutant(SEED, start + offset),
          )
          if (IS_LONG) failures.push(...(await findSlow(mutants)))
          for (const row of await Promise.all(mutants.map(laboratory.judge))) {
            summary.add(row)
            for (const name of row.classes) classes.add(name)
            if (row.problems.length > 0) failures.push(describeRow(row, laboratory.keys))
          }
          if (IS_LONG && start % 20_000 === 0) report(start, startedAt)
          if (IS_LONG && start === 100_000) heapBefore = liveHeap()
        }
      } finally {
        Error.stackTraceLimit = stackTraceLimit
      }
      expect(failures.join('\n\n')).toBe('')
      expect(summary.mutants).toBe(MUTANTS)
      // a class that nobody falls into is no class
      const unused = Object.keys(STRICTER).filter(
        name => ![...classes].some(entry => entry.endsWith(`: ${name}`)),
      )
      expect(unused).toEqual([])
      if (!IS_LONG) return
      const grown = liveHeap() - heapBefore
      const seconds = Math.round((performance.now() - startedAt) / 1000)
      process.stdout.write(
        `${summary.print()}\n\n${MUTANTS} mutants in ${seconds} s, heap grew by ${grown} bytes\n`,
      )
      expect(heapBefore === 0 ? 0 : grown).toBeLessThan(MAX_HEAP_GROWTH)
    },
    IS_LONG ? 7_200_000 : 180_000,
  )
})

/** Measured alone and more than once, so that a pause of the machine is no finding. */
async function findSlow(mutants: readonly Mutant[]): Promise<readonly string[]> {
  const slow: string[] = []
  for (const { algorithm, token, seed, index } of mutants.slice(0, 10)) {
    const verify = laboratory.verifiers.get(algorithm)?.fast
    if (verify === undefined) continue
    let fastest = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < 5 && fastest > MAX_MS; attempt++) {
      const before = performance.now()
      await verify(token.text)
      fastest = Math.min(fastest, performance.now() - before)
    }
    if (fastest > MAX_MS) slow.push(`seed ${seed}, index ${index}: ${fastest} ms\n${token.text}`)
  }
  return slow
}

/** Bytes in use after a collection. */
function liveHeap(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}

function report(done: number, startedAt: number): void {
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  process.stdout.write(`${done} of ${MUTANTS} mutants, ${seconds} s\n`)
}
