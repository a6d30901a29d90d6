import { wireAccount } from './account.js'
import { wirePasswordReset } from './password-reset.js'
import { wireRegisterAndLogin } from './register-and-login.js'
import { createSession } from './session.js'

const session = createSession()
const { open } = wireAccount(session)
wireRegisterAndLogin(session, open)
wirePasswordReset()
