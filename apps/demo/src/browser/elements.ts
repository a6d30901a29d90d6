import { Refusal } from './api.js'

/**
 * Finds an element of the page.
 * @throws Error when the page lacks it
 */
export function find<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id)
  if (element instanceof kind) return element
  throw new Error(`the page has no ${id}`)
}

/** Shows one of the parts of the page, or hides it. */
export function show(id: string, isShown: boolean): void {
  find(id, HTMLElement).hidden = !isShown
}

/** Says something beside a form or a button. */
export function say(id: string, text: string): void {
  find(`${id}-says`, HTMLOutputElement).textContent = text
}

/**
 * Does something when a form is sent, instead of what the browser would do.
 * @param act gets what was typed in by name
 */
export function onSubmit(id: string, act: (fields: ReadonlyMap<string, string>) => Promise<void>): void {
  const form = find(id, HTMLFormElement)
  form.addEventListener('submit', event => {
    event.preventDefault()
    const fields = new Map(Array.from(new FormData(form), ([name, value]) => [name, String(value)]))
    void attempt(id, () => act(fields))
  })
}

/** Does something when a button is pressed. */
export function onClick(id: string, act: () => Promise<void>): void {
  find(id, HTMLButtonElement).addEventListener('click', () => void attempt(id, act))
}

/** Says why something did not work. */
async function attempt(id: string, act: () => Promise<void>): Promise<void> {
  say(id, '…')
  try {
    await act()
    if (find(`${id}-says`, HTMLOutputElement).textContent === '…') say(id, '')
  } catch (error) {
    const isExpected = error instanceof Refusal || error instanceof DOMException
    say(id, isExpected ? error.message : `This did not work: ${String(error)}`)
  }
}
