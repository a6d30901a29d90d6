import fc from 'fast-check'

// a mutant lives or dies the same way in every run, and soon
fc.configureGlobal({ seed: 2026, numRuns: 20 })
