import type { Stores } from '@authcore/core/ports'
import fc from 'fast-check'
import { expect } from '../expect.js'
import { MINUTE, SECOND } from '../fixtures.js'
import { toParameters } from '../model/model-property.js'
import type { StoresUnderTest } from '../options.js'
import { requireStores } from '../port-kit.js'
import type { Settings } from '../settings.js'
import type { TestTally } from '../test-counts.js'
import {
  countEvents,
  type Deployment,
  deploy,
  expectNoAlarm,
  findErrorCode,
  type HeldClock,
  holdClock,
} from './deployment.js'
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

type EndToEndTest = (opened: StoresUnderTest, stores: Stores, tally: TestTally) => Promise<void>

/** Registers what happens to people who use AuthCore when these stores fail, race and come back. */
export function describeEndToEnd(settings: Settings): void {
  const { runner, counts, timeoutMs } = settings
  const it = (name: string, test: EndToEndTest): void => {
    const run = async (tally: TestTally): Promise<void> => {
      const opened = await settings.createStores()
      try {
        await test(opened, requireStores(opened.stores), tally)
      } finally {
        await opened.close?.()
      }
    }
    runner.it(name, () => counts.track('endToEnd', run), timeoutMs)
  }
  runner.describe('AuthCore on these stores: races', () => describeRaces(it, settings))
  runner.describe('AuthCore on these stores: faults', () => {
    for (const fault of STORE_FAULTS) {
      const each = (name: string, scenario: (scenario: Scenario) => Promise<void>): void =>
        it(`${fault} at any call of ${name}`, (_, stores, tally) =>
          forEachCall(stores, fault, tally, scenario))
      each('a refresh: the retry gets the same successor', refreshThroughFault)
      each('a revocation: once it has answered, nothing lives', revokeThroughFault)
      each('a key verification: no use is granted twice', verifyKeyThroughFault)
      each('a key rotation: there is one successor', rotateKeyThroughFault)
    }
    it('random ones, with clients that race and retry, never fork a session', (_, stores, tally) =>
      refreshThroughRandomFaults(stores, settings, tally))
  })
  if ((settings.capabilities.serverFaults ?? []).length > 0) {
    runner.describe('AuthCore on these stores: faults of the server', () =>
      describeServerFaults(it, settings),
    )
  }
}

function describeRaces(it: (name: string, test: EndToEndTest) => void, { callers }: Settings): void {
  const processesOf = (opened: StoresUnderTest, clock: HeldClock): readonly Deployment[] => {
    const ways = [opened.stores, ...(opened.peers ?? []), opened.stores]
    return ways.map(way => deploy(requireStores(way), clock))
  }
  const race = async <Result>(
    tally: TestTally,
    processes: readonly Deployment[],
    count: number,
    call: (process: Deployment) => Promise<Result>,
  ): Promise<readonly Result[]> => {
    tally.races += 1
    const calls = Array.from({ length: count }, (_, caller) => processes[caller % processes.length])
    return Promise.all(calls.flatMap(process => (process === undefined ? [] : [call(process)])))
  }

  for (const count of callers) {
    it(`${count} refreshes with one token get one successor`, async (opened, _, tally) => {
      const clock = holdClock()
      const processes = processesOf(opened, clock)
      const [first] = processes
      const tokens = await first?.auth.sessions.start({ subject: 'user-1' })
      const answers = await race(tally, processes, count, ({ auth }) =>
        auth.sessions.refresh(tokens?.refreshToken ?? ''),
      )
      expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toEqual(1)
      expect(countEvents(processes, 'session.refreshed')).toEqual(1)
      expectNoAlarm(...processes)
    })
  }

  it('the first use of signing keys by several processes makes one key', async (opened, _, tally) => {
    const clock = holdClock()
    const processes = processesOf(opened, clock)
    const issued = await race(tally, processes, 20, ({ auth }) =>
      auth.accessTokens.issue({ subject: 'user-1' }),
    )
    for (const { auth } of processes) {
      expect((await auth.signingKeys.list()).filter(({ state }) => state === 'active').length).toEqual(1)
      for (const { accessToken } of issued) {
        expect(await findErrorCode(() => auth.accessTokens.verify(accessToken))).toBeAbsent()
      }
    }
    expect((await requireStores(opened.stores).signingKeys.read({ now: clock() })).keys.length).toEqual(1)
  })

  it('200 verifications of a key with 50 uses let 50 pass', async (opened, _, tally) => {
    const clock = holdClock()
    const processes = processesOf(opened, clock)
    const [first] = processes
    const issued = await first?.auth.apiKeys.issue({ ownerId: 'owner-1', name: 'ci', remainingUses: 50 })
    const codes = await race(tally, processes, 200, ({ auth }) =>
      findErrorCode(() => auth.apiKeys.verify(issued?.apiKey ?? '')),
    )
    expect(codes.filter(code => code === undefined).length).toEqual(50)
    expect(codes.filter(code => code === 'api_key_exhausted').length).toEqual(150)
  })
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
