const key = 'mantine-color-scheme-value';

export function applyScheme(): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    // A browser without storage still gets a console.
  }
  const light = kept === 'light' || (kept === 'auto' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', light ? 'light' : 'dark');
}
