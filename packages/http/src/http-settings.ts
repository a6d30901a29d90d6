import { ConfigError } from '@authcore/core'
import { type ClientAddressSettings, parseTrustedProxies } from './client-address.js'
import { findUnknownMembers } from './unknown-members.js'

/** What HTTP adds to a deployment: the same for every route and framework. */
export interface HttpAuthOptions {
  /**
   * Addresses of the proxies in front of this server: IP addresses or CIDR ranges. Only what they say in
   * `X-Forwarded-For` and `X-Forwarded-Proto` is believed. None unless told.
   */
  readonly trustedProxies?: readonly string[]
}

/** The options, checked and complete. */
export interface HttpSettings extends ClientAddressSettings {}

const MEMBERS = ['trustedProxies']

/** What holds where `createHttpAuth` was not called: nobody is trusted. */
export const DEFAULT_HTTP_SETTINGS: HttpSettings = parseHttpAuthOptions({})

/**
 * Checks the options once and fills in the defaults.
 * @throws ConfigError `config_invalid` with every problem by path
 */
export function parseHttpAuthOptions(options: HttpAuthOptions): HttpSettings {
  const { trustedProxies, problems } = parseTrustedProxies(options.trustedProxies ?? [])
  const all = [...findUnknownMembers(options, MEMBERS, 'options'), ...problems]
  if (all.length > 0) throw new ConfigError('config_invalid', all)
  return Object.freeze({ trustedProxies })
}
