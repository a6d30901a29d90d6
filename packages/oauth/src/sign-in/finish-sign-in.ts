import { AuthError, InvalidLoginError, InvalidRequestError } from '@authcore/core'
import { IDENTITY_PURPOSE, identityIdOf } from '../identity/identity-id.js'
import type { ProviderClient } from '../provider/provider-client.js'
import type { RedeemedCode } from '../provider/redeem-code.js'
import { refuseState, SignInFailure, type SignInFailureReason } from '../provider/sign-in-failure.js'
import type { FinishedSignIn, FinishSignInOptions } from './sign-in.js'
import type { SignInContext } from './sign-in-options.js'
import type { LinkRequest, SignInStates } from './sign-in-state.js'
import { clearStateCookie } from './state-cookie.js'

/** What finishing needs beside the request. */
interface FinishContext {
  readonly context: SignInContext
  readonly states: SignInStates
}

/** Finishes a sign-in and reports what came of it. @throws AuthError */
export async function finishSignIn(
  client: ProviderClient,
  request: FinishSignInOptions & { readonly redirectUri: string },
  finish: FinishContext,
): Promise<FinishedSignIn> {
  const { emit } = finish.context.auth
  try {
    return await takeSteps(client, request, finish)
  } catch (error) {
    const failure = toFailure(error)
    if (failure === undefined) throw error
    emit('sign_in.refused', {
      provider: client.id,
      code: failure.error.code,
      reason: failure.reason,
      ...(request.ip !== undefined && { ip: request.ip }),
    })
    throw failure.error
  }
}

async function takeSteps(
  client: ProviderClient,
  { parameters, headers, redirectUri }: FinishSignInOptions & { readonly redirectUri: string },
  { context, states }: FinishContext,
): Promise<FinishedSignIn> {
  const state = await states.take(parameters, headers, client.id)
  const redeemed = await client.redeem({ ...state, parameters, redirectUri })
  const isCrossSite = client.provider.responseMode === 'form_post'
  const ending: Ending = {
    identityId: identityIdOf(context.auth.secretBox(IDENTITY_PURPOSE), redeemed.profile),
    returnTo: state.returnTo,
    clearCookie: clearStateCookie(state.state.slice(0, 1), isCrossSite),
  }
  return state.link === undefined
    ? signIn(redeemed, ending, context)
    : link(redeemed, state.link, ending, context)
}

type Ending = Pick<FinishedSignIn, 'identityId' | 'returnTo' | 'clearCookie'>

async function signIn(
  { profile, tokens }: RedeemedCode,
  ending: Ending,
  { auth, accounts, loadGrant, vault }: SignInContext,
): Promise<FinishedSignIn> {
  const account = await accounts.findOrCreateUser(profile)
  if (account.outcome === 'refused') throw refuseAccount()
  const { subject, outcome } = account
  const grant = await loadGrant(subject, profile)
  if (grant === undefined) throw refuseAccount()
  await vault?.save(ending.identityId, { subject, provider: profile.provider }, tokens)
  const { amr, authenticatedAt } = profile
  const isNewAccount = outcome === 'created'
  auth.emit('sign_in.completed', { subject, provider: profile.provider, isNewAccount })
  return Object.freeze({
    ...ending,
    outcome: 'signed_in',
    subject,
    isNewAccount,
    profile,
    session: Object.freeze({
      ...grant,
      subject,
      amr,
      // a clock of the provider that is ahead of ours must not date a login into the future
      ...(authenticatedAt !== undefined && { authenticatedAt: Math.min(authenticatedAt, auth.clock()) }),
    }),
  })
}

async function link(
  { profile, tokens }: RedeemedCode,
  { subject, sessionId }: LinkRequest,
  ending: Ending,
  { auth, accounts, vault }: SignInContext,
): Promise<FinishedSignIn> {
  // who has signed out in between does not get another key to the account
  if (sessionId !== undefined) {
    const sessions = await auth.sessions.list(subject)
    if (!sessions.some(({ id }) => id === sessionId)) throw refuseState('link_session_ended')
  }
  const { outcome } = (await accounts.link?.(profile, subject)) ?? { outcome: 'taken' }
  if (outcome === 'taken') {
    throw new SignInFailure('identity_taken', new InvalidRequestError('identity_taken'))
  }
  if (outcome === 'limit_reached') {
    throw new SignInFailure('identity_limit_reached', new InvalidRequestError('identity_limit_reached'))
  }
  await vault?.save(ending.identityId, { subject, provider: profile.provider }, tokens)
  return Object.freeze({ ...ending, outcome: 'linked', subject, profile })
}

function refuseAccount(): SignInFailure {
  return new SignInFailure('account_refused', new InvalidLoginError('sign_in_account_refused'))
}

/** What the application's own functions throw is not for the caller and stays as it is. */
function toFailure(error: unknown): SignInFailure | undefined {
  if (error instanceof SignInFailure) return error
  if (!(error instanceof AuthError)) return undefined
  const reason: SignInFailureReason = 'store_unavailable'
  return new SignInFailure(reason, error)
}
