import type { Stores } from '@authcore/core/ports'
import { expect } from '../expect.js'
import { MINUTE, SECOND } from '../fixtures.js'
import type { StoresUnderTest } from '../options.js'
import { type RegisterTest, requireStores } from '../port-kit.js'
import type { Settings } from '../settings.js'
import type { TestTally } from '../test-counts.js'
import {
  type Deployment,
  deploy,
  expectNoAlarm,
  findErrorCode,
  type HeldClock,
  holdClock,
} from './deployment.js'
import type { ServerFaultKind, ServerFaults } from './server-faults.js'
import { withFaults } from './with-faults.js'

/** Registers what happens when the way to the server breaks in the middle of a call, or the server itself does. */
export function describeServerFaults(it: RegisterTest, { capabilities }: Settings): void {
  for (const kind of capabilities.serverFaults ?? []) {
    it(`${kind} at any call of a refresh: the retry gets the same successor`, async (opened, tally) => {
      await forEachCall(opened, kind, tally, async (clock, process) => {
        const first = await process.auth.sessions.start({ subject: 'user-1' })
        clock.advance(MINUTE)
        return {
          attempt: ({ auth }) =>
            auth.sessions.refresh(first.refreshToken).then(tokens => tokens.refreshToken),
          verify: async answers => {
            clock.advance(SECOND)
            const second = await untilAnswered(() => process.auth.sessions.refresh(first.refreshToken))
            for (const answer of answers) expect(answer).toEqual(second.refreshToken)
            await process.auth.sessions.refresh(second.refreshToken)
            expectNoAlarm(process)
          },
        }
      })
    })

    it(`${kind} at any call of a revocation: once it has answered, nothing lives`, async (opened, tally) => {
      await forEachCall(opened, kind, tally, async (_, process) => {
        const first = await process.auth.sessions.start({ subject: 'user-1' })
        return {
          attempt: ({ auth }) => auth.sessions.revoke(first.session.id),
          verify: async answers => {
            if (answers.length === 0)
              await untilAnswered(() => process.auth.sessions.revoke(first.session.id))
            const refresh = () => process.auth.sessions.refresh(first.refreshToken)
            expect(await untilDecided(refresh)).toEqual('session_revoked')
            const verify = () => process.auth.accessTokens.verify(first.accessToken)
            expect(await untilDecided(verify)).toEqual('token_revoked')
          },
        }
      })
    })
  }
}

interface ServerScenario {
  readonly attempt: (process: Deployment) => Promise<unknown>
  readonly verify: (answers: readonly unknown[]) => Promise<void>
}

/** Breaks the way to the server right before the first call of an attempt, then before the second, and so on. */
async function forEachCall(
  { faults, stores: given }: StoresUnderTest,
  kind: ServerFaultKind,
  tally: TestTally,
  prepare: (clock: HeldClock, process: Deployment) => Promise<ServerScenario>,
): Promise<void> {
  if (!faults?.kinds.includes(kind)) throw new Error(`createStores() brought no faults of the kind ${kind}.`)
  const stores = requireStores(given)
  for (let number = 0; ; number += 1) {
    const clock = holdClock()
    const process = deploy(stores, clock)
    const { attempt, verify } = await prepare(clock, process)
    const { isBroken, answers } = await breakAt(number, kind, faults, stores, clock, attempt)
    await verify(answers)
    if (!isBroken) return
    tally.faults += 1
  }
}

/** How long bytes may travel before the way is mended. */
const TRAVEL_MS = 100

async function breakAt(
  number: number,
  kind: ServerFaultKind,
  faults: ServerFaults,
  stores: Stores,
  clock: HeldClock,
  attempt: (process: Deployment) => Promise<unknown>,
): Promise<{ readonly isBroken: boolean; readonly answers: readonly unknown[] }> {
  let isBroken = false
  let tell: () => void = () => {}
  const broken = new Promise<void>(resolve => {
    tell = resolve
  })
  const breaking = withFaults(stores, async call => {
    if (call.number !== number) return undefined
    await faults.inject(kind)
    isBroken = true
    tell()
    return undefined
  })
  const answers: unknown[] = []
  const pending = findErrorCode(async () => answers.push(await attempt(deploy(breaking.stores, clock))))
  await Promise.race([pending, broken])
  // only one that is broken here is mended: the last attempt meets no fault
  if (isBroken) {
    await pause(TRAVEL_MS)
    await faults.heal()
  }
  expect(await pending).toBeOneOf([undefined, 'store_unavailable'])
  return { isBroken, answers }
}

const RETRIES = 100

/** A client that tries again while the store is away. */
async function untilAnswered<Result>(call: () => Promise<Result>): Promise<Result> {
  let answer: { readonly result: Result } | undefined
  const code = await untilDecided(async () => {
    answer = { result: await call() }
  })
  expect(code).toBeAbsent()
  if (answer === undefined) throw new Error('There is no answer.')
  return answer.result
}

/** The code with which a call ends once the store answers; `undefined` when it succeeds. */
async function untilDecided(call: () => Promise<unknown>): Promise<string | undefined> {
  for (let retry = 0; retry < RETRIES; retry += 1) {
    const code = await findErrorCode(call)
    if (code !== 'store_unavailable') return code
    await pause(TRAVEL_MS)
  }
  throw new Error('The store did not come back.')
}

/** A real server takes real time. Every runtime has this function, and its type is no part of the language. */
function pause(milliseconds: number): Promise<void> {
  const { setTimeout }: { readonly setTimeout?: (callback: () => void, delay: number) => unknown } =
    globalThis as object
  return new Promise(resolve => {
    setTimeout?.(resolve, milliseconds)
  })
}
