import { ConfigError } from '@authcore/core'
import { describe, expect, it } from 'vitest'
import { createRefreshCookie, requireRole, requireScope } from '../src/index.js'

const principal = { scope: ['read', 'write'], roles: ['editor'] } as const

describe('requireScope', () => {
  it('demands every scope', () => {
    expect(() => requireScope(principal, ['read', 'write'])).not.toThrow()
    expect(() => requireScope(principal, [])).not.toThrow()
    expect(() => requireScope(principal, ['read', 'admin', 'all'])).toThrow(
      expect.objectContaining({ code: 'insufficient_scope', missing: ['admin', 'all'] }),
    )
  })

  it('demands somebody', () => {
    expect(() => requireScope(undefined, [])).toThrow(
      expect.objectContaining({ code: 'credentials_missing' }),
    )
  })
})

// covers ASVS-8.2.1
describe('requireRole', () => {
  it('demands every role', () => {
    expect(() => requireRole(principal, ['editor'])).not.toThrow()
    expect(() => requireRole(principal, ['editor', 'admin'])).toThrow(
      expect.objectContaining({ code: 'insufficient_role', missing: ['admin'] }),
    )
  })

  it('demands somebody', () => {
    expect(() => requireRole(undefined, [])).toThrow(expect.objectContaining({ code: 'credentials_missing' }))
  })
})

describe('createRefreshCookie', () => {
  it('fails while wiring', () => {
    expect(() => createRefreshCookie({ secure: false, path: '/auth' })).toThrow(ConfigError)
  })
})
