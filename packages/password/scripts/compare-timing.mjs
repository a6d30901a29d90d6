// Measures how long refused logins take, by reason, in turn: node scripts/compare-timing.mjs [rounds]. The package must
// have been built. Nobody can promise equal times in JavaScript; this shows how far they are apart on one machine.
import { createAuthCore } from '@authcore/core'
import { memoryStores } from '@authcore/core/memory'
import { createLogin, createPasswordHasher } from '@authcore/password'

const ROUNDS = Number(process.argv[2] ?? 300)
const PASSWORD = 'correct horse battery staple'
const GUESS = 'incorrect horse battery staple'

const now = Date.now()
const auth = createAuthCore({
  issuer: 'https://auth.example.com',
  audience: 'https://api.example.com',
  secrets: [Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(48))).toString('base64')],
  stores: memoryStores(),
  // held: a lockout must not end while it is measured
  clock: () => now,
})
const hasher = createPasswordHasher()
const passwordHash = await hasher.hash(PASSWORD)
const accounts = {
  find: async name => (name.startsWith('known-') ? { subject: name, passwordHash } : undefined),
  findBySubject: async () => undefined,
  savePasswordHash: async () => ({ saved: false }),
}
const login = createLogin({ auth, accounts, hasher })

const ATTEMPTS = {
  'unknown user': round => ({ identifier: `nobody-${round}`, password: GUESS }),
  'wrong password': round => ({ identifier: `known-${round}`, password: GUESS }),
  'locked account': () => ({ identifier: 'known-locked', password: PASSWORD }),
}

for (let attempts = 0; attempts < 10; attempts += 1) {
  await refused({ identifier: 'known-locked', password: GUESS })
}
const times = await measure()
const medians = Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))
const base = medians['wrong password']
for (const [name, values] of Object.entries(times)) {
  const ratio = (medians[name] / base).toFixed(4)
  console.log(
    `${name.padEnd(15)} median ${medians[name].toFixed(3)} ms  p95 ${quantile(values, 0.95).toFixed(3)} ms  ratio ${ratio}`,
  )
}

async function measure() {
  const times = Object.fromEntries(Object.keys(ATTEMPTS).map(name => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    // another order in each round, so that none is always first
    for (const name of shuffle(Object.keys(ATTEMPTS))) {
      const start = performance.now()
      await refused(ATTEMPTS[name](round))
      times[name].push(performance.now() - start)
    }
  }
  return times
}

async function refused(attempt) {
  const error = await login.login(attempt).then(
    () => undefined,
    reason => reason,
  )
  if (error?.message !== 'The login failed.')
    throw new Error('Every attempt must be refused alike.', { cause: error })
}

function shuffle(names) {
  return names
    .map(name => [Math.random(), name])
    .sort(([one], [other]) => one - other)
    .map(([, name]) => name)
}

function median(values) {
  return quantile(values, 0.5)
}

function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) * share)]
}
