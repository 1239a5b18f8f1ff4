/** Does Andon answer, and is all of it up? */
export const isReady = async (): Promise<boolean> => (await fetch('/healthz').catch(() => undefined))?.ok === true;
