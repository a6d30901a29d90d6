import type { AuthRequest } from './auth-request.js'
import type { CredentialVerifiers } from './credential-verifiers.js'
import { type DpopChallenge, dpopChallenge } from './dpop-challenge.js'

/** What of a deployment its challenges tell: any `auth` that adapters take. */
export type ChallengingDeployment = Pick<CredentialVerifiers, 'http' | 'dpop'>

/** For `toErrorResponse`: what every challenge of a deployment says, where `createHttpAuth` was told of it. */
export function deploymentChallenges(
  deployment: ChallengingDeployment,
  request: Pick<AuthRequest, 'headers'>,
): { readonly resourceMetadata: string | undefined; readonly dpop?: DpopChallenge } {
  return {
    resourceMetadata: deployment.http?.protectedResource?.metadataUrl,
    ...dpopChallenge(deployment, request),
  }
}
