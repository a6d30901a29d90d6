import { processUserInfoResponse, userInfoRequest } from 'oauth4webapi'
import type { Provider, ProviderContext } from './provider.js'
import { protocolOptions } from './provider-http.js'
import { toProfile, type VerifiedProfile } from './verified-profile.js'

/**
 * Adds what the ID token leaves out (OpenID Connect Core 1.0 section 5.3). The answer must be about the same subject.
 * @throws whatever `oauth4webapi` and the outbound fetch throw
 */
export async function readUserInfo(
  profile: VerifiedProfile,
  accessToken: string,
  { provider, context }: { readonly provider: Provider; readonly context: ProviderContext },
): Promise<VerifiedProfile> {
  const { server, client, http } = context
  const response = await userInfoRequest(server, client, accessToken, protocolOptions(http))
  const answer = await processUserInfoResponse(server, client, profile.subject, response)
  const claims = new Map<string, unknown>(Object.entries(answer))
  const added = toProfile(claims, { ...profile, isEmailVerified: provider.isEmailVerified(claims) })
  const { amr, authenticatedAt } = profile
  return Object.freeze({
    ...profile,
    ...added,
    amr,
    ...(authenticatedAt !== undefined && { authenticatedAt }),
  })
}
