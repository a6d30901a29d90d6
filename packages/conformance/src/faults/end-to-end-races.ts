import { expect } from '../expect.js'
import type { StoresUnderTest } from '../options.js'
import { type RegisterTest, requireStores } from '../port-kit.js'
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

/** Registers races of people and processes that use AuthCore. */
export function describeEndToEndRaces(it: RegisterTest, { callers }: Settings): void {
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
    it(`${count} refreshes with one token get one successor`, async (opened, tally) => {
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

  it('the first use of signing keys by several processes makes one key', async (opened, tally) => {
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

  it('200 verifications of a key with 50 uses let 50 pass', async (opened, tally) => {
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
