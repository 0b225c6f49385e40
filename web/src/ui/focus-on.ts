/** A ref for what has the focus as soon as it is there; the person asked for it by pressing what it replaces. */
export function focusOn(element: HTMLElement | null): void {
  element?.focus();
}
