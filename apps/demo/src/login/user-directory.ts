import { randomUUID } from 'node:crypto'
import type { DemoRole } from '../demo-auth.js'

/** A person who can log in. */
export interface User {
  readonly id: string
  /** In lower case. */
  readonly email: string
  readonly passwordHash: string
  readonly roles: readonly DemoRole[]
}

/** Users are the application's own: AuthCore knows of them only the subject. */
export interface UserDirectory {
  /** @returns `undefined` when the email is taken */
  add(user: Omit<User, 'id'>): User | undefined
  findByEmail(email: string): User | undefined
  list(): readonly User[]
}

/** Creates a directory in memory. */
export function createUserDirectory(): UserDirectory {
  const users = new Map<string, User>()
  return {
    add(user) {
      if (users.has(user.email)) return undefined
      const added = Object.freeze({ ...user, id: `user_${randomUUID()}` })
      users.set(user.email, added)
      return added
    },
    findByEmail: email => users.get(email),
    list: () => [...users.values()],
  }
}
