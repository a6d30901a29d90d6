import fc from 'fast-check'

// a mutant lives or dies the same way in every run
fc.configureGlobal({ seed: 2026 })
