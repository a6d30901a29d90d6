import type { AuthEvent, SessionTokens } from '../../src/index.js'
import type { SigningKeyRecord } from '../../src/ports/index.js'
import { CLOCK_ERROR_MS, CLOCK_SKEW_MS, type Settings } from './settings.js'

/** When a call was made and when its answer came, in true time. */
export interface Span {
  readonly begin: number
  readonly end: number
}

/** A refresh token that a client has seen. */
export interface KnownRefreshToken {
  readonly session: KnownSession
  readonly idleExpiresAt: number
  /** When anybody presented it first. */
  firstUsedAt?: number
  /** When anybody first got an answer for it. */
  firstAnsweredAt?: number
  successor?: string
}

/** What is known of a session from outside. */
export interface KnownSession {
  readonly id: string
  readonly subject: string
  readonly started: Span
  /** A second party or an old token was presented, so that an alarm is right. */
  isAlarmExpected: boolean
}

/** What is known of an access token from outside. */
export interface KnownAccessToken {
  readonly text: string
  readonly tokenId: string
  readonly kid: string
  readonly subject: string
  readonly sessionId: string | undefined
  readonly issued: Span
  readonly expiresAt: number
}

/** What is known of an API key from outside. */
export interface KnownApiKey {
  readonly id: string
  readonly text: string
  /** Counts for a key and all that it was rotated into. */
  readonly uses: { readonly limit: number | undefined; accepted: number }
  isRotated: boolean
  /** When it was told that the key ends with its overlap, and when that is. */
  overlap: { readonly toldAt: number; readonly expiresAt: number } | undefined
}

type Kind = 'token' | 'session' | 'subject' | 'signing_key' | 'api_key'

interface KnownRevocation {
  readonly kind: Kind
  readonly id: string
  readonly begin: number
  /** Absent when nobody was told that it has happened. */
  end: number | undefined
}

interface KnownKey {
  readonly activatesAt: number
  /** Since when it is in use without having been announced for long enough. */
  readonly suddenSince: number | undefined
}

/**
 * The truth as it can be known from outside, and what the promises make of it. It knows nothing of how sessions,
 * keys or revocations are kept; times are true times, so each comparison allows for the error of the clocks.
 */
export class Truth {
  readonly #settings: Settings
  readonly #refreshTokens = new Map<string, KnownRefreshToken>()
  readonly #sessions = new Map<string, KnownSession>()
  readonly #revocations: KnownRevocation[] = []
  readonly #keys = new Map<string, KnownKey>()
  readonly #generations = new Set<string>()
  readonly #alarms = new Set<string>()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  sessionStarted(tokens: SessionTokens, started: Span): KnownSession {
    const { id, subject } = tokens.session
    const session: KnownSession = { id, subject, started, isAlarmExpected: false }
    this.#sessions.set(id, session)
    this.#refreshTokens.set(tokens.refreshToken, { session, idleExpiresAt: tokens.refreshTokenExpiresAt })
    return session
  }

  /** A token is about to be presented; a token past its grace time may raise an alarm. */
  refreshBegins(text: string, begin: number): void {
    const token = this.#findRefreshToken(text)
    token.firstUsedAt ??= begin
    const isSpent = this.#refreshTokens.get(token.successor ?? '')?.firstUsedAt !== undefined
    if (isSpent || !this.isRetryAllowed(text, begin)) token.session.isAlarmExpected = true
  }

  /** Within the grace time whatever the clocks say. */
  isRetryAllowed(text: string, begin: number): boolean {
    const { firstUsedAt } = this.#findRefreshToken(text)
    const graceMs = this.#settings.graceSeconds * 1000 - CLOCK_SKEW_MS
    return firstUsedAt === undefined || begin < firstUsedAt + graceMs
  }

  refreshAccepted(text: string, tokens: SessionTokens, { begin, end }: Span): void {
    const token = this.#findRefreshToken(text)
    const { session, firstUsedAt = begin, firstAnsweredAt = end } = token
    const graceMs = this.#settings.graceSeconds * 1000 + CLOCK_SKEW_MS
    demand(tokens.session.id === session.id, 'a refresh stays in its session')
    demand(begin < firstAnsweredAt + graceMs, 'a token is refused after its grace time')
    demand(firstUsedAt - CLOCK_ERROR_MS < token.idleExpiresAt, 'an idle session is refused')
    const absoluteMs = this.#settings.absoluteSeconds * 1000 + CLOCK_SKEW_MS
    demand(begin < session.started.end + absoluteMs, 'a session ends at its absolute expiry')
    demand(!this.#isSessionEnded(session, begin), 'an ended session is not refreshed')
    token.firstAnsweredAt ??= end
    token.successor ??= tokens.refreshToken
    demand(token.successor === tokens.refreshToken, 'a token has one successor')
    if (this.#refreshTokens.has(tokens.refreshToken)) return
    this.#refreshTokens.set(tokens.refreshToken, { session, idleExpiresAt: tokens.refreshTokenExpiresAt })
  }

  /** @param code of an error that is not the store's */
  refreshRefused(text: string, code: string, { begin, end }: Span): void {
    const { session, firstUsedAt = begin } = this.#findRefreshToken(text)
    if (code === 'refresh_token_reused') {
      demand(session.isAlarmExpected, 'an alarm has a reason')
      // whoever is told of the alarm is told that the session has ended
      this.#revocations.push({ kind: 'session', id: session.id, begin, end })
    }
    const { idleSeconds, absoluteSeconds } = this.#settings
    const shownAt = this.#findParentUse(text) ?? session.started.begin
    const lives =
      Math.min(shownAt + idleSeconds * 1000, session.started.begin + absoluteSeconds * 1000) - CLOCK_SKEW_MS
    const isExcused =
      session.isAlarmExpected || this.#mayBeEnded(session, end) || Math.max(firstUsedAt, begin) >= lives
    demand(isExcused, `a client within the grace time is not signed out (${code})`)
  }

  revocationBegins(kind: Kind, id: string, begin: number): { answered(end: number): void } {
    const revocation: KnownRevocation = { kind, id, begin, end: undefined }
    this.#revocations.push(revocation)
    return {
      answered: end => {
        revocation.end = end
      },
    }
  }

  /** A verification that was given an answer of an age that the deployment allows. */
  accessAccepted(token: KnownAccessToken, { begin }: Span, checksRevocation = true): void {
    demand(begin - CLOCK_ERROR_MS < token.expiresAt, 'an expired token is refused')
    if (!checksRevocation) return
    const { maxStalenessSeconds } = this.#settings
    const allowedMs = maxStalenessSeconds === 0 ? 0 : maxStalenessSeconds * 1000 + CLOCK_SKEW_MS
    const ended = this.#revocations.find(
      ({ kind, id, begin: revokedAt, end = Number.POSITIVE_INFINITY }) =>
        begin >= end + allowedMs &&
        isMarkOf(token, kind, id) &&
        // an instant counts for what was issued before it, on clocks that differ
        (kind !== 'subject' || token.issued.end + CLOCK_SKEW_MS <= revokedAt),
    )
    demand(ended === undefined, `a token is refused after the revocation of its ${ended?.kind}`)
  }

  accessRefused(token: KnownAccessToken, code: string, { begin, end }: Span, setFetchedAt?: number): void {
    if (end + CLOCK_ERROR_MS >= token.expiresAt) return
    const mayBeRevoked = this.#revocations.some(
      ({ kind, id, begin: revokedAt, end: answeredAt = Number.POSITIVE_INFINITY }) =>
        revokedAt <= end &&
        isMarkOf(token, kind, id) &&
        (kind !== 'subject' || token.issued.begin <= answeredAt + CLOCK_SKEW_MS),
    )
    if (mayBeRevoked || this.#sessions.get(token.sessionId ?? '')?.isAlarmExpected === true) return
    if (code === 'token_key_unknown') {
      const allowedMs = this.#settings.jwksMaxAgeSeconds * 1000
      const isOld = setFetchedAt !== undefined && begin - setFetchedAt > allowedMs - CLOCK_SKEW_MS
      const { suddenSince } = this.#keys.get(token.kid) ?? { suddenSince: begin }
      const askedAt = setFetchedAt ?? begin
      // a copy of the ring may be as old as a copy of the key set
      const isSudden = suddenSince !== undefined && askedAt <= suddenSince + allowedMs + CLOCK_SKEW_MS
      if (isOld || isSudden) return
    }
    demand(false, `a good token is accepted (${code})`)
  }

  apiKeyAccepted(key: KnownApiKey, { begin }: Span): void {
    key.uses.accepted += 1
    demand(key.uses.accepted <= (key.uses.limit ?? Number.POSITIVE_INFINITY), 'uses stay within their number')
    const isOver =
      key.overlap !== undefined &&
      begin >= Math.max(key.overlap.toldAt, key.overlap.expiresAt + CLOCK_ERROR_MS)
    demand(!isOver, 'an API key ends with its overlap')
    demand(!this.#isRevoked('api_key', key.id, begin), 'a revoked API key is refused')
  }

  apiKeyRefused(key: KnownApiKey, code: string, { end }: Span): void {
    const mayBeRevoked = this.#revocations.some(
      ({ kind, id, begin }) => kind === 'api_key' && id === key.id && begin <= end,
    )
    const mayBeSpent = key.uses.limit !== undefined
    demand(mayBeRevoked || mayBeSpent || key.isRotated, `a good API key is accepted (${code})`)
  }

  /** The ring as it stands in the store. */
  ringWritten(keys: readonly SigningKeyRecord[], now: number): void {
    for (const { kid, activatesAt } of keys) {
      const known = this.#keys.get(kid)
      // the first key is in use at once, and an emergency calls an announced one in before its time
      const isSudden =
        known === undefined ? activatesAt <= now + CLOCK_ERROR_MS : known.activatesAt !== activatesAt
      this.#keys.set(kid, { activatesAt, suddenSince: isSudden ? now : known?.suddenSince })
    }
  }

  event(event: AuthEvent): void {
    if (event.type === 'session.refreshed') {
      const name = `${event.sessionId} ${event.generation}`
      demand(!this.#generations.has(name), 'each generation of a session is rotated once')
      this.#generations.add(name)
    }
    if (event.type === 'session.refresh_token_reused') {
      demand(!this.#alarms.has(event.sessionId), 'a session raises one alarm')
      this.#alarms.add(event.sessionId)
      const session = this.#sessions.get(event.sessionId)
      demand(session?.isAlarmExpected === true, 'an alarm has a reason')
    }
  }

  #findRefreshToken(text: string): KnownRefreshToken {
    const token = this.#refreshTokens.get(text)
    if (token === undefined) throw new TypeError('expected a refresh token that was issued')
    return token
  }

  /** The earliest instant from which the idle time of a token can count. */
  #findParentUse(text: string): number | undefined {
    return [...this.#refreshTokens.values()].find(({ successor }) => successor === text)?.firstUsedAt
  }

  #isRevoked(kind: Kind, id: string, begin: number): boolean {
    return this.#revocations.some(
      entry => entry.kind === kind && entry.id === id && entry.end !== undefined && entry.end <= begin,
    )
  }

  #isSessionEnded({ id, subject, started }: KnownSession, begin: number): boolean {
    if (this.#isRevoked('session', id, begin)) return true
    return this.#revocations.some(
      ({ kind, id: of, begin: revokedAt, end = Number.POSITIVE_INFINITY }) =>
        kind === 'subject' && of === subject && started.end <= revokedAt && end <= begin,
    )
  }

  #mayBeEnded({ id, subject, started }: KnownSession, now: number): boolean {
    return this.#revocations.some(
      ({ kind, id: of, begin, end = Number.POSITIVE_INFINITY }) =>
        begin <= now &&
        ((kind === 'session' && of === id) ||
          (kind === 'subject' && of === subject && started.begin <= end + CLOCK_SKEW_MS)),
    )
  }
}

function isMarkOf(token: KnownAccessToken, kind: Kind, id: string): boolean {
  const marks = {
    token: token.tokenId,
    session: token.sessionId,
    subject: token.subject,
    signing_key: token.kid,
  }
  return kind !== 'api_key' && marks[kind] === id
}

/** A promise that was not kept. */
export class BrokenPromise extends Error {}

function demand(isKept: boolean, promise: string): void {
  if (!isKept) throw new BrokenPromise(promise)
}
