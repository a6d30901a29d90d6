/**
 * The executable contract of AuthCore's stores and adapters, and the attacks that every verifier of JWTs must withstand.
 * @module
 */
export { type AdapterConformanceOptions, adapterConformance } from './adapter/adapter-conformance.js'
export type { AdapterRequest } from './adapter/adapter-request.js'
export { adapterRequests } from './adapter/adapter-requests.js'
export type { AdapterProtocol, AdapterServer } from './adapter/adapter-server.js'
export type {
  AdapterApplication,
  ApplicationAnswer,
  GuardedRoute,
  MountedRoutes,
} from './adapter/application.js'
export { ADAPTER_CLIENT } from './adapter/deployments.js'
export { fetchServer } from './adapter/fetch-server.js'
export type { WireAnswer, WireRequest } from './adapter/wire.js'
export { ConformanceError } from './expect.js'
export type { ServerFaultKind, ServerFaults } from './faults/server-faults.js'
export {
  type FaultyStores,
  STORE_FAULTS,
  type StoreCall,
  type StoreFault,
  withFaults,
} from './faults/with-faults.js'
export {
  findLinearization,
  type HistoryCall,
  type SequentialSpec,
} from './history/find-linearization.js'
export { recordHistory } from './history/record-history.js'
export type {
  StoreCapabilities,
  StoreConformanceOptions,
  StoreName,
  StoresUnderTest,
  SweepingStoreName,
} from './options.js'
export type { TestRunner } from './runner.js'
export { storeConformance } from './store-conformance.js'
export type {
  AttackCase,
  AttackCondition,
  AttackLevel,
  SignatureScheme,
} from './verifier/attack-case.js'
export { ATTACK_CASES } from './verifier/attack-cases.js'
export type { AttackCounts, AttackNotRun, AttackReport, AttackVerdict } from './verifier/attack-report.js'
export { attackVerifier } from './verifier/attack-verifier.js'
export { TokenNotSendableError, TokenRefusedError, VerifierFaultError } from './verifier/faults.js'
export { formatAttackReport } from './verifier/format-attack-report.js'
export type {
  AttackVerifierOptions,
  CreatedVerifier,
  ReadyVerifier,
  VerifierConformanceOptions,
  VerifierMaterial,
  VerifyToken,
} from './verifier/options.js'
export type {
  JsonTemplate,
  KnownSecret,
  PartEncoding,
  PartRecipe,
  PublicKeyForm,
  ScalarEdit,
  SignatureEdit,
  Signing,
  TokenRecipe,
  WeakKey,
} from './verifier/token-recipe.js'
export { verifierConformance } from './verifier/verifier-conformance.js'
export { type AttackFetch, type VerifyOverHttpOptions, verifyOverHttp } from './verifier/verify-over-http.js'
