import type { Context } from '../context.js'
import type { RevocationRecorder } from '../revocation/revocation-recorder.js'
import type { KeyRing } from '../signing-key/create-signing-keys.js'

/** What sessions need beside the shared parts. */
export interface SessionContext extends Context {
  readonly keyRing: KeyRing
  readonly revocations: RevocationRecorder
}
