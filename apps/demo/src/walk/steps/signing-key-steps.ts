import { findMember, readList, readText } from '../answer.js'
import { decodeHeader } from '../forged-tokens.js'
import type { StepContext, WalkStep } from '../step.js'
import { logIn } from './log-in.js'

/** A new signing key, and nobody who notices. */
export const SIGNING_KEY_STEPS: readonly WalkStep[] = [
  {
    title: 'Announce the next signing key',
    why: 'It is published before it signs, so that no cached copy of the key set meets a token it cannot verify.',
    run: async step => {
      const former = await logIn(step)
      const rotated = await step.call({
        method: 'POST',
        path: '/api/admin/signing-keys/rotate',
        bearer: step.kept('adminToken'),
      })
      step.expect(rotated, { status: 201, body: { state: 'announced' } })
      const announced = readText(rotated.body, 'kid')
      const published = await publishedKeyIds(step)
      const signing = keyIdOf(former.accessToken)
      step.check(published.includes(announced), 'the announced key is not in the key set')
      step.check(published.includes(signing), 'the active key is not in the key set')
      step.check(keyIdOf((await logIn(step)).accessToken) === signing, 'the announced key signs already')
      step.keep('accessToken', former.accessToken)
      step.keep('signingKeyId', signing)
      step.keep('nextSigningKeyId', announced)
    },
  },
  {
    title: 'New tokens carry the new key',
    why: 'From the announced instant on, in every process at once, without a restart.',
    run: async step => {
      const answer = await step.call({ path: '/api/admin/signing-keys', bearer: step.kept('adminToken') })
      const announced = readList(answer.body, 'signing_keys').find(
        key => findMember(key, 'kid') === step.kept('nextSigningKeyId'),
      )
      step.expect(answer, { status: 200 })
      step.check(announced !== undefined, 'the announced key is not in the list')
      await step.advanceClock(announcedSeconds(announced), 'the announcement is over')
      const { accessToken } = await logIn(step)
      step.check(keyIdOf(accessToken) === step.kept('nextSigningKeyId'), 'the old key still signs')
    },
  },
  {
    title: 'Tokens of the retired key still verify',
    why: 'A key stays published for as long as its last token can live.',
    run: async step => {
      const bearer = step.kept('accessToken')
      step.check(keyIdOf(bearer) === step.kept('signingKeyId'), 'this is no token of the retired key')
      const answer = await step.call({ path: '/api/me', bearer })
      step.expect(answer, { status: 200, body: { subject: step.kept('userId') } })
      const published = await publishedKeyIds(step)
      step.check(published.includes(step.kept('signingKeyId')), 'the retired key is not in the key set')
    },
  },
]

async function publishedKeyIds(step: StepContext): Promise<readonly unknown[]> {
  const answer = await step.call({ path: '/.well-known/jwks.json' })
  step.expect(answer, {
    status: 200,
    body: { 'keys.0.alg': 'RS256', 'keys.0.d': undefined, 'keys.1.d': undefined },
  })
  return readList(answer.body, 'keys').map(key => findMember(key, 'kid'))
}

function keyIdOf(token: string): string {
  return readText(decodeHeader(token), 'kid')
}

/** How long a key is announced, and a second more. */
function announcedSeconds(key: unknown): number {
  const activatesAt = findMember(key, 'activates_at')
  const announcedAt = findMember(key, 'announced_at')
  return Number(activatesAt) - Number(announcedAt) + 1
}
