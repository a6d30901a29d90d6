import type { AuthCore, AuthEvent, SessionTokens } from '../../src/index.js'
import {
  type AccessTokenVerifier,
  AuthError,
  createAccessTokenVerifier,
  StoreError,
} from '../../src/index.js'
import { MemoryRevocationStore, memoryStores } from '../../src/memory/index.js'
import type { Stores } from '../../src/ports/index.js'
import { createDice, type Dice } from '../differential/dice.js'
import { AUDIENCE, ISSUER, override, START } from '../fixtures.js'
import { LostAnswer, Network } from './network.js'
import { Node } from './node.js'
import { CLOCK_ERROR_MS, rollSettings, type Settings } from './settings.js'
import { settle, Timeline } from './timeline.js'
import {
  BrokenPromise,
  type KnownAccessToken,
  type KnownApiKey,
  type KnownSession,
  type Span,
  Truth,
} from './truth.js'

/** Breaks stores on purpose, so that a run can be seen to find it. */
export type Sabotage = (stores: Stores, timeline: Timeline, dice: Dice) => Stores

/** What one run came to. */
export interface SimulationResult {
  readonly seed: number
  /** The promise that was not kept. */
  readonly failure: string | undefined
  readonly trace: readonly string[]
  /** How often each kind of step was answered, and how. */
  readonly counts: ReadonlyMap<string, number>
}

/** Runs one deployment from its first login to its last check; the same seed gives the same run. */
export async function simulate(seed: number, sabotage?: Sabotage): Promise<SimulationResult> {
  const simulation = new Simulation(seed, sabotage)
  await simulation.run()
  return simulation
}

const STEPS = 60
const SUBJECTS = ['ada', 'ben', 'cyd']
const SERVERS = ['server-1', 'server-2']

/** Somebody with a session: the owner, who behaves, or a thief with a copy of what the owner had. */
interface Client {
  readonly name: string
  readonly session: KnownSession
  readonly isThief: boolean
  /** Every refresh token that this client was given, the current one last. */
  readonly refreshTokens: string[]
  /** The refresh token that it presented last. */
  presented: string | undefined
  /** Its refreshes under way. */
  open: number
  isSignedOut: boolean
}

interface ResourceServer {
  readonly name: string
  readonly checksRevocation: boolean
  readonly verifier: AccessTokenVerifier
  readonly fetchedAt: number
}

class Simulation implements SimulationResult {
  readonly seed: number
  readonly trace: string[] = []
  readonly counts = new Map<string, number>()
  failure: string | undefined
  readonly #dice: Dice
  readonly #timeline = new Timeline(START)
  readonly #settings: Settings
  readonly #truth: Truth
  readonly #network: Network
  readonly #nodes: readonly Node[]
  readonly #clients: Client[] = []
  readonly #accessTokens: KnownAccessToken[] = []
  readonly #apiKeys: KnownApiKey[] = []
  readonly #servers = new Map<string, ResourceServer>()

  constructor(seed: number, sabotage: Sabotage = stores => stores) {
    this.seed = seed
    this.#dice = createDice(seed)
    this.#settings = rollSettings(this.#dice)
    this.#truth = new Truth(this.#settings)
    const kept = this.#dice.roll(2) === 0 ? memoryStores() : mixedStores()
    const stores = sabotage(this.#watchRing(kept), this.#timeline, createDice(seed, 2))
    this.#network = new Network(stores, this.#timeline, createDice(seed, 1), line =>
      this.#note(`    ${line}`),
    )
    this.#network.lossPercent = this.#dice.pick([0, 3, 10])
    this.#network.slowPercent = this.#dice.pick([0, 10, 30])
    const names = ['node-1', 'node-2', 'node-3'].slice(0, 2 + this.#dice.roll(2))
    const onEvent = (event: AuthEvent) => this.#check(() => this.#truth.event(event))
    this.#nodes = names.map(
      name => new Node(name, this.#timeline, this.#network, this.#settings, this.#dice, onEvent),
    )
    this.#note(JSON.stringify(this.#settings))
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS && this.failure === undefined; step += 1) {
      this.#step()
      await settle()
      await this.#timeline.advance(this.#rollPause())
    }
    if (this.failure === undefined) await this.#finish()
  }

  /** Everything arrives and works again; then what should live lives, and nothing else. */
  async #finish(): Promise<void> {
    this.#network.heal()
    await this.#timeline.drain()
    this.#note('healed')
    for (const client of this.#clients) this.#refresh(client, this.#dice.pick(this.#nodes))
    await this.#timeline.drain()
    for (const token of this.#accessTokens) {
      if (token.expiresAt > this.#timeline.now || this.#dice.roll(10) === 0) {
        this.#verify(token, this.#dice.pick(this.#nodes))
      }
    }
    for (const key of this.#apiKeys) this.#useApiKey(key, this.#dice.pick(this.#nodes))
    await this.#timeline.drain()
  }

  #rollPause(): number {
    switch (this.#dice.roll(12)) {
      case 0:
        return this.#dice.roll(60_000)
      case 1:
        return this.#dice.roll(20) === 0 ? this.#dice.roll(2_000_000) : this.#dice.roll(10_000)
      case 2:
      case 3:
      case 4:
        return this.#dice.roll(3000)
      default:
        return this.#dice.roll(20)
    }
  }

  #step(): void {
    const dice = this.#dice
    const node = dice.pick(this.#nodes)
    const client = this.#clients.length > 0 ? dice.pick(this.#clients) : undefined
    const token = this.#accessTokens.length > 0 ? dice.pick(this.#accessTokens.slice(-8)) : undefined
    const key = this.#apiKeys.length > 0 ? dice.pick(this.#apiKeys) : undefined
    const steps: readonly (readonly [weight: number, step: () => void])[] = [
      [6, () => this.#login(node)],
      [3, () => this.#issueToken(node)],
      [3, () => this.#issueApiKey(node)],
      [3, () => this.#rotateSigningKey(node)],
      [2, () => this.#revokeSubject(dice.pick(SUBJECTS), node)],
      [3, () => this.#restart(node)],
      [3, () => this.#breakStore()],
      [1, () => this.#rotateBeforeOutage(node)],
      ...(client === undefined
        ? []
        : ([
            [22, () => this.#refresh(client, node)],
            [5, () => this.#refreshTwice(client, node)],
            [4, () => this.#replay(client, node)],
            [2, () => this.#replayOnAndOn(client)],
            [1, () => this.#steal(client)],
            [3, () => this.#revokeSession(client, node)],
          ] as const)),
      ...(token === undefined
        ? []
        : ([
            [17, () => this.#verify(token, node)],
            [6, () => this.#verifyRemotely(token, node)],
            [3, () => this.#forge(token, client, key, node)],
            [3, () => this.#revokeToken(token, node)],
            [1, () => this.#withdrawSigningKey(token.kid, node)],
          ] as const)),
      ...(key === undefined
        ? []
        : ([
            [9, () => this.#useApiKeyTwice(key, node)],
            [2, () => this.#rotateApiKey(key, node)],
            [1, () => this.#revokeApiKey(key, node)],
          ] as const)),
    ]
    let left = dice.roll(steps.reduce((sum, [weight]) => sum + weight, 0))
    const chosen = steps.find(([weight]) => {
      left -= weight
      return left < 0
    })
    chosen?.[1]()
  }

  #restart(node: Node): void {
    this.#note(`${node.name} restarts`)
    node.restart()
  }

  #breakStore(): void {
    const store = this.#dice.pick([
      'sessions',
      'apiKeys',
      'signingKeys',
      'signingKeys',
      'revocations',
    ] as const)
    this.#note(`${store} is away`)
    this.#network.breakStore(store, this.#dice.pick([3000, 30_000, 60_000]))
  }

  /** A new key is announced just before nobody can read of it, and key sets are fetched meanwhile. */
  #rotateBeforeOutage(node: Node): void {
    this.#rotateSigningKey(node)
    this.#timeline.after(2000, () => {
      this.#note('signingKeys is away')
      this.#network.breakStore('signingKeys', 90_000)
    })
    for (const name of SERVERS) {
      const delay = this.#dice.roll(this.#settings.jwksMaxAgeSeconds * 1000)
      this.#timeline.after(delay, () => this.#fetchKeySet(name, this.#dice.pick(this.#nodes)))
    }
    // with the new key, as early as it may sign, and shown to servers with the sets from before
    const signsAfter = 2 * this.#settings.jwksMaxAgeSeconds * 1000
    for (let time = 0; time < 3; time += 1) {
      this.#timeline.after(signsAfter + this.#dice.roll(30_000), () =>
        this.#issueToken(this.#dice.pick(this.#nodes)),
      )
    }
  }

  #login(node: Node): void {
    const subject = this.#dice.pick(SUBJECTS)
    this.#call(`login ${subject}`, node, auth => auth.sessions.start({ subject, scope: ['read'] }), {
      accepted: (tokens, span) => {
        const session = this.#truth.sessionStarted(tokens, span)
        const name = `client-${this.#clients.length + 1}`
        this.#keepAccessToken(tokens, span)
        this.#clients.push({
          name,
          session,
          isThief: false,
          refreshTokens: [tokens.refreshToken],
          presented: undefined,
          open: 0,
          isSignedOut: false,
        })
      },
    })
  }

  #refresh(client: Client, node: Node): void {
    const current = client.refreshTokens.at(-1)
    if (current === undefined || client.isSignedOut) return
    // an owner does not use a token too late
    if (!client.isThief && !this.#truth.isRetryAllowed(current, this.#timeline.now)) return
    this.#present(client, current, node)
  }

  /** Two tabs, or a retry that comes at once. */
  #refreshTwice(client: Client, node: Node): void {
    this.#refresh(client, node)
    this.#refresh(client, this.#dice.pick(this.#nodes))
  }

  /** The direct predecessor, or any older token. */
  #replay(client: Client, node: Node): void {
    const isOld = this.#dice.roll(6) === 0
    const text = isOld ? this.#dice.pick(client.refreshTokens) : client.refreshTokens.at(-2)
    if (text !== undefined) this.#present(client, text, node)
  }

  /** Somebody who hopes that each answer makes the grace time begin again. */
  #replayOnAndOn(client: Client): void {
    const text = client.refreshTokens.at(-1)
    if (text === undefined) return
    for (let time = 0; time < 4; time += 1) {
      this.#timeline.after(time * this.#settings.graceSeconds * 700, () =>
        this.#present(client, text, this.#dice.pick(this.#nodes)),
      )
    }
  }

  /** An owner does not use another token while calls with the one before are under way. */
  #isBusy({ isThief, open, session, presented }: Client, text: string): boolean {
    if (isThief || presented === text) return false
    return open > 0 || this.#network.countRotations(session.id) > 0
  }

  #present(client: Client, text: string, node: Node): void {
    if (this.#isBusy(client, text)) return
    const begin = this.#timeline.now
    if (client.isThief) client.session.isAlarmExpected = true
    this.#truth.refreshBegins(text, begin)
    client.presented = text
    client.open += 1
    const generation = client.refreshTokens.indexOf(text)
    this.#call(
      `${client.name} refreshes with token ${generation}`,
      node,
      auth => auth.sessions.refresh(text),
      {
        accepted: (tokens, span, isHeard) => {
          this.#truth.refreshAccepted(text, tokens, span)
          if (!isHeard) return
          this.#keepAccessToken(tokens, span)
          if (!client.refreshTokens.includes(tokens.refreshToken))
            client.refreshTokens.push(tokens.refreshToken)
        },
        refused: (code, span) => {
          this.#truth.refreshRefused(text, code, span)
          client.isSignedOut = true
        },
        settled: () => {
          client.open -= 1
        },
      },
    )
  }

  #steal(client: Client): void {
    const stolen = client.refreshTokens.at(-1)
    if (stolen === undefined) return
    const name = `thief-${this.#clients.length + 1}`
    this.#note(`${name} copies the tokens of ${client.name}`)
    const { session } = client
    this.#clients.push({
      name,
      session,
      isThief: true,
      refreshTokens: [stolen],
      presented: undefined,
      open: 0,
      isSignedOut: false,
    })
  }

  #issueToken(node: Node): void {
    const subject = this.#dice.pick(SUBJECTS)
    this.#call(`token for ${subject}`, node, auth => auth.accessTokens.issue({ subject, scope: ['read'] }), {
      accepted: (issued, span) => {
        this.#keep(issued.accessToken, issued.expiresAt, span)
        const token = this.#accessTokens.at(-1)
        if (token !== undefined) this.#verifyRemotely(token, node)
      },
    })
  }

  #verify(token: KnownAccessToken, node: Node): void {
    this.#call(`access ${this.#nameOf(token)}`, node, auth => auth.accessTokens.verify(token.text), {
      accepted: (principal, span) => {
        this.#truth.accessAccepted(token, span)
        if (principal.subject !== token.subject) throw new BrokenPromise('a token says who it was issued to')
      },
      refused: (code, span) => this.#truth.accessRefused(token, code, span),
    })
  }

  /** A server elsewhere with a copy of the key set, as old as a cache may get. */
  #verifyRemotely(token: KnownAccessToken, node: Node): void {
    const name = this.#dice.pick(SERVERS)
    const server = this.#servers.get(name)
    const begin = this.#timeline.now
    const isFresh =
      server !== undefined && begin - server.fetchedAt <= this.#settings.jwksMaxAgeSeconds * 1000
    if (!isFresh) {
      this.#fetchKeySet(name, node)
      return
    }
    const label = `${name} gets ${this.#nameOf(token)}`
    this.#call(label, node, () => server.verifier.verify(token.text), {
      accepted: (_, span) => this.#truth.accessAccepted(token, span, server.checksRevocation),
      refused: (code, span) => this.#truth.accessRefused(token, code, span, server.fetchedAt),
    })
  }

  #fetchKeySet(name: string, node: Node): void {
    const offset = this.#dice.roll(2 * CLOCK_ERROR_MS + 1) - CLOCK_ERROR_MS
    const checksRevocation = name === 'server-1'
    this.#call(`${name} fetches the key set`, node, auth => auth.signingKeys.jwks(), {
      accepted: (jwks, { begin }) => {
        const { stores } = this.#network.connect(name)
        const { maxStalenessSeconds } = this.#settings
        const verifier = createAccessTokenVerifier({
          issuer: ISSUER,
          audience: AUDIENCE,
          jwks,
          clock: () => this.#timeline.now + offset,
          ...(checksRevocation && { revocations: { store: stores.revocations, maxStalenessSeconds } }),
        })
        this.#servers.set(name, { name, checksRevocation, verifier, fetchedAt: begin })
      },
    })
  }

  /** One character of a good credential is another. */
  #forge(
    token: KnownAccessToken,
    client: Client | undefined,
    key: KnownApiKey | undefined,
    node: Node,
  ): void {
    const refuse = {
      accepted: () => {
        throw new BrokenPromise('a forgery is refused')
      },
    }
    const text = this.#garble(token.text)
    this.#call('forged access token', node, auth => auth.accessTokens.verify(text), refuse)
    const refreshToken = this.#garble(client?.refreshTokens[0] ?? 'rt_')
    this.#call('forged refresh token', node, auth => auth.sessions.refresh(refreshToken), refuse)
    if (key === undefined) return
    const apiKey = this.#garble(key.text)
    this.#call('forged API key', node, auth => auth.apiKeys.verify(apiKey), refuse)
  }

  #garble(text: string): string {
    const at = this.#dice.roll(text.length)
    return `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`
  }

  #revokeSession({ session, name }: Client, node: Node): void {
    const revocation = this.#truth.revocationBegins('session', session.id, this.#timeline.now)
    this.#call(`revoke the session of ${name}`, node, auth => auth.sessions.revoke(session.id), {
      accepted: (_, { end }) => revocation.answered(end),
    })
  }

  #revokeSubject(subject: string, node: Node): void {
    const revocation = this.#truth.revocationBegins('subject', subject, this.#timeline.now)
    this.#call(`sign out ${subject} everywhere`, node, auth => auth.revocation.revokeSubject(subject), {
      accepted: (_, { end }) => revocation.answered(end),
    })
  }

  #revokeToken(token: KnownAccessToken, node: Node): void {
    const revocation = this.#truth.revocationBegins('token', token.tokenId, this.#timeline.now)
    const label = `revoke ${this.#nameOf(token)}`
    this.#call(label, node, auth => auth.revocation.revokeToken(token.text), {
      accepted: ({ found }, { end }) => {
        if (found) revocation.answered(end)
      },
    })
  }

  #rotateSigningKey(node: Node): void {
    this.#call('rotate the signing key', node, auth => auth.signingKeys.rotate(), {})
  }

  #withdrawSigningKey(kid: string, node: Node): void {
    const revocation = this.#truth.revocationBegins('signing_key', kid, this.#timeline.now)
    this.#call('withdraw a signing key', node, auth => auth.signingKeys.withdraw(kid), {
      accepted: (_, { end }) => revocation.answered(end),
    })
  }

  #issueApiKey(node: Node): void {
    const limit = this.#dice.roll(2) === 0 ? undefined : 1 + this.#dice.roll(4)
    const options = { ownerId: 'ada', name: 'ci', ...(limit !== undefined && { remainingUses: limit }) }
    this.#call('issue an API key', node, auth => auth.apiKeys.issue(options), {
      accepted: ({ apiKey, record }) => {
        const uses = { limit, accepted: 0 }
        this.#apiKeys.push({ id: record.id, text: apiKey, uses, isRotated: false, overlap: undefined })
      },
    })
  }

  #useApiKey(key: KnownApiKey, node: Node): void {
    this.#call(`use API key ${this.#apiKeys.indexOf(key)}`, node, auth => auth.apiKeys.verify(key.text), {
      accepted: (_, span) => this.#truth.apiKeyAccepted(key, span),
      refused: (code, span) => this.#truth.apiKeyRefused(key, code, span),
    })
  }

  #useApiKeyTwice(key: KnownApiKey, node: Node): void {
    this.#useApiKey(key, node)
    this.#useApiKey(key, this.#dice.pick(this.#nodes))
  }

  #rotateApiKey(key: KnownApiKey, node: Node): void {
    const overlapSeconds = this.#dice.pick([0, 10])
    key.isRotated = true
    const label = `rotate API key ${this.#apiKeys.indexOf(key)}`
    this.#call(label, node, auth => auth.apiKeys.rotate(key.id, { overlapSeconds }), {
      accepted: ({ apiKey, record, predecessor }, { end }) => {
        key.overlap = { toldAt: end, expiresAt: predecessor.expiresAt ?? Number.POSITIVE_INFINITY }
        const { uses } = key
        this.#apiKeys.push({ id: record.id, text: apiKey, uses, isRotated: false, overlap: undefined })
      },
    })
  }

  #revokeApiKey(key: KnownApiKey, node: Node): void {
    const revocation = this.#truth.revocationBegins('api_key', key.id, this.#timeline.now)
    const label = `revoke API key ${this.#apiKeys.indexOf(key)}`
    this.#call(label, node, auth => auth.apiKeys.revoke(key.id), {
      accepted: ({ found }, { end }) => {
        if (found) revocation.answered(end)
      },
    })
  }

  /** Makes one call; what comes of it is checked when it comes. */
  #call<Value>(
    label: string,
    node: Node,
    run: (auth: AuthCore) => Promise<Value>,
    handlers: {
      accepted?(value: Value, span: Span, isHeard: boolean): void
      refused?(code: string, span: Span): void
      settled?(): void
    },
  ): void {
    const begin = this.#timeline.now
    // the way back to the client is no better than the others
    const isHeard = this.#dice.roll(100) >= this.#network.lossPercent
    this.#note(`${label} at ${node.name}`)
    const toSpan = (): Span => ({ begin, end: this.#timeline.now })
    node
      .call(run)
      .then(
        value => {
          this.#count(label, isHeard ? 'accepted' : 'accepted, not heard')
          this.#check(() => handlers.accepted?.(value, toSpan(), isHeard))
        },
        (error: unknown) => {
          this.#count(label, error instanceof AuthError ? error.code : 'lost')
          this.#check(() => {
            if (error instanceof LostAnswer || error instanceof StoreError) return
            if (!(error instanceof AuthError)) throw new BrokenPromise(`only AuthError, not ${error}`)
            handlers.refused?.(error.code, toSpan())
          })
        },
      )
      .finally(() => handlers.settled?.())
  }

  #check(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.failure ??= error instanceof BrokenPromise ? error.message : String(Object(error).stack)
      this.#note(`FAILED: ${this.failure}`)
    }
  }

  #count(label: string, result: string): void {
    this.#note(`  ${label}: ${result}`)
    const name = `${label.replace(/\b(ada|ben|cyd)\b|[\d-]+/g, '*')}: ${result}`
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  #note(line: string): void {
    this.trace.push(`${String(this.#timeline.now - START).padStart(8)} ${line}`)
  }

  #nameOf(token: KnownAccessToken): string {
    return `token ${this.#accessTokens.indexOf(token)}`
  }

  #keepAccessToken(tokens: SessionTokens, span: Span): void {
    this.#keep(tokens.accessToken, tokens.accessTokenExpiresAt, span)
  }

  #keep(text: string, expiresAt: number, issued: Span): void {
    const [header, payload] = text
      .split('.', 2)
      .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()))
    this.#accessTokens.push({
      text,
      tokenId: payload.jti,
      kid: header.kid,
      subject: payload.sub,
      sessionId: payload.sid,
      issued,
      expiresAt,
    })
  }

  #watchRing(stores: Stores): Stores {
    const { signingKeys } = stores
    const replace: Stores['signingKeys']['replace'] = async command => {
      const result = await signingKeys.replace(command)
      if (result.outcome === 'replaced') this.#truth.ringWritten(command.keys, this.#timeline.now)
      return result
    }
    return { ...stores, signingKeys: override(signingKeys, { replace }) }
  }
}

/** Revocations in a database of their own, which does not see when a session ends. */
function mixedStores(): Stores {
  return { ...memoryStores(), revocations: new MemoryRevocationStore() }
}
