import { randomUUID } from 'node:crypto'
import type { PrismaClient } from '../database/dist/client/client.js'
import { type DemoRole, ROLES } from '../demo-auth.js'

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
  add(user: Omit<User, 'id'>): Promise<User | undefined>
  /** Adds a user, or gives the one with that email this password; roles stay as they are. */
  addOrSetPassword(user: Omit<User, 'id'>): Promise<void>
  findByEmail(email: string): Promise<User | undefined>
  findById(id: string): Promise<User | undefined>
  /** Replaces a hash by another one, unless somebody else has replaced it meanwhile. @returns whether it did */
  replacePasswordHash(id: string, replaced: string, passwordHash: string): Promise<boolean>
  /** The oldest come first. */
  list(limit: number): Promise<readonly User[]>
}

/** Keeps users in the database, beside the tables of AuthCore. */
export function createUserDirectory({ demoUser }: Pick<PrismaClient, 'demoUser'>): UserDirectory {
  return {
    add: async user => {
      const added = toRow(user)
      // one statement: of two who come at once the database lets one in
      const { count } = await demoUser.createMany({ data: [added], skipDuplicates: true })
      return count === 1 ? toUser(added) : undefined
    },
    addOrSetPassword: async user => {
      const { email, passwordHash } = user
      await demoUser.upsert({ where: { email }, create: toRow(user), update: { passwordHash } })
    },
    findByEmail: async email => {
      const row = await demoUser.findUnique({ where: { email } })
      return row === null ? undefined : toUser(row)
    },
    findById: async id => {
      const row = await demoUser.findUnique({ where: { id } })
      return row === null ? undefined : toUser(row)
    },
    replacePasswordHash: async (id, replaced, passwordHash) => {
      // one statement: a login that strengthens an old hash must not undo a change that happens at the same time
      const { count } = await demoUser.updateMany({
        where: { id, passwordHash: replaced },
        data: { passwordHash },
      })
      return count === 1
    },
    list: async limit => {
      const rows = await demoUser.findMany({ orderBy: { createdAt: 'asc' }, take: limit })
      return rows.map(toUser)
    },
  }
}

interface Row {
  readonly id: string
  readonly email: string
  readonly passwordHash: string
  readonly roles: string[]
}

function toRow({ email, passwordHash, roles }: Omit<User, 'id'>): Row {
  return { id: `user_${randomUUID()}`, email, passwordHash, roles: [...roles] }
}

function toUser({ id, email, passwordHash, roles }: Row): User {
  return Object.freeze({ id, email, passwordHash, roles: ROLES.filter(role => roles.includes(role)) })
}
