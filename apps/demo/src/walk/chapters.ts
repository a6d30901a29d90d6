import type { WalkChapter } from './step.js'
import { API_KEY_STEPS } from './steps/api-key-steps.js'
import { CLEAN_UP_STEPS } from './steps/clean-up-steps.js'
import { GATEWAY_STEPS } from './steps/gateway-steps.js'
import { LOCKOUT_STEPS } from './steps/lockout-steps.js'
import { LOGIN_STEPS } from './steps/login-steps.js'
import { PASSWORD_RESET_STEPS } from './steps/password-reset-steps.js'
import { REFRESH_STEPS } from './steps/refresh-steps.js'
import { REFUSAL_STEPS } from './steps/refusal-steps.js'
import { RESTART_STEPS } from './steps/restart-steps.js'
import { SECOND_FACTOR_STEPS } from './steps/second-factor-steps.js'
import { SIGN_OUT_STEPS } from './steps/sign-out-steps.js'
import { SIGNING_KEY_STEPS } from './steps/signing-key-steps.js'

/** The walk, in its order: later steps use what earlier ones leave. */
export const WALK_CHAPTERS: readonly WalkChapter[] = [
  { title: 'Log in', steps: LOGIN_STEPS },
  { title: 'Second factor', steps: SECOND_FACTOR_STEPS },
  { title: 'Lockout', steps: LOCKOUT_STEPS },
  { title: 'Password reset', steps: PASSWORD_RESET_STEPS },
  { title: 'Refresh', steps: REFRESH_STEPS },
  { title: 'API keys', steps: API_KEY_STEPS },
  { title: 'Signing keys', steps: SIGNING_KEY_STEPS },
  { title: 'Sign out', steps: SIGN_OUT_STEPS },
  { title: 'Gateway', steps: GATEWAY_STEPS },
  { title: 'Restart', steps: RESTART_STEPS },
  { title: 'Forged, confused and expired', steps: REFUSAL_STEPS },
  { title: 'Clean-up', steps: CLEAN_UP_STEPS },
]
