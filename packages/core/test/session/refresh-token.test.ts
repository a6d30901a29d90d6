import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { backend } from '../../src/crypto/node.js'
import { createRootSecrets } from '../../src/crypto/root-secrets.js'
import { InvalidGrantError } from '../../src/errors.js'
import { REFRESH_TOKEN, type RefreshGrant } from '../../src/session/refresh-token.js'
import { decodeGrant, encodeGrant, formatToken, verifyToken } from '../../src/session/token-text.js'
import { deploy, OTHER_SECRET, SECRET, START } from '../fixtures.js'

const secrets = createRootSecrets([SECRET], backend)
const sessionId = 'AAECAwQFBgcICQoLDA0ODw'
const nonce = new Uint8Array(16).fill(7)
const grant: RefreshGrant = { subject: 'user-1', scope: ['read'], startedAt: START }
const MAX_GRANT = 2048
const HEAD = 43

function format(bytes: Uint8Array = encodeGrant(grant)): string {
  return formatToken(
    { sessionId, generation: 0x01020304, nonce, grant: bytes },
    REFRESH_TOKEN,
    secrets.current,
  )
}

function codeOf(text: unknown): string {
  try {
    verifyToken(text, REFRESH_TOKEN, secrets, backend)
    return 'accepted'
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidGrantError)
    return error instanceof InvalidGrantError ? error.code : 'other'
  }
}

function bytesOf(token: string): Buffer {
  return Buffer.from(token.slice(3), 'base64url')
}

function textOf(bytes: Uint8Array): string {
  return `rt_${Buffer.from(bytes).toString('base64url')}`
}

/** Bytes with a tag that is right, under a key that is derived here and not by the library. */
function signed(bytes: Uint8Array): string {
  const key = Buffer.from(hkdfSync('sha256', SECRET, '', 'authcore/v1/refresh_token', 32))
  const tag = createHmac('sha256', key).update(bytes).digest().subarray(0, 16)
  return textOf(Buffer.concat([bytes, tag]))
}

describe('the text of a refresh token', () => {
  it('has the documented layout', () => {
    const bytes = bytesOf(format())
    expect(bytes[0]).toBe(1)
    expect(bytes.subarray(1, 7).toString('base64url')).toBe(secrets.current.id)
    expect(bytes.subarray(7, 23).toString('base64url')).toBe(sessionId)
    expect([...bytes.subarray(23, 27)]).toEqual([1, 2, 3, 4])
    expect(new Uint8Array(bytes.subarray(27, HEAD))).toEqual(nonce)
    expect(JSON.parse(bytes.subarray(HEAD, -16).toString())).toEqual(grant)
    expect(signed(bytes.subarray(0, -16))).toBe(format())
  })

  it('is read back as it was written', () => {
    const token = verifyToken(format(), REFRESH_TOKEN, secrets, backend)
    expect(token).toMatchObject({ sessionId, generation: 0x01020304, secret: secrets.current })
    expect(new Uint8Array(token.nonce)).toEqual(nonce)
    expect(decodeGrant(token)).toEqual(grant)
  })

  it('holds a grant of 2048 bytes and no longer one', () => {
    const frame = encodeGrant({ ...grant, subject: '' }).length
    const longest = encodeGrant({ ...grant, subject: 'x'.repeat(MAX_GRANT - frame) })
    expect(longest).toHaveLength(MAX_GRANT)
    expect(codeOf(format(longest))).toBe('accepted')
    expect(() => encodeGrant({ ...grant, subject: 'x'.repeat(MAX_GRANT - frame + 1) })).toThrow(
      expect.objectContaining({ code: 'argument_invalid', message: expect.stringContaining('2048 bytes') }),
    )
  })

  it('is not looked at beyond that length', () => {
    const longest = Math.ceil(((HEAD + MAX_GRANT + 16) * 4) / 3)
    expect(codeOf(`rt_${'A'.repeat(longest)}`)).toBe('refresh_token_malformed')
    expect(
      codeOf(signed(new Uint8Array(bytesOf(format(new Uint8Array(MAX_GRANT + 1))).subarray(0, -16)))),
    ).toBe('refresh_token_malformed')
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['an object that becomes a token', { toString: () => format(), startsWith: () => true, length: 9 }],
    ['a list of one', [format()]],
    ['empty text', ''],
    ['the prefix alone', 'rt_'],
    ['another prefix', format().replace('rt_', 'st_')],
    ['no prefix', format().slice(3)],
    ['an upper-case prefix', format().replace('rt_', 'RT_')],
    ['a space before it', ` ${format()}`],
    ['padding', `${format()}=`],
    ['another alphabet', 'rt_+/+/'],
    ['a head and a tag without a grant', signed(bytesOf(format()).subarray(0, HEAD))],
    ['a head alone', textOf(new Uint8Array(HEAD).fill(1))],
    ['another version', signed(Buffer.concat([Uint8Array.of(2), bytesOf(format()).subarray(1, -16)]))],
  ])('%s is malformed', (_, text) => {
    expect(codeOf(text)).toBe('refresh_token_malformed')
  })

  it('with one more byte than head and tag is long enough to be asked about its tag', () => {
    expect(codeOf(textOf(Buffer.concat([bytesOf(format()).subarray(0, HEAD), new Uint8Array(17)])))).toBe(
      'refresh_token_invalid',
    )
  })

  it('is refused when any of its bytes is changed', () => {
    const genuine = bytesOf(format())
    for (let index = 1; index < genuine.length; index++) {
      const changed = Uint8Array.from(genuine, (byte, at) => (at === index ? byte ^ 1 : byte))
      expect(codeOf(textOf(changed))).toBe('refresh_token_invalid')
    }
    expect(codeOf(textOf(genuine))).toBe('accepted')
  })

  it('of a secret that is not on the list is refused, on the list it is not', () => {
    const other = createRootSecrets([OTHER_SECRET], backend)
    const token = formatToken(
      { sessionId, generation: 0, nonce, grant: encodeGrant(grant) },
      REFRESH_TOKEN,
      other.current,
    )
    expect(codeOf(token)).toBe('refresh_token_invalid')
    const both = createRootSecrets([SECRET, OTHER_SECRET], backend)
    expect(verifyToken(token, REFRESH_TOKEN, both, backend).secret).toBe(both.find(other.current.id))
  })

  it('that is forged reaches no store, and is told in an event', async () => {
    const { stores, eventsOf } = deploy()
    const asked: unknown[] = []
    const sessions = new Proxy(stores.sessions, {
      get: (target, name) => (command: never) => {
        asked.push(name)
        return Reflect.get(target, name).call(target, command)
      },
    })
    const { auth, eventsOf: refusalsOf } = deploy({ stores: { ...stores, sessions } })
    for (const text of [
      'rt_x',
      textOf(Buffer.concat([bytesOf(format()).subarray(0, -16), new Uint8Array(16)])),
      undefined,
    ]) {
      await expect(auth.sessions.refresh(text as string)).rejects.toBeInstanceOf(InvalidGrantError)
      await expect(auth.sessions.revokeByRefreshToken(text as string)).rejects.toBeInstanceOf(
        InvalidGrantError,
      )
    }
    expect(asked).toEqual([])
    expect(refusalsOf('credential.refused')).toMatchObject([
      { method: 'refresh_token', code: 'refresh_token_malformed' },
      { method: 'refresh_token', code: 'refresh_token_invalid' },
      { method: 'refresh_token', code: 'refresh_token_malformed' },
    ])
    expect(eventsOf('credential.refused')).toEqual([])
  })
})
