import { StoreError } from '@authcore/core'
import {
  JWT_CLAIM_COMPARISON,
  JWT_TIMESTAMP_CHECK,
  OperationProcessingError,
  ResponseBodyError,
} from 'oauth4webapi'
import { OutboundError } from '../outbound/outbound-error.js'
import { membersOf } from '../text.js'
import {
  refuseAnswer,
  refuseIdentity,
  refuseResponse,
  SignInFailure,
  type SignInFailureReason,
} from './sign-in-failure.js'

/**
 * Says what an error of a request to a provider means. Errors of `oauth4webapi` carry whole answers as their cause, so
 * nothing of them is passed on.
 * @param otherwise the reason for an answer that cannot be used
 */
export function toProtocolFailure(error: unknown, otherwise: SignInFailureReason): SignInFailure {
  if (error instanceof SignInFailure) return error
  if (error instanceof StoreError) return toUnreachable(error)
  if (error instanceof ResponseBodyError) return toRefusal(error)
  if (error instanceof OperationProcessingError) return toClaimFailure(error) ?? refuseAnswer(otherwise)
  return refuseAnswer(otherwise)
}

function toUnreachable(error: StoreError): SignInFailure {
  const isTimeout = error.cause instanceof OutboundError && error.cause.reason === 'timeout'
  return new SignInFailure(isTimeout ? 'timeout' : 'unreachable', new StoreError('provider_unavailable'))
}

/** RFC 6749 section 5.2: only `invalid_grant` is about the code; all else is wrong between provider and application. */
function toRefusal({ error, status }: ResponseBodyError): SignInFailure {
  if (error === 'invalid_grant') return refuseResponse('code_refused')
  return status >= 500
    ? new SignInFailure('unreachable', new StoreError('provider_unavailable'))
    : refuseAnswer('provider_error')
}

const REASONS: Readonly<Record<string, SignInFailureReason>> = {
  iss: 'id_token_issuer_mismatch',
  aud: 'id_token_audience_mismatch',
  azp: 'id_token_audience_mismatch',
  nonce: 'id_token_nonce_mismatch',
  exp: 'id_token_expired',
}

function toClaimFailure({ code, cause }: OperationProcessingError): SignInFailure | undefined {
  const members = membersOf(cause)
  const isComparison = code === JWT_CLAIM_COMPARISON || code === JWT_TIMESTAMP_CHECK
  // a claim that is missing or of another type
  if (!isComparison && !members.has('claims')) return undefined
  const claim = String(members.get('claim'))
  const reason = Object.hasOwn(REASONS, claim) ? REASONS[claim] : undefined
  return refuseIdentity(reason ?? 'id_token_claims_invalid')
}
