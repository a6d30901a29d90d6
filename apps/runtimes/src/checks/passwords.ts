import { createLogin, createPasswordHasher, type PasswordAccount } from '@authcore/password'
import { type Check, expectEqual, expectRefused, verdictOf } from '../check.js'
import { deploy } from '../deployment.js'

/** Which code a runtime gets: native, or JavaScript alone. */
export type Backend = 'node' | 'web'

const PASSWORD = 'correct horse battery staple'

/** What others have made of known passwords. */
const KNOWN: readonly (readonly [source: string, password: string, passwordHash: string])[] = [
  [
    'scrypt, RFC 7914 section 12',
    'pleaseletmein',
    '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
  ],
  [
    "argon2id, the reference implementation's own test",
    'password',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ],
  [
    "PBKDF2, passlib's documentation",
    'password',
    '$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdAw$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M',
  ],
  [
    "bcrypt, crypt_blowfish's own test",
    'U*U',
    '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  ],
]

/** `@authcore/password`, on the code that the runtime gets. */
export function passwordChecks(backend: Backend): readonly Check[] {
  const algorithm = backend === 'node' ? 'argon2id' : 'scrypt'
  return [
    {
      name: 'a password is hashed with scrypt at 2^17 and recognised',
      run: async () => {
        const hasher = createPasswordHasher({ algorithm: 'scrypt' })
        const hash = await hasher.hash(PASSWORD)
        expectEqual(/^\$scrypt\$ln=17,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/.test(hash), true, 'form')
        expectEqual(await hasher.verify(PASSWORD, hash), { matches: true, needsRehash: false }, 'same')
        expectEqual((await hasher.verify(`${PASSWORD} `, hash)).matches, false, 'another')
      },
    },
    {
      name: 'hashes that others made are recognised',
      run: async () => {
        const hasher = createPasswordHasher()
        for (const [source, password, hash] of KNOWN) {
          expectEqual((await hasher.verify(password, hash)).matches, true, source)
          expectEqual((await hasher.verify(`${password}!`, hash)).matches, false, source)
        }
      },
    },
    {
      name: 'stored texts that ask for too much are refused by name',
      run: async () => {
        const tail = 'c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
        for (const head of ['$argon2id$v=19$m=4194304,t=1,p=1', '$scrypt$ln=30,r=8,p=1', '$md5']) {
          const verify = () => createPasswordHasher().verify(PASSWORD, `${head}$${tail}`)
          await expectRefused(verify, 'password_hash_unusable')
        }
      },
    },
    {
      name: `new hashes are ${algorithm}; people register and log in`,
      run: () => registerAndLogIn(algorithm),
    },
  ]
}

async function registerAndLogIn(algorithm: string): Promise<void> {
  const { auth } = deploy()
  let account: PasswordAccount | undefined
  const login = createLogin({
    auth,
    accounts: {
      find: async () => account,
      findBySubject: async () => account,
      savePasswordHash: async () => ({ saved: false }),
      insert: async ({ passwordHash }) => {
        account = { subject: 'user-1', passwordHash }
        return { subject: 'user-1' }
      },
    },
  })
  const identifier = 'ada@example.com'
  await login.register({ identifier, password: PASSWORD })
  expectEqual(account?.passwordHash?.split('$')[1], algorithm, 'algorithm')
  const result = await login.login({ identifier, password: PASSWORD })
  if (result.outcome !== 'completed') throw new Error(result.outcome)
  expectEqual((await auth.accessTokens.verify(result.tokens.accessToken)).subject, 'user-1', 'subject')
  const wrong = await verdictOf(() => login.login({ identifier, password: 'correct horse battery stable' }))
  expectEqual(wrong, 'login_password_invalid', 'wrong password')
}
