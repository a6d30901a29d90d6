import { createDpopProofVerifier, InvalidProofError } from '@authcore/core'
import { type AuthPolicy, createHttpAuth } from '@authcore/http'
import { type AdapterRequest, rows } from '../adapter-request.js'
import { type ApplicationPart, answerPrincipal } from '../application.js'
import type { AdapterCredentials } from '../credentials.js'
import { type HeldDeployment, ORIGIN } from '../deployments.js'
import type { ProofMembers } from '../proof-keys.js'
import type { TableGroup } from '../table-group.js'

/** Tokens that are bound to a key, with and without its proof (RFC 9449). */
export const dpopGroup: TableGroup = { rows: dpopRows, build, issue }

const POLICY: AuthPolicy = { methods: ['access_token'] }
const USER = { subject: 'user-1', scope: ['read'], roles: [] } as const

function build(deployment: HeldDeployment): ApplicationPart {
  const auth = createHttpAuth(deployment.auth, { dpop: {} })
  const demanding = createHttpAuth({ ...deployment.auth, dpop: nonceVerifier(deployment) }, { dpop: {} })
  const plain = { mount: '', auth, policy: POLICY, answer: answerPrincipal } as const
  return {
    routes: [
      { ...plain, path: '/bound' },
      { ...plain, mount: '/api/v1', path: '/bound' },
      { ...plain, path: '/bound-optional', policy: { ...POLICY, optional: true } },
      { ...plain, path: '/bound-then-scope', requireScope: ['write'] },
      { ...plain, path: '/bound-to-nonce', auth: demanding },
      // a deployment that was not told of DPoP
      { ...plain, path: '/bound-not-spoken', auth: deployment.auth },
    ],
    mounts: [
      { path: '/bound-auth', auth, options: { refreshCookie: false }, body: 'unread', isDelayed: false },
    ],
  }
}

function nonceVerifier({ oneTime, auth }: HeldDeployment) {
  const nonceSecrets = ['vU3pXk9QzT7rB1mWc5LjH8sGd2FaE6nKtYv4MwRo0i8=']
  return createDpopProofVerifier({ oneTime, nonceSecrets, clock: auth.clock })
}

async function issue(deployment: HeldDeployment): Promise<AdapterCredentials> {
  const { auth, proofKeys, advance } = deployment
  advance(1000)
  const [key, otherKey] = proofKeys
  const { accessToken: token } = await auth.accessTokens.issue({
    ...USER,
    confirmation: { jkt: key.jkt },
  })
  const plain = await auth.accessTokens.issue(USER)
  const login = await auth.sessions.start({ ...USER, confirmation: { jkt: key.jkt } })
  const free = await auth.sessions.start(USER)
  const iat = Math.floor(auth.clock() / 1000)
  let count = 0
  const prove = (more: Partial<ProofMembers> = {}, signer = key) => {
    count += 1
    const usual = { htm: 'GET', htu: `${ORIGIN}/bound`, token, iat, jti: `proof-${count}` }
    return signer.prove({ ...usual, ...more })
  }
  const { token: _, ...unhashed } = { htm: 'GET', htu: `${ORIGIN}/bound`, token, iat, jti: 'unhashed' }
  const nonce = await findNonce(deployment, await prove())
  const toNonce = { htu: `${ORIGIN}/bound-to-nonce` }
  const toRefresh = { htm: 'POST', htu: `${ORIGIN}/bound-auth/refresh` }
  return {
    boundToken: token,
    plainToken: plain.accessToken,
    boundRefreshToken: login.refreshToken,
    freeRefreshToken: free.refreshToken,
    proof: await prove(),
    proofForHead: await prove({ htm: 'HEAD' }),
    proofForPost: await prove({ htm: 'POST' }),
    proofBelow: await prove({ htu: `${ORIGIN}/api/v1/bound` }),
    proofForScope: await prove({ htu: `${ORIGIN}/bound-then-scope` }),
    proofElsewhere: await prove({ htu: `${ORIGIN}/elsewhere` }),
    proofForHttp: await prove({ htu: 'http://api.example.com/bound' }),
    proofOfPlainToken: await prove({ token: plain.accessToken }),
    proofWithoutHash: await key.prove(unhashed),
    oldProof: await prove({ iat: iat - 120 }),
    futureProof: await prove({ iat: iat + 60 }),
    otherKeyProof: await prove({}, otherKey),
    proofWithoutNonce: await prove(toNonce),
    proofWithNonce: await prove({ ...toNonce, nonce }),
    proofWithMadeUpNonce: await prove({ ...toNonce, nonce: 'made-up' }),
    refreshProof: await key.prove({ ...toRefresh, iat, jti: 'refresh' }),
    otherRefreshProof: await otherKey.prove({ ...toRefresh, iat, jti: 'refresh' }),
  }
}

/** What a client learns from the refusal of a proof without a nonce. */
async function findNonce(deployment: HeldDeployment, proof: string): Promise<string> {
  try {
    await nonceVerifier(deployment).verify(proof, { method: 'GET', url: `${ORIGIN}/bound` })
  } catch (error) {
    if (error instanceof InvalidProofError && error.nonce !== undefined) return error.nonce
    throw error
  }
  throw new TypeError('A proof without a nonce was accepted.')
}

const TOKEN = 'Authorization: DPoP {boundToken}'
const PROOF = 'DPoP: {proof}'

function dpopRows(): readonly AdapterRequest[] {
  return [...proofs(), ...places(), ...nonces(), ...refreshes()]
}

function proofs(): readonly AdapterRequest[] {
  const table = {
    'DPoP: a token with a proof': [[TOKEN, PROOF], 200],
    'DPoP: the proof first': [[PROOF, TOKEN], 200],
    'DPoP: names and schemes in lower case': [['authorization: dpop {boundToken}', 'dpop: {proof}'], 200],
    'DPoP: no proof': [[TOKEN], 401, 'dpop_proof_missing'],
    'DPoP: an empty proof': [[TOKEN, 'DPoP:'], 401, 'dpop_proof_malformed'],
    'DPoP: noise for a proof': [[TOKEN, 'DPoP: x'], 401, 'dpop_proof_malformed'],
    'DPoP: two proofs': [[TOKEN, PROOF, PROOF], 400, 'credentials_repeated'],
    'DPoP: two proofs in one field': [[TOKEN, 'DPoP: {proof}, {proof}'], 400, 'credentials_repeated'],
    'DPoP: two tokens': [[TOKEN, TOKEN, PROOF], 400, 'credentials_repeated'],
    'DPoP: a token of each scheme': [
      [TOKEN, 'Authorization: Bearer {plainToken}', PROOF],
      400,
      'credentials_repeated',
    ],
    'DPoP: as a bearer': [['Authorization: Bearer {boundToken}'], 401, 'token_binding_mismatch'],
    'DPoP: as a bearer with a proof': [
      ['Authorization: Bearer {boundToken}', PROOF],
      401,
      'token_binding_mismatch',
    ],
    'DPoP: the token for the proof': [[TOKEN, 'DPoP: {boundToken}'], 401, 'dpop_proof_invalid'],
    'DPoP: a proof of another key': [[TOKEN, 'DPoP: {otherKeyProof}'], 401, 'token_binding_mismatch'],
    'DPoP: a proof for another method': [[TOKEN, 'DPoP: {proofForPost}'], 401, 'dpop_proof_invalid'],
    'DPoP: a proof for another place': [[TOKEN, 'DPoP: {proofElsewhere}'], 401, 'dpop_proof_invalid'],
    'DPoP: a proof for another scheme of URL': [[TOKEN, 'DPoP: {proofForHttp}'], 401, 'dpop_proof_invalid'],
    'DPoP: a proof for another token': [[TOKEN, 'DPoP: {proofOfPlainToken}'], 401, 'dpop_proof_invalid'],
    'DPoP: a proof for no token': [[TOKEN, 'DPoP: {proofWithoutHash}'], 401, 'dpop_proof_invalid'],
    'DPoP: an old proof': [[TOKEN, 'DPoP: {oldProof}'], 401, 'dpop_proof_expired'],
    'DPoP: a proof from the future': [[TOKEN, 'DPoP: {futureProof}'], 401, 'dpop_proof_expired'],
    'DPoP: a token that is bound to nothing': [
      ['Authorization: DPoP {plainToken}', 'DPoP: {proofOfPlainToken}'],
      401,
      'token_binding_mismatch',
    ],
    'DPoP: a bearer token': [['Authorization: Bearer {plainToken}'], 200],
    'DPoP: a bad bearer token': [['Authorization: Bearer x'], 401, 'token_malformed'],
    'DPoP: a proof alone': [[PROOF], 401, 'credentials_missing'],
    'DPoP: nothing': [[], 401, 'credentials_missing'],
  } as const
  return [
    ...rows(table, ([lines, status, code]) => ({ path: '/bound', lines, status, ...(code && { code }) })),
    {
      name: 'DPoP: a proof twice',
      path: '/bound',
      lines: [TOKEN, PROOF],
      before: [{ path: '/bound', lines: [TOKEN, PROOF] }],
      status: 401,
      code: 'dpop_proof_replayed',
    },
    {
      name: 'DPoP: a proof after a request that was refused for another',
      path: '/bound',
      lines: [TOKEN, PROOF],
      before: [{ path: '/bound', lines: [TOKEN, 'DPoP: {proofElsewhere}'] }],
      status: 200,
    },
    {
      name: 'DPoP: where it is not spoken, as a bearer',
      path: '/bound-not-spoken',
      lines: ['Authorization: Bearer {boundToken}'],
      status: 401,
      code: 'token_binding_mismatch',
    },
    {
      name: 'DPoP: where it is not spoken',
      path: '/bound-not-spoken',
      lines: [TOKEN, PROOF],
      status: 401,
      code: 'credentials_missing',
    },
    {
      name: 'DPoP: while the stores are away',
      path: '/bound',
      lines: [TOKEN, PROOF],
      isOutage: true,
      status: 503,
      code: 'store_unavailable',
    },
  ]
}

function places(): readonly AdapterRequest[] {
  return [
    { name: 'DPoP: with a query', path: '/bound?page=2', lines: [TOKEN, PROOF], status: 200 },
    {
      name: 'DPoP: below a mount point',
      path: '/api/v1/bound',
      lines: [TOKEN, 'DPoP: {proofBelow}'],
      status: 200,
    },
    {
      name: 'DPoP: below a mount point that the proof leaves out',
      path: '/api/v1/bound',
      lines: [TOKEN, PROOF],
      status: 401,
      code: 'dpop_proof_invalid',
    },
    {
      name: 'DPoP: HEAD',
      method: 'HEAD',
      path: '/bound',
      lines: [TOKEN, 'DPoP: {proofForHead}'],
      status: 200,
    },
    {
      name: 'DPoP: HEAD with a proof for GET',
      method: 'HEAD',
      path: '/bound',
      lines: [TOKEN, PROOF],
      status: 401,
    },
    {
      name: 'DPoP: POST',
      method: 'POST',
      path: '/bound',
      lines: [TOKEN, 'DPoP: {proofForPost}', 'Content-Type: application/json'],
      body: '{}',
      status: 200,
    },
    {
      name: 'DPoP: too little scope, in the challenge of the scheme',
      path: '/bound-then-scope',
      lines: [TOKEN, 'DPoP: {proofForScope}'],
      status: 403,
      code: 'insufficient_scope',
    },
    {
      name: 'DPoP: too little scope, as a bearer',
      path: '/bound-then-scope',
      lines: ['Authorization: Bearer {plainToken}'],
      status: 403,
      code: 'insufficient_scope',
    },
    { name: 'DPoP: nobody, optional', path: '/bound-optional', status: 200 },
    {
      name: 'DPoP: no proof, optional',
      path: '/bound-optional',
      lines: [TOKEN],
      status: 401,
      code: 'dpop_proof_missing',
    },
    {
      name: 'DPoP: the routes, as a bearer',
      path: '/bound-auth/sessions',
      lines: ['Authorization: Bearer {boundToken}'],
      status: 401,
      code: 'token_binding_mismatch',
    },
    {
      name: 'DPoP: the routes, nobody',
      path: '/bound-auth/sessions',
      status: 401,
      code: 'credentials_missing',
    },
  ]
}

function nonces(): readonly AdapterRequest[] {
  const table = {
    'DPoP nonce: none': ['{proofWithoutNonce}', 401, 'dpop_nonce_required'],
    'DPoP nonce: made up': ['{proofWithMadeUpNonce}', 401, 'dpop_nonce_required'],
    'DPoP nonce: as it was handed out': ['{proofWithNonce}', 200],
  } as const
  return [
    ...rows(table, ([proof, status, code]) => ({
      path: '/bound-to-nonce',
      lines: [TOKEN, `DPoP: ${proof}`],
      status,
      ...(code && { code }),
    })),
    {
      name: 'DPoP nonce: none, then as it was handed out',
      path: '/bound-to-nonce',
      lines: [TOKEN, 'DPoP: {proofWithNonce}'],
      before: [{ path: '/bound-to-nonce', lines: [TOKEN, 'DPoP: {proofWithoutNonce}'] }],
      status: 200,
    },
    {
      name: 'DPoP nonce: none, HEAD',
      method: 'HEAD',
      path: '/bound-to-nonce',
      lines: [TOKEN, 'DPoP: {proofForHead}'],
      status: 401,
    },
  ]
}

function refreshes(): readonly AdapterRequest[] {
  const table = {
    'DPoP refresh: a bound session with its key': ['{boundRefreshToken}', ['DPoP: {refreshProof}'], 200],
    'DPoP refresh: a bound session without a proof': [
      '{boundRefreshToken}',
      [],
      400,
      'refresh_token_client_mismatch',
    ],
    'DPoP refresh: a bound session with another key': [
      '{boundRefreshToken}',
      ['DPoP: {otherRefreshProof}'],
      400,
      'refresh_token_client_mismatch',
    ],
    'DPoP refresh: a session that is bound to nothing, with a key': [
      '{freeRefreshToken}',
      ['DPoP: {refreshProof}'],
      200,
    ],
    'DPoP refresh: noise for a proof': ['{freeRefreshToken}', ['DPoP: x'], 400, 'dpop_proof_malformed'],
  } as const
  return rows(table, ([refreshToken, lines, status, code]) => ({
    method: 'POST',
    path: '/bound-auth/refresh',
    lines: ['Content-Type: application/json', ...lines],
    body: `{"refresh_token":"${refreshToken}"}`,
    status,
    ...(code && { code }),
  }))
}
