import { randomBytes } from 'node:crypto'
import { asynchronous, type Group, type Subject, synchronous } from '../harness/operation.js'
import {
  createBenchKey,
  createTokens,
  damageSignature,
  freshTexts,
  type MeasuredAlgorithm,
  type TokenOptions,
} from '../setup/tokens.js'
import { createFastJwtVerifier } from './fast-jwt.js'
import { createVerifier } from './verifier.js'

const TOKENS = 1000

/** What a refusal costs beside what an acceptance costs. */
export const refuseGroups: readonly Group[] = (['HS256', 'RS256'] as const).map(algorithm => ({
  id: `refuse-${algorithm}`,
  title: `Refuse an access token, ${algorithm}`,
  notes: [
    'Accepted and one error: an accepted token, and then one error thrown and caught in an async function.',
    'Nothing is cached.',
  ],
  subjects: [
    acceptedAndError(algorithm),
    refused(algorithm, 'authcore, bad signature', {}, damageSignature),
    refused(algorithm, 'authcore, expired', { expiresInSeconds: -10 }),
    refusedByFastJwt(algorithm, 'fast-jwt, bad signature', {}, damageSignature),
    refusedByFastJwt(algorithm, 'fast-jwt, expired', { expiresInSeconds: -10 }),
  ],
}))

/** What noise costs, which never gets as far as a signature. */
export const garbageGroup: Group = {
  id: 'refuse-garbage',
  title: 'Refuse what is no token',
  notes: [
    'In turn: text without dots, three parts of random base64url, a token that was cut off, and one with white space in it.',
    'One error: thrown and caught in an async function.',
  ],
  subjects: [
    {
      name: 'one error',
      prepare: async () => asynchronous(createGarbage(), text => swallow(refuse(text))),
    },
    {
      name: 'authcore, garbage',
      async prepare() {
        const { verify } = await createVerifier(createBenchKey('RS256'), { cacheSize: 0 })
        return asynchronous(createGarbage(), text => swallow(verify(text)))
      },
    },
    {
      name: 'fast-jwt, garbage',
      async prepare() {
        const verify = await createFastJwtVerifier(createBenchKey('RS256'), { cache: false })
        return synchronous(createGarbage(), text => swallowAtOnce(verify, text))
      },
    },
  ],
}

function acceptedAndError(algorithm: MeasuredAlgorithm): Subject {
  return {
    name: 'accepted and one error',
    async prepare() {
      const key = createBenchKey(algorithm)
      const { verify } = await createVerifier(key, { cacheSize: 0 })
      return asynchronous(freshTexts(createTokens(key, TOKENS)), async token => {
        const principal = await verify(token)
        await swallow(refuse(token))
        return principal
      })
    },
  }
}

function refused(
  algorithm: MeasuredAlgorithm,
  name: string,
  options: TokenOptions,
  change = (token: string): string => token,
): Subject {
  return {
    name,
    async prepare() {
      const key = createBenchKey(algorithm)
      const { verify } = await createVerifier(key, { cacheSize: 0 })
      const tokens = createTokens(key, TOKENS, options).map(change)
      return asynchronous(freshTexts(tokens), token => swallow(verify(token)))
    },
  }
}

function refusedByFastJwt(
  algorithm: MeasuredAlgorithm,
  name: string,
  options: TokenOptions,
  change = (token: string): string => token,
): Subject {
  return {
    name,
    async prepare() {
      const key = createBenchKey(algorithm)
      const verify = await createFastJwtVerifier(key, { cache: false })
      const tokens = createTokens(key, TOKENS, options).map(change)
      return synchronous(freshTexts(tokens), token => swallowAtOnce(verify, token))
    },
  }
}

/** A refusal is expected; an acceptance is a benchmark that measures nothing. */
async function swallow(verifying: Promise<unknown>): Promise<unknown> {
  try {
    await verifying
  } catch (error) {
    return error
  }
  throw new Error('What was to be refused has been accepted.')
}

function swallowAtOnce(verify: (token: string) => unknown, token: string): unknown {
  try {
    verify(token)
  } catch (error) {
    return error
  }
  throw new Error('What was to be refused has been accepted.')
}

async function refuse(text: string): Promise<never> {
  throw new Error(text === '' ? 'empty' : 'refused')
}

function createGarbage(): () => string {
  const [token = ''] = createTokens(createBenchKey('HS256'), 1)
  const texts = Array.from({ length: TOKENS }, (_, index) => {
    switch (index % 4) {
      case 0:
        return randomBytes(200).toString('hex')
      case 1:
        return [40, 200, 32].map(length => randomBytes(length).toString('base64url')).join('.')
      case 2:
        return token.slice(0, 30 + (index % 100))
      default:
        return `${token.slice(0, 60)} ${token.slice(60)}`
    }
  })
  return freshTexts(texts)
}
