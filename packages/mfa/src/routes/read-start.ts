import { type PackageRouteCall, type RouteBody, readRouteBody } from '@authcore/core/extension'
import { principalOf, type RouteContext } from './route-context.js'

/** The names that a new factor gets: that of the account, and that of the factor. */
export async function readStart(
  call: PackageRouteCall,
  { accountName }: RouteContext,
): Promise<{ readonly accountName: string; readonly name?: string }> {
  const known = accountName === undefined ? ['account_name', 'name'] : ['name']
  const body = readRouteBody(await call.readBody(), known)
  return {
    accountName:
      accountName === undefined ? body.text('account_name', 128) : await accountName(principalOf(call)),
    ...readName(body),
  }
}

/** What the owner calls a factor. */
export function readName(body: RouteBody): { readonly name?: string } {
  const name = body.optionalText('name', 64)
  return name === undefined ? {} : { name }
}
