import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parseArguments, USAGE } from '../src/arguments.js'
import { FRAMEWORKS, type Framework } from '../src/frameworks/frameworks.js'
import { createPaint } from '../src/walk/paint.js'
import { runWalk } from '../src/walk/run-walk.js'
import { maskRandom } from './setup/mask-random.js'
import { startTestDemo, type TestDemo } from './setup/test-demo.js'
import { TITLES } from './setup/titles.js'

const NOW = 1_800_000_000_000

let demo: TestDemo | undefined

afterEach(async () => {
  await demo?.stop()
  demo = undefined
})

describe('every framework', () => {
  describe('gives the same transcript of the walk', () => {
    let reference: readonly string[]

    beforeAll(async () => {
      reference = await transcribe('express')
    })

    it('which is good on Express', () => {
      expect(reference.at(-1)).toBe(`${TITLES.length} steps: ${TITLES.length} ok, 0 FAILED`)
    })

    it.each(FRAMEWORKS.filter(framework => framework !== 'express'))('as Express on %s', async framework => {
      expect(await transcribe(framework)).toEqual(reference)
    })
  })

  it.each(FRAMEWORKS)('answers what no route takes and what cannot be read on %s', async framework => {
    demo = await startTestDemo({ framework })
    const { baseUrl } = demo
    const answers = [
      await fetch(`${baseUrl}/nowhere`),
      await fetch(`${baseUrl}/auth/nowhere`),
      await fetch(`${baseUrl}/api/me`, { method: 'POST', body: 'x' }),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(await answer.json()).toMatchObject({ code: 'route_not_found' })
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
    }
    const malformed = await fetch(`${baseUrl}/api/%ff`)
    expect(malformed.status).toBeGreaterThanOrEqual(400)
    expect(malformed.status).toBeLessThan(500)
    expect(await malformed.text()).toMatch(/^\{"type":"urn:authcore-demo:problem:/)
  })
})

describe('the choice of a framework', () => {
  it('is Express unless told, in both spellings of the argument', () => {
    expect(parseArguments([], {}, '/data').framework).toBe('express')
    expect(parseArguments(['--framework', 'hono', '--exit'], {}, '/data')).toMatchObject({
      framework: 'hono',
      exit: true,
    })
    expect(parseArguments(['--exit', '--framework=koa'], {}, '/data')).toMatchObject({
      framework: 'koa',
      exit: true,
    })
    expect(USAGE).toContain('--framework <name>  serve with express, fastify, koa, hono; express unless told')
  })

  it.each([
    [['--framework', 'django'], 'There is no framework "django": there are express, fastify, koa, hono.'],
    [['--framework=Koa'], 'There is no framework "Koa": there are'],
    [['--framework='], 'There is no framework "": there are'],
    [['--framework'], '--framework needs a name: there are'],
    [['koa'], 'koa is not an argument of the demo.'],
  ])('refuses %j and says what there is', (args, message) => {
    expect(() => parseArguments(args, {}, '/data')).toThrow(message)
  })
})

async function transcribe(framework: Framework): Promise<readonly string[]> {
  const lines: string[] = []
  let requests = 0
  // time goes on with each request and with nothing else: what is sorted by time has one order
  demo = await startTestDemo({ framework, systemClock: () => NOW + 10 * requests })
  await runWalk({
    server: demo,
    admin: demo.admin,
    print: line => {
      lines.push(line)
      if (line.startsWith('     > ')) requests += 1
    },
    paint: createPaint(false),
  })
  await demo.stop()
  demo = undefined
  return lines.map(maskRandom)
}
