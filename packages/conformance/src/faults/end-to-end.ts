import type { Stores } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { MINUTE, SECOND } from '../fixtures.js'
import { toParameters } from '../model/model-property.js'
import { createTestRegistration, requireStores } from '../port-kit.js'
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
import { describeEndToEndRaces } from './end-to-end-races.js'
import { describeServerFaults } from './server-scenarios.js'
import { type FaultyStores, STORE_FAULTS, type StoreFault, withFaults } from './with-faults.js'

/** A fault at one call, and the deployment around it. */
interface Scenario {
  readonly clock: HeldClock
  /** A process whose stores always answer. */
  readonly healthy: Deployment
  /** A process whose stores fail once. */
  readonly faulty: Deployment
  readonly faults: FaultyStores
  readonly fault: StoreFault
  /** Another one for each scenario, so that names are used once. */
  readonly serial: number
}

/** Registers what happens to people who use AuthCore when these stores fail, race and come back. */
export function describeEndToEnd(settings: Settings): void {
  const { runner } = settings
  const it = createTestRegistration('endToEnd', settings)
  runner.describe('AuthCore on these stores: races', () => describeEndToEndRaces(it, settings))
  runner.describe('AuthCore on these stores: faults', () => {
    for (const fault of STORE_FAULTS) {
      const each = (name: string, scenario: (scenario: Scenario) => Promise<void>): void =>
        it(`${fault} at any call of ${name}`, ({ stores }, tally) =>
          forEachCall(requireStores(stores), fault, tally, scenario))
      each('a refresh: the retry gets the same successor', refreshThroughFault)
      each('a revocation: once it has answered, nothing lives', revokeThroughFault)
      each('a key verification: no use is granted twice', verifyKeyThroughFault)
      each('a key rotation: there is one successor', rotateKeyThroughFault)
    }
    it('random ones, with clients that race and retry, never fork a session', ({ stores }, tally) =>
      refreshThroughRandomFaults(requireStores(stores), settings, tally))
  })
  if ((settings.capabilities.serverFaults ?? []).length > 0) {
    runner.describe('AuthCore on these stores: faults of the server', () =>
      describeServerFaults(it, settings),
    )
  }
}

/** Lets one fault happen at the first call, then at the second, and so on, until none is left to fail. */
async function forEachCall(
  stores: Stores,
  fault: StoreFault,
  tally: TestTally,
  scenario: (scenario: Scenario) => Promise<void>,
): Promise<void> {
  for (let number = 0; ; number += 1) {
    const clock = holdClock()
    const faults = withFaults(stores, call => (call.number === number ? fault : undefined))
    const healthy = deploy(stores, clock)
    const faulty = deploy(faults.stores, clock)
    await scenario({ clock, healthy, faulty, faults, fault, serial: number })
    tally.faults += faults.counts.faults
    if (faults.counts.faults === 0) return
  }
}

async function refreshThroughFault(scenario: Scenario): Promise<void> {
  const { clock, healthy, faulty } = scenario
  const first = await healthy.auth.sessions.start({ subject: 'user-1' })
  clock.advance(MINUTE)
  const attempt = await tryThroughFault(scenario, () => faulty.auth.sessions.refresh(first.refreshToken))

  clock.advance(SECOND)
  const second = await healthy.auth.sessions.refresh(first.refreshToken)
  const late = await attempt.settle()
  for (const answer of late) expect(answer.refreshToken).toEqual(second.refreshToken)

  const third = await healthy.auth.sessions.refresh(second.refreshToken)
  expect(await findErrorCode(() => healthy.auth.accessTokens.verify(third.accessToken))).toBeAbsent()
  const live = await healthy.auth.sessions.list('user-1')
  expect(live.filter(({ id }) => id === first.session.id).length).toEqual(1)
  expectNoAlarm(healthy, faulty)
}

async function revokeThroughFault(scenario: Scenario): Promise<void> {
  const { healthy, faulty } = scenario
  const first = await healthy.auth.sessions.start({ subject: 'user-1' })
  const attempt = await tryThroughFault(scenario, () => faulty.auth.sessions.revoke(first.session.id))
  // whoever has no answer repeats
  if (attempt.answers.length === 0) await healthy.auth.sessions.revoke(first.session.id)

  const expectEnded = async (): Promise<void> => {
    const refreshed = await findErrorCode(() => healthy.auth.sessions.refresh(first.refreshToken))
    expect(refreshed).toEqual('session_revoked')
    expect(await findErrorCode(() => healthy.auth.accessTokens.verify(first.accessToken))).toEqual(
      'token_revoked',
    )
  }
  await expectEnded()
  await attempt.settle()
  await expectEnded()
  expectNoAlarm(healthy, faulty)
}

async function verifyKeyThroughFault(scenario: Scenario): Promise<void> {
  const { healthy, faulty } = scenario
  const uses = 3
  const { apiKey } = await healthy.auth.apiKeys.issue({ ownerId: 'owner-1', name: 'ci', remainingUses: uses })
  const attempt = await tryThroughFault(scenario, () => faulty.auth.apiKeys.verify(apiKey))
  const codes: (string | undefined)[] = []
  for (let use = 0; use < uses; use += 1) {
    codes.push(await findErrorCode(() => healthy.auth.apiKeys.verify(apiKey)))
  }
  const granted = codes.filter(code => code === undefined).length
  expect(codes.filter(code => code !== undefined && code !== 'api_key_exhausted')).toEqual([])
  // the use of a lost answer is lost with it, and never more than that one
  expect(granted).toBeOneOf([uses - 1, uses])
  const late = await attempt.settle(['api_key_exhausted'])
  expect(granted + late.length).toBeAtMost(uses)
}

async function rotateKeyThroughFault(scenario: Scenario): Promise<void> {
  const { clock, healthy, faulty, serial } = scenario
  const ownerId = `owner-${serial}`
  const { record, apiKey } = await healthy.auth.apiKeys.issue({ ownerId, name: 'ci' })
  const attempt = await tryThroughFault(scenario, () =>
    faulty.auth.apiKeys.rotate(record.id, { overlapSeconds: 60 }),
  )
  const again = await findErrorCode(() => healthy.auth.apiKeys.rotate(record.id, { overlapSeconds: 60 }))
  expect(again).toBeOneOf([undefined, 'api_key_already_rotated'])
  await attempt.settle(['api_key_already_rotated'])
  expect((await healthy.auth.apiKeys.list(ownerId)).length).toEqual(2)
  expect(await findErrorCode(() => healthy.auth.apiKeys.verify(apiKey))).toBeAbsent()
  clock.advance(MINUTE)
  expect(await findErrorCode(() => healthy.auth.apiKeys.verify(apiKey))).toBeOneOf([
    'api_key_expired',
    'api_key_unknown',
  ])
}

/** A call that met a fault, as its caller sees it. */
interface Attempt<Result> {
  /** What was answered so far. */
  readonly answers: readonly Result[]
  /** Lets what hangs go on, and waits for it. @returns all answers, late ones too */
  settle(otherCodes?: readonly string[]): Promise<readonly Result[]>
}

/** Makes one call whose stores may fail; the only error that it may end with is that the store was away. */
async function tryThroughFault<Result>(
  { fault, faults }: Scenario,
  call: () => Promise<Result>,
): Promise<Attempt<Result>> {
  const answers: Result[] = []
  const codes: (string | undefined)[] = []
  const pending = (async () => {
    codes.push(await findErrorCode(async () => answers.push(await call())))
  })()
  // nobody waits for what hangs; which call that is, the plan knows and the caller does not
  if (fault !== 'hang') await pending
  else await Promise.race([pending, faults.hung])
  faults.heal()
  for (const code of codes) expect(code).toBeOneOf([undefined, 'store_unavailable'])
  return {
    answers,
    settle: async (otherCodes = []) => {
      await faults.release()
      await pending
      for (const code of codes) expect(code).toBeOneOf([undefined, 'store_unavailable', ...otherCodes])
      return answers
    },
  }
}

const CLIENTS = 4
const ROUNDS = 3
const RETRIES = 30

/** Several clients hold one token; each tries until it is answered; stores fail now and then. */
async function refreshThroughRandomFaults(
  stores: Stores,
  settings: Settings,
  tally: TestTally,
): Promise<void> {
  const transient = STORE_FAULTS.filter(fault => fault !== 'hang' && fault !== 'restart')
  const plans = fc.array(fc.option(fc.constantFrom(...transient), { nil: undefined, freq: 2 }), {
    minLength: 40,
    maxLength: 40,
  })
  const property = fc.asyncProperty(plans, async plan => {
    const clock = holdClock()
    const healthy = deploy(stores, clock)
    const faults = withFaults(stores, ({ number }) => plan[number])
    const processes = [deploy(faults.stores, clock), deploy(faults.stores, clock)]
    const { session, ...started } = await healthy.auth.sessions.start({ subject: 'user-1' })
    let { refreshToken } = started
    for (let round = 0; round < ROUNDS; round += 1) {
      clock.advance(MINUTE)
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) =>
          refreshUntilAnswered(processes[client % 2] ?? healthy, refreshToken),
        ),
      )
      expect(new Set(answers).size).toEqual(1)
      refreshToken = answers[0] ?? ''
    }
    tally.faults += faults.counts.faults
    expect((await stores.sessions.find({ id: session.id, now: clock() }))?.generation).toEqual(ROUNDS)
    expectNoAlarm(healthy, ...processes)
  })
  await fc.assert(property, toParameters(settings, Math.min(settings.runs, 50)))
}

async function refreshUntilAnswered({ auth }: Deployment, refreshToken: string): Promise<string> {
  for (let attempt = 0; attempt < RETRIES; attempt += 1) {
    let successor: string | undefined
    const code = await findErrorCode(async () => {
      successor = (await auth.sessions.refresh(refreshToken)).refreshToken
    })
    if (successor !== undefined) return successor
    expect(code).toEqual('store_unavailable')
  }
  throw new Error('The client gave up.')
}
